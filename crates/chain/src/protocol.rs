//! The version of the protocol (协议版本) that the ledger goes by, and the one that is scheduled.

use bulla_types::canonical::Canonical;
use bulla_types::{
    Height, KnownProtocols, ProtocolAtHeight, ProtocolScheduleRecord, StateKey, UnknownProtocol,
};
use tokio::sync::broadcast::error::RecvError;

use crate::chain::Chain;
use crate::fault::ChainError;

impl Chain {
    /// The versions whose rules it has.
    #[must_use]
    pub fn protocols(&self) -> KnownProtocols {
        self.store().protocols()
    }

    /// That the height after the tip goes by rules that are not here: it is never built, checked or committed by this
    /// chain, and what is committed can be read as before.
    #[must_use]
    pub fn unknown_protocol(&self) -> Option<UnknownProtocol> {
        let tip = self.tip();
        self.protocols().check(tip.parameters.protocol_version, Height(tip.next_height())).err()
    }

    /// Resolves when the chain has come to a height by rules that are not here.
    pub async fn reaches_unknown_protocol(&self) -> UnknownProtocol {
        let mut news = self.news();
        loop {
            if let Some(unknown) = self.unknown_protocol() {
                return unknown;
            }
            if let Err(RecvError::Closed) = news.recv().await {
                return std::future::pending().await;
            }
        }
    }

    /// The version that is scheduled for a height after the next one.
    ///
    /// # Errors
    /// Storage errors.
    pub fn scheduled_protocol(&self) -> Result<Option<ProtocolAtHeight>, ChainError> {
        let view = self.store().view()?;
        let key = StateKey::ProtocolSchedule;
        let Some(value) = view.state(&key.encode())? else { return Ok(None) };
        let record = ProtocolScheduleRecord::decode(&value)
            .map_err(|error| ChainError::Invariant(format!("{key}: {error}")))?;
        Ok(record.pending_after(Height(view.tip().height.0 + 1)))
    }
}
