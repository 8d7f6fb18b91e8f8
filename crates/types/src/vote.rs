//! Votes of validators: the exact bytes that they sign. `docs/formats/vote.md`.

use bulla_crypto::{Domain, frame};
use bytes::Bytes;

use crate::ids::{Address, BlockHash, LedgerId};
use crate::number::Height;
use crate::wire_enum::{unknown, wire_enum};

wire_enum! {
    /// The step of a round in which a vote is cast.
    pub enum VoteType: unknown => {
        /// The first step: this validator finds the block valid.
        Prevote = 1,
        /// The second step: more than two thirds of the power prevoted it.
        Precommit = 2,
    }
}

/// One vote. A validator signs at most one for each height, round and type.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Vote {
    /// The ledger, so that a vote on one ledger is none on another.
    pub ledger_id: LedgerId,
    /// The step.
    pub vote_type: VoteType,
    /// The height that is decided.
    pub height: Height,
    /// The round, from 0.
    pub round: u32,
    /// The block voted for; `None` is nil, a vote for no block in this round.
    pub value: Option<BlockHash>,
    /// The validator.
    pub address: Address,
}

impl Vote {
    /// The bytes that the validator signs: frame(vote) ‖ ledger id ‖ u8 type ‖ u64 height ‖ u32 round ‖
    /// u8 has value ‖ value, zero for nil ‖ address.
    #[must_use]
    pub fn preimage(&self) -> Vec<u8> {
        let mut message = frame(Domain::Vote);
        message.extend_from_slice(self.ledger_id.as_bytes());
        message.push(self.vote_type.number());
        message.extend_from_slice(&self.height.0.to_be_bytes());
        message.extend_from_slice(&self.round.to_be_bytes());
        message.push(u8::from(self.value.is_some()));
        message.extend_from_slice(self.value.map_or([0; 32], |value| *value.as_bytes()).as_slice());
        message.extend_from_slice(self.address.as_bytes());
        message
    }
}

/// A vote's value on the wire: empty for nil.
pub(crate) fn value_to_wire(value: Option<BlockHash>) -> Bytes {
    value.map_or_else(Bytes::new, BlockHash::to_wire)
}
