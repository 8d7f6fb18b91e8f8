//! Records that keep their past: a head with the status of now, and a step for each status ever taken.
//!
//! Head and newest step are only written together, here, so that they cannot differ.

use std::sync::Arc;

use bulla_types::{
    AccountRecord, BlockTime, BodyCount, CalendarRecord, CaseRecord, CaseStepRecord, CertificateRecord,
    KeyId, KeyRecord, MemberRecord, MemberStatus, ObjectRecord, ProfileDigest, ProfileRecord, ProposalRecord,
    RecordKey, RecordStatus, RegistrationRecord, Role, StateKey, StatusRecord,
};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::transaction::Stamp;
use crate::view::{StateView, ViewError};

/// How many steps a record has when it begins.
pub(crate) const FIRST: u32 = 1;

/// How many steps a record of `count` has after one more.
#[allow(clippy::expect_used, reason = "a change a second would last for a century")]
pub(crate) fn one_more(count: u32) -> u32 {
    count.checked_add(1).expect("invariant: a record changes fewer than 2^32 times")
}

/// Writes a member as it now is, and with it how many registration bodies are active. `head` counts the step that
/// this is.
pub(crate) fn write_member<V: StateView>(
    head: MemberRecord,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<(), ViewError> {
    let was_body = state.member(head.number)?.is_some_and(|former| is_active_body(&former));
    count_body(was_body, is_active_body(&head), stamp, state)?;
    let step = Record::MemberStep(step(head.status, stamp, None));
    write(RecordKey::Member(head.number), head.history_count, step, Record::Member(Arc::new(head)), state);
    Ok(())
}

/// Whether it is a registration body that may sign.
pub(crate) fn is_active_body(member: &MemberRecord) -> bool {
    member.status == MemberStatus::Active && member.roles.contains(Role::RegistrationBody)
}

fn count_body<V: StateView>(
    was: bool,
    is: bool,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) -> Result<(), ViewError> {
    if was == is {
        return Ok(());
    }
    // A genesis counts from none.
    let founds = stamp.transaction_id.is_none() && state.read(&StateKey::BodyCount)?.is_none();
    let before = if founds { 0 } else { state.body_count()?.active };
    let active = if is { before.saturating_add(1) } else { before.saturating_sub(1) };
    state.write(StateKey::BodyCount, Record::BodyCount(BodyCount { active }));
    Ok(())
}

/// Writes a proposal as it now is, likewise.
pub(crate) fn write_proposal<V: StateView>(head: ProposalRecord, stamp: Stamp, state: &mut Overlay<'_, V>) {
    let step = StatusRecord { valid_until: Some(head.votes_end()), ..step(head.status, stamp, None) };
    let step = Record::ProposalStep(step);
    write(
        RecordKey::Proposal(head.number),
        head.history_count,
        step,
        Record::Proposal(Arc::new(head)),
        state,
    );
}

/// Writes a key as it now is. `head` counts the step that this is.
pub(crate) fn write_key<V: StateView>(
    id: KeyId,
    head: KeyRecord,
    effective_from: Option<BlockTime>,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) {
    let step = Record::KeyStep(step(head.status, stamp, effective_from));
    write(RecordKey::Key(id), head.history_count, step, Record::Key(head), state);
}

/// Writes a profile as it now is, likewise.
pub(crate) fn write_profile<V: StateView>(
    digest: ProfileDigest,
    head: ProfileRecord,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) {
    let step = Record::ProfileStep(step(head.status, stamp, None));
    write(RecordKey::Profile(digest), head.history_count, step, Record::Profile(Arc::new(head)), state);
}

/// Writes a year of the calendar as it now is, likewise.
pub(crate) fn write_calendar<V: StateView>(
    year: u16,
    head: CalendarRecord,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) {
    let step = Record::CalendarStep(step(head.revision, stamp, None));
    write(RecordKey::Calendar(year), head.history_count, step, Record::Calendar(Arc::new(head)), state);
}

/// Writes an account as it now is, likewise.
pub(crate) fn write_account<V: StateView>(head: AccountRecord, stamp: Stamp, state: &mut Overlay<'_, V>) {
    let step = Record::RegisterStep(step(head.status, stamp, None));
    write(RecordKey::Account(head.number), head.history_count, step, Record::Account(Arc::new(head)), state);
}

/// Writes an object as it now is, likewise.
pub(crate) fn write_object<V: StateView>(head: ObjectRecord, stamp: Stamp, state: &mut Overlay<'_, V>) {
    let step = Record::ObjectStep(step(head.status(), stamp, None));
    write(RecordKey::Object(head.number), head.history_count, step, Record::Object(Arc::new(head)), state);
}

/// Writes a registration as it now is, likewise.
pub(crate) fn write_registration<V: StateView>(
    head: RegistrationRecord,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) {
    let record = RecordKey::Registration(head.number);
    let step = Record::RegisterStep(step(head.status, stamp, None));
    write(record, head.history_count, step, Record::Registration(Arc::new(head)), state);
}

/// Writes a certificate as it now is, likewise.
pub(crate) fn write_certificate<V: StateView>(
    head: CertificateRecord,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) {
    let record = RecordKey::Certificate(head.number);
    let step = StatusRecord { valid_until: head.valid_until, ..step(head.status, stamp, None) };
    let step = Record::CertificateStep(step);
    write(record, head.history_count, step, Record::Certificate(Arc::new(head)), state);
}

/// Writes a case as it now is, after a step of it. `head` counts that step.
pub(crate) fn write_case<V: StateView>(head: CaseRecord, step: CaseStepRecord, state: &mut Overlay<'_, V>) {
    let step = Record::CaseStep(Arc::new(step));
    write(RecordKey::Case(head.number), head.history_count, step, Record::Case(Arc::new(head)), state);
}

fn write<V: StateView>(
    record: RecordKey,
    count: u32,
    step: Record,
    head: Record,
    state: &mut Overlay<'_, V>,
) {
    state.write(StateKey::History { record, seq: count - 1 }, step);
    state.write(record.into(), head);
}

fn step<S: RecordStatus>(status: S, stamp: Stamp, effective_from: Option<BlockTime>) -> StatusRecord<S> {
    let Stamp { log_index, time, transaction_id } = stamp;
    StatusRecord { status, log_index, time, transaction_id, effective_from, valid_until: None }
}
