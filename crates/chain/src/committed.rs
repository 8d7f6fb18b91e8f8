//! A committed block as readers get it: certified, with inclusion paths at hand.

use std::sync::Arc;

use bulla_crypto::Hash;
use bulla_types::{BlockHash, CommitCertificate, Header, KeyRange, StateKey, TransactionId};
use bytes::Bytes;

use crate::executed::Executed;

/// A block that is durable here, with what its receipts need.
#[derive(Debug)]
pub struct CommittedBlock {
    executed: Arc<Executed>,
    certificate: CommitCertificate,
}

impl CommittedBlock {
    pub(crate) fn new(executed: Arc<Executed>, certificate: CommitCertificate) -> Self {
        Self { executed, certificate }
    }

    /// Its header.
    #[must_use]
    pub fn header(&self) -> &Header {
        self.executed.header()
    }

    /// Hash of its header.
    #[must_use]
    pub fn block_hash(&self) -> BlockHash {
        self.executed.hash()
    }

    /// The certificate of it that this node holds.
    #[must_use]
    pub fn certificate(&self) -> &CommitCertificate {
        &self.certificate
    }

    /// The canonical entry at a log index, if it is of this block.
    #[must_use]
    pub fn entry(&self, index: u64) -> Option<&Bytes> {
        let position = index.checked_sub(self.header().log_size_before)?;
        self.executed.block.entries().get(usize::try_from(position).ok()?)
    }

    /// How many of its entries have a commitment that no opening beside the block opened when it was executed here.
    #[must_use]
    pub fn unopened_entries(&self) -> u32 {
        self.executed.unopened
    }

    /// Whether it wrote this record of the state map.
    #[must_use]
    pub fn wrote(&self, key: &StateKey) -> bool {
        self.executed.changes.state.contains_key(&key.encode())
    }

    /// The keys of this range whose records it wrote, in order.
    pub fn written(&self, range: &KeyRange) -> impl Iterator<Item = StateKey> + use<'_> {
        let rows = self.executed.changes.state.range(range.start.clone()..range.end.clone());
        rows.filter_map(|(key, _)| StateKey::decode(key).ok())
    }

    /// The path from the entry at a log index to the header's log root, if it is of this block.
    #[must_use]
    pub fn inclusion_path(&self, index: u64) -> Option<Vec<Hash>> {
        self.executed.log.inclusion_path(index)
    }

    /// Its transactions, each with the log index of its entry.
    pub fn transactions(&self) -> impl Iterator<Item = (TransactionId, u64)> + '_ {
        self.executed.transactions()
    }
}
