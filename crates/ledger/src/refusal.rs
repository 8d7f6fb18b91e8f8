//! Why an entry does not go into the book: each rule with the data that a person needs to act on it.

use std::fmt;

use bulla_crypto::Hash;
use bulla_rules::CivilDate;
use bulla_types::{
    Address, BlockTime, CreditCode, EvidenceNumber, Height, KeyId, KeyPurpose, KeyStatus, LedgerId,
    MemberNumber, MemberStatus, ProfileDigest, ProposalDigest, ProposalNumber, ProposalStatus,
    ProtocolAtHeight, ReasonCode, Suspended, SystemEvent, TransactionId,
};
use thiserror::Error;

use crate::cases::StepRefusal;
use crate::source_term::SourceTerm;
use crate::view::ViewError;

/// Why an entry was not executed.
#[derive(Debug, Error)]
pub enum ExecutionError {
    /// A rule refuses the entry; the state is as it was before.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The state could not be read; this says nothing about the entry.
    #[error(transparent)]
    View(#[from] ViewError),
}

impl From<Cause> for ExecutionError {
    fn from(cause: Cause) -> Self {
        Self::Refused(cause.into())
    }
}

/// A rule that an entry breaks, and by which of its actions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// The action, from 0; `None` when the entry as a whole breaks the rule.
    pub action: Option<usize>,
    /// The rule.
    pub cause: Cause,
}

impl Refusal {
    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        self.cause.reason()
    }

    /// The step of a case that is refused, if it is one.
    #[must_use]
    pub fn step(&self) -> Option<&StepRefusal> {
        match &self.cause {
            Cause::Step(refusal) => Some(refusal),
            _ => None,
        }
    }
}

impl From<Cause> for Refusal {
    fn from(cause: Cause) -> Self {
        Self { action: None, cause }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.action {
            Some(action) => write!(f, "action {action}: {}", self.cause),
            None => self.cause.fmt(f),
        }
    }
}

impl std::error::Error for Refusal {}

/// The rules that refuse. The message of each says what is wrong, with the values at hand.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum Cause {
    // The request.
    #[error("made for ledger {found}, this is {expected}")]
    WrongLedger { found: LedgerId, expected: LedgerId },
    #[error("transaction {transaction_id} is already recorded at log index {log_index}")]
    RequestRepeated { transaction_id: TransactionId, log_index: u64 },
    #[error("the request id was used for transaction {transaction_id}, recorded at log index {log_index}")]
    RequestIdReused { transaction_id: TransactionId, log_index: u64 },
    #[error("the request id was made at {request_time}, more than {window_ms} ms from block time {time}")]
    RequestOutsideWindow { request_time: BlockTime, time: BlockTime, window_ms: u64 },
    #[error(
        "the request id was made at {request_time}, since the parameters were changed none before {from} is taken"
    )]
    RequestForgotten { request_time: BlockTime, from: BlockTime },
    #[error("valid until {not_after}, block time is {time}")]
    Expired { not_after: BlockTime, time: BlockTime },

    // The signers.
    #[error("member {member} has no key {key_id}")]
    SignerUnknown { member: MemberNumber, key_id: KeyId },
    #[error("member {0} is suspended and signs nothing")]
    SignerSuspended(MemberNumber),
    #[error("key {key_id} is no longer in force: {status:?}")]
    KeyEnded { key_id: KeyId, status: KeyStatus },
    #[error("nothing here is signed with key {key_id} of member {member}, which is for {purpose:?}")]
    SignerSuperfluous { member: MemberNumber, key_id: KeyId, purpose: KeyPurpose },
    #[error("needs the OPERATE key of a member")]
    OperatorMissing,
    #[error("no signer has a role that may do this, member {0} among them")]
    RoleMissing(MemberNumber),
    #[error("needs an ADMINISTER key of member {0}, or those of the registration bodies")]
    HolderMissing(MemberNumber),
    #[error("needs ADMINISTER keys of {needed} registration bodies, {present} signed")]
    ThresholdNotMet { needed: u32, present: u32 },
    #[error(
        "takes from a registration body its power to administer: needs ADMINISTER keys of {needed} bodies that \
         keep theirs, {present} signed"
    )]
    ThresholdUnreachable { needed: u32, present: u32 },

    #[error(
        "raises the threshold: needs ADMINISTER keys of {needed} registration bodies that keep theirs, {present} \
         signed"
    )]
    ThresholdNotShown { needed: u32, present: u32 },

    // Validators and parameters.
    #[error("key {key_id} is for {purpose:?}, a validator has a CONSENSUS key")]
    NotForConsensus { key_id: KeyId, purpose: KeyPurpose },
    #[error("key {key_id} is of member {member}, which is no registration body")]
    ValidatorNoBody { key_id: KeyId, member: MemberNumber },
    #[error("member {0} would have two validators")]
    BodyValidatesTwice(MemberNumber),
    #[error("the validators would be none that the format takes: {0}")]
    ValidatorsInvalid(String),
    #[error("{}", match .power {
        0 => format!("key {key_id} is of no validator"),
        power => format!("the validator with key {key_id} has the voting power {power} already"),
    })]
    ValidatorUnchanged { key_id: KeyId, power: u64 },
    #[error("no validator would be left")]
    ValidatorsNone,
    #[error(
        "of the voting power {total} only {staying} would be in the hands of present validators, needed are more \
         than two thirds"
    )]
    QuorumLost { staying: u64, total: u64 },
    #[error(
        "the failure of one validator would stop the ledger, which it does not now: no validator may have a third \
         of the voting power or more"
    )]
    MarginLost,
    #[error("the validators have changed {max} times, as often as receipts have room for")]
    ValidatorChangesTooMany { max: u64 },
    #[error("made to replace the parameters {expected}, in force are {found}")]
    ParametersReplaced { expected: Hash, found: Hash },
    #[error("{0}")]
    ParametersInvalid(&'static str),
    #[error("{field} of {found} would stop the ledger: at least {min}")]
    ParameterTooLow { field: &'static str, found: u64, min: u64 },
    #[error("{field} of {found} is too much: at most {max}")]
    ParameterTooHigh { field: &'static str, found: u64, max: u64 },

    #[error(
        "version {version} of the protocol is not to be scheduled: {in_force} is in force, at most {max} may be"
    )]
    ProtocolVersionInvalid { version: u32, in_force: u32, max: u32 },
    #[error(
        "height {height} comes too soon for another version of the protocol: this is {present}, {first} at the least"
    )]
    ProtocolNoticeTooShort { height: Height, present: Height, first: Height },
    #[error("{}", match .scheduled {
        Some(scheduled) => format!(
            "version {} of the protocol is scheduled for height {} already", scheduled.version, scheduled.height
        ),
        None => "no version of the protocol is scheduled that could be taken back".to_owned(),
    })]
    ProtocolScheduleUnchanged { scheduled: Option<ProtocolAtHeight> },

    // Deposits.
    #[error("links to evidence {0}, which is not an earlier deposit")]
    EvidenceUnknown(EvidenceNumber),

    // Members and keys.
    #[error("there is no member {0}")]
    MemberUnknown(MemberNumber),
    #[error("member {member} is already {status:?}")]
    MemberStatusUnchanged { member: MemberNumber, status: MemberStatus },
    #[error("credit code {code} is that of member {member}")]
    CreditCodeTaken { code: CreditCode, member: MemberNumber },
    #[error("a natural person is no registration body")]
    BodyWithoutCreditCode,
    #[error("there is no key {0}")]
    KeyUnknown(KeyId),
    #[error("key {key_id} is already enrolled, for member {member}")]
    KeyTaken { key_id: KeyId, member: MemberNumber },
    #[error("the holder of key {0} does not prove to have it")]
    PossessionInvalid(KeyId),
    #[error("key {0} is that of a validator, which must be replaced or removed first")]
    KeyOfValidator(KeyId),
    #[error("member {0} was expelled")]
    MemberExpelled(MemberNumber),
    #[error("member {0} has these roles already")]
    RolesUnchanged(MemberNumber),
    #[error("key {key_id} is reported compromised since {known}, a report can only reach further back")]
    CompromiseNotEarlier { key_id: KeyId, known: BlockTime },
    #[error("reports a compromise since {from}, block time is {time}")]
    CompromiseInFuture { from: BlockTime, time: BlockTime },

    // System events.
    #[error("the first entry of a ledger is its founding")]
    NotFounded,
    #[error("a ledger is founded once, by its first entry: height {height}, log index {log_index}")]
    FoundingMisplaced { height: Height, log_index: u64 },
    #[error("{0} is no validator")]
    ValidatorUnknown(Address),
    #[error("shows votes for height {found}, this is {height}")]
    EquivocationInFuture { found: Height, height: Height },
    #[error("the signatures do not show that {0} cast both votes")]
    EquivocationNotProved(Address),
    #[error("this step's equivocation of {address} is recorded at log index {log_index}")]
    EquivocationRepeated { address: Address, log_index: u64 },
    #[error("{}", match .expected {
        Some(expected) => format!("the next event of a deadline is {expected:?}"),
        None => "no deadline is due here".to_owned(),
    })]
    DeadlineUnexpected { expected: Option<Box<SystemEvent>> },
    #[error("deadlines come first in a block, and this one is left out: {0:?}")]
    DeadlineLeftOut(Box<SystemEvent>),

    // Profiles, calendars and cases.
    #[error("the profile is not to be adopted: {0}")]
    ProfileInvalid(String),
    #[error("the profile uses what this version does not interpret: {0}")]
    ProfileUnsupported(String),
    #[error("{0}")]
    SourceNotInForce(SourceTerm),
    #[error("version {version} of {id} is not later than version {in_force}, which is in force")]
    ProfileNotNewer { id: String, version: u32, in_force: u32 },
    #[error("version {version} of {id} is in force with other bytes, {in_force}, not {found}")]
    ProfileDiffers { id: String, version: u32, in_force: ProfileDigest, found: ProfileDigest },
    #[error("the profile does not say which body runs its procedures")]
    ProfileWithoutAdopter,
    #[error("the body with credit code {0}, which runs the procedures, is no member")]
    AdopterUnknown(CreditCode),
    #[error("the year is not to be adopted: {0}")]
    CalendarInvalid(String),
    #[error("the year belongs to calendar {found}, that of the ledger is {in_force}")]
    CalendarOther { found: String, in_force: String },
    #[error("year {year} does not join the years from {first} to {last}, which are in force")]
    CalendarGap { year: u16, first: u16, last: u16 },
    #[error("revision {revision} of {year} is not later than revision {in_force}, which is in force")]
    CalendarNotLater { year: u16, revision: u32, in_force: u32 },
    #[error("{day} has come as it was settled, and deadlines may have fallen by it")]
    CalendarChangesPast { day: String },
    #[error("its days are settled through {offered}, those of the revision in force through {settled}")]
    CalendarUnsettles { settled: String, offered: String },
    #[error("the suspension is not to be adopted: {0}")]
    SuspensionInvalid(String),
    #[error("the suspension is not to be adopted: {0}")]
    ClocksUnknown(String),
    #[error("the clocks of {clocks} are suspended {max} times, no more can be adopted")]
    SuspensionsTooMany { clocks: Suspended, max: usize },
    #[error("member {0} signs, and no step names it")]
    SignerWithoutPart(MemberNumber),

    // Proposals.
    #[error("needs an ADMINISTER key of a registration body")]
    BodyMissing,
    #[error("there is no proposal {0}")]
    ProposalUnknown(ProposalNumber),
    #[error("proposal {proposal} has ended: {status:?}")]
    ProposalEnded { proposal: ProposalNumber, status: ProposalStatus },
    #[error("proposal {proposal} took votes until {not_after}, block time is {time}")]
    ProposalExpired { proposal: ProposalNumber, not_after: BlockTime, time: BlockTime },
    #[error("votes on {found}, proposal {proposal} is {expected}")]
    ProposalDiffers { proposal: ProposalNumber, expected: ProposalDigest, found: ProposalDigest },
    #[error(
        "a proposal takes votes after block time {time} until {last} at the latest, not until {not_after}"
    )]
    ProposalTermInvalid { not_after: BlockTime, time: BlockTime, last: BlockTime },
    #[error("member {member} has voted on proposal {proposal}")]
    VoteCast { member: MemberNumber, proposal: ProposalNumber },
    #[error("proposal {proposal} holds {max} votes, as many as it can")]
    VotesTooMany { proposal: ProposalNumber, max: usize },
    #[error("member {member} has {max} proposals open, as many as it may")]
    ProposalsTooMany { member: MemberNumber, max: usize },
    #[error("needs an ADMINISTER key of member {member}, who made proposal {proposal}")]
    ProposerMissing { proposal: ProposalNumber, member: MemberNumber },
    #[error("{}", match .act {
        Some(act) => format!("act {act} of proposal {proposal}: {cause}"),
        None => format!("proposal {proposal}: {cause}"),
    })]
    ProposedAct { proposal: ProposalNumber, act: Option<usize>, cause: Box<Cause> },
    #[error("act {act} of what is proposed could only be refused, now and later: {cause}")]
    NeverPossible { act: usize, cause: Box<Cause> },

    #[error(transparent)]
    Step(Box<StepRefusal>),
}

impl Cause {
    /// A step of a case that is refused.
    pub(crate) fn step(refusal: StepRefusal) -> Self {
        Self::Step(Box::new(refusal))
    }

    /// Why a member of this status, which is not the active one, does not act.
    pub(crate) fn standing(member: MemberNumber, status: MemberStatus) -> Self {
        match status {
            MemberStatus::Expelled => Self::MemberExpelled(member),
            MemberStatus::Active | MemberStatus::Suspended => Self::SignerSuspended(member),
        }
    }

    /// Whether the rules of now refuse the same act in every state that may follow the one at hand, which has this
    /// time. So it is when the ground lies in the act itself, or in what is never undone; whatever an act, a block or
    /// the time may still bring about is no such ground.
    pub(crate) fn lasts(&self, time: BlockTime) -> bool {
        match self {
            // What the act itself says. Parameters name those that they replace.
            Self::BodyWithoutCreditCode
            | Self::PossessionInvalid(_)
            | Self::ParametersInvalid(_)
            | Self::ParameterTooLow { .. }
            | Self::ParameterTooHigh { .. }
            | Self::ProfileInvalid(_)
            | Self::ProfileUnsupported(_)
            | Self::ProfileWithoutAdopter
            | Self::CalendarInvalid(_)
            | Self::SuspensionInvalid(_)
            // What a key or a credit code is, it is for ever; an end is final.
            | Self::NotForConsensus { .. }
            | Self::KeyTaken { .. }
            | Self::KeyEnded { .. }
            | Self::CompromiseNotEarlier { .. }
            | Self::CreditCodeTaken { .. }
            | Self::MemberExpelled(_)
            | Self::MemberStatusUnchanged { status: MemberStatus::Expelled, .. }
            // What only grows: versions, revisions, heights, days that have come, suspensions.
            | Self::ProfileNotNewer { .. }
            | Self::ProfileDiffers { .. }
            | Self::CalendarOther { .. }
            | Self::CalendarNotLater { .. }
            | Self::CalendarChangesPast { .. }
            | Self::CalendarUnsettles { .. }
            | Self::SuspensionsTooMany { .. }
            | Self::ProtocolNoticeTooShort { .. } => true,
            Self::ProtocolVersionInvalid { version, in_force, .. } => version <= in_force,
            Self::SourceNotInForce(term) => CivilDate::of(time).is_ok_and(|today| term.has_ended(today)),
            _ => false,
        }
    }

    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::WrongLedger { .. } => ReasonCode::WrongLedger,
            Self::RequestRepeated { .. } => ReasonCode::RequestRepeated,
            Self::RequestIdReused { .. } => ReasonCode::RequestIdReused,
            Self::RequestOutsideWindow { .. } | Self::RequestForgotten { .. } => {
                ReasonCode::RequestTimeOutOfWindow
            }
            Self::Expired { .. } => ReasonCode::Expired,
            Self::SignerUnknown { .. } => ReasonCode::SignerUnknown,
            Self::SignerSuspended(_) => ReasonCode::MemberSuspended,
            Self::KeyEnded { status: KeyStatus::Compromised, .. } | Self::CompromiseNotEarlier { .. } => {
                ReasonCode::KeyCompromised
            }
            Self::KeyEnded { .. } => ReasonCode::KeyRetired,
            Self::SignerSuperfluous { .. } => ReasonCode::KeyPurposeWrong,
            Self::KeyOfValidator(_) => ReasonCode::ValidatorInUse,
            Self::MemberExpelled(_) => ReasonCode::MemberExpelled,
            Self::RolesUnchanged(_) => ReasonCode::RolesUnchanged,
            Self::NotForConsensus { .. }
            | Self::ValidatorNoBody { .. }
            | Self::BodyValidatesTwice(_)
            | Self::ValidatorsInvalid(_) => ReasonCode::ValidatorInvalid,
            Self::ValidatorUnchanged { .. } => ReasonCode::ValidatorsUnchanged,
            Self::ValidatorsNone | Self::QuorumLost { .. } | Self::MarginLost => ReasonCode::QuorumAtRisk,
            Self::ValidatorChangesTooMany { .. } => ReasonCode::TooLarge,
            Self::ParametersReplaced { .. } => ReasonCode::ParametersChanged,
            Self::ParametersInvalid(_) | Self::ParameterTooLow { .. } | Self::ParameterTooHigh { .. } => {
                ReasonCode::ParametersInvalid
            }
            Self::ProtocolVersionInvalid { .. } => ReasonCode::ProtocolVersionInvalid,
            Self::ProtocolNoticeTooShort { .. } => ReasonCode::ProtocolNoticeTooShort,
            Self::ProtocolScheduleUnchanged { .. } => ReasonCode::ProtocolScheduleUnchanged,
            Self::OperatorMissing | Self::HolderMissing(_) => ReasonCode::SignerMissing,
            Self::RoleMissing(_) => ReasonCode::RoleMissing,
            Self::ThresholdNotMet { .. } => ReasonCode::ThresholdNotMet,
            Self::ThresholdUnreachable { .. } | Self::ThresholdNotShown { .. } => {
                ReasonCode::ThresholdUnreachable
            }
            Self::EvidenceUnknown(_) => ReasonCode::EvidenceUnknown,
            Self::MemberUnknown(_) => ReasonCode::MemberUnknown,
            Self::MemberStatusUnchanged { .. } => ReasonCode::MemberStatusUnchanged,
            Self::CreditCodeTaken { .. } => ReasonCode::CreditCodeTaken,
            Self::KeyUnknown(_) => ReasonCode::KeyUnknown,
            Self::KeyTaken { .. } => ReasonCode::KeyExists,
            Self::PossessionInvalid(_) => ReasonCode::PossessionInvalid,
            Self::BodyWithoutCreditCode | Self::CompromiseInFuture { .. } => ReasonCode::Malformed,
            Self::NotFounded
            | Self::FoundingMisplaced { .. }
            | Self::ValidatorUnknown(_)
            | Self::EquivocationInFuture { .. }
            | Self::EquivocationNotProved(_)
            | Self::EquivocationRepeated { .. }
            | Self::DeadlineUnexpected { .. }
            | Self::DeadlineLeftOut(_) => ReasonCode::EventInvalid,
            Self::ProfileInvalid(_) | Self::ProfileWithoutAdopter => ReasonCode::ProfileInvalid,
            Self::ProfileUnsupported(_) => ReasonCode::ProfileUnsupported,
            Self::SourceNotInForce(_) => ReasonCode::ProfileNotInForce,
            Self::ProfileNotNewer { .. } => ReasonCode::ProfileNotNewer,
            Self::ProfileDiffers { .. } => ReasonCode::ProfileDiffers,
            Self::AdopterUnknown(_) => ReasonCode::MemberUnknown,
            Self::CalendarInvalid(_) | Self::CalendarOther { .. } | Self::CalendarGap { .. } => {
                ReasonCode::CalendarInvalid
            }
            Self::CalendarNotLater { .. } => ReasonCode::CalendarNotNewer,
            Self::CalendarChangesPast { .. } | Self::CalendarUnsettles { .. } => {
                ReasonCode::CalendarChangesPast
            }
            Self::SuspensionInvalid(_) | Self::ClocksUnknown(_) => ReasonCode::SuspensionInvalid,
            Self::SuspensionsTooMany { .. } => ReasonCode::TooLarge,
            Self::SignerWithoutPart(_) => ReasonCode::SignerSuperfluous,
            Self::BodyMissing | Self::ProposerMissing { .. } => ReasonCode::SignerMissing,
            Self::ProposalUnknown(_) => ReasonCode::ProposalUnknown,
            Self::ProposalEnded { .. } => ReasonCode::ProposalEnded,
            Self::ProposalExpired { .. } => ReasonCode::ProposalExpired,
            Self::ProposalDiffers { .. } => ReasonCode::ProposalDiffers,
            Self::ProposalTermInvalid { .. } => ReasonCode::ProposalTermInvalid,
            Self::VoteCast { .. } => ReasonCode::VoteCast,
            Self::VotesTooMany { .. } => ReasonCode::TooLarge,
            Self::ProposalsTooMany { .. } => ReasonCode::TooManyProposals,
            Self::ProposedAct { cause, .. } | Self::NeverPossible { cause, .. } => cause.reason(),
            Self::Step(refusal) => refusal.rule.reason(),
        }
    }
}
