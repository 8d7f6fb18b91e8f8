//! What the ledger made of an action.

use crate::action::Action;
use crate::cases::CaseOutcome;
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::governance::{ProposalOutcome, ProposalStatus};
use crate::ids::{KeyId, ProfileDigest};
use crate::number::{EvidenceNumber, MemberNumber, SuspensionNumber};
use crate::proto;
use crate::proto::outcome::Kind;

/// The result of one action.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// A deposit was given this number (存证号).
    EvidenceNumber(EvidenceNumber),
    /// A member was given this number.
    MemberNumber(MemberNumber),
    /// A key with this id was enrolled.
    KeyId(KeyId),
    /// The action is done and has no number of its own.
    Done,
    /// A profile with this digest was put in force.
    Profile(ProfileDigest),
    /// A step was taken in this case, and gave these numbers.
    Case(CaseOutcome),
    /// A suspension of clocks was given this number (期间中止编号).
    Suspension(SuspensionNumber),
    /// This became of a proposal.
    Proposal(ProposalOutcome),
}

impl Outcome {
    /// Whether an action of this kind can have this outcome.
    #[must_use]
    pub fn fits(&self, action: &Action) -> bool {
        use ProposalStatus::{CarriedOut, Open, Rejected, Withdrawn};
        match (self, action) {
            (Self::Proposal(outcome), Action::Propose(propose)) => {
                matches!(outcome.status, Open | CarriedOut) && outcome.fits(Some(&propose.actions))
            }
            (Self::Proposal(outcome), Action::VoteOnProposal(vote)) => {
                outcome.number == vote.proposal
                    && matches!(outcome.status, Open | CarriedOut | Rejected)
                    && outcome.fits(None)
            }
            (Self::Proposal(outcome), Action::WithdrawProposal(withdrawal)) => {
                outcome.number == withdrawal.proposal && outcome.status == Withdrawn && outcome.fits(None)
            }
            _ => self.fits_other(action),
        }
    }

    /// Whether an action that is not about a proposal can have this outcome.
    fn fits_other(&self, action: &Action) -> bool {
        matches!(
            (self, action),
            (Self::EvidenceNumber(_), Action::DepositEvidence(_))
                | (Self::MemberNumber(_), Action::EnrolMember(_))
                | (Self::KeyId(_), Action::EnrolKey(_))
                | (
                    Self::Done,
                    Action::ChangeKeyStatus(_)
                        | Action::ChangeMemberStatus(_)
                        | Action::AdoptCalendar(_)
                        | Action::ChangeValidators(_)
                        | Action::ChangeParameters(_)
                        | Action::ChangeRoles(_)
                        | Action::ScheduleProtocol(_)
                )
                | (Self::Suspension(_), Action::SuspendClocks(_))
                | (Self::Profile(_), Action::AdoptProfile(_))
                | (Self::Case(_), Action::TakeStep(_))
        )
    }

    pub(crate) fn from_message(message: &proto::Outcome) -> Result<Self, DecodeError> {
        match &message.kind {
            Some(Kind::EvidenceNumber(number)) => {
                EvidenceNumber::from_wire(*number).at("evidence_number").map(Self::EvidenceNumber)
            }
            Some(Kind::MemberNumber(number)) => {
                MemberNumber::from_wire(*number).at("member_number").map(Self::MemberNumber)
            }
            Some(Kind::KeyId(id)) => KeyId::from_wire(id).at("key_id").map(Self::KeyId),
            Some(Kind::Done(proto::Done {})) => Ok(Self::Done),
            Some(Kind::ProfileDigest(digest)) => {
                ProfileDigest::from_wire(digest).at("profile_digest").map(Self::Profile)
            }
            Some(Kind::Case(outcome)) => CaseOutcome::from_message(outcome).at("case").map(Self::Case),
            Some(Kind::SuspensionNumber(number)) => {
                SuspensionNumber::from_wire(*number).at("suspension_number").map(Self::Suspension)
            }
            Some(Kind::Proposal(outcome)) => {
                ProposalOutcome::from_message(outcome).at("proposal").map(Self::Proposal)
            }
            None => Err(Fault::Missing.into()),
        }
    }

    pub(crate) fn to_message(&self) -> proto::Outcome {
        proto::Outcome {
            kind: Some(match self {
                Self::EvidenceNumber(number) => Kind::EvidenceNumber(number.0),
                Self::MemberNumber(number) => Kind::MemberNumber(number.0),
                Self::KeyId(id) => Kind::KeyId(id.to_wire()),
                Self::Done => Kind::Done(proto::Done {}),
                Self::Profile(digest) => Kind::ProfileDigest(digest.to_wire()),
                Self::Case(outcome) => Kind::Case(outcome.to_message()),
                Self::Suspension(number) => Kind::SuspensionNumber(number.0),
                Self::Proposal(outcome) => Kind::Proposal(outcome.to_message()),
            }),
        }
    }
}
