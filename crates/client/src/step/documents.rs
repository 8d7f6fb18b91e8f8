//! The documents of a step in the making (材料).

use std::collections::BTreeMap;

use bulla_crypto::DocumentHasher;
use bulla_rules::profile::{Actor, Document, DocumentForm, Need, Profile, Step};
use bulla_types::{
    DigestAlgorithm, DocumentDigest, DocumentItem, Identifier, LedgerId, LedgerShortId, RuleName,
    StepDocument, Subject, SubjectKind,
};

use super::error::{ItemAt, StepFault};
use super::numbers::subject;
use super::place::Setting;
use super::value::digests;

/// Items by category.
#[derive(Debug, Clone, Default)]
pub(super) struct Documents(BTreeMap<RuleName, Vec<DocumentItem>>);

impl Documents {
    /// Adds a document, read from text: an identifier `E-…` or `Z-…`, a plain number where only one of both will do,
    /// or digests.
    pub(super) fn add_text(
        &mut self,
        category: &str,
        text: &str,
        setting: &Setting<'_>,
    ) -> Result<(), StepFault> {
        let rule = document_of(category, setting)?;
        let item = read(text.trim(), rule, &setting.ledger).ok_or_else(|| form(rule, text))?;
        self.add(category, item, setting)
    }

    /// Adds a document.
    pub(super) fn add(
        &mut self,
        category: &str,
        item: DocumentItem,
        setting: &Setting<'_>,
    ) -> Result<(), StepFault> {
        let rule = document_of(category, setting)?;
        let (evidence, certificate) = (takes_evidence(rule), takes_certificate(rule));
        let (allowed, found) = match &item {
            DocumentItem::Digests(_) => (rule.forms.contains(&DocumentForm::Digest), "digests".to_owned()),
            DocumentItem::Evidence(number) => (evidence, Subject::Evidence(*number).to_string()),
            DocumentItem::Certificate(number) => (certificate, Subject::Certificate(*number).to_string()),
        };
        let Some(name) = category.parse::<RuleName>().ok().filter(|_| allowed) else {
            return Err(form(rule, &found));
        };
        if let DocumentItem::Digests(digests) = &item
            && digests.as_slice().iter().any(is_of_nothing)
        {
            return Err(StepFault::DocumentEmpty(ItemAt::of(&rule.head)));
        }
        let items = self.0.entry(name).or_default();
        if u32::try_from(items.len()).is_ok_and(|count| count >= rule.items_max) {
            return Err(StepFault::DocumentsTooMany {
                document: ItemAt::of(&rule.head),
                max: rule.items_max,
            });
        }
        items.push(item);
        Ok(())
    }

    /// Whether a document of this category is there.
    pub(super) fn contains(&self, category: &str) -> bool {
        self.0.contains_key(category)
    }

    /// Checks that what the step must bring in any case is there, and enough of each.
    pub(super) fn require(&self, setting: &Setting<'_>) -> Result<(), StepFault> {
        let profile = setting.profile();
        for used in &setting.step.documents {
            let Some(rule) = profile.documents.get(used.category.as_str()) else { continue };
            let document = || ItemAt::of(&rule.head);
            let Some(items) = self.0.get(used.category.as_str()) else {
                if used.need == Need::Required {
                    return Err(StepFault::DocumentMissing(document()));
                }
                continue;
            };
            let needed =
                used.at_least.as_ref().and_then(|value| profile.integer(value.as_str())).unwrap_or(1);
            if (items.len() as u64) < needed {
                return Err(StepFault::DocumentsTooFew { document: document(), needed });
            }
        }
        Ok(())
    }

    /// All of them, rising by category.
    pub(super) fn into_documents(self) -> Vec<StepDocument> {
        self.0.into_iter().map(|(category, items)| StepDocument { category, items }).collect()
    }
}

fn read(text: &str, rule: &Document, ledger: &LedgerId) -> Option<DocumentItem> {
    if let Ok(identifier) = text.parse::<Identifier>() {
        return item_of(identifier.subject).filter(|_| identifier.ledger == LedgerShortId::from(ledger));
    }
    let kind = match (takes_evidence(rule), takes_certificate(rule)) {
        (true, false) => Some(SubjectKind::Evidence),
        (false, true) => Some(SubjectKind::Certificate),
        // A plain number would not say which.
        _ => None,
    };
    let numbered = kind.and_then(|kind| subject(text, kind, ledger).ok()).and_then(item_of);
    numbered.or_else(|| digests(text).map(DocumentItem::Digests))
}

fn item_of(subject: Subject) -> Option<DocumentItem> {
    match subject {
        Subject::Evidence(number) => Some(DocumentItem::Evidence(number)),
        Subject::Certificate(number) => Some(DocumentItem::Certificate(number)),
        _ => None,
    }
}

/// Whether a digest is that of an empty document.
fn is_of_nothing(digest: &DocumentDigest) -> bool {
    let nothing = DocumentHasher::new().finish();
    digest.value
        == match digest.algorithm {
            DigestAlgorithm::Sha256 => nothing.sha256,
            DigestAlgorithm::Sm3 => nothing.sm3,
            DigestAlgorithm::Blake3 => nothing.blake3,
        }
}

fn takes_evidence(rule: &Document) -> bool {
    rule.forms.contains(&DocumentForm::Evidence)
}

fn takes_certificate(rule: &Document) -> bool {
    let is_one =
        |form: &DocumentForm| matches!(form, DocumentForm::Certificate(_) | DocumentForm::CertificateOf(_));
    rule.forms.iter().any(is_one)
}

fn form(rule: &Document, found: &str) -> StepFault {
    StepFault::DocumentForm {
        document: ItemAt::of(&rule.head),
        found: found.to_owned(),
        forms: rule.forms.clone(),
    }
}

/// The rule of a document that the step asks for, or that is the mandate of an agent in it.
fn document_of<'p>(category: &str, setting: &Setting<'p>) -> Result<&'p Document, StepFault> {
    let (step, profile) = (setting.step, setting.profile());
    let mut known: Vec<String> = step.documents.iter().map(|used| used.category.to_string()).collect();
    known.extend(mandates(step, profile).map(str::to_owned));
    let used = known.iter().any(|known| known == category);
    profile
        .documents
        .get(category)
        .filter(|_| used)
        .ok_or_else(|| StepFault::DocumentUnknown { document: category.to_owned(), known })
}

/// Mandates of the parties that take part in a step.
fn mandates<'p>(step: &'p Step, profile: &'p Profile) -> impl Iterator<Item = &'p str> {
    let by = match &step.by {
        Actor::Parties(parties) => Some(parties),
        Actor::Ledger(_) => None,
    };
    let parties = by.into_iter().flatten().chain(&step.signed_by);
    parties.filter_map(|party| Some(profile.parties.get(party.as_str())?.mandate.as_ref()?.as_str()))
}
