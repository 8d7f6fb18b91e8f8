//! A person at work with a profile: what it has, and where a case stands.

use std::collections::{BTreeMap, BTreeSet};

use bulla_client::{AdoptedProfile, CaseReport, StepBuilder, StepError};
use bulla_fixtures::stage::{credit_code, name, real};
use bulla_rules::profile::{Actor, FieldType, Ident, Need, Procedure, Profile, Step};
use bulla_types::{
    BlockTime, CaseNumber, CaseRecord, CaseStatus, DocumentItem, LedgerId, MemberNumber, ProfileDigest,
    ProfileStatus, Subject, SubjectKind,
};

/// The profiles of the repository, with their overlays for tests.
pub const REAL: [&str; 2] = ["cn-tj-tjifa-003-2022", "cn-gz-trade-2022"];

pub fn ledger() -> LedgerId {
    LedgerId::from_bytes([7; 32])
}

pub fn adopted(profile: Profile) -> AdoptedProfile {
    let bytes = profile.encode();
    let digest = ProfileDigest::of(&bytes);
    AdoptedProfile {
        digest,
        version_in_force: profile.version,
        profile,
        bytes: bytes.into(),
        status: ProfileStatus::InForce,
        digest_in_force: digest,
    }
}

pub fn adopted_real(profile: &str) -> AdoptedProfile {
    adopted(real(profile, &[]))
}

/// A case that has come to a state, and of which nothing else is known.
pub fn case_in(adopted: &AdoptedProfile, procedure: &str, state: &str) -> CaseReport {
    let record = CaseRecord {
        number: CaseNumber(5),
        profile: adopted.digest,
        procedure: name(procedure),
        status: CaseStatus::Open,
        state: name(state),
        opened: BlockTime(1),
        about: None,
        parties: BTreeMap::new(),
        fields: BTreeMap::new(),
        documents: BTreeMap::new(),
        mandates: BTreeMap::new(),
        steps: BTreeMap::new(),
        states: BTreeMap::new(),
        deadlines: BTreeMap::new(),
        flags: BTreeMap::new(),
        account: None,
        registration: None,
        certificates: BTreeMap::new(),
        publications: Vec::new(),
        erasable: BTreeSet::new(),
        retain_until: None,
        history_count: 1,
    };
    CaseReport {
        record,
        past: Vec::new(),
        possible: Vec::new(),
        at: BlockTime(2),
        deadlines: Vec::new(),
        openings: Vec::new(),
    }
}

/// Text that a field of this type takes.
pub fn sample(of: &FieldType, profile: &Profile) -> String {
    match of {
        FieldType::Text { .. } => "文字 text".to_owned(),
        FieldType::Term { vocabulary } => {
            profile.vocabularies.get(vocabulary.as_str()).unwrap().terms[0].name.to_string()
        }
        FieldType::Integer => "12".to_owned(),
        FieldType::Ratio => "12.5%".to_owned(),
        FieldType::Amount { .. } => "5000000".to_owned(),
        FieldType::Date => "2026-01-31".to_owned(),
        FieldType::Boolean => "是".to_owned(),
        FieldType::CreditCode => credit_code(1).to_string(),
        FieldType::Digest => format!("sha256:{}", "ab".repeat(32)),
        FieldType::Shares => "7=60%,9=40%".to_owned(),
        FieldType::Member
        | FieldType::Account
        | FieldType::Entry
        | FieldType::Certificate { .. }
        | FieldType::Case => "3".to_owned(),
    }
}

/// A step of the members, where it stands.
#[derive(Clone, Copy)]
pub struct At<'p> {
    pub adopted: &'p AdoptedProfile,
    pub procedure: &'p Procedure,
    pub step: &'p Step,
}

/// Every step of a profile that members take.
pub fn steps(adopted: &AdoptedProfile) -> Vec<At<'_>> {
    let procedures = adopted.profile.procedures.iter();
    let all = procedures.flat_map(|procedure| procedure.steps.iter().map(move |step| (procedure, step)));
    all.filter(|(_, step)| step.trigger().is_none())
        .map(|(procedure, step)| At { adopted, procedure, step })
        .collect()
}

impl At<'_> {
    /// A case in which the step can be taken; `None` when it opens one.
    pub fn case(&self) -> Option<CaseReport> {
        let state = self.step.from.first()?;
        Some(case_in(self.adopted, self.procedure.head.name.as_str(), state.as_str()))
    }

    fn parties(&self) -> (&Ident, impl Iterator<Item = &Ident>) {
        let Actor::Parties(by) = &self.step.by else { panic!("taken by the ledger") };
        let party = by.first().unwrap();
        (party, self.step.signed_by.iter().filter(move |other| *other != party))
    }

    /// The step with everyone who acts, in this case.
    pub fn acted<'c>(&'c self, case: Option<&'c CaseReport>) -> Result<StepBuilder<'c>, StepError> {
        let (procedure, step) = (self.procedure.head.name.as_str(), self.step.head.name.as_str());
        let mut builder = match case {
            Some(case) => StepBuilder::of_case(ledger(), self.adopted, case, step)?,
            None => StepBuilder::opening(ledger(), self.adopted, procedure, step)?,
        };
        if case.is_none() {
            for party in self.procedure.named_parties(&self.adopted.profile) {
                builder = builder.name_party(party.as_str(), MemberNumber(40))?;
            }
            if let Some(kind) = about(self.procedure) {
                builder = builder.about(Subject::new(kind, 1))?;
            }
        }
        let (party, besides) = self.parties();
        builder = builder.actor(party.as_str(), MemberNumber(20))?;
        for (number, party) in (21..).zip(besides) {
            builder = builder.actor(party.as_str(), MemberNumber(number))?;
        }
        Ok(builder)
    }

    /// Fields that the step must bring.
    pub fn required_fields(&self) -> Vec<&str> {
        let fields = self.step.fields.iter().filter(|used| used.need == Need::Required);
        fields.map(|used| used.field.as_str()).collect()
    }

    /// Documents that the step must bring.
    pub fn required_documents(&self) -> Vec<&str> {
        let documents = self.step.documents.iter().filter(|used| used.need == Need::Required);
        documents.map(|used| used.category.as_str()).collect()
    }

    /// The step with everything that it must bring, but for one field or document.
    pub fn filled_without<'c>(
        &'c self,
        case: Option<&'c CaseReport>,
        without: &str,
    ) -> Result<StepBuilder<'c>, StepError> {
        let mut builder = self.acted(case)?;
        for name in self.required_fields().into_iter().filter(|name| *name != without) {
            let field = self.adopted.profile.fields.get(name).unwrap();
            builder = builder.field(name, &sample(&field.of, &self.adopted.profile))?;
        }
        for name in self.required_documents().into_iter().filter(|name| *name != without) {
            let used = self.step.documents.iter().find(|used| used.category == *name).unwrap();
            let least = used
                .at_least
                .as_ref()
                .map_or(1, |value| self.adopted.profile.integer(value.as_str()).unwrap());
            for number in 1..=least {
                builder = builder.document_item(name, self.item(name, number))?;
            }
        }
        match self.step.reasons {
            true => builder.reasons("理由"),
            false => Ok(builder),
        }
    }

    fn item(&self, category: &str, number: u64) -> DocumentItem {
        use bulla_rules::profile::DocumentForm;
        match self.adopted.profile.documents.get(category).unwrap().forms[0] {
            DocumentForm::Digest => {
                DocumentItem::Digests(bulla_fixtures::stage::digests(&number.to_string()))
            }
            DocumentForm::Evidence => DocumentItem::Evidence(bulla_types::EvidenceNumber(number)),
            DocumentForm::Certificate(_) | DocumentForm::CertificateOf(_) => {
                DocumentItem::Certificate(bulla_types::CertificateNumber(number))
            }
        }
    }
}

/// Of what kind the thing is that cases of a procedure are about.
pub fn about(procedure: &Procedure) -> Option<SubjectKind> {
    use bulla_rules::profile::About;
    match &procedure.about {
        About::Nothing | About::NewObject(_) => None,
        About::Entry(_) => Some(SubjectKind::Registration),
        About::Account(_) => Some(SubjectKind::Account),
        About::Certificate(_) => Some(SubjectKind::Certificate),
        About::Case(_) => Some(SubjectKind::Case),
        About::Evidence => Some(SubjectKind::Evidence),
    }
}
