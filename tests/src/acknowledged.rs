//! What clients were told is recorded: the promise that nothing may break.

use std::collections::{BTreeMap, BTreeSet};

use bulla_types::{Canonical, Content, Header};
use bulla_verify::{Anchor, TrustedGenesis, verify};
use bytes::Bytes;

use crate::network::Network;

/// Entries that were acknowledged by a proof, and receipt files that were handed out.
#[derive(Debug, Clone, Default)]
pub struct Acknowledged {
    /// The leaf of each acknowledged entry, by its index.
    pub entries: BTreeMap<u64, Bytes>,
    /// The certified headers that they were proved by, by height.
    pub headers: BTreeMap<u64, Header>,
    /// The files of receipts.
    pub receipts: Vec<Vec<u8>>,
}

impl Acknowledged {
    /// Adds what another load was told.
    pub fn join(&mut self, other: Self) {
        for (index, entry) in other.entries {
            let before = self.entries.insert(index, entry);
            assert_eq!(before, None, "entry {index} was acknowledged twice");
        }
        self.headers.extend(other.headers);
        self.receipts.extend(other.receipts);
    }

    /// Every acknowledged entry stands at its index, byte for byte, at this node; and no transaction stands
    /// twice.
    pub async fn stands_at(&self, network: &Network, node: usize, log_size: u64) {
        let mut subscription = network.client(node).await.subscribe(0).await.unwrap();
        let (mut log, mut transactions) = (BTreeMap::new(), BTreeSet::new());
        while (log.len() as u64) < log_size {
            let recorded = subscription.next().await.unwrap().unwrap();
            if let Content::Transaction(transaction) = &recorded.entry.content {
                assert!(transactions.insert(transaction.id()), "{} stands twice", transaction.id());
            }
            log.insert(recorded.index, recorded.bytes);
        }
        for (index, entry) in &self.entries {
            assert_eq!(log.get(index), Some(entry), "entry {index} was acknowledged");
        }
    }

    /// Every receipt that was handed out still verifies against the genesis.
    pub fn receipts_verify(&self, network: &Network) {
        let genesis = TrustedGenesis::from_file(&network.ledger().genesis.encode()).unwrap();
        let anchor = Anchor::Genesis(genesis);
        for receipt in &self.receipts {
            verify(receipt, &anchor, &[]).unwrap();
        }
    }
}
