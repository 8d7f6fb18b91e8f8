//! Proposals (提案): acts of administration on which each registration body votes at its own time.

use std::borrow::Cow;

use crate::action::Action;
use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, list};
use crate::ids::ProposalDigest;
use crate::limits::{ACTIONS_MAX, TRANSACTION_BYTES_MAX};
use crate::number::ProposalNumber;
use crate::opening::Commitment;
use crate::proto;
use crate::time::BlockTime;
use crate::wire_enum::{unknown, wire_enum};

/// Lays acts of administration before the registration bodies. While the proposal is open the state map holds it,
/// to be carried out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Propose {
    /// One to 16 acts of administration, none of them about proposals; carried out in order, all or none.
    pub actions: Vec<Action>,
    /// No block whose time is later takes a vote.
    pub not_after: BlockTime,
    /// Attached grounds. Path `grounds`.
    pub grounds: Option<Commitment>,
}

impl Propose {
    /// What each vote names: framed(governance-proposal, canonical encoding).
    #[must_use]
    pub fn digest(&self) -> ProposalDigest {
        ProposalDigest::of(&self.encode())
    }

    /// The commitments in it: its own, and those of its acts under `actions.`, the place of the act from 0, and
    /// the path within the act.
    pub(crate) fn commitments(&self) -> impl Iterator<Item = (Cow<'static, str>, Commitment)> {
        let own = self.grounds.map(|grounds| (Cow::Borrowed("grounds"), grounds));
        let acts = self.actions.iter().enumerate().flat_map(|(place, act)| {
            let within = act.commitments().into_iter();
            within.map(move |(path, commitment)| (Cow::Owned(Self::path(place, &path)), commitment))
        });
        own.into_iter().chain(acts)
    }

    /// The path, within a proposal, of a field of the act at this place.
    #[must_use]
    pub fn path(place: usize, path: &str) -> String {
        format!("actions.{place}.{path}")
    }
}

impl Canonical for Propose {
    type Message = proto::Propose;
    const BYTES_MAX: usize = TRANSACTION_BYTES_MAX;

    fn from_message(message: proto::Propose) -> Result<Self, DecodeError> {
        Ok(Self {
            actions: list(message.actions, "actions", 1..=ACTIONS_MAX, |action| {
                let action = Action::from_message(action)?;
                if action.may_be_proposed() { Ok(action) } else { Err(DecodeError::from(NOT_PROPOSED)) }
            })?,
            not_after: BlockTime::from_wire(message.not_after_ms).at("not_after_ms")?,
            grounds: Commitment::optional(message.grounds.as_ref()).at("grounds")?,
        })
    }

    fn to_message(&self) -> proto::Propose {
        proto::Propose {
            actions: self.actions.iter().map(Action::to_message).collect(),
            not_after_ms: self.not_after.0,
            grounds: self.grounds.map(Commitment::to_message),
        }
    }
}

/// Why an action is not part of a proposal.
pub(crate) const NOT_PROPOSED: Fault =
    Fault::Rule("a proposal holds acts of administration, and none about proposals");

wire_enum! {
    /// How a registration body votes (表决).
    pub enum Ballot: unknown => {
        /// 同意.
        Approve = 1,
        /// 反对.
        Reject = 2,
    }
}

/// Votes on a proposal, for each registration body that signs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct VoteOnProposal {
    /// The proposal.
    pub proposal: ProposalNumber,
    /// What was proposed, so that nobody votes on anything else.
    pub digest: ProposalDigest,
    /// How they vote.
    pub ballot: Ballot,
    /// Attached grounds: why they vote so (表决理由). Path `grounds`.
    pub grounds: Option<Commitment>,
}

impl VoteOnProposal {
    pub(crate) fn from_message(message: &proto::VoteOnProposal) -> Result<Self, DecodeError> {
        Ok(Self {
            proposal: ProposalNumber::from_wire(message.proposal).at("proposal")?,
            digest: ProposalDigest::from_wire(&message.digest).at("digest")?,
            ballot: Ballot::from_wire(message.ballot).at("ballot")?,
            grounds: Commitment::optional(message.grounds.as_ref()).at("grounds")?,
        })
    }

    pub(crate) fn to_message(self) -> proto::VoteOnProposal {
        proto::VoteOnProposal {
            proposal: self.proposal.0,
            digest: self.digest.to_wire(),
            ballot: self.ballot.to_wire(),
            grounds: self.grounds.map(Commitment::to_message),
        }
    }
}

/// Takes a proposal back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WithdrawProposal {
    /// The proposal.
    pub proposal: ProposalNumber,
}

impl WithdrawProposal {
    pub(crate) fn from_message(message: &proto::WithdrawProposal) -> Result<Self, DecodeError> {
        Ok(Self { proposal: ProposalNumber::from_wire(message.proposal).at("proposal")? })
    }

    pub(crate) fn to_message(self) -> proto::WithdrawProposal {
        proto::WithdrawProposal { proposal: self.proposal.0 }
    }
}
