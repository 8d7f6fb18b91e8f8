//! Cases (案件).

use std::collections::{BTreeMap, BTreeSet};

use crate::FieldContent;
use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::ids::{KeyId, ProfileDigest};
use crate::limits::{
    CASE_DOCUMENTS_MAX, CASE_STEPS_MAX, DOCUMENT_ITEMS_MAX, RECORD_FIELDS_MAX, RECORD_ROWS_MAX,
    REGISTER_RECORD_BYTES_MAX,
};
use crate::number::{
    AccountNumber, CaseNumber, CertificateNumber, MemberNumber, RegistrationNumber, counted_from_one,
};
use crate::proto;
use crate::rule_name::RuleName;
use crate::subject::Subject;
use crate::time::BlockTime;
use crate::wire_enum::{unknown, wire_enum};

use super::case_deadline::{self, CaseDeadline};
use super::flag::{self, RecordFlag};
use super::rows;

wire_enum! {
    /// Status of a case.
    pub enum CaseStatus: unknown => {
        /// It goes on.
        Open = 1,
        /// It has ended in its state, for ever.
        Ended = 2,
    }
}

/// A case.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseRecord {
    /// Its number.
    pub number: CaseNumber,
    /// The profile that it runs under, to its end.
    pub profile: ProfileDigest,
    /// Its procedure.
    pub procedure: RuleName,
    /// Its status now.
    pub status: CaseStatus,
    /// Its state now.
    pub state: RuleName,
    /// When it was opened.
    pub opened: BlockTime,
    /// What it is about.
    pub about: Option<Subject>,
    /// Its parties, as far as they are bound.
    pub parties: BTreeMap<RuleName, BTreeSet<MemberNumber>>,
    /// What its steps have said, the last of each field.
    pub fields: BTreeMap<RuleName, FieldContent>,
    /// Documents in hand.
    pub documents: BTreeMap<RuleName, CaseDocument>,
    /// Mandates in hand (授权): for each member and agent by category of document, what shows it.
    pub mandates: BTreeMap<MandateOf, CaseMandate>,
    /// Steps taken.
    pub steps: BTreeMap<RuleName, StepTaken>,
    /// When each state was entered, the last time.
    pub states: BTreeMap<RuleName, BlockTime>,
    /// Deadlines that have started.
    pub deadlines: BTreeMap<RuleName, CaseDeadline>,
    /// Flags on it.
    pub flags: BTreeMap<RuleName, RecordFlag>,
    /// The account that it opened.
    pub account: Option<AccountNumber>,
    /// The registration that it recorded.
    pub registration: Option<RegistrationNumber>,
    /// Certificates about the case itself, the newest of each kind.
    pub certificates: BTreeMap<RuleName, CertificateNumber>,
    /// What is open to everyone.
    pub publications: Vec<Publication>,
    /// Fields whose openings may be erased: those of the case, and of the record that it is about.
    pub erasable: BTreeSet<RuleName>,
    /// Until when its openings and documents are kept, if a step has said so.
    pub retain_until: Option<BlockTime>,
    /// How many steps its past has, 1 or more.
    pub history_count: u32,
}

/// Documents of one category that are in hand.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseDocument {
    /// How many.
    pub items: u32,
    /// Log index of the entry that brought the last of them.
    pub log_index: u64,
    /// Those of them that are certificates.
    pub certificates: BTreeSet<CertificateNumber>,
}

/// Whose mandate: the member that is acted for, the agent, the category of document.
pub type MandateOf = (MemberNumber, MemberNumber, RuleName);

/// What shows that an agent may act for a member.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct CaseMandate {
    /// Certificates of the member, one of which must be valid when the agent acts; none where a paper shows it.
    pub certificates: BTreeSet<CertificateNumber>,
}

/// That a step was taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StepTaken {
    /// How often.
    pub times: u32,
    /// When, the last time.
    pub last: BlockTime,
    /// By which member and key, the last time; `None` when the ledger took it.
    pub by: Option<(MemberNumber, KeyId)>,
}

/// Fields that are open to everyone (公示).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Publication {
    /// The fields, in order.
    pub fields: Vec<RuleName>,
    /// The deadline at which it ends.
    pub until: Option<RuleName>,
    /// Since when.
    pub since: BlockTime,
}

impl CaseRecord {
    /// Whether it goes on.
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.status == CaseStatus::Open
    }
}

impl Canonical for CaseRecord {
    type Message = proto::CaseRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::CaseRecord) -> Result<Self, DecodeError> {
        Ok(Self {
            number: CaseNumber::from_wire(message.number).at("number")?,
            profile: ProfileDigest::from_wire(&message.profile).at("profile")?,
            procedure: rows::name(message.procedure, "procedure")?,
            status: CaseStatus::from_wire(message.status).at("status")?,
            state: rows::name(message.state, "state")?,
            opened: BlockTime::from_wire(message.opened_ms).at("opened_ms")?,
            about: message.about.as_ref().map(Subject::from_message).transpose().at("about")?,
            parties: rows::rows(message.parties, "parties", RECORD_ROWS_MAX, |row| {
                Ok((rows::name(row.party, "party")?, rows::members(&row.members, "members")?))
            })?,
            fields: rows::fields(message.fields, "fields")?,
            documents: rows::rows(message.documents, "documents", CASE_DOCUMENTS_MAX, |row| {
                Ok((rows::name(row.category.clone(), "category")?, CaseDocument::from_message(&row)?))
            })?,
            mandates: mandates(&message.mandates)?,
            steps: rows::rows(message.steps, "steps", CASE_STEPS_MAX, |row| {
                Ok((rows::name(row.step.clone(), "step")?, StepTaken::from_message(&row)?))
            })?,
            states: rows::rows(message.states, "states", CASE_STEPS_MAX, |row| {
                Ok((rows::name(row.state, "state")?, BlockTime::from_wire(row.last_ms).at("last_ms")?))
            })?,
            deadlines: case_deadline::deadlines(message.deadlines)?,
            flags: flag::flags(message.flags)?,
            account: AccountNumber::optional(message.account),
            registration: RegistrationNumber::optional(message.registration),
            certificates: rows::certificates(message.certificates)?,
            publications: list(message.publications, "publications", 0..=RECORD_ROWS_MAX, |row| {
                Publication::from_message(row)
            })?,
            erasable: rows::names(message.erasable, "erasable", RECORD_FIELDS_MAX)?,
            retain_until: BlockTime::optional(message.retain_until_ms),
            history_count: rows::count(message.history_count)?,
        })
    }

    fn to_message(&self) -> proto::CaseRecord {
        proto::CaseRecord {
            number: self.number.0,
            profile: self.profile.to_wire(),
            procedure: self.procedure.to_wire(),
            status: self.status.to_wire(),
            state: self.state.to_wire(),
            opened_ms: self.opened.0,
            about: self.about.map(Subject::to_message),
            parties: rows::to_messages(&self.parties, |party, members| proto::CaseParty {
                party,
                members: rows::members_to_messages(members),
            }),
            fields: rows::fields_to_messages(&self.fields),
            documents: rows::to_messages(&self.documents, |category, row| row.to_message(category)),
            steps: rows::to_messages(&self.steps, |step, row| row.to_message(step)),
            states: rows::to_messages(&self.states, |state, last| proto::StateEntered {
                state,
                last_ms: last.0,
            }),
            deadlines: case_deadline::to_messages(&self.deadlines),
            flags: flag::to_messages(&self.flags),
            account: AccountNumber::optional_to_wire(self.account),
            registration: RegistrationNumber::optional_to_wire(self.registration),
            certificates: rows::certificates_to_messages(&self.certificates),
            publications: self.publications.iter().map(Publication::to_message).collect(),
            erasable: rows::names_to_messages(&self.erasable),
            retain_until_ms: BlockTime::optional_to_wire(self.retain_until),
            history_count: self.history_count,
            mandates: self.mandates.iter().map(|(of, mandate)| mandate.to_message(of)).collect(),
        }
    }
}

impl CaseDocument {
    fn from_message(message: &proto::CaseDocument) -> Result<Self, DecodeError> {
        if message.items == 0 {
            return Err(Fault::Missing).at("items");
        }
        Ok(Self {
            items: message.items,
            log_index: counted_from_one(message.log_index).at("log_index")?,
            certificates: certificates_handed_in(&message.certificates)?,
        })
    }

    fn to_message(&self, category: String) -> proto::CaseDocument {
        proto::CaseDocument {
            category,
            items: self.items,
            log_index: self.log_index,
            certificates: self.certificates.iter().map(|number| number.0).collect(),
        }
    }
}

/// Certificates among the documents of one category, rising.
fn certificates_handed_in(numbers: &[u64]) -> Result<BTreeSet<CertificateNumber>, DecodeError> {
    let read = |&number: &u64| CertificateNumber::from_wire(number);
    let certificates = list(numbers, "certificates", 0..=DOCUMENT_ITEMS_MAX, read)?;
    rising(&certificates, "certificates", |&number| number)?;
    Ok(certificates.into_iter().collect())
}

fn mandates(rows: &[proto::CaseMandate]) -> Result<BTreeMap<MandateOf, CaseMandate>, DecodeError> {
    let mandates = list(rows, "mandates", 0..=RECORD_ROWS_MAX, CaseMandate::from_message)?;
    rising(&mandates, "mandates", |(of, _)| of.clone())?;
    Ok(mandates.into_iter().collect())
}

impl CaseMandate {
    fn from_message(message: &proto::CaseMandate) -> Result<(MandateOf, Self), DecodeError> {
        let of = (
            MemberNumber::from_wire(message.member).at("member")?,
            MemberNumber::from_wire(message.agent).at("agent")?,
            rows::name(message.category.clone(), "category")?,
        );
        Ok((of, Self { certificates: certificates_handed_in(&message.certificates)? }))
    }

    fn to_message(&self, (member, agent, category): &MandateOf) -> proto::CaseMandate {
        proto::CaseMandate {
            member: member.0,
            agent: agent.0,
            category: category.to_wire(),
            certificates: self.certificates.iter().map(|number| number.0).collect(),
        }
    }
}

impl StepTaken {
    fn from_message(message: &proto::StepTaken) -> Result<Self, DecodeError> {
        if message.times == 0 {
            return Err(Fault::Missing).at("times");
        }
        let by = match (MemberNumber::optional(message.member), message.key_id.is_empty()) {
            (None, true) => None,
            (Some(member), false) => Some((member, KeyId::from_wire(&message.key_id).at("key_id")?)),
            _ => return Err(Fault::Rule("a member acts with a key")).at("key_id"),
        };
        Ok(Self { times: message.times, last: BlockTime::from_wire(message.last_ms).at("last_ms")?, by })
    }

    fn to_message(self, step: String) -> proto::StepTaken {
        proto::StepTaken {
            step,
            times: self.times,
            last_ms: self.last.0,
            member: self.by.map_or(0, |(member, _)| member.0),
            key_id: self.by.map(|(_, key_id)| key_id.to_wire()).unwrap_or_default(),
        }
    }
}

impl Publication {
    fn from_message(message: proto::Publication) -> Result<Self, DecodeError> {
        Ok(Self {
            fields: list(message.fields, "fields", 1..=RECORD_FIELDS_MAX, RuleName::try_from)?,
            until: RuleName::optional(message.until).at("until")?,
            since: BlockTime::from_wire(message.since_ms).at("since_ms")?,
        })
    }

    fn to_message(&self) -> proto::Publication {
        proto::Publication {
            fields: rows::names_to_messages(&self.fields),
            until: RuleName::optional_to_wire(self.until.as_ref()),
            since_ms: self.since.0,
        }
    }
}
