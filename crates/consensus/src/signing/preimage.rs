//! The bytes of every signed message, fixed layouts with big-endian numbers (`docs/formats/proposal.md`).
//!
//! The vote's stands in `bulla_types`, since certificates are verified by strangers; the others never leave
//! the validators.

use bulla_crypto::{Domain, frame};
use bulla_types::{BlockHash, LedgerId};
use malachitebft_core_types::{NilOrVal, VoteType};

use crate::context::{Proposal, Vote};
use crate::parts::FirstPart;

/// Of a vote; `None` for one without a round, which nobody can sign.
pub(crate) fn vote(ledger: &LedgerId, vote: &Vote) -> Option<Vec<u8>> {
    let signed = bulla_types::Vote {
        ledger_id: *ledger,
        vote_type: vote_type(vote),
        height: bulla_types::Height(vote.height.0),
        round: vote.round.as_u32()?,
        value: voted_block(vote),
        address: vote.voter.0,
    };
    Some(signed.preimage())
}

/// frame(proposal) ‖ ledger id 32 ‖ height u64 ‖ round u32 ‖ proof-of-lock round u8 u32 ‖ block hash 32 ‖
/// address 32.
pub(crate) fn proposal(ledger: &LedgerId, proposal: &Proposal) -> Option<Vec<u8>> {
    let mut bytes = frame(Domain::Proposal);
    bytes.extend_from_slice(ledger.as_bytes());
    bytes.extend_from_slice(&proposal.height.0.to_be_bytes());
    bytes.extend_from_slice(&proposal.round.as_u32()?.to_be_bytes());
    put_pol_round(&mut bytes, proposal.pol_round.as_u32());
    bytes.extend_from_slice(proposal.value.0.as_bytes());
    bytes.extend_from_slice(proposal.proposer.0.as_bytes());
    Some(bytes)
}

/// frame(proposal-part) ‖ ledger id 32 ‖ height u64 ‖ round u32 ‖ proof-of-lock round u8 u32 ‖ block hash
/// 32 ‖ size u32 ‖ BLAKE3 of the block 32 ‖ address 32.
pub(crate) fn first_part(ledger: &LedgerId, first: &FirstPart) -> Vec<u8> {
    let mut bytes = frame(Domain::ProposalPart);
    bytes.extend_from_slice(ledger.as_bytes());
    bytes.extend_from_slice(&first.height.to_be_bytes());
    bytes.extend_from_slice(&first.round.to_be_bytes());
    put_pol_round(&mut bytes, first.pol_round);
    bytes.extend_from_slice(first.block_hash.as_bytes());
    bytes.extend_from_slice(&first.size.to_be_bytes());
    bytes.extend_from_slice(first.digest.as_bytes());
    bytes.extend_from_slice(first.proposer.as_bytes());
    bytes
}

/// frame(validator-proof) ‖ ledger id 32 ‖ the engine's statement (key and network identity, each with its
/// length).
pub(crate) fn validator_proof(ledger: &LedgerId, statement: &[u8]) -> Vec<u8> {
    let mut bytes = frame(Domain::ValidatorProof);
    bytes.extend_from_slice(ledger.as_bytes());
    bytes.extend_from_slice(statement);
    bytes
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

fn put_pol_round(bytes: &mut Vec<u8>, round: Option<u32>) {
    bytes.push(u8::from(round.is_some()));
    bytes.extend_from_slice(&round.unwrap_or(0).to_be_bytes());
}
