//! Registrations are recorded, change and end (登记、变更、转移、注销).

use std::collections::{BTreeMap, BTreeSet};

use bulla_rules::profile::{EndManner, Holders, Ident, RecordEvent, RecordTarget};
use bulla_types::{
    AccountNumber, AccountRecord, Canonical, Counter, FieldContent, FieldValue, FieldValues, ObjectKey,
    ObjectKeyRecord, ObjectNumber, ObjectRecord, RegisterStatus, RegistrationNumber, RegistrationRecord,
    RuleName, Shares, StateKey, Subject,
};

use crate::history;
use crate::record::Record;
use crate::view::{StateView, ViewError};

use super::super::case::{Case, name};
use super::super::follow::Follow;
use super::super::index::object_tag;
use super::super::places;
use super::super::rule::{StepRule, Stop, check_size};
use super::super::run::{Acting, Run};
use super::{accounts, certificates, shares_in, single};

/// What is to be recorded.
pub(super) struct Entry<'e> {
    pub(super) object: &'e Ident,
    pub(super) rights: &'e BTreeSet<Ident>,
    pub(super) holders: Shares,
    pub(super) account: Option<&'e Ident>,
    pub(super) contents: &'e [Ident],
}

/// Who is to hold.
pub(super) fn holders<V: StateView>(
    case: &Case,
    acting: &Acting,
    holders: &Holders,
    run: &mut Run<'_, '_, V>,
) -> Result<Shares, Stop> {
    match holders {
        Holders::Party(party) => Ok(Shares::whole(single(case, acting, party, run)?)),
        Holders::Shares(field) => {
            let content = case.record.fields.get(field.as_str());
            let shares = content.and_then(shares_in).filter(|shares| shares.are_whole());
            shares.cloned().ok_or_else(|| StepRule::SharesNotWhole(field.to_string()).into())
        }
    }
}

/// Records the registration of the object that the case describes.
pub(super) fn record<V: StateView>(
    case: &mut Case,
    entry: Entry<'_>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let key = object_key(case, entry.object, run)?.ok_or(StepRule::RecordMissing("object"))?;
    let object = run.state.object_of(key)?;
    if let Some(taken) = object.as_ref().and_then(|object| object.registration) {
        return Err(StepRule::ObjectTaken(Subject::Registration(taken)).into());
    }
    let holder = entry.holders.as_slice()[0].member;
    let account = match entry.account {
        Some(kind) => Some(accounts::in_force(case, holder, kind, run)?),
        None => None,
    };
    let number = RegistrationNumber(run.state.take(Counter::Registrations)?);
    let object = match object {
        Some(object) => ObjectRecord { registration: Some(number), ..(*object).clone() },
        None => new_object(case, entry.object, key, number, run)?,
    };
    run.give(Subject::Registration(number))?;
    let registration = RegistrationRecord {
        number,
        profile: case.record.profile,
        object: object.number,
        account,
        case: case.record.number,
        changed_by: case.record.number,
        rights: entry.rights.iter().map(name).collect(),
        holders: entry.holders,
        apart: BTreeMap::new(),
        contents: said(case, entry.contents),
        flags: BTreeMap::new(),
        certificates: BTreeMap::new(),
        status: RegisterStatus::InForce,
        history_count: 0,
        encumbrances: Vec::new(),
    };
    save_object(object, run);
    save(registration, run)?;
    case.record.registration = Some(number);
    Ok(())
}

fn new_object<V: StateView>(
    case: &Case,
    kind: &Ident,
    key: ObjectKey,
    registration: RegistrationNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<ObjectRecord, Stop> {
    let number = ObjectNumber(run.state.take(Counter::Objects)?);
    run.give(Subject::Object(number))?;
    run.state.write(StateKey::ObjectKey(key), Record::ObjectKey(ObjectKeyRecord { object: number }));
    Ok(ObjectRecord {
        number,
        profile: case.record.profile,
        kind: name(kind),
        key,
        registration: Some(registration),
        history_count: 0,
    })
}

fn save_object<V: StateView>(mut object: ObjectRecord, run: &mut Run<'_, '_, V>) {
    object.history_count = history::one_more(object.history_count);
    history::write_object(object, run.stamp, run.state);
}

/// Writes a registration as it now is.
pub(super) fn save<V: StateView>(
    mut registration: RegistrationRecord,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    registration.history_count = history::one_more(registration.history_count);
    check_size(Subject::Registration(registration.number), &registration)?;
    history::write_registration(registration, run.stamp, run.state);
    Ok(())
}

/// What makes the object unique that the case describes; `None` while a field of it is missing.
pub(crate) fn object_key<V: StateView>(
    case: &Case,
    kind: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<ObjectKey>, Stop> {
    let Some(rule) = case.profile.objects.get(kind.as_str()) else { return Ok(None) };
    let mut values = Vec::new();
    for field in &rule.unique_by {
        let content = case.record.fields.get(field.as_str()).and_then(FieldContent::clear);
        let Some(content) = content else { return Ok(None) };
        let bytes = identifying(content, run)?.encode();
        let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
        values.extend_from_slice(&length.to_be_bytes());
        values.extend_from_slice(&bytes);
    }
    Ok(Some(ObjectKey::of(&object_tag(&case.profile, kind.as_str()), &values)))
}

/// What tells an object by a field: of a certificate the record that it certifies, which has several in time.
fn identifying<V: StateView>(content: &FieldValues, run: &mut Run<'_, '_, V>) -> Result<FieldValues, Stop> {
    let Some(FieldValue::Certificate(number)) = content.single() else { return Ok(content.clone()) };
    Ok(match places::certificate(*number, run)?.subject {
        Subject::Registration(number) => FieldValue::Registration(number).into(),
        Subject::Account(number) => FieldValue::Account(number).into(),
        Subject::Case(number) => FieldValue::Case(number).into(),
        _ => content.clone(),
    })
}

/// What the case says of some fields.
pub(super) fn said(case: &Case, fields: &[Ident]) -> BTreeMap<RuleName, FieldContent> {
    let said = fields.iter().filter_map(|field| {
        let content = case.record.fields.get(field.as_str())?;
        Some((name(field), content.clone()))
    });
    said.collect()
}

/// Puts fields of the case in place of those of its registration, else of its account.
pub(super) fn amend<V: StateView>(
    case: &Case,
    fields: &[Ident],
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let said = said(case, fields);
    if let Some(number) = places::registration_of(case, run)? {
        let mut registration = standing(number, run)?;
        registration.contents.extend(said);
        registration.changed_by = case.record.number;
        save(registration, run)?;
        return certificates::void_by(case, Subject::Registration(number), RecordEvent::Amended, run);
    }
    let number = places::account_of(case, run)?.ok_or(StepRule::RecordMissing("registration or account"))?;
    let mut account = (*places::account(number, run)?).clone();
    if !account.status.stands() {
        return Err(StepRule::RecordEnded(Subject::Account(number)).into());
    }
    account.contents.extend(said);
    accounts::save(case, account, run)?;
    certificates::void_by(case, Subject::Account(number), RecordEvent::Amended, run)
}

/// Gives rights of the registration to others, all of them if none is named. When the first right goes, or there is
/// none, the registration leaves the account of the former holder.
pub(super) fn transfer<V: StateView>(
    case: &Case,
    to: &Shares,
    rights: &BTreeSet<Ident>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let number = places::registration_of(case, run)?.ok_or(StepRule::RecordMissing("registration"))?;
    let mut registration = standing(number, run)?;
    let given =
        if rights.is_empty() { registration.rights.clone() } else { rights.iter().map(name).collect() };
    if !given.is_subset(&registration.rights) {
        return Err(StepRule::RecordMissing("right that goes to others").into());
    }
    let before = registration.holders.clone();
    registration.give(&given, to);
    if registration.holders != before {
        registration.account = rebooked(case, &registration, run)?;
    }
    registration.changed_by = case.record.number;
    save(registration, run)?;
    certificates::void_by(case, Subject::Registration(number), RecordEvent::Transferred, run)
}

/// The new holder's account of the kind in which the registration was booked.
fn rebooked<V: StateView>(
    case: &Case,
    registration: &RegistrationRecord,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<AccountNumber>, Stop> {
    let Some(booked) = registration.account else { return Ok(None) };
    let kind = places::account(booked, run)?.kind.clone();
    let holder = registration.holders.as_slice()[0].member;
    match case.profile.accounts.get(kind.as_str()) {
        Some(rule) => accounts::in_force(case, holder, &rule.head.name, run).map(Some),
        None => Ok(None),
    }
}

/// Ends the registration or account of the case, or some rights of the registration.
pub(super) fn end<V: StateView>(
    case: &Case,
    target: RecordTarget,
    manner: EndManner,
    scope: Option<&Ident>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let status = match manner {
        EndManner::Cancelled => RegisterStatus::Cancelled,
        EndManner::Revoked => RegisterStatus::Revoked,
        EndManner::Terminated => RegisterStatus::Terminated,
        EndManner::Lapsed => RegisterStatus::Lapsed,
    };
    match target {
        RecordTarget::Entry => {
            let number =
                places::registration_of(case, run)?.ok_or(StepRule::RecordMissing("registration"))?;
            end_registration(case, number, status, scope, run)
        }
        RecordTarget::Account => {
            let number = places::account_of(case, run)?.ok_or(StepRule::RecordMissing("account"))?;
            let account = places::account(number, run)?;
            if !account.status.stands() {
                return Err(StepRule::RecordEnded(Subject::Account(number)).into());
            }
            accounts::save(case, AccountRecord { status, ..(*account).clone() }, run)?;
            let record = Subject::Account(number);
            run.follows.push_back(Follow::RecordEnded { record, by: case.record.number });
            certificates::void_all(case, record, run)
        }
    }
}

fn end_registration<V: StateView>(
    case: &Case,
    number: RegistrationNumber,
    status: RegisterStatus,
    scope: Option<&Ident>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let mut registration = standing(number, run)?;
    registration.changed_by = case.record.number;
    if let Some(field) = scope {
        let ended = terms(case, field)?;
        registration.leave(&ended);
        if !registration.rights.is_empty() {
            save(registration, run)?;
            return certificates::void_by(case, Subject::Registration(number), RecordEvent::Ended, run);
        }
    }
    registration.status = status;
    let key = StateKey::Object(registration.object);
    let object = run.state.object(registration.object)?.ok_or(ViewError::Missing { key })?;
    save_object(ObjectRecord { registration: None, ..(*object).clone() }, run);
    save(registration, run)?;
    let record = Subject::Registration(number);
    run.follows.push_back(Follow::RecordEnded { record, by: case.record.number });
    certificates::void_all(case, record, run)
}

/// The terms that a clear field names.
fn terms(case: &Case, field: &Ident) -> Result<BTreeSet<RuleName>, StepRule> {
    let content = case.record.fields.get(field.as_str()).and_then(FieldContent::clear);
    let term = |value: &FieldValue| match value {
        FieldValue::Term(term) => Some(term.clone()),
        _ => None,
    };
    let terms: Option<BTreeSet<_>> =
        content.map(FieldValues::as_slice).map(|values| values.iter().filter_map(term).collect());
    terms.ok_or_else(|| StepRule::FieldMissing(field.to_string()))
}

/// A registration that has not ended.
pub(super) fn standing<V: StateView>(
    number: RegistrationNumber,
    run: &mut Run<'_, '_, V>,
) -> Result<RegistrationRecord, Stop> {
    let registration = places::registration(number, run)?;
    if registration.status.stands() {
        Ok((*registration).clone())
    } else {
        Err(StepRule::RecordEnded(Subject::Registration(number)).into())
    }
}
