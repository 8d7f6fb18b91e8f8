//! What a step says and hands in (登记事项、材料).

use std::collections::BTreeSet;

use bulla_rules::profile::{
    CertificateClass, Closed, Disposition, Document, DocumentForm, Field, FieldType, Need, Profile, Step,
};
use bulla_types::{
    CaseDocument, CertificateNumber, Counter, DocumentItem, EvidenceNumber, FieldContent, FieldValue,
    StepDocument, StepField, Subject, TakeStep,
};

use crate::view::StateView;

use super::case::Case;
use super::conditions::{self, integer};
use super::places;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};
use super::wording;

/// Puts what a step says and hands in into the case, each item checked by itself.
pub(super) fn enter<V: StateView>(
    case: &mut Case,
    step: &Step,
    take: &TakeStep,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    for field in &take.fields {
        let used = step.fields.iter().any(|used| used.field == *field.name.as_str());
        let rule = case.profile.fields.get(field.name.as_str()).filter(|_| used);
        let rule = rule.ok_or_else(|| StepRule::FieldUnknown(field.name.to_string()))?;
        check_field(&case.profile, rule, field, run)?;
        case.record.fields.insert(field.name.clone(), field.content.clone());
    }
    for document in &take.documents {
        let category = document.category.as_str();
        let rule = case.profile.documents.get(category).filter(|_| is_expected(case, step, category));
        let rule = rule.ok_or_else(|| StepRule::DocumentUnknown(category.to_owned()))?;
        let filed = check_document(&case.profile, rule, document, run)?;
        case.record.documents.insert(document.category.clone(), filed);
    }
    match (step.reasons, take.reasons) {
        (true, None) => Err(StepRule::ReasonsMissing.into()),
        (false, Some(_)) => Err(StepRule::ReasonsUnexpected.into()),
        _ => Ok(()),
    }
}

/// A document is expected where the step asks for it, and a mandate wherever an agent may act.
fn is_expected(case: &Case, step: &Step, category: &str) -> bool {
    let is_mandate = |party: &str| {
        let mandate = case.profile.parties.get(party).and_then(|party| party.mandate.as_ref());
        mandate.is_some_and(|mandate| *mandate == *category)
    };
    let by = match &step.by {
        bulla_rules::profile::Actor::Parties(parties) => parties.iter(),
        bulla_rules::profile::Actor::Ledger(_) => return false,
    };
    step.documents.iter().any(|used| used.category == *category)
        || by.chain(&step.signed_by).any(|party| is_mandate(party.as_str()))
}

/// Checks that nothing is missing that the step must bring, once all is entered.
pub(super) fn require<V: StateView>(
    case: &Case,
    acting: &Acting,
    step: &Step,
    take: &TakeStep,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    for used in &step.fields {
        let given = take.fields.iter().any(|field| field.name == used.field.as_str());
        if !given && is_required(case, acting, &used.need, run)? {
            return Err(StepRule::FieldMissing(used.field.to_string()).into());
        }
    }
    for used in &step.documents {
        let category = used.category.as_str();
        let given = take.documents.iter().find(|document| document.category == category);
        let Some(given) = given else {
            if is_required(case, acting, &used.need, run)? {
                return Err(StepRule::DocumentMissing(category.to_owned()).into());
            }
            continue;
        };
        let needed = used.at_least.as_ref().map_or(Ok(1), |value| integer(&case.profile, value))?;
        let found = given.items.len() as u64;
        if found < needed {
            let category = category.to_owned();
            return Err(StepRule::DocumentsTooFew { category, needed, found }.into());
        }
    }
    Ok(())
}

fn is_required<V: StateView>(
    case: &Case,
    acting: &Acting,
    need: &Need,
    run: &mut Run<'_, '_, V>,
) -> Result<bool, Stop> {
    match need {
        Need::Required => Ok(true),
        Need::RequiredWhen(condition) => conditions::hold(case, acting, condition, run),
        Need::Optional => Ok(false),
    }
}

/// Checks one field: where it stands, how many values, of which kind.
fn check_field<V: StateView>(
    profile: &Profile,
    rule: &Field,
    field: &StepField,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let invalid = |needed: &str| {
        let (name, needed) = (rule.head.name.to_string(), needed.to_owned());
        Err(Stop::from(StepRule::FieldInvalid { name, needed }))
    };
    let values = match (&field.content, rule.disposition) {
        (FieldContent::Clear(values), Disposition::Clear) => values,
        (FieldContent::Clear(_), _) => return invalid("stand as a commitment"),
        (FieldContent::Committed(_), Disposition::Clear) => return invalid("stand in clear"),
        (FieldContent::Committed(_), _) => return Ok(()),
    };
    let items_max = usize::try_from(rule.items_max).unwrap_or(usize::MAX);
    if values.as_slice().len() > items_max {
        return invalid(&format!("have at most {items_max} values"));
    }
    for (index, value) in values.as_slice().iter().enumerate() {
        if values.as_slice()[..index].contains(value) {
            return invalid("hold no value twice");
        }
        if !rule.of.holds(value, profile) {
            return invalid(&format!("hold {}", rule.of.kind().name()));
        }
        check_named(rule, value, run)?;
    }
    Ok(())
}

/// What a value names must be on the ledger.
fn check_named<V: StateView>(rule: &Field, value: &FieldValue, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let invalid = |needed| StepRule::FieldInvalid { name: rule.head.name.to_string(), needed };
    for subject in named(value) {
        if !places::exists(subject, run)? {
            return Err(invalid(on_ledger(subject)).into());
        }
    }
    if let (FieldValue::Certificate(number), FieldType::Certificate { class }) = (value, &rule.of)
        && class_of(*number, run)? != Some(*class)
    {
        return Err(invalid(format!("name a certificate of class {}", class.name())).into());
    }
    Ok(())
}

/// What a value names.
fn named(value: &FieldValue) -> Vec<Subject> {
    match value {
        FieldValue::Member(number) => vec![Subject::Member(*number)],
        FieldValue::Account(number) => vec![Subject::Account(*number)],
        FieldValue::Registration(number) => vec![Subject::Registration(*number)],
        FieldValue::Certificate(number) => vec![Subject::Certificate(*number)],
        FieldValue::Case(number) => vec![Subject::Case(*number)],
        FieldValue::Shares(shares) => shares.members().map(Subject::Member).collect(),
        _ => Vec::new(),
    }
}

/// What is asked of a name that names nothing.
fn on_ledger(subject: Subject) -> String {
    format!("name what is on the ledger: there is no {subject}")
}

/// The class of a certificate, by the profile that it was issued under.
fn class_of<V: StateView>(
    number: CertificateNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<CertificateClass>, Stop> {
    let certificate = places::certificate(number, run)?;
    let profile = run.state.profile(certificate.profile)?;
    Ok(profile.certificates.get(certificate.kind.as_str()).map(|kind| kind.class))
}

/// Checks the documents of one category: how many, and each in one of the forms allowed.
fn check_document<V: StateView>(
    profile: &Profile,
    rule: &Document,
    document: &StepDocument,
    run: &mut Run<'_, '_, V>,
) -> Result<CaseDocument, Stop> {
    let invalid =
        |needed: String| StepRule::DocumentInvalid { category: document.category.to_string(), needed };
    let items = u32::try_from(document.items.len()).unwrap_or(u32::MAX);
    if items > rule.items_max {
        return Err(invalid(format!("have at most {} items", rule.items_max)).into());
    }
    let mut certificates = BTreeSet::new();
    for item in &document.items {
        let allowed = match item {
            DocumentItem::Digests(_) => rule.forms.contains(&DocumentForm::Digest),
            DocumentItem::Evidence(number) => {
                check_evidence(*number, run)?;
                rule.forms.contains(&DocumentForm::Evidence)
            }
            DocumentItem::Certificate(number) => {
                certificates.insert(*number);
                let subject = Subject::Certificate(*number);
                if !places::exists(subject, run)? {
                    return Err(invalid(on_ledger(subject)).into());
                }
                check_voucher(profile, rule, *number, run)?
            }
        };
        if !allowed {
            return Err(invalid(format!("be handed in as one of: {}", wording::forms(&rule.forms))).into());
        }
    }
    Ok(CaseDocument { items, log_index: run.stamp.log_index, certificates })
}

fn check_evidence<V: StateView>(number: EvidenceNumber, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    if number.0 < run.state.next(Counter::Evidence)? {
        Ok(())
    } else {
        Err(StepRule::EvidenceUnknown(number).into())
    }
}

/// Whether a certificate is of a kind or class that a category allows. It must be valid.
fn check_voucher<V: StateView>(
    profile: &Profile,
    rule: &Document,
    number: CertificateNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<bool, Stop> {
    let certificate = places::certificate(number, run)?;
    if !certificate.is_valid(run.now()) {
        return Err(StepRule::CertificateNotValid(number).into());
    }
    let issued_under = run.state.profile(certificate.profile)?;
    let class = class_of(number, run)?;
    Ok(rule.forms.iter().any(|form| match form {
        DocumentForm::Certificate(kind) => issued_under.id == profile.id && certificate.kind == kind.as_str(),
        DocumentForm::CertificateOf(wanted) => class == Some(*wanted),
        DocumentForm::Digest | DocumentForm::Evidence => false,
    }))
}
