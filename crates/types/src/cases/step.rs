//! Steps of procedures (程序步骤).

use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::ids::ProfileDigest;
use crate::limits::{
    DOCUMENT_CATEGORIES_MAX, DOCUMENT_ITEMS_MAX, FIELD_ITEMS_MAX, NAMED_PARTIES_MAX, SIGNERS_MAX,
    STEP_FIELDS_MAX, TRANSACTION_BYTES_MAX,
};
use crate::number::{CaseNumber, MemberNumber};
use crate::opening::Commitment;
use crate::proto;
use crate::proto::take_step::Case;
use crate::rule_name::RuleName;
use crate::subject::Subject;
use crate::wire::{Field, Shape};

use super::document::StepDocument;
use super::field::{FieldContent, StepField};

pub(crate) const TAKE_STEP_SHAPE: Shape = Shape(&[
    Field::one(1, "open", TRANSACTION_BYTES_MAX).of(&OPEN_CASE_SHAPE),
    Field::list(5, "actors", SIGNERS_MAX, 96),
    Field::list(6, "fields", STEP_FIELDS_MAX, TRANSACTION_BYTES_MAX).of(&STEP_FIELD_SHAPE),
    Field::list(7, "documents", DOCUMENT_CATEGORIES_MAX, TRANSACTION_BYTES_MAX).of(&DOCUMENT_SHAPE),
]);
const OPEN_CASE_SHAPE: Shape = Shape(&[Field::list(4, "parties", NAMED_PARTIES_MAX, 96)]);
const STEP_FIELD_SHAPE: Shape = Shape(&[Field::one(2, "values", TRANSACTION_BYTES_MAX).of(&VALUES_SHAPE)]);
const VALUES_SHAPE: Shape = Shape(&[Field::list(1, "values", FIELD_ITEMS_MAX, TRANSACTION_BYTES_MAX)]);
const DOCUMENT_SHAPE: Shape = Shape(&[Field::list(2, "items", DOCUMENT_ITEMS_MAX, 256)]);

/// Takes one step of a procedure. The first step of a case opens it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TakeStep {
    /// Which case.
    pub case: CaseRef,
    /// Name of the step.
    pub step: RuleName,
    /// As which party it is taken.
    pub party: RuleName,
    /// Everyone who acts, rising by party and member: that party, and those who sign besides it. One to 16.
    pub actors: Vec<StepActor>,
    /// What the step says, rising by name.
    pub fields: Vec<StepField>,
    /// What it hands in, rising by category.
    pub documents: Vec<StepDocument>,
    /// Attached reasons. Path `reasons`.
    pub reasons: Option<Commitment>,
}

/// The case of a step.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CaseRef {
    /// A new one.
    Open(OpenCase),
    /// The one of this number.
    Number(CaseNumber),
}

/// Opens a case (立案).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenCase {
    /// The profile that it runs under: the version in force, named by its digest, so that nobody signs under
    /// other rules than they have read.
    pub profile: ProfileDigest,
    /// Name of the procedure.
    pub procedure: RuleName,
    /// What it is about, if that is on the ledger already.
    pub about: Option<Subject>,
    /// The parties that the opener names, rising by name.
    pub parties: Vec<NamedParty>,
}

/// A party that the opener of a case names.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NamedParty {
    /// The party.
    pub party: RuleName,
    /// The member that it is.
    pub member: MemberNumber,
}

/// A member that acts as a party.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct StepActor {
    /// The party.
    pub party: RuleName,
    /// The member.
    pub member: MemberNumber,
    /// The agent that signs in its place; `None`: it signs itself.
    pub agent: Option<MemberNumber>,
}

impl StepActor {
    /// The member whose signature this takes.
    #[must_use]
    pub fn signer(&self) -> MemberNumber {
        self.agent.unwrap_or(self.member)
    }

    fn from_message(message: proto::StepActor) -> Result<Self, DecodeError> {
        let member = MemberNumber::from_wire(message.member).at("member")?;
        let agent = MemberNumber::optional(message.agent);
        if agent == Some(member) {
            return Err(Fault::Rule("nobody is an agent of its own")).at("agent");
        }
        Ok(Self { party: RuleName::try_from(message.party).at("party")?, member, agent })
    }

    fn to_message(&self) -> proto::StepActor {
        proto::StepActor {
            party: self.party.to_wire(),
            member: self.member.0,
            agent: MemberNumber::optional_to_wire(self.agent),
        }
    }
}

impl OpenCase {
    fn from_message(message: proto::OpenCase) -> Result<Self, DecodeError> {
        let parties = list(message.parties, "parties", 0..=NAMED_PARTIES_MAX, |named| {
            let member = MemberNumber::from_wire(named.member).at("member")?;
            let party = RuleName::try_from(named.party).at("party")?;
            Ok::<_, DecodeError>(NamedParty { party, member })
        })?;
        rising(&parties, "parties", |named| named.party.clone())?;
        Ok(Self {
            profile: ProfileDigest::from_wire(&message.profile).at("profile")?,
            procedure: RuleName::try_from(message.procedure).at("procedure")?,
            about: message.about.as_ref().map(Subject::from_message).transpose().at("about")?,
            parties,
        })
    }

    fn to_message(&self) -> proto::OpenCase {
        let party =
            |named: &NamedParty| proto::NamedParty { party: named.party.to_wire(), member: named.member.0 };
        proto::OpenCase {
            profile: self.profile.to_wire(),
            procedure: self.procedure.to_wire(),
            about: self.about.map(Subject::to_message),
            parties: self.parties.iter().map(party).collect(),
        }
    }
}

impl TakeStep {
    /// The commitments that stand in this step, with the path of the field of each.
    pub fn commitments(&self) -> impl Iterator<Item = (String, Commitment)> {
        let fields = self.fields.iter().filter_map(|field| match field.content {
            FieldContent::Committed(commitment) => Some((field.path(), commitment)),
            FieldContent::Clear(_) => None,
        });
        fields.chain(self.reasons.map(|reasons| ("reasons".to_owned(), reasons)))
    }

    pub(crate) fn from_message(message: proto::TakeStep) -> Result<Self, DecodeError> {
        let case = match message.case.ok_or(Fault::Missing).at("case")? {
            Case::Open(open) => OpenCase::from_message(open).at("open").map(CaseRef::Open)?,
            Case::CaseNumber(number) => {
                CaseNumber::from_wire(number).at("case_number").map(CaseRef::Number)?
            }
        };
        let actors = list(message.actors, "actors", 1..=SIGNERS_MAX, StepActor::from_message)?;
        rising(&actors, "actors", |actor| (actor.party.clone(), actor.member))?;
        Ok(Self {
            case,
            step: RuleName::try_from(message.step).at("step")?,
            party: RuleName::try_from(message.party).at("party")?,
            actors,
            fields: StepField::list_from_messages(message.fields, "fields", STEP_FIELDS_MAX)?,
            documents: StepDocument::list_from_messages(message.documents)?,
            reasons: Commitment::optional(message.reasons.as_ref()).at("reasons")?,
        })
    }

    pub(crate) fn to_message(&self) -> proto::TakeStep {
        proto::TakeStep {
            case: Some(match &self.case {
                CaseRef::Open(open) => Case::Open(open.to_message()),
                CaseRef::Number(number) => Case::CaseNumber(number.0),
            }),
            step: self.step.to_wire(),
            party: self.party.to_wire(),
            actors: self.actors.iter().map(StepActor::to_message).collect(),
            fields: StepField::list_to_messages(&self.fields),
            documents: StepDocument::list_to_messages(&self.documents),
            reasons: self.reasons.map(Commitment::to_message),
        }
    }
}
