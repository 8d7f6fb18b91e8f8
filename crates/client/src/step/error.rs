//! Why a step cannot be made, with what a person needs to make it right.

use std::fmt;

use bulla_rules::profile::{DocumentForm, Head, Term, Title};
use bulla_types::{Lang, MemberNumber, ReasonCode, Subject, SubjectKind};

/// A step that the profile does not allow, or not so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepError {
    /// Its name as it was given.
    pub step: String,
    /// Article of the source that it rests on; empty when there is no such step.
    pub article: String,
    /// What is wrong.
    pub fault: Box<StepFault>,
}

/// A field, document or party at fault.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ItemAt {
    /// Its name in the profile.
    pub name: String,
    /// What people call it.
    pub title: Title,
    /// Article of the source that it rests on.
    pub article: String,
}

/// What a value must be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Asked {
    /// Words of at most so many bytes in UTF-8, in Normalization Form C, without control characters.
    Text {
        /// The limit.
        bytes_max: u32,
    },
    /// One of these.
    Term(Vec<Term>),
    /// Decimal digits.
    Integer,
    /// A share of a whole, as in `12.5%` or `125000ppm`.
    Ratio,
    /// Money, as in `5000000` or `0.05`.
    Amount {
        /// Its currency, ISO 4217.
        currency: String,
    },
    /// A civil day, as in `2026-01-31`.
    Date,
    /// Yes or no.
    Answer,
    /// A unified social credit code (统一社会信用代码).
    CreditCode,
    /// Digests of one document, as in `sha256:…,sm3:…`.
    Digests,
    /// A number of this kind, plain or as an identifier of this ledger.
    Number(SubjectKind),
    /// An identifier of this ledger: the one that was given is of another.
    ThisLedger(SubjectKind),
    /// Members with their shares, as in `7=60%,9=40%`.
    Shares,
}

/// What is wrong with a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum StepFault {
    /// The profile has no such procedure.
    ProcedureUnknown {
        /// As it was given.
        procedure: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// The procedure has no such step.
    StepUnknown {
        /// Those that members could take here.
        possible: Vec<String>,
    },
    /// The profile has been superseded: no case is opened under it.
    Superseded,
    /// The step opens no case.
    NotOpening {
        /// Those that do.
        possible: Vec<String>,
    },
    /// The ledger takes the step by itself.
    LedgerStep,
    /// The case has ended.
    CaseEnded {
        /// In this state.
        state: String,
    },
    /// The step is not taken in the state of the case.
    OutOfOrder {
        /// The state.
        state: String,
        /// Those that members could take in it.
        possible: Vec<String>,
    },
    /// The case runs under another profile.
    OtherProfile,

    /// The case must be about something of this kind, by the words of the profile.
    AboutWrong {
        /// Kind that is asked for; `None`: about nothing.
        expected: Option<SubjectKind>,
        /// What was given.
        found: Option<Subject>,
    },
    /// The opener must name a member for this party.
    NotNamed(Box<ItemAt>),
    /// The opener names no member for this party.
    NamedSuperfluous {
        /// As it was given.
        party: String,
        /// Those for which one is named.
        expected: Vec<String>,
    },

    /// It was not said as which of these parties the step is taken.
    PartyOpen {
        /// The parties that may take it.
        expected: Vec<String>,
    },
    /// The step is not taken by this party, nor signed by it besides.
    PartyWrong {
        /// As it was given.
        party: String,
        /// Those that take it.
        by: Vec<String>,
        /// Those that sign besides.
        signed_by: Vec<String>,
    },
    /// Nobody acts as a party that takes part.
    ActorMissing(Box<ItemAt>),
    /// A party acts together, and some of its members do not act.
    MembersMissing {
        /// The party.
        party: Box<ItemAt>,
        /// Who is missing.
        members: Vec<MemberNumber>,
    },
    /// The member is not this party of the case.
    MemberWrong {
        /// The party.
        party: Box<ItemAt>,
        /// The member that was given.
        member: MemberNumber,
        /// Who the party is.
        expected: Vec<MemberNumber>,
    },
    /// No agent may act for this party.
    AgentNotAllowed(Box<ItemAt>),
    /// An agent acts, and this mandate is not in hand.
    MandateMissing(Box<ItemAt>),

    /// The step has no such field.
    FieldUnknown {
        /// As it was given.
        field: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// A field that it must bring is missing.
    FieldMissing(Box<ItemAt>),
    /// A value is not of the kind that the field asks for.
    FieldInvalid {
        /// The field.
        field: Box<ItemAt>,
        /// The text that was given.
        found: String,
        /// What is asked for.
        asked: Asked,
    },
    /// A field has more values than it may.
    FieldTooMany {
        /// The field.
        field: Box<ItemAt>,
        /// How many it may have.
        max: u32,
    },
    /// A field has the same value twice, or is said twice.
    FieldRepeated(Box<ItemAt>),
    /// A field must say the same as an earlier one, and does not.
    FieldDiffers {
        /// The field.
        field: Box<ItemAt>,
        /// The earlier one.
        other: Box<ItemAt>,
    },
    /// A field must say the same as an earlier one that cannot be read here: written as `=`, it takes that over
    /// unseen.
    FieldUnseen {
        /// The field.
        field: Box<ItemAt>,
        /// The earlier one.
        other: Box<ItemAt>,
    },

    /// The step has no such document.
    DocumentUnknown {
        /// As it was given.
        document: String,
        /// Those that it has.
        known: Vec<String>,
    },
    /// A document that it must bring is missing.
    DocumentMissing(Box<ItemAt>),
    /// Too few documents of a category.
    DocumentsTooFew {
        /// The category.
        document: Box<ItemAt>,
        /// How many are needed.
        needed: u64,
    },
    /// Too many documents of a category.
    DocumentsTooMany {
        /// The category.
        document: Box<ItemAt>,
        /// How many there may be.
        max: u32,
    },
    /// A document cannot be handed in in this form.
    DocumentForm {
        /// The category.
        document: Box<ItemAt>,
        /// What was given.
        found: String,
        /// Forms that will do, any of them.
        forms: Vec<DocumentForm>,
    },

    /// A document is empty: it has the digest of nothing, and proves nothing.
    DocumentEmpty(Box<ItemAt>),

    /// The step gives reasons, and they are missing.
    ReasonsMissing,
    /// The step gives no reasons.
    ReasonsUnexpected,
}

impl ItemAt {
    pub(super) fn of(head: &Head) -> Box<Self> {
        let (name, title, article) = (head.name.to_string(), head.title.clone(), head.cite.article.clone());
        Box::new(Self { name, title, article })
    }
}

impl StepError {
    /// The stable reason code: the one by which a node would refuse the step.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        use StepFault as Fault;
        match &*self.fault {
            Fault::ProcedureUnknown { .. } | Fault::StepUnknown { .. } => ReasonCode::StepUnknown,
            Fault::Superseded | Fault::OtherProfile => ReasonCode::ProfileNotInForce,
            Fault::NotOpening { .. } | Fault::LedgerStep | Fault::OutOfOrder { .. } => {
                ReasonCode::StepOutOfOrder
            }
            Fault::CaseEnded { .. } => ReasonCode::CaseEnded,
            Fault::AboutWrong { .. } => ReasonCode::CaseSubjectInvalid,
            Fault::NotNamed(_)
            | Fault::NamedSuperfluous { .. }
            | Fault::PartyOpen { .. }
            | Fault::PartyWrong { .. }
            | Fault::MemberWrong { .. } => ReasonCode::PartyWrong,
            Fault::ActorMissing(_) | Fault::MembersMissing { .. } => ReasonCode::SignerMissing,
            Fault::AgentNotAllowed(_) | Fault::MandateMissing(_) => ReasonCode::MandateMissing,
            Fault::FieldMissing(_) => ReasonCode::FieldMissing,
            Fault::FieldDiffers { .. } => ReasonCode::ValuesDiffer,
            Fault::FieldUnknown { .. }
            | Fault::FieldInvalid { .. }
            | Fault::FieldTooMany { .. }
            | Fault::FieldRepeated(_)
            | Fault::FieldUnseen { .. }
            | Fault::ReasonsUnexpected => ReasonCode::FieldInvalid,
            Fault::DocumentMissing(_) | Fault::DocumentsTooFew { .. } => ReasonCode::DocumentMissing,
            Fault::DocumentUnknown { .. }
            | Fault::DocumentsTooMany { .. }
            | Fault::DocumentForm { .. }
            | Fault::DocumentEmpty(_) => ReasonCode::DocumentInvalid,
            Fault::ReasonsMissing => ReasonCode::ReasonsMissing,
        }
    }
}

impl fmt::Display for StepError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message(Lang::En))
    }
}

impl std::error::Error for StepError {}
