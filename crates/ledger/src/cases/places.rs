//! What references of a profile lead to: fields, records, certificates.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bulla_rules::profile::{CertificateRef, CertificateSubject, Reference, Scope, Target};
use bulla_types::{
    AccountNumber, AccountRecord, CertificateNumber, CertificateRecord, FieldContent, FieldValue,
    MemberNumber, RecordFlag, RegistrationNumber, RegistrationRecord, RuleName, StateKey, Subject,
};

use crate::view::{StateView, ViewError};

use super::case::Case;
use super::run::Run;

/// How many parents up the record of a case is looked for.
pub(super) const PARENTS_MAX: usize = 4;

/// What a field says, if anything.
pub(super) fn field<V: StateView>(
    case: &Case,
    reference: &Reference,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<FieldContent>, ViewError> {
    let name = reference.name.as_str();
    match &reference.scope {
        Scope::Case => Ok(case.record.fields.get(name).cloned()),
        Scope::Parent => match case.parent() {
            Some(parent) => Ok(Case::required(parent, run)?.record.fields.get(name).cloned()),
            None => Ok(None),
        },
        Scope::Subject => subject_field(case, name, run),
        Scope::Document(category) => {
            let document = case.record.documents.get(category.as_str());
            match document.and_then(|document| document.certificates.last()) {
                Some(number) => Ok(certificate(*number, run)?.contents.get(name).cloned()),
                None => Ok(None),
            }
        }
        // No field: conditions ask the register of members (`facts`).
        Scope::Party(_) => Ok(None),
    }
}

/// A field of the record that a case is about; for a certificate also one that stands on it.
fn subject_field<V: StateView>(
    case: &Case,
    name: &str,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<FieldContent>, ViewError> {
    if let Some(Subject::Certificate(number)) = case.record.about {
        let found = certificate(number, run)?.contents.get(name).cloned();
        if found.is_some() {
            return Ok(found);
        }
    }
    match subject(case) {
        Some(record) => Ok(contents(record, run)?.get(name).cloned()),
        None => Ok(None),
    }
}

/// What stands in a record.
pub(super) fn contents<V: StateView>(
    record: Subject,
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeMap<RuleName, FieldContent>, ViewError> {
    match record {
        Subject::Registration(number) => Ok(registration(number, run)?.contents.clone()),
        Subject::Account(number) => Ok(account(number, run)?.contents.clone()),
        Subject::Case(number) => Ok(Case::required(number, run)?.record.fields),
        _ => Ok(BTreeMap::new()),
    }
}

/// The record that a case is about, or the one that it has made.
pub(super) fn subject(case: &Case) -> Option<Subject> {
    let made = || {
        let registration = case.record.registration.map(Subject::Registration);
        registration.or(case.record.account.map(Subject::Account))
    };
    case.indexed_under.or_else(made)
}

/// The record on which a flag or case is looked for.
pub(super) fn target<V: StateView>(
    case: &Case,
    target: &Target,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Subject>, ViewError> {
    match target {
        Target::Case => Ok(Some(case.subject())),
        Target::Parent => Ok(case.parent().map(Subject::Case)),
        Target::Subject => Ok(subject(case)),
        Target::Field(reference) => {
            let content = field(case, reference, run)?;
            match content.as_ref().and_then(FieldContent::clear).and_then(|values| values.single()) {
                Some(FieldValue::Registration(number)) => Ok(Some(Subject::Registration(*number))),
                Some(FieldValue::Account(number)) => Ok(Some(Subject::Account(*number))),
                Some(FieldValue::Case(number)) => Ok(Some(Subject::Case(*number))),
                Some(FieldValue::Certificate(number)) => Ok(Some(certificate(*number, run)?.subject)),
                _ => Ok(None),
            }
        }
    }
}

/// Who holds the record that a case is about; of a certificate that is about a case, who holds that.
pub(super) fn holders<V: StateView>(
    case: &Case,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<BTreeSet<MemberNumber>>, ViewError> {
    Ok(match (case.indexed_under, case.record.about) {
        (Some(Subject::Registration(number)), _) => Some(registration(number, run)?.all_holders()),
        (Some(Subject::Account(number)), _) => Some(BTreeSet::from([account(number, run)?.holder])),
        (_, Some(Subject::Certificate(number))) => Some(certificate(number, run)?.holders.clone()),
        _ => None,
    })
}

/// The flags on a record.
pub(super) fn flags<V: StateView>(
    case: &Case,
    record: Subject,
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeMap<RuleName, RecordFlag>, ViewError> {
    match record {
        _ if record == case.subject() => Ok(case.record.flags.clone()),
        Subject::Registration(number) => Ok(registration(number, run)?.flags.clone()),
        Subject::Account(number) => Ok(account(number, run)?.flags.clone()),
        Subject::Case(number) => Ok(Case::required(number, run)?.record.flags),
        _ => Ok(BTreeMap::new()),
    }
}

/// The certificates that a reference leads to: several only where several were handed in.
pub(super) fn certificates<V: StateView>(
    case: &Case,
    reference: &CertificateRef,
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeSet<CertificateNumber>, ViewError> {
    match reference {
        CertificateRef::Subject => match case.record.about {
            Some(Subject::Certificate(number)) => Ok(BTreeSet::from([number])),
            _ => Ok(BTreeSet::new()),
        },
        CertificateRef::Field(reference) => {
            let content = field(case, reference, run)?;
            let values = content.as_ref().and_then(FieldContent::clear);
            let values = values.map_or(&[][..], |values| values.as_slice());
            Ok(values.iter().filter_map(certificate_in).collect())
        }
        CertificateRef::Document(category) => {
            let document = case.record.documents.get(category.as_str());
            Ok(document.map(|document| document.certificates.clone()).unwrap_or_default())
        }
        CertificateRef::Kind(kind) => {
            Ok(certificate_of_kind(case, kind.as_str(), run)?.into_iter().collect())
        }
    }
}

fn certificate_in(value: &FieldValue) -> Option<CertificateNumber> {
    match value {
        FieldValue::Certificate(number) => Some(*number),
        _ => None,
    }
}

/// The newest certificate of a kind on the record of a case.
pub(super) fn certificate_of_kind<V: StateView>(
    case: &Case,
    kind: &str,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<CertificateNumber>, ViewError> {
    let Some(kind_of) = case.profile.certificates.get(kind) else { return Ok(None) };
    Ok(match certified(case, kind_of.subject, run)? {
        Some(Subject::Registration(number)) => registration(number, run)?.certificates.get(kind).copied(),
        Some(Subject::Account(number)) => account(number, run)?.certificates.get(kind).copied(),
        Some(Subject::Case(number)) if number == case.record.number => {
            case.record.certificates.get(kind).copied()
        }
        Some(Subject::Case(number)) => Case::required(number, run)?.record.certificates.get(kind).copied(),
        _ => None,
    })
}

/// What a certificate of this kind speaks of, in a case.
pub(super) fn certified<V: StateView>(
    case: &Case,
    subject: CertificateSubject,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Subject>, ViewError> {
    match subject {
        CertificateSubject::Entry => Ok(registration_of(case, run)?.map(Subject::Registration)),
        CertificateSubject::Account => Ok(account_of(case, run)?.map(Subject::Account)),
        // A case about a certificate of a case deals with the certificates of that case.
        CertificateSubject::Case => match (case.record.about, case.indexed_under) {
            (Some(Subject::Certificate(_)), under @ Some(Subject::Case(_))) => Ok(under),
            _ => Ok(Some(case.subject())),
        },
    }
}

/// The registration of a case, else of its parent.
pub(super) fn registration_of<V: StateView>(
    case: &Case,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<RegistrationNumber>, ViewError> {
    in_family(case, run, |case| match (case.record.registration, case.indexed_under) {
        (Some(number), _) | (None, Some(Subject::Registration(number))) => Some(number),
        _ => None,
    })
}

/// The account of a case, else of its parent.
pub(super) fn account_of<V: StateView>(
    case: &Case,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<AccountNumber>, ViewError> {
    in_family(case, run, |case| match (case.record.account, case.indexed_under) {
        (Some(number), _) | (None, Some(Subject::Account(number))) => Some(number),
        _ => None,
    })
}

fn in_family<V: StateView, T>(
    case: &Case,
    run: &mut Run<'_, '_, V>,
    find: impl Fn(&Case) -> Option<T>,
) -> Result<Option<T>, ViewError> {
    let mut found = find(case);
    let mut parent = case.parent();
    for _ in 0..PARENTS_MAX {
        let (None, Some(number)) = (&found, parent) else { break };
        let case = Case::required(number, run)?;
        found = find(&case);
        parent = case.parent();
    }
    Ok(found)
}

pub(super) fn registration<V: StateView>(
    number: RegistrationNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<Arc<RegistrationRecord>, ViewError> {
    let key = StateKey::Registration(number);
    run.state.registration(number)?.ok_or(ViewError::Missing { key })
}

pub(super) fn account<V: StateView>(
    number: AccountNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<Arc<AccountRecord>, ViewError> {
    let key = StateKey::Account(number);
    run.state.account(number)?.ok_or(ViewError::Missing { key })
}

pub(super) fn certificate<V: StateView>(
    number: CertificateNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<Arc<CertificateRecord>, ViewError> {
    let key = StateKey::Certificate(number);
    run.state.certificate(number)?.ok_or(ViewError::Missing { key })
}

/// Whether there is such a record, or deposit.
pub(super) fn exists<V: StateView>(subject: Subject, run: &mut Run<'_, '_, V>) -> Result<bool, ViewError> {
    Ok(match subject {
        Subject::Member(number) => run.state.member(number)?.is_some(),
        Subject::Evidence(number) => number.0 < run.state.next(bulla_types::Counter::Evidence)?,
        Subject::Account(number) => run.state.account(number)?.is_some(),
        Subject::Case(number) => run.state.case(number)?.is_some(),
        Subject::Object(number) => run.state.object(number)?.is_some(),
        Subject::Registration(number) => run.state.registration(number)?.is_some(),
        Subject::Certificate(number) => run.state.certificate(number)?.is_some(),
        Subject::Proposal(number) => run.state.proposal(number)?.is_some(),
    })
}
