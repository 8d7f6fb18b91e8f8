//! Certificates and vouchers are issued, extended, voided, and lapse (证书、凭证的颁发、延期、作废、失效).

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use bulla_rules::StoppedDays;
use bulla_rules::profile::{
    Anchor, CertificateKind, CertificateSubject, DateRule, Ident, RecordEvent, Reference,
};
use bulla_types::{
    BlockTime, CertificateNumber, CertificateRecord, CertificateStatus, Counter, DeadlineStanding, Due,
    FieldContent, MemberNumber, RegisterStatus, RuleName, StateKey, Subject,
};

use crate::history;
use crate::view::{StateView, ViewError};

use super::super::case::{Case, name};
use super::super::conditions;
use super::super::deadlines;
use super::super::index::{self, certificate_tag};
use super::super::places;
use super::super::reckoning;
use super::super::rule::{StepRule, Stop, check_size};
use super::super::run::{Acting, Run};
use super::super::unmet;
use super::{accounts, registrations};

/// Issues a certificate of a kind.
pub(super) fn issue<V: StateView>(
    case: &mut Case,
    kind: &Ident,
    holders: BTreeSet<MemberNumber>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    check_publicity(case, run)?;
    let profile = Arc::clone(&case.profile);
    let rule = profile.certificates.get(kind.as_str()).ok_or(StepRule::RecordMissing("certificate"))?;
    let (subject, newest) = match rule.subject {
        CertificateSubject::Case => {
            (Some(case.subject()), case.record.certificates.get(kind.as_str()).copied())
        }
        subject => {
            (places::certified(case, subject, run)?, places::certificate_of_kind(case, kind.as_str(), run)?)
        }
    };
    let subject = subject.ok_or(StepRule::RecordMissing("record"))?;
    check_record(subject, run)?;
    if let Some(stands) = newest {
        let stands = places::certificate(stands, run)?;
        if stands.status.stands() && !stands.has_lapsed(run.now()) {
            return Err(StepRule::CertificateStands(stands.number).into());
        }
    }
    let number = CertificateNumber(run.state.take(Counter::Certificates)?);
    run.give(Subject::Certificate(number))?;
    let certificate = CertificateRecord {
        number,
        profile: case.record.profile,
        kind: name(kind),
        case: case.record.number,
        subject,
        holders,
        contents: contents(case, rule, run)?,
        issued: run.now(),
        valid_until: None,
        status: CertificateStatus::InForce,
        history_count: 0,
    };
    check_size(Subject::Certificate(number), &CertificateRecord { history_count: 1, ..certificate.clone() })?;
    note(case, subject, name(kind), number, run)?;
    let valid_until = match &rule.validity {
        Some(validity) => Some(term(case, &certificate, validity, run)?),
        None => None,
    };
    save(CertificateRecord { valid_until, ..certificate }, run)
}

/// No certificate is issued before every publicity of the procedure has run its time.
fn check_publicity<V: StateView>(case: &Case, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let publicity: BTreeSet<Ident> = case.procedure_in(&case.profile).publicity().cloned().collect();
    for deadline in publicity {
        let name = deadline.to_string();
        let deadline = Reference::of_case(deadline);
        if !deadlines::is_reached(case, &deadline, run)? {
            let ends = unmet::asked(case, &deadline, false, run)?.map(Box::new);
            return Err(StepRule::PublicityNotOver { name, ends }.into());
        }
    }
    Ok(())
}

/// Nothing is certified of a record that is not in force.
fn check_record<V: StateView>(subject: Subject, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let status = match subject {
        Subject::Registration(number) => places::registration(number, run)?.status,
        Subject::Account(number) => places::account(number, run)?.status,
        _ => RegisterStatus::InForce,
    };
    match status {
        RegisterStatus::InForce => Ok(()),
        RegisterStatus::Suspended => Err(StepRule::RecordSuspended(subject).into()),
        _ => Err(StepRule::RecordEnded(subject).into()),
    }
}

/// What stands on a certificate: as the case says it, else as the record that it is about does.
fn contents<V: StateView>(
    case: &Case,
    rule: &CertificateKind,
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeMap<RuleName, FieldContent>, Stop> {
    let record = match places::subject(case) {
        Some(record) if record != case.subject() => places::contents(record, run)?,
        _ => BTreeMap::new(),
    };
    let said = rule.contents.iter().filter_map(|field| {
        let content = case.record.fields.get(field.as_str()).or_else(|| record.get(field.as_str()))?;
        Some((name(field), content.clone()))
    });
    Ok(said.collect())
}

/// Notes the newest certificate of its kind on the record that it is about.
fn note<V: StateView>(
    case: &mut Case,
    subject: Subject,
    kind: RuleName,
    number: CertificateNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    match subject {
        Subject::Registration(record) => {
            let mut registration = (*places::registration(record, run)?).clone();
            registration.certificates.insert(kind, number);
            registration.changed_by = case.record.number;
            registrations::save(registration, run)
        }
        Subject::Account(record) => {
            let mut account = (*places::account(record, run)?).clone();
            account.certificates.insert(kind, number);
            accounts::save(case, account, run)
        }
        _ => {
            case.record.certificates.insert(kind, number);
            Ok(())
        }
    }
}

/// Until when a certificate is valid by a rule: counted once, when it is issued or extended.
fn term<V: StateView>(
    case: &Case,
    certificate: &CertificateRecord,
    rule: &DateRule,
    run: &mut Run<'_, '_, V>,
) -> Result<BlockTime, Stop> {
    let kind = certificate.kind.as_str();
    let mut anchors = Vec::with_capacity(rule.terms.len());
    for term in &rule.terms {
        anchors.push(match &term.anchor {
            // It is not written yet.
            Anchor::Issued(of) if *of == kind && certificate.history_count == 0 => {
                let counts = match &term.when {
                    Some(when) => conditions::hold(case, &Acting::default(), when, run)?,
                    None => true,
                };
                counts.then_some(certificate.issued)
            }
            _ => reckoning::anchor(case, term, run)?,
        });
    }
    let found = reckoning::reckon(&case.profile, rule, &anchors, &StoppedDays::NONE, kind, run)?;
    let found = found.ok_or_else(|| StepRule::TermInvalid(kind.to_owned()))?;
    if found.standing == DeadlineStanding::Provisional {
        return Err(StepRule::CalendarMissing(kind.to_owned()).into());
    }
    if found.due <= certificate.valid_until.unwrap_or(certificate.issued) {
        return Err(StepRule::TermInvalid(kind.to_owned()).into());
    }
    Ok(found.due)
}

/// Voids the certificate of a kind.
pub(super) fn void<V: StateView>(case: &Case, kind: &Ident, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let certificate = standing(case, kind, run)?;
    save(CertificateRecord { status: CertificateStatus::Void, ..certificate }, run)
}

/// Extends the certificate of a kind.
pub(super) fn extend<V: StateView>(
    case: &Case,
    kind: &Ident,
    until: &DateRule,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let certificate = standing(case, kind, run)?;
    let valid_until = Some(term(case, &certificate, until, run)?);
    save(CertificateRecord { valid_until, ..certificate }, run)
}

/// The certificate of a kind on the record of the case, neither void nor lapsed.
fn standing<V: StateView>(
    case: &Case,
    kind: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<CertificateRecord, Stop> {
    let missing = || StepRule::CertificateMissing(kind.to_string());
    let number = places::certificate_of_kind(case, kind.as_str(), run)?.ok_or_else(missing)?;
    let certificate = places::certificate(number, run)?;
    if certificate.status.stands() && !certificate.has_lapsed(run.now()) {
        Ok((*certificate).clone())
    } else {
        Err(missing().into())
    }
}

/// Something has happened to a record: voids the certificates whose kinds say so.
pub(super) fn void_by<V: StateView>(
    case: &Case,
    record: Subject,
    event: RecordEvent,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    for certificate in of_record(case, record, run)? {
        let profile = run.state.profile(certificate.profile)?;
        let kind = profile.certificates.get(certificate.kind.as_str());
        if kind.is_some_and(|kind| kind.voided_by.contains(&event)) {
            save(CertificateRecord { status: CertificateStatus::Void, ..certificate }, run)?;
        }
    }
    Ok(())
}

/// A record has ended: no certificate of it stands.
pub(super) fn void_all<V: StateView>(
    case: &Case,
    record: Subject,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    for certificate in of_record(case, record, run)? {
        save(CertificateRecord { status: CertificateStatus::Void, ..certificate }, run)?;
    }
    Ok(())
}

/// A record is suspended or no longer: so are its certificates.
pub(super) fn follow_suspension<V: StateView>(
    case: &Case,
    record: Subject,
    suspended: bool,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let status = if suspended { CertificateStatus::Suspended } else { CertificateStatus::InForce };
    for certificate in of_record(case, record, run)? {
        if certificate.status != status {
            save(CertificateRecord { status, ..certificate }, run)?;
        }
    }
    Ok(())
}

/// The certificates of a record that are neither void nor recorded as lapsed.
fn of_record<V: StateView>(
    case: &Case,
    record: Subject,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<CertificateRecord>, Stop> {
    let numbers = match record {
        Subject::Registration(number) => places::registration(number, run)?.certificates.clone(),
        Subject::Account(number) => places::account(number, run)?.certificates.clone(),
        _ => case.record.certificates.clone(),
    };
    let mut certificates = Vec::new();
    for number in numbers.into_values() {
        let certificate = places::certificate(number, run)?;
        if certificate.status.stands() {
            certificates.push((*certificate).clone());
        }
    }
    Ok(certificates)
}

/// The term of a certificate has come.
pub(crate) fn lapse<V: StateView>(
    certificate: &CertificateRecord,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    save(CertificateRecord { status: CertificateStatus::Lapsed, ..certificate.clone() }, run)
}

/// Writes a certificate as it now is, and its rows in the indexes: when it falls due, and who holds it.
fn save<V: StateView>(mut certificate: CertificateRecord, run: &mut Run<'_, '_, V>) -> Result<(), Stop> {
    let before = run.state.certificate(certificate.number)?;
    let mut written = match &before {
        Some(before) => rows(before, run)?,
        None => BTreeSet::new(),
    };
    certificate.history_count = history::one_more(certificate.history_count);
    let rows = rows(&certificate, run)?;
    index::replace(&mut written, rows, run);
    history::write_certificate(certificate, run.stamp, run.state);
    Ok(())
}

fn rows<V: StateView>(
    certificate: &CertificateRecord,
    run: &mut Run<'_, '_, V>,
) -> Result<BTreeSet<StateKey>, ViewError> {
    if !certificate.status.stands() {
        return Ok(BTreeSet::new());
    }
    let profile = run.state.profile(certificate.profile)?;
    let kind = certificate_tag(&profile, certificate.kind.as_str());
    let number = certificate.number.0;
    let mut rows: BTreeSet<StateKey> =
        certificate.holders.iter().map(|&holder| StateKey::Holding { holder, kind, number }).collect();
    let subject = Subject::Certificate(certificate.number);
    rows.extend(certificate.valid_until.map(|due| StateKey::Due(Due { due, subject, deadline: 0 })));
    Ok(rows)
}
