//! What clients were told is recorded: the promise that nothing may break.

use std::collections::{BTreeMap, BTreeSet};

use bulla_client::{Inclusion, VerifiedReceipt};
use bulla_types::{Canonical, Content, Entry, Header};
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
    /// Adds an entry that a stream has proved.
    pub fn included(&mut self, inclusion: &Inclusion) {
        self.entry(inclusion.index, &inclusion.entry);
        self.header(inclusion.header.header());
    }

    /// Adds a receipt with its entry.
    pub fn receipt(&mut self, receipt: &VerifiedReceipt) {
        self.entry(receipt.index(), receipt.entry());
        self.header(&receipt.file().receipts()[0].header);
        self.receipts.push(receipt.file().encode());
    }

    fn entry(&mut self, index: u64, entry: &Entry) {
        let before = self.entries.insert(index, entry.encode().into());
        assert_eq!(before, None, "two entries at index {index}");
    }

    fn header(&mut self, header: &Header) {
        self.headers.insert(header.height.0, header.clone());
    }

    /// What of it a log of this size holds.
    #[must_use]
    pub fn within(&self, log_size: u64) -> Self {
        let entries = self.entries.range(..log_size).map(|(index, entry)| (*index, entry.clone()));
        Self { entries: entries.collect(), ..Self::default() }
    }

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
        let client = network.client(node).await.reading_as(network.service()).unwrap();
        let mut subscription = client.subscribe(0).await.unwrap();
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
