//! What can go wrong in the chain, and what it means for the node.

use bulla_ledger::{Refusal, StepRefusal};
use bulla_storage::StorageError;
use bulla_types::{ReasonCode, UnknownProtocol};
use thiserror::Error;

/// Why a block of another validator is not voted for. It harms nobody but its builder.
#[derive(Debug, Clone, Error)]
#[error("block refused: {reason}: {detail}")]
pub struct Rejection {
    /// Stable code.
    pub reason: ReasonCode,
    /// Which entry, field or rule, with both values where two differ.
    pub detail: String,
    /// The step of a case that is refused, if it is one.
    pub step: Option<Box<StepRefusal>>,
}

impl Rejection {
    pub(crate) fn new(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), step: None }
    }

    /// That the rules refuse an entry.
    pub(crate) fn of_rules(refusal: &Refusal) -> Self {
        Self {
            step: refusal.step().cloned().map(Box::new),
            ..Self::new(refusal.reason(), refusal.to_string())
        }
    }
}

/// Why the chain could not do what consensus asked.
#[derive(Debug, Error)]
pub enum ChainError {
    /// The store refused or failed. `DiskFull` passes when there is room again; the rest is for a person.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A block that a quorum certified does not execute here to what its header says: this node's
    /// software, memory or disk differs from the others'. It must stop before it misleads anyone.
    #[error("block {height} was certified, but here: {rejection}")]
    Diverged {
        /// Height of the certified block.
        height: u64,
        /// The entry and rule that differ.
        rejection: Rejection,
    },
    /// A certificate names a block whose bytes this node does not hold.
    #[error("the certified block {block_hash} of height {height} is not in the store")]
    MissingBody {
        /// Height of the certificate.
        height: u64,
        /// Hash that it names.
        block_hash: bulla_types::BlockHash,
    },
    /// Consensus asked for another height than the one after the tip.
    #[error("asked for height {asked}, but the next one is {next}")]
    OutOfOrder {
        /// Height asked for.
        asked: u64,
        /// Height after the tip.
        next: u64,
    },
    /// The height goes by a version of the protocol whose rules are not in this program: it neither builds, checks nor
    /// commits it, and what is committed before stands.
    #[error(transparent)]
    UnknownProtocol(#[from] UnknownProtocol),
    /// An invariant of the ledger's rules or trees broke: a bug, reported with its name.
    #[error("invariant broken: {0}")]
    Invariant(String),
}
