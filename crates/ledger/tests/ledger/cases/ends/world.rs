//! A ledger with everyone who may act on it, and every way in which they can.

use bulla_ledger::{PossibleStep, possible_steps};
use bulla_rules::profile::{
    Condition, Content, Disposition, DocumentForm, FieldType, Need, Profile, Scope, Step,
};
use bulla_types::{
    BlockTime, CaseNumber, CaseRecord, CertificateNumber, CertificateRecord, DocumentItem, EvidenceNumber,
    FieldContent, FieldValue, MemberNumber, Shares, StateKey, Subject,
};

use crate::cases::tianjin::code;
use crate::support::{Ledger, Party, Take, digests, go_on};

/// A ledger, and the people who may act on it.
#[derive(Clone)]
pub(super) struct World {
    pub(super) ledger: Ledger,
    pub(super) people: Vec<Party>,
}

/// One way of taking a step.
#[derive(Clone, Copy)]
struct Filling<'p> {
    /// Whether what may be left out is said.
    whole: bool,
    /// The term that this field says; others say their first.
    term: Option<(&'p str, &'p str)>,
    /// What questions are answered with.
    answer: bool,
}

impl World {
    fn party(&self, number: MemberNumber) -> Option<&Party> {
        self.people.iter().find(|party| party.number == number)
    }

    /// Whoever may act as a party: those that it is, or anyone.
    fn actors(&self, members: &[MemberNumber]) -> Vec<Vec<&Party>> {
        if members.is_empty() {
            return self.people.iter().map(|party| vec![party]).collect();
        }
        let together: Vec<&Party> = members.iter().filter_map(|number| self.party(*number)).collect();
        let mut actors: Vec<Vec<&Party>> = together.iter().map(|party| vec![*party]).collect();
        if together.len() > 1 {
            actors.push(together);
        }
        actors
    }

    /// Every way of taking a step of a case that is tried.
    fn ways(&self, case: &CaseRecord, profile: &Profile, step: &Step, possible: &PossibleStep) -> Vec<Take> {
        let mut fillings = vec![];
        for whole in [false, true] {
            fillings.push(Filling { whole, term: None, answer: true });
            fillings.push(Filling { whole, term: None, answer: false });
            for used in &step.fields {
                let field = profile.fields.get(used.field.as_str()).unwrap();
                let FieldType::Term { vocabulary } = &field.of else { continue };
                let terms = &profile.vocabularies.get(vocabulary.as_str()).unwrap().terms;
                fillings.extend(terms.iter().map(|term| Filling {
                    whole,
                    term: Some((used.field.as_str(), term.name.as_str())),
                    answer: true,
                }));
            }
        }
        let mut ways = Vec::new();
        for party in &possible.by {
            for actors in self.actors(&party.members) {
                let mut take = go_on(case.number, step.head.name.as_str());
                for (index, actor) in actors.iter().enumerate() {
                    take = if index == 0 {
                        take.by(&party.party, actor)
                    } else {
                        take.with(&party.party, actor)
                    };
                }
                for besides in possible.signed_by.iter().filter(|other| other.party != party.party) {
                    let members = self.actors(&besides.members);
                    let Some(besides_members) = members.last() else { continue };
                    take =
                        besides_members.iter().fold(take, |take, member| take.with(&besides.party, member));
                }
                ways.extend(
                    fillings.iter().map(|filling| self.filled(take.clone(), case, profile, step, *filling)),
                );
            }
        }
        ways
    }

    fn filled(
        &self,
        mut take: Take,
        case: &CaseRecord,
        profile: &Profile,
        step: &Step,
        filling: Filling<'_>,
    ) -> Take {
        for used in &step.fields {
            if used.need != Need::Required && !filling.whole {
                continue;
            }
            let name = used.field.as_str();
            if let Some(content) = self.content(name, case, profile, step, filling) {
                take = take.says(name, content);
            }
        }
        for used in &step.documents {
            if used.need != Need::Required && !filling.whole {
                continue;
            }
            let least = used.at_least.as_ref().and_then(|value| profile.values.get(value.as_str()));
            let least = match least.and_then(|value| value.content.as_ref()) {
                Some(Content::Integer(number)) => *number,
                _ => 1,
            };
            take = take.document(used.category.as_str(), self.items(used.category.as_str(), profile, least));
        }
        if step.reasons { take.reasons("because") } else { take }
    }

    /// What a field says: what must be the same as something else is, else something of its kind.
    fn content(
        &self,
        name: &str,
        case: &CaseRecord,
        profile: &Profile,
        step: &Step,
        filling: Filling<'_>,
    ) -> Option<FieldContent> {
        let mut same = case.fields.get(name).cloned();
        for condition in &step.conditions {
            condition.visit(&mut |condition| match condition {
                Condition::Same(one, other) => {
                    for (one, other) in [(one, other), (other, one)] {
                        if one.scope == Scope::Case && one.name == *name {
                            same = self.said(case, &other.scope, other.name.as_str()).or(same.take());
                        }
                    }
                }
                Condition::Among(item, list) if item.scope == Scope::Case && item.name == *name => {
                    let list = self.said(case, &list.scope, list.name.as_str());
                    let first =
                        list.as_ref().and_then(FieldContent::clear).map(|list| list.as_slice()[0].clone());
                    same = first.map(|first| FieldContent::Clear(first.into())).or(same.take());
                }
                _ => {}
            });
        }
        if filling.term.is_none_or(|(field, _)| field != name) && same.is_some() {
            return same;
        }
        let field = profile.fields.get(name)?;
        if field.disposition != Disposition::Clear {
            let words = bulla_crypto::sha256(&[name.as_bytes()]);
            return Some(FieldContent::Committed(bulla_types::Commitment(words)));
        }
        let day: bulla_rules::CivilDate = bulla_rules::CivilDate::of(self.ledger.time).ok()?;
        let value = match &field.of {
            FieldType::Text { .. } => return None,
            FieldType::Term { vocabulary } => {
                let first = || profile.vocabularies.get(vocabulary.as_str()).unwrap().terms[0].name.as_str();
                let chosen = filling.term.filter(|(field, _)| *field == name).map(|(_, term)| term);
                crate::support::term(chosen.unwrap_or_else(first))
            }
            FieldType::Integer => FieldValue::Integer(1),
            FieldType::Ratio => FieldValue::Ratio(500_000),
            FieldType::Amount { .. } => FieldValue::Amount(1),
            FieldType::Date => FieldValue::Date(day.plus_days(3).ok()?.to_number()),
            FieldType::Boolean => FieldValue::Answer(filling.answer),
            FieldType::CreditCode => FieldValue::CreditCode(code(&self.ledger, self.people.last()?)),
            FieldType::Digest => FieldValue::Digests(digests(name)),
            FieldType::Member => FieldValue::Member(self.people.last()?.number),
            FieldType::Shares => FieldValue::Shares(Shares::whole(self.people.last()?.number)),
            FieldType::Account | FieldType::Entry | FieldType::Certificate { .. } | FieldType::Case => {
                return None;
            }
        };
        Some(FieldContent::Clear(value.into()))
    }

    /// What a field says of a case, of the one that it is about, or of its registration.
    fn said(&self, case: &CaseRecord, scope: &Scope, name: &str) -> Option<FieldContent> {
        match (scope, case.about) {
            (Scope::Case, _) => case.fields.get(name).cloned(),
            (Scope::Parent, Some(Subject::Case(parent))) => {
                self.ledger.case(parent).fields.get(name).cloned()
            }
            (Scope::Subject, Some(Subject::Registration(number))) => {
                let record: bulla_types::RegistrationRecord =
                    self.ledger.view.record(StateKey::Registration(number))?;
                record.contents.get(name).cloned()
            }
            _ => None,
        }
    }

    fn items(&self, category: &str, profile: &Profile, least: u64) -> Vec<DocumentItem> {
        let document = profile.documents.get(category).unwrap();
        let certificates: Vec<CertificateRecord> = (1..)
            .map_while(|number| self.ledger.view.record(StateKey::Certificate(CertificateNumber(number))))
            .collect();
        let found = document.forms.iter().find_map(|form| match form {
            DocumentForm::Digest => {
                let one = |index| DocumentItem::Digests(digests(&format!("{category} {index}")));
                Some((0..least).map(one).collect())
            }
            DocumentForm::Evidence => Some(vec![DocumentItem::Evidence(EvidenceNumber(1))]),
            DocumentForm::Certificate(kind) => {
                let found = certificates.iter().find(|certificate| certificate.kind == kind.as_str())?;
                Some(vec![DocumentItem::Certificate(found.number)])
            }
            DocumentForm::CertificateOf(_) => None,
        });
        found.unwrap_or_default()
    }

    /// The same after the first of these that is not refused.
    pub(super) fn after_first<'t>(&self, ways: impl IntoIterator<Item = &'t Take>) -> Option<Self> {
        let mut after = self.clone();
        let taken = ways.into_iter().any(|way| {
            let transaction = way.request(&mut after.ledger).transaction();
            after.ledger.record(&transaction).is_ok()
        });
        taken.then_some(after)
    }

    /// The same at a later time, when what is due by then has come.
    pub(super) fn at(&self, time: BlockTime) -> Self {
        let mut later = self.clone();
        later.ledger.time = time;
        later.ledger.catch_up();
        later
    }

    /// The steps that members may take in a case, with all ways of taking each.
    pub(super) fn all_ways(&self, case: &CaseRecord, profile: &Profile) -> Vec<(Step, Vec<Take>)> {
        let procedure = profile.procedures.get(case.procedure.as_str()).unwrap();
        let possible = possible_steps(&self.ledger.view, case.number, self.ledger.time).unwrap();
        possible
            .iter()
            .map(|possible| {
                let step = procedure.steps.get(possible.step.as_str()).unwrap();
                (step.clone(), self.ways(case, profile, step, possible))
            })
            .collect()
    }

    /// Open cases about this one.
    pub(super) fn children(&self, case: CaseNumber) -> Vec<CaseNumber> {
        self.open_cases(|child| child.about == Some(Subject::Case(case)))
    }

    /// Open cases about the registration that a case is about, or about whose certificate it is.
    pub(super) fn about_the_same(&self, case: &CaseRecord) -> Vec<CaseNumber> {
        let Some(registration) = self.registration(case) else { return Vec::new() };
        self.open_cases(|other| self.registration(other) == Some(registration))
    }

    fn registration(&self, case: &CaseRecord) -> Option<Subject> {
        let record = match case.about? {
            Subject::Certificate(number) => {
                self.ledger.view.record::<CertificateRecord>(StateKey::Certificate(number))?.subject
            }
            other => other,
        };
        matches!(record, Subject::Registration(_)).then_some(record)
    }

    fn open_cases(&self, which: impl Fn(&CaseRecord) -> bool) -> Vec<CaseNumber> {
        let cases = (1..)
            .map_while(|number| self.ledger.view.record::<CaseRecord>(StateKey::Case(CaseNumber(number))));
        cases.filter(|case| case.is_open() && which(case)).map(|case| case.number).collect()
    }
}
