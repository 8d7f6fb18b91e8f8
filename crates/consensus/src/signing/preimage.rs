//! The engine's messages as the ledger's, whose bytes are signed (`docs/formats/vote.md`, `proposal.md`).

use bulla_types::{BlockHash, LedgerId};
use malachitebft_core_types::{NilOrVal, VoteType};

use crate::context::{Proposal, Vote};
use crate::parts::FirstPart;

/// Of a vote; `None` for one without a round, which nobody can sign.
pub(crate) fn vote(ledger: &LedgerId, vote: &Vote) -> Option<bulla_types::Vote> {
    Some(bulla_types::Vote {
        ledger_id: *ledger,
        vote_type: vote_type(vote),
        height: bulla_types::Height(vote.height.0),
        round: vote.round.as_u32()?,
        value: voted_block(vote),
        address: vote.voter.0,
    })
}

/// Of a proposal; `None` for one without a round, which nobody can sign.
pub(crate) fn proposal(ledger: &LedgerId, proposal: &Proposal) -> Option<bulla_types::Proposal> {
    Some(bulla_types::Proposal {
        ledger_id: *ledger,
        height: bulla_types::Height(proposal.height.0),
        round: proposal.round.as_u32()?,
        pol_round: proposal.pol_round.as_u32(),
        block_hash: proposal.value.0,
        proposer: proposal.proposer.0,
    })
}

/// Of the first part of a stream.
pub(crate) fn first_part(ledger: &LedgerId, first: &FirstPart) -> bulla_types::FirstPart {
    let proposal = bulla_types::Proposal {
        ledger_id: *ledger,
        height: bulla_types::Height(first.height),
        round: first.round,
        pol_round: first.pol_round,
        block_hash: first.block_hash,
        proposer: first.proposer,
    };
    bulla_types::FirstPart { proposal, size: first.size, digest: first.digest }
}

/// The step of a vote in the ledger's terms.
pub(crate) fn vote_type(vote: &Vote) -> bulla_types::VoteType {
    match vote.kind {
        VoteType::Prevote => bulla_types::VoteType::Prevote,
        VoteType::Precommit => bulla_types::VoteType::Precommit,
    }
}

/// The block of a vote; none for nil.
pub(crate) fn voted_block(vote: &Vote) -> Option<BlockHash> {
    match vote.value {
        NilOrVal::Nil => None,
        NilOrVal::Val(block) => Some(block),
    }
}
