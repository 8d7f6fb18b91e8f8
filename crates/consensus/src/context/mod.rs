//! The engine's types, filled with ours: what a height, an address, a value, a vote is.
//!
//! The engine is generic over a [`Context`]. These are thin wrappers, since neither its traits nor
//! `bulla_types` belong to this crate; nothing outside the crate sees them.

mod address;
mod height;
mod proposal;
mod scheme;
mod validators;
mod value;
mod vote;

pub(crate) use address::ValidatorAddress;
pub(crate) use height::Height;
pub(crate) use proposal::Proposal;
pub(crate) use scheme::Ed25519;
pub(crate) use validators::{Validator, Validators, linear_timeouts};
pub(crate) use value::Value;
pub(crate) use vote::Vote;

use bulla_types::BlockHash;
use malachitebft_core_types::{Context, LinearTimeouts, NilOrVal, Round, VoteType};

use crate::parts::Part;

/// The engine's context of this ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Bulla;

impl Context for Bulla {
    type Address = ValidatorAddress;
    type Height = Height;
    type ProposalPart = Part;
    type Proposal = Proposal;
    type Validator = Validator;
    type ValidatorSet = Validators;
    type Timeouts = LinearTimeouts;
    type Value = Value;
    type Vote = Vote;
    // Votes carry nothing beyond what they are for.
    type Extension = ();
    type SigningScheme = Ed25519;

    fn select_proposer<'a>(&self, validators: &'a Validators, height: Height, round: Round) -> &'a Validator {
        validators.proposer(height.0, round.as_u32().unwrap_or(0))
    }

    fn new_proposal(
        &self,
        height: Height,
        round: Round,
        value: Value,
        pol_round: Round,
        proposer: ValidatorAddress,
    ) -> Proposal {
        Proposal { height, round, value, pol_round, proposer }
    }

    fn new_prevote(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<BlockHash>,
        voter: ValidatorAddress,
    ) -> Vote {
        Vote { kind: VoteType::Prevote, height, round, value, voter }
    }

    fn new_precommit(
        &self,
        height: Height,
        round: Round,
        value: NilOrVal<BlockHash>,
        voter: ValidatorAddress,
    ) -> Vote {
        Vote { kind: VoteType::Precommit, height, round, value, voter }
    }
}
