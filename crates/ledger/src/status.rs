//! Which status a member or key had at an entry: what a receipt shows of the entry's signers.
//!
//! A step that an entry makes takes effect after it. So the status *at* log index `i` is that of the last
//! step made before `i`; the steps of genesis, which carry log index 0, hold from index 0 on.

use bulla_types::{
    KeyId, KeyRecord, KeyStatus, MemberNumber, MemberRecord, MemberStatus, RecordKey, RecordStatus, StateKey,
    StatusRecord,
};

use crate::by_height::read;
use crate::invariants::count_of;
use crate::record::Record;
use crate::view::{StateView, ViewError};

/// How many steps the past of a record has by now, 1 or more; `None` when there is no such record.
///
/// # Errors
/// The view fails, or holds something else under this key.
pub fn history_count(view: &impl StateView, record: RecordKey) -> Result<Option<u32>, ViewError> {
    let key = StateKey::from(record);
    let Some(value) = view.get(&key)? else { return Ok(None) };
    Ok(count_of(&Record::decode(&key, &value)?))
}

/// A step in a record's past, and its place there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step<S: RecordStatus> {
    /// Its place, from 0.
    pub seq: u32,
    /// How many steps the record has by now.
    pub count: u32,
    /// The step.
    pub record: StatusRecord<S>,
}

/// The step that gave a member its status at a log index; `None` when it was not yet enrolled.
///
/// # Errors
/// The view fails, or lacks a step that the member's head counts.
pub fn member_status_at(
    view: &impl StateView,
    member: MemberNumber,
    log_index: u64,
) -> Result<Option<Step<MemberStatus>>, ViewError> {
    match read::<MemberRecord>(view, StateKey::Member(member))? {
        Some(head) => step_at(view, RecordKey::Member(member), head.history_count, log_index),
        None => Ok(None),
    }
}

/// The step that gave a key its status at a log index; `None` when it was not yet enrolled.
///
/// # Errors
/// The view fails, or lacks a step that the key's head counts.
pub fn key_status_at(
    view: &impl StateView,
    key_id: KeyId,
    log_index: u64,
) -> Result<Option<Step<KeyStatus>>, ViewError> {
    match read::<KeyRecord>(view, StateKey::Key(key_id))? {
        Some(head) => step_at(view, RecordKey::Key(key_id), head.history_count, log_index),
        None => Ok(None),
    }
}

/// Steps rise in log index, so that halving finds the last one before it.
fn step_at<S: RecordStatus>(
    view: &impl StateView,
    record: RecordKey,
    count: u32,
    log_index: u64,
) -> Result<Option<Step<S>>, ViewError> {
    let mut last = None;
    let (mut low, mut high) = (0, count);
    while low < high {
        let seq = low + (high - low) / 2;
        let key = StateKey::History { record, seq };
        let step: StatusRecord<S> = read(view, key)?.ok_or(ViewError::Missing { key })?;
        if step.log_index < log_index || step.log_index == 0 {
            last = Some(Step { seq, count, record: step });
            low = seq + 1;
        } else {
            high = seq;
        }
    }
    Ok(last)
}
