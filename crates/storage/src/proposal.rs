//! Proposals: what was proposed for a height that is not decided yet.

use bulla_types::{Address, BlockHash, Height};

/// One proposal received or made, with this node's verdict on it. Several may stand for one round: the
/// proposer may be faulty. Differing in the verdict alone, the later record replaces the earlier.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProposalRecord {
    /// Height proposed for.
    pub height: Height,
    /// Round proposed in, from 0.
    pub round: u32,
    /// Round of the proof-of-lock that the proposer carries; `None` for a fresh proposal.
    pub valid_round: Option<u32>,
    /// Who proposed.
    pub proposer: Address,
    /// The block proposed.
    pub block_hash: BlockHash,
    /// Whether executing the block gave what its header says.
    pub valid: bool,
}
