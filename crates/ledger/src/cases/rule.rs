//! Why a step is refused: the rule of the procedure that it breaks, with the clause of the source and what
//! would be possible instead.

use std::fmt;

use bulla_rules::profile::{Closed as _, PartyFact};
use bulla_types::{
    AccountNumber, BlockTime, Canonical, CaseNumber, CertificateNumber, EvidenceNumber, Lang, MemberNumber,
    ProfileDigest, ReasonCode, Subject, canonical,
};
use thiserror::Error;

use crate::refusal::ExecutionError;
use crate::source_term::SourceTerm;
use crate::view::ViewError;

use super::instead::StepInstead;
use super::unmet::{AskedDeadline, Unmet, Wanted};

/// A step that is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepRefusal {
    /// The case; `None` when it was to be opened.
    pub case: Option<CaseNumber>,
    /// Name of the step.
    pub step: String,
    /// Article of the source that the step rests on; empty when there is no such step.
    pub article: String,
    /// What it breaks.
    pub rule: StepRule,
    /// What members may do instead: steps of the case that can be taken now, and cases that can be opened.
    pub possible: Vec<StepInstead>,
}

impl fmt::Display for StepRefusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {}", self.step)?;
        if let Some(case) = self.case {
            write!(f, " of case {case}")?;
        }
        if !self.article.is_empty() {
            write!(f, " ({})", self.article)?;
        }
        f.write_str(": ")?;
        if self.possible.is_empty() {
            return self.rule.fmt(f);
        }
        let possible: Vec<String> = self.possible.iter().map(ToString::to_string).collect();
        write!(f, "{}; possible now: {}", self.rule, possible.join(", "))
    }
}

impl std::error::Error for StepRefusal {}

/// The rules of procedures that refuse.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[allow(missing_docs, reason = "the messages say it")]
pub enum StepRule {
    // Which case, which step.
    #[error("no profile with this digest was adopted")]
    ProfileUnknown,
    #[error("the profile is not the version in force, which is {in_force}")]
    ProfileSuperseded { in_force: ProfileDigest },
    #[error("{0}")]
    SourceNotInForce(SourceTerm),
    #[error("the profile has no procedure {0}")]
    ProcedureUnknown(String),
    #[error("the procedure has no such step")]
    StepUnknown,
    #[error("there is no such case")]
    CaseUnknown,
    #[error("the case has ended: {0}")]
    CaseEnded(String),
    #[error("the step does not open a case")]
    NotOpening,
    #[error("the step opens a case, and this one is open")]
    Opening,
    #[error("the case is in state {0}, where the step is not taken")]
    OutOfOrder(String),
    #[error("the ledger takes this step by itself")]
    LedgerStep,
    #[error("the deadline {name} came at {due}: what follows from it comes first")]
    DeadlinePassed { name: String, due: BlockTime },

    #[error("the deadline {name} came at {due}, in an outage: what follows is decided by {until}")]
    DeadlineHeld { name: String, due: BlockTime, until: BlockTime },

    // What it is about.
    #[error("a case of this procedure is about {expected}, not {found}")]
    SubjectWrong { expected: &'static str, found: String },
    #[error("there is no {0}")]
    SubjectUnknown(Subject),
    #[error("{0} is not in force")]
    SubjectEnded(Subject),
    #[error("{subject} has {max} open cases, no more can be opened about it")]
    TooManyCases { subject: Subject, max: usize },

    // Who takes it.
    #[error("the step is not taken by {found}, but by {expected}")]
    PartyWrong { found: String, expected: String },
    #[error("{}", not_member(.party, *.member, .expected))]
    MemberWrong { party: String, member: MemberNumber, expected: Vec<MemberNumber> },
    #[error("{party} is nobody yet")]
    PartyUnbound { party: String },
    #[error("the opener names {expected}, and nobody else")]
    NamedWrong { expected: String },
    #[error("{party} acts together: member {missing} is missing")]
    ActorMissing { party: String, missing: MemberNumber },
    #[error("{0} signs besides, and is missing")]
    CosignerMissing(String),
    #[error("{party} acts by at least {needed} members with keys of their own, found {found}")]
    QuorumMissing { party: String, needed: u64, found: u64 },
    #[error("nobody acts as {0} in this step")]
    ActorSuperfluous(String),
    #[error("member {0} is unknown")]
    MemberUnknown(MemberNumber),
    #[error("member {0} is suspended")]
    MemberSuspended(MemberNumber),
    #[error("member {member} does not qualify as {party}: {needed}")]
    Unqualified { party: String, member: MemberNumber, needed: String },
    #[error("{party} must have a {} in the register of members, and member {member} has none", fact.label(Lang::En))]
    FactMissing { party: String, member: MemberNumber, fact: PartyFact },
    #[error("no agent acts for {0}")]
    AgentNotAllowed(String),
    #[error("agent {agent} has shown no {document} that lets it act for member {member} now")]
    MandateMissing { document: String, member: MemberNumber, agent: MemberNumber },
    #[error("member {0} is no agent")]
    NotAnAgent(MemberNumber),
    #[error("the OPERATE key of member {0} does not sign")]
    SignatureMissing(MemberNumber),

    // What it says and hands in.
    #[error("the field {0} is missing")]
    FieldMissing(String),
    #[error("the step has no field {0}")]
    FieldUnknown(String),
    #[error("the field {name} must {needed}")]
    FieldInvalid { name: String, needed: String },
    #[error("the document {0} is missing")]
    DocumentMissing(String),
    #[error("needs {needed} of the document {category}, found {found}")]
    DocumentsTooFew { category: String, needed: u64, found: u64 },
    #[error("the step has no document {0}")]
    DocumentUnknown(String),
    #[error("the document {category} must {needed}")]
    DocumentInvalid { category: String, needed: String },
    #[error("there is no deposit {0}")]
    EvidenceUnknown(EvidenceNumber),
    #[error("certificate {0} is not valid")]
    CertificateNotValid(CertificateNumber),
    #[error("the step gives reasons, and they are missing")]
    ReasonsMissing,
    #[error("the step gives no reasons")]
    ReasonsUnexpected,

    // Conditions.
    #[error("does not hold: {0}")]
    ConditionNotMet(Box<Unmet>),

    // Effects.
    #[error("the party {0} is not a single member")]
    PartyNotSingle(String),
    #[error("member {holder} has an account {kind} already, {}", Subject::Account(*.number))]
    AccountTaken { holder: MemberNumber, kind: String, number: AccountNumber },
    #[error("member {holder} has no account {kind} in force")]
    AccountMissing { holder: MemberNumber, kind: String },
    #[error("the object is registered already, as {0}")]
    ObjectTaken(Subject),
    #[error("the shares in {0} do not sum to the whole")]
    SharesNotWhole(String),
    #[error("the case has no {0}")]
    RecordMissing(&'static str),
    #[error("{0} has ended")]
    RecordEnded(Subject),
    #[error("{0} is suspended")]
    RecordSuspended(Subject),
    #[error("no certificate is issued before the publicity {name} has ended{}", after(.ends.as_deref()))]
    PublicityNotOver { name: String, ends: Option<Box<AskedDeadline>> },
    #[error("there is {} already, of this kind and in force", Subject::Certificate(*.0))]
    CertificateStands(CertificateNumber),
    #[error("there is no certificate {0} in force")]
    CertificateMissing(String),
    #[error("the term of {0} does not end after it begins, or not later than before")]
    TermInvalid(String),
    #[error("{0} counts into a year whose calendar is not on the ledger")]
    CalendarMissing(String),
    #[error("{0} leads beyond the dates that can be counted")]
    DateOutOfRange(String),
    #[error("the value {0} is not set")]
    ValueMissing(String),
    #[error("one action is given at most {max} numbers")]
    TooManyGiven { max: usize },
    #[error("the record of {subject} would have {bytes} bytes or more rows than it may hold")]
    RecordTooLarge { subject: Subject, bytes: usize },
    #[error("the ledger would take more than {max} steps on this one")]
    TooManySteps { max: usize },
}

/// What is known of a deadline, behind what is said of it.
fn after(deadline: Option<&AskedDeadline>) -> String {
    deadline.map_or_else(String::new, |deadline| format!("; {deadline}"))
}

fn not_member(party: &str, member: MemberNumber, expected: &[MemberNumber]) -> String {
    if expected.is_empty() {
        return format!("{party} is not member {member}");
    }
    let expected: Vec<String> = expected.iter().map(ToString::to_string).collect();
    let expected = expected.join(", ");
    format!("{party} is not member {member}, but {expected}")
}

impl StepRule {
    /// What is on the register already and stands in the way.
    pub(super) fn in_the_way(&self) -> Option<Subject> {
        match self {
            Self::ObjectTaken(subject) => Some(*subject),
            Self::AccountTaken { number, .. } => Some(Subject::Account(*number)),
            Self::CertificateStands(number) => Some(Subject::Certificate(*number)),
            Self::ConditionNotMet(unmet) => unmet.in_the_way,
            _ => None,
        }
    }

    /// What somebody would have to hold.
    pub(super) fn wanted(&self) -> Vec<Wanted> {
        match self {
            Self::AccountMissing { kind, .. } => vec![Wanted::Account(kind.clone())],
            Self::CertificateMissing(kind) => vec![Wanted::Certificate(kind.clone())],
            Self::ConditionNotMet(unmet) => unmet.wanted.clone(),
            _ => Vec::new(),
        }
    }

    /// The same as a list tells it of a step that was not tried: what is missing.
    pub(super) fn missing(&self) -> String {
        match self {
            Self::ConditionNotMet(unmet) => unmet.to_string(),
            other => other.to_string(),
        }
    }

    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::ProfileUnknown => ReasonCode::ProfileUnknown,
            Self::ProfileSuperseded { .. } | Self::SourceNotInForce(_) => ReasonCode::ProfileNotInForce,
            Self::ProcedureUnknown(_) | Self::StepUnknown => ReasonCode::StepUnknown,
            Self::CaseUnknown => ReasonCode::CaseUnknown,
            Self::CaseEnded(_) => ReasonCode::CaseEnded,
            Self::NotOpening | Self::Opening | Self::OutOfOrder(_) | Self::LedgerStep => {
                ReasonCode::StepOutOfOrder
            }
            Self::DeadlinePassed { .. } => ReasonCode::DeadlinePassed,
            Self::DeadlineHeld { .. } => ReasonCode::DeadlineHeld,
            Self::SubjectWrong { .. }
            | Self::SubjectUnknown(_)
            | Self::SubjectEnded(_)
            | Self::TooManyCases { .. } => ReasonCode::CaseSubjectInvalid,
            Self::PartyWrong { .. }
            | Self::MemberWrong { .. }
            | Self::PartyUnbound { .. }
            | Self::NamedWrong { .. }
            | Self::FactMissing { .. }
            | Self::ActorSuperfluous(_) => ReasonCode::PartyWrong,
            Self::ActorMissing { .. }
            | Self::CosignerMissing(_)
            | Self::QuorumMissing { .. }
            | Self::SignatureMissing(_) => ReasonCode::SignerMissing,
            Self::MemberUnknown(_) => ReasonCode::MemberUnknown,
            Self::MemberSuspended(_) => ReasonCode::MemberSuspended,
            Self::Unqualified { .. } | Self::NotAnAgent(_) => ReasonCode::RoleMissing,
            Self::AgentNotAllowed(_) | Self::MandateMissing { .. } => ReasonCode::MandateMissing,
            Self::FieldMissing(_) => ReasonCode::FieldMissing,
            Self::FieldUnknown(_) | Self::FieldInvalid { .. } | Self::ReasonsUnexpected => {
                ReasonCode::FieldInvalid
            }
            Self::DocumentMissing(_) | Self::DocumentsTooFew { .. } => ReasonCode::DocumentMissing,
            Self::DocumentUnknown(_) | Self::DocumentInvalid { .. } => ReasonCode::DocumentInvalid,
            Self::EvidenceUnknown(_) => ReasonCode::EvidenceUnknown,
            Self::CertificateNotValid(_) | Self::CertificateMissing(_) => ReasonCode::CertificateNotValid,
            Self::ReasonsMissing => ReasonCode::ReasonsMissing,
            Self::ConditionNotMet(unmet) => unmet.reason,
            Self::PartyNotSingle(_) | Self::RecordMissing(_) | Self::TermInvalid(_) => {
                ReasonCode::ConditionNotMet
            }
            Self::AccountTaken { .. } => ReasonCode::AccountExists,
            Self::AccountMissing { .. } => ReasonCode::AccountMissing,
            Self::ObjectTaken(_) => ReasonCode::ObjectRegistered,
            Self::SharesNotWhole(_) => ReasonCode::SharesNotWhole,
            Self::RecordEnded(_) | Self::RecordSuspended(_) => ReasonCode::RecordNotInForce,
            Self::PublicityNotOver { .. } => ReasonCode::PublicityNotOver,
            Self::CertificateStands(_) => ReasonCode::CertificateExists,
            Self::CalendarMissing(_) => ReasonCode::CalendarMissing,
            Self::DateOutOfRange(_) => ReasonCode::OutOfRange,
            Self::ValueMissing(_) => ReasonCode::ProfileInvalid,
            Self::TooManyGiven { .. } | Self::RecordTooLarge { .. } | Self::TooManySteps { .. } => {
                ReasonCode::TooLarge
            }
        }
    }
}

/// Bytes that every record keeps free for what events of the ledger add to it: they are never refused.
const ROOM_FOR_EVENTS_BYTES: usize = 20_480;

/// Refuses a record that its format cannot hold.
pub(super) fn check_size<R: Canonical>(subject: Subject, record: &R) -> Result<(), StepRule> {
    let message = record.to_message();
    let bytes = canonical::encode(&message).len();
    if bytes + ROOM_FOR_EVENTS_BYTES <= R::BYTES_MAX && R::from_message(message).is_ok() {
        Ok(())
    } else {
        Err(StepRule::RecordTooLarge { subject, bytes })
    }
}

/// Why work on a case stops.
#[derive(Debug)]
pub(crate) enum Stop {
    /// A rule of the procedure.
    Rule(StepRule),
    /// The state could not be read.
    View(ViewError),
}

impl From<StepRule> for Stop {
    fn from(rule: StepRule) -> Self {
        Self::Rule(rule)
    }
}

impl From<ViewError> for Stop {
    fn from(error: ViewError) -> Self {
        Self::View(error)
    }
}

impl Stop {
    /// The same with the rule told by `refusal`.
    pub(crate) fn told(self, refusal: impl FnOnce(StepRule) -> ExecutionError) -> ExecutionError {
        match self {
            Self::Rule(rule) => refusal(rule),
            Self::View(error) => error.into(),
        }
    }
}
