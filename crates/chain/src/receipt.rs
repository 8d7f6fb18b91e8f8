//! Receipts (回执): everything a stranger needs to check an entry, gathered from one view of the store.

use bulla_ledger::{records_for_receipt, validator_changes};
use bulla_merkle::log::{self, Sha256Log};
use bulla_merkle::state;
use bulla_storage::{LogSuite, View};
use bulla_types::{
    Canonical, CommitCertificate, Entry, Genesis, Header, Height, LaterInclusion, MapProof, Receipt,
    ReceiptFile, RecordProof, StateKey, TrustBundle, ValidatorSetRecord, ValidatorTransition,
};
use bytes::Bytes;

use crate::assemble::from_state;
use crate::chain::Chain;
use crate::fault::ChainError;
use crate::read::from_log;
use crate::view::Snapshot;

/// A record of the state map, proved against a certified header.
#[derive(Debug, Clone)]
pub struct ProvedRecord {
    /// The newest header.
    pub header: Header,
    /// Its certificate.
    pub certificate: CommitCertificate,
    /// The record, or its absence.
    pub proof: RecordProof,
}

impl Chain {
    /// The receipt of an entry with the bundle that it needs, proved as of now; `later_log_size` adds its
    /// inclusion in a larger log. `None` when the log holds no such entry or is not that large.
    ///
    /// # Errors
    /// Storage errors.
    pub fn receipt(
        &self,
        index: u64,
        later_log_size: Option<u64>,
    ) -> Result<Option<ReceiptFile>, ChainError> {
        let snapshot = Snapshot(self.store().view()?);
        let view = &snapshot.0;
        let tip = view.tip();
        let Some(located) = view.entry(index)? else { return Ok(None) };
        if later_log_size.is_some_and(|size| size <= index || size > tip.log_size) {
            return Ok(None);
        }
        let own = decided(view, located.height)?;
        let newest = decided(view, tip.height)?;
        let entry = Entry::decode(located.bytes.clone()).map_err(broken)?;
        let records = records_for_receipt(&snapshot, &entry, index).map_err(broken)?;
        let bundle = bundle(&snapshot, newest, records)?;
        let tiles = view.tiles(LogSuite::Sha256);
        let path = |size| log::inclusion_path::<Sha256Log, _>(&tiles, size, index).map_err(from_log);
        let later_inclusions = match later_log_size {
            None => Vec::new(),
            Some(log_size) => vec![LaterInclusion { log_size, inclusion_path: path(log_size)? }],
        };
        let receipt = Receipt {
            // A copy: a slice would keep the whole block in memory as long as the answer waits to be taken.
            entry: Bytes::copy_from_slice(&located.bytes),
            index,
            inclusion_path: path(own.0.log_size_after)?,
            header: own.0,
            certificate: own.1,
            bundle_digest: bundle.digest(),
            later_inclusions,
            attestations: Vec::new(),
        };
        ReceiptFile::new(vec![receipt], vec![bundle]).map(Some).map_err(broken)
    }

    /// A record with its proof against the newest header; `None` before the first block.
    ///
    /// # Errors
    /// Storage errors.
    pub fn record(&self, key: &StateKey) -> Result<Option<ProvedRecord>, ChainError> {
        let view = self.store().view()?;
        let Some(newest) = view.decided(view.tip().height)? else { return Ok(None) };
        let proof = prove(&view, key)?;
        Ok(Some(ProvedRecord { header: newest.header, certificate: newest.certificate, proof }))
    }
}

fn decided(view: &View<'_>, height: Height) -> Result<(Header, CommitCertificate), ChainError> {
    let decided = view.decided(height)?;
    let decided =
        decided.ok_or_else(|| ChainError::Invariant(format!("block {height} is missing below the tip")))?;
    Ok((decided.header, decided.certificate))
}

/// These records, proved against the newest header.
pub(crate) fn bundle(
    snapshot: &Snapshot<'_>,
    newest: (Header, CommitCertificate),
    keys: impl IntoIterator<Item = StateKey>,
) -> Result<TrustBundle, ChainError> {
    let view = &snapshot.0;
    Ok(TrustBundle {
        genesis: Genesis::decode(&view.genesis()?).map_err(broken)?,
        transitions: transitions(snapshot)?,
        state_header: newest.0,
        state_certificate: newest.1,
        records: keys.into_iter().map(|key| prove(view, &key)).collect::<Result<_, _>>()?,
    })
}

/// Every change of the validators since the genesis, with the header that brought it.
fn transitions(snapshot: &Snapshot<'_>) -> Result<Vec<ValidatorTransition>, ChainError> {
    let changes = validator_changes(snapshot).map_err(broken)?;
    let transition = |change: ValidatorSetRecord| {
        let (header, certificate) = decided(&snapshot.0, Height(change.first_height.0.saturating_sub(1)))?;
        Ok(ValidatorTransition { header, certificate, next_validators: change.validators })
    };
    changes.into_iter().map(transition).collect()
}

fn prove(view: &View<'_>, key: &StateKey) -> Result<RecordProof, ChainError> {
    let bytes = key.encode();
    let proof: MapProof = state::prove(view, view.tip().state_version, &bytes).map_err(from_state)?;
    Ok(RecordProof { key: *key, value: view.state(&bytes)?, proof })
}

#[allow(clippy::needless_pass_by_value)]
pub(crate) fn broken(error: impl std::fmt::Display) -> ChainError {
    ChainError::Invariant(format!("proof: {error}"))
}
