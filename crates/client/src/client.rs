//! A client of one ledger.

use std::sync::Arc;

use bulla_types::LedgerId;
use bulla_verify::TrustedGenesis;

use crate::error::ClientError;
use crate::node::Nodes;
use crate::tls::Tls;
use crate::transaction::TransactionBuilder;
use crate::trust::{Chain, Trust};

/// A client of one ledger, by way of one of its nodes at a time. Clones share connections and what was
/// verified.
#[derive(Clone)]
pub struct Client {
    pub(crate) nodes: Arc<Nodes>,
    pub(crate) chain: Arc<Chain>,
}

impl Client {
    /// Makes ready to talk to nodes at these addresses, as in `https://node-1.example:7000`, in this order of
    /// preference. Fetches the genesis unless it is given.
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
        Ok(Self { nodes: Arc::new(nodes), chain: Arc::new(chain) })
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

    /// Begins a transaction for this ledger.
    #[must_use]
    pub fn transaction(&self) -> TransactionBuilder {
        TransactionBuilder::new(self.ledger_id())
    }
}
