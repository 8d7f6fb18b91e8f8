//! A client of one ledger.

use std::sync::Arc;
use std::time::Duration;

use bulla_types::{BlockTime, LedgerId, proto};
use bulla_verify::TrustedGenesis;
use tonic::Request;
use tonic::metadata::AsciiMetadataValue;

use crate::clock::LedgerClock;
use crate::error::ClientError;
use crate::node::{Nodes, Patience};
use crate::tls::Tls;
use crate::transaction::{Signer, TransactionBuilder, VALID_FOR};
use crate::trust::{Chain, Trust};

/// A client of one ledger, by way of one of its nodes at a time. Clones share connections and what was
/// verified.
#[derive(Clone)]
pub struct Client {
    pub(crate) nodes: Arc<Nodes>,
    pub(crate) chain: Arc<Chain>,
    pub(crate) clock: Arc<LedgerClock>,
    pub(crate) reader: Option<Signer>,
}

impl Client {
    /// Makes ready to talk to nodes at these addresses, as in `https://node-1.example:7000`, in this order of
    /// preference. Fetches the genesis unless it is given, and the time of a ledger for tests that may have
    /// another than the world.
    ///
    /// # Errors
    /// [`ClientError::Address`] for an address that cannot be used; [`ClientError::NotProved`] when a node's
    /// genesis is not the trusted one; otherwise those of a call.
    pub async fn connect<A: AsRef<str>>(
        addresses: &[A],
        tls: Option<&Tls>,
        trust: Trust,
    ) -> Result<Self, ClientError> {
        let nodes = Nodes::new(addresses, tls)?;
        let chain = Chain::start(&nodes, trust).await?;
        let (nodes, chain, clock) = (Arc::new(nodes), Arc::new(chain), Arc::default());
        let client = Self { nodes, chain, clock, reader: None };
        client.read_clock().await?;
        Ok(client)
    }

    /// Asks a node for the time again, where the ledger is one for tests that may have another than the world:
    /// somebody may have set it. Transactions that are begun from now on are of that time.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn read_clock(&self) -> Result<(), ClientError> {
        if self.genesis().genesis().test_clock().is_none() {
            return Ok(());
        }
        let request = proto::GetStatusRequest {};
        let asked = self.nodes.call(Patience::READ, &request, |mut stub, request| async move {
            stub.get_status(request).await
        });
        self.clock.set(&asked.await?);
        Ok(())
    }

    /// Asks the node at this address how it is: once, within this time, whatever its ledger. Its word.
    ///
    /// # Errors
    /// [`ClientError::Address`] for an address that cannot be used; otherwise that of the call.
    pub async fn ask(
        address: &str,
        tls: Option<&Tls>,
        within: Duration,
    ) -> Result<proto::GetStatusResponse, ClientError> {
        let nodes = Nodes::new(&[address], tls)?;
        let request = proto::GetStatusRequest {};
        nodes
            .call_once(within, &request, |mut stub, request| async move { stub.get_status(request).await })
            .await
    }

    /// Reads as this member, where the ledger opens its entries to members only: shows nodes a new access
    /// token with each such call.
    ///
    /// # Errors
    /// [`ClientError::Address`] when others could listen on the way to a node and use the token.
    pub fn reading_as(self, reader: Signer) -> Result<Self, ClientError> {
        if let Some(address) = self.nodes.first_open_to_others() {
            let detail = "an access token goes over TLS or to this machine only".to_owned();
            return Err(ClientError::Address { address: address.to_owned(), detail });
        }
        Ok(Self { reader: Some(reader), ..self })
    }

    /// The request of a read that gives entries, which says who reads.
    pub(crate) fn authorized<T>(&self, mut request: Request<T>) -> Request<T> {
        let token = self.reader.as_ref().map(|reader| reader.access_token(&self.ledger_id()));
        let value = token.and_then(|token| AsciiMetadataValue::try_from(format!("Bulla {token}")).ok());
        if let Some(mut value) = value {
            value.set_sensitive(true);
            request.metadata_mut().insert("authorization", value);
        }
        request
    }

    /// The ledger.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.chain.genesis().ledger_id()
    }

    /// The ledger's genesis, as it is trusted.
    #[must_use]
    pub fn genesis(&self) -> &TrustedGenesis {
        self.chain.genesis()
    }

    /// Begins a transaction for this ledger, under a new request id of the ledger's present time, valid for five
    /// minutes of this machine.
    #[must_use]
    pub fn transaction(&self) -> TransactionBuilder {
        let now = self.clock.now();
        TransactionBuilder::at(self.ledger_id(), now)
            .not_after(BlockTime(now.0.saturating_add(self.clock.within(VALID_FOR))))
    }

    /// Begins a transaction that shall be recorded at another time than now: within the ledger's request window
    /// of it, before and after.
    #[must_use]
    pub fn transaction_at(&self, time: BlockTime) -> TransactionBuilder {
        TransactionBuilder::at(self.ledger_id(), time)
    }
}
