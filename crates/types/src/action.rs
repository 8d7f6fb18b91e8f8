//! What a transaction asks of the ledger, one step at a time.

use std::borrow::Cow;

use crate::canonical::Canonical;
use crate::cases::{AdoptCalendar, AdoptProfile, SuspendClocks, TAKE_STEP_SHAPE, TakeStep};
use crate::error::{DecodeError, Fault};
use crate::evidence::DepositEvidence;
use crate::field::At;
use crate::governance::{
    ChangeParameters, ChangeRoles, ChangeValidators, NOT_PROPOSED, Propose, ScheduleProtocol, VoteOnProposal,
    WithdrawProposal,
};
use crate::key_declaration::{ChangeKeyStatus, DeclaredIn, EnrolKey, KeyDeclaration, KeyPurpose};
use crate::limits::{ACTIONS_MAX, TRANSACTION_BYTES_MAX};
use crate::member::{ChangeMemberStatus, EnrolMember, MemberIdentity};
use crate::opening::Commitment;
use crate::proto;
use crate::proto::action::Kind;
use crate::wire::{Field, Shape};

const TAKE_STEP: u32 = 8;
const PROPOSE: u32 = 13;

pub(crate) const ACTION_SHAPE: Shape = Shape(&[
    Field::one(TAKE_STEP, "take_step", TRANSACTION_BYTES_MAX).of(&TAKE_STEP_SHAPE),
    Field::one(PROPOSE, "propose", TRANSACTION_BYTES_MAX).of(&PROPOSE_SHAPE),
]);
pub(crate) const PROPOSE_SHAPE: Shape =
    Shape(&[Field::list(1, "actions", ACTIONS_MAX, TRANSACTION_BYTES_MAX).of(&PROPOSED_SHAPE)]);
/// Nothing in a proposal lies deeper than an action.
const PROPOSED_SHAPE: Shape = Shape(&[
    Field::refused(TAKE_STEP, "take_step", &NOT_PROPOSED),
    Field::refused(PROPOSE, "propose", &NOT_PROPOSED),
]);

/// One step of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Fixes the digests of a document in time.
    DepositEvidence(DepositEvidence),
    /// Enrols a member.
    EnrolMember(EnrolMember),
    /// Adds a key to a member.
    EnrolKey(EnrolKey),
    /// Retires a key or reports it compromised.
    ChangeKeyStatus(ChangeKeyStatus),
    /// Suspends or readmits a member.
    ChangeMemberStatus(ChangeMemberStatus),
    /// Puts a rule profile in force.
    AdoptProfile(AdoptProfile),
    /// Puts a year of the calendar in force.
    AdoptCalendar(AdoptCalendar),
    /// Takes a step of a case.
    TakeStep(TakeStep),
    /// Suspends clocks.
    SuspendClocks(SuspendClocks),
    /// Changes who validates.
    ChangeValidators(ChangeValidators),
    /// Changes parameters.
    ChangeParameters(ChangeParameters),
    /// Changes what a member may do.
    ChangeRoles(ChangeRoles),
    /// Schedules a version of the protocol.
    ScheduleProtocol(ScheduleProtocol),
    /// Lays acts of administration before the registration bodies.
    Propose(Propose),
    /// Votes on a proposal.
    VoteOnProposal(VoteOnProposal),
    /// Takes a proposal back.
    WithdrawProposal(WithdrawProposal),
}

impl Action {
    /// The commitments that stand in this action, with the path of the field of each.
    #[must_use]
    pub fn commitments(&self) -> Vec<(Cow<'static, str>, Commitment)> {
        let fixed = |fields: &[(&'static str, Option<Commitment>)]| {
            let present = fields.iter().filter_map(|(path, commitment)| Some((*path, (*commitment)?)));
            present.map(|(path, commitment)| (Cow::Borrowed(path), commitment)).collect()
        };
        match self {
            Self::DepositEvidence(deposit) => fixed(&[
                ("title", deposit.title),
                ("description", deposit.description),
                ("provenance.statement", deposit.provenance.statement),
            ]),
            Self::EnrolMember(EnrolMember { identity: MemberIdentity::NaturalPerson { person }, .. }) => {
                fixed(&[("person", Some(*person))])
            }
            Self::ChangeMemberStatus(change) => fixed(&[("grounds", change.grounds)]),
            Self::ChangeRoles(change) => fixed(&[("grounds", change.grounds)]),
            Self::SuspendClocks(suspension) => fixed(&[("authority", Some(suspension.authority))]),
            Self::TakeStep(step) => {
                step.commitments().map(|(path, commitment)| (Cow::Owned(path), commitment)).collect()
            }
            Self::Propose(propose) => propose.commitments().collect(),
            Self::VoteOnProposal(vote) => fixed(&[("grounds", vote.grounds)]),
            Self::EnrolMember(_)
            | Self::EnrolKey(_)
            | Self::ChangeKeyStatus(_)
            | Self::AdoptProfile(_)
            | Self::AdoptCalendar(_)
            | Self::ChangeValidators(_)
            | Self::ChangeParameters(_)
            | Self::ScheduleProtocol(_)
            | Self::WithdrawProposal(_) => Vec::new(),
        }
    }

    /// The purpose that a key must have to sign for this action.
    #[must_use]
    pub const fn purpose(&self) -> KeyPurpose {
        match self {
            Self::DepositEvidence(_) | Self::TakeStep(_) => KeyPurpose::Operate,
            Self::EnrolMember(_)
            | Self::EnrolKey(_)
            | Self::ChangeKeyStatus(_)
            | Self::ChangeMemberStatus(_)
            | Self::AdoptProfile(_)
            | Self::AdoptCalendar(_)
            | Self::SuspendClocks(_)
            | Self::ChangeValidators(_)
            | Self::ChangeParameters(_)
            | Self::ChangeRoles(_)
            | Self::ScheduleProtocol(_)
            | Self::Propose(_)
            | Self::VoteOnProposal(_)
            | Self::WithdrawProposal(_) => KeyPurpose::Administer,
        }
    }

    /// Whether it is about a proposal.
    #[must_use]
    pub const fn is_about_proposal(&self) -> bool {
        matches!(self, Self::Propose(_) | Self::VoteOnProposal(_) | Self::WithdrawProposal(_))
    }

    /// Whether it may stand in a proposal: an act of administration that is not itself about one.
    #[must_use]
    pub const fn may_be_proposed(&self) -> bool {
        matches!(self.purpose(), KeyPurpose::Administer) && !self.is_about_proposal()
    }

    /// The keys that this action brings to the ledger; those that it proposes among them.
    #[must_use]
    pub fn declared_keys(&self) -> Vec<&KeyDeclaration> {
        match self {
            Self::EnrolMember(enrolment) => enrolment.keys.iter().collect(),
            Self::EnrolKey(enrolment) => vec![&enrolment.key],
            Self::Propose(propose) => propose.actions.iter().flat_map(Self::declared_keys).collect(),
            Self::DepositEvidence(_)
            | Self::ChangeKeyStatus(_)
            | Self::ChangeMemberStatus(_)
            | Self::AdoptProfile(_)
            | Self::AdoptCalendar(_)
            | Self::TakeStep(_)
            | Self::SuspendClocks(_)
            | Self::ChangeValidators(_)
            | Self::ChangeParameters(_)
            | Self::ChangeRoles(_)
            | Self::ScheduleProtocol(_)
            | Self::VoteOnProposal(_)
            | Self::WithdrawProposal(_) => Vec::new(),
        }
    }

    pub(crate) fn from_message(message: proto::Action) -> Result<Self, DecodeError> {
        match message.kind {
            Some(Kind::DepositEvidence(deposit)) => {
                DepositEvidence::from_message(deposit).at("deposit_evidence").map(Self::DepositEvidence)
            }
            Some(Kind::EnrolMember(enrolment)) => {
                EnrolMember::from_message(enrolment, DeclaredIn::Transaction)
                    .at("enrol_member")
                    .map(Self::EnrolMember)
            }
            Some(Kind::EnrolKey(enrolment)) => {
                EnrolKey::from_message(&enrolment).at("enrol_key").map(Self::EnrolKey)
            }
            Some(Kind::ChangeKeyStatus(change)) => {
                ChangeKeyStatus::from_message(&change).at("change_key_status").map(Self::ChangeKeyStatus)
            }
            Some(Kind::ChangeMemberStatus(change)) => ChangeMemberStatus::from_message(&change)
                .at("change_member_status")
                .map(Self::ChangeMemberStatus),
            Some(Kind::AdoptProfile(adoption)) => {
                AdoptProfile::from_message(adoption).at("adopt_profile").map(Self::AdoptProfile)
            }
            Some(Kind::AdoptCalendar(adoption)) => {
                AdoptCalendar::from_message(adoption).at("adopt_calendar").map(Self::AdoptCalendar)
            }
            Some(Kind::TakeStep(step)) => TakeStep::from_message(step).at("take_step").map(Self::TakeStep),
            Some(Kind::SuspendClocks(suspension)) => {
                SuspendClocks::from_message(suspension).at("suspend_clocks").map(Self::SuspendClocks)
            }
            Some(Kind::ChangeValidators(change)) => {
                ChangeValidators::from_message(&change).at("change_validators").map(Self::ChangeValidators)
            }
            Some(Kind::ChangeParameters(change)) => {
                ChangeParameters::from_message(change).at("change_parameters").map(Self::ChangeParameters)
            }
            Some(Kind::ChangeRoles(change)) => {
                ChangeRoles::from_message(&change).at("change_roles").map(Self::ChangeRoles)
            }
            Some(Kind::ScheduleProtocol(schedule)) => {
                ScheduleProtocol::from_message(schedule).at("schedule_protocol").map(Self::ScheduleProtocol)
            }
            Some(Kind::Propose(propose)) => Propose::from_message(propose).at("propose").map(Self::Propose),
            Some(Kind::VoteOnProposal(vote)) => {
                VoteOnProposal::from_message(&vote).at("vote_on_proposal").map(Self::VoteOnProposal)
            }
            Some(Kind::WithdrawProposal(withdrawal)) => WithdrawProposal::from_message(&withdrawal)
                .at("withdraw_proposal")
                .map(Self::WithdrawProposal),
            None => Err(Fault::Missing.into()),
        }
    }

    pub(crate) fn to_message(&self) -> proto::Action {
        let kind = match self {
            Self::DepositEvidence(deposit) => Kind::DepositEvidence(deposit.to_message()),
            Self::EnrolMember(enrolment) => Kind::EnrolMember(enrolment.to_message()),
            Self::EnrolKey(enrolment) => Kind::EnrolKey(enrolment.to_message()),
            Self::ChangeKeyStatus(change) => Kind::ChangeKeyStatus(change.to_message()),
            Self::ChangeMemberStatus(change) => Kind::ChangeMemberStatus(change.to_message()),
            Self::AdoptProfile(adoption) => Kind::AdoptProfile(adoption.to_message()),
            Self::AdoptCalendar(adoption) => Kind::AdoptCalendar(adoption.to_message()),
            Self::TakeStep(step) => Kind::TakeStep(step.to_message()),
            Self::SuspendClocks(suspension) => Kind::SuspendClocks(suspension.to_message()),
            Self::ChangeValidators(change) => Kind::ChangeValidators(change.to_message()),
            Self::ChangeParameters(change) => Kind::ChangeParameters(change.to_message()),
            Self::ChangeRoles(change) => Kind::ChangeRoles(change.to_message()),
            Self::Propose(propose) => Kind::Propose(propose.to_message()),
            Self::VoteOnProposal(vote) => Kind::VoteOnProposal(vote.to_message()),
            Self::WithdrawProposal(withdrawal) => Kind::WithdrawProposal(withdrawal.to_message()),
            Self::ScheduleProtocol(schedule) => Kind::ScheduleProtocol(schedule.to_message()),
        };
        proto::Action { kind: Some(kind) }
    }
}
