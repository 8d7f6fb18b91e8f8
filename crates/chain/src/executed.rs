//! What executing a block gives: everything that commit needs, and nothing is computed twice.

use std::sync::Arc;

use bulla_ledger::BlockChanges;
use bulla_merkle::log::Appended;
use bulla_merkle::state::StateUpdate;
use bulla_storage::{IndexRows, StoredBlock};
use bulla_types::{BlockHash, Header, Parameters, TransactionId, ValidatorSet};
use bytes::Bytes;

/// A block, executed on top of the committed tip and not yet committed.
#[derive(Debug)]
pub(crate) struct Executed {
    /// The block as it travels in proposal parts, openings included.
    pub(crate) encoded: Bytes,
    /// The same bytes, taken apart.
    pub(crate) block: StoredBlock,
    /// What it changes in the state and in the request window.
    pub(crate) changes: BlockChanges,
    /// Rows for the indexes.
    pub(crate) index: IndexRows,
    /// Entries with a commitment that no opening beside the block opens.
    pub(crate) unopened: u32,
    /// The log over SHA-256 with its entries appended.
    pub(crate) log: Appended,
    /// The log over SM3, when the parameters ask for one.
    pub(crate) second_log: Option<Appended>,
    /// The state map after it.
    pub(crate) state: StateUpdate,
    /// Version of that tree: this height, or an earlier one when the block changes no record.
    pub(crate) state_version: u64,
    /// The validators of the next height.
    pub(crate) next_validators: Arc<ValidatorSet>,
    /// The parameters in force for the next height.
    pub(crate) next_parameters: Arc<Parameters>,
}

impl Executed {
    /// Its header.
    pub(crate) fn header(&self) -> &Header {
        self.block.header()
    }

    /// Hash of its header: the value that validators vote for.
    pub(crate) fn hash(&self) -> BlockHash {
        self.block.hash()
    }

    /// Its transactions, each with the log index of its entry.
    pub(crate) fn transactions(&self) -> impl Iterator<Item = (TransactionId, u64)> + '_ {
        self.changes.requests.iter().map(|(_, _, id, index)| (*id, *index))
    }
}
