//! Records that keep their past: a head with the status of now, and a step for each status ever taken.
//!
//! Head and newest step are only written together, here, so that they cannot differ.

use std::sync::Arc;

use bulla_types::{
    BlockTime, KeyId, KeyRecord, MemberRecord, RecordKey, RecordStatus, StateKey, StatusRecord,
};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::transaction::Stamp;
use crate::view::StateView;

/// How many steps a record has when it begins.
pub(crate) const FIRST: u32 = 1;

/// How many steps a record of `count` has after one more.
#[allow(clippy::expect_used, reason = "threshold bodies would have to sign each change")]
pub(crate) fn one_more(count: u32) -> u32 {
    count.checked_add(1).expect("invariant: a record changes fewer than 2^32 times")
}

/// Writes a member as it now is. `head` counts the step that this is.
pub(crate) fn write_member<V: StateView>(head: MemberRecord, stamp: Stamp, state: &mut Overlay<'_, V>) {
    let record = RecordKey::Member(head.number);
    let step = step(head.status, stamp, None);
    state.write(StateKey::History { record, seq: head.history_count - 1 }, Record::MemberStep(step));
    state.write(record.into(), Record::Member(Arc::new(head)));
}

/// Writes a key as it now is. `head` counts the step that this is.
pub(crate) fn write_key<V: StateView>(
    id: KeyId,
    head: KeyRecord,
    effective_from: Option<BlockTime>,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) {
    let record = RecordKey::Key(id);
    let step = step(head.status, stamp, effective_from);
    state.write(StateKey::History { record, seq: head.history_count - 1 }, Record::KeyStep(step));
    state.write(record.into(), Record::Key(head));
}

fn step<S: RecordStatus>(status: S, stamp: Stamp, effective_from: Option<BlockTime>) -> StatusRecord<S> {
    let Stamp { log_index, time, transaction_id } = stamp;
    StatusRecord { status, log_index, time, transaction_id, effective_from }
}
