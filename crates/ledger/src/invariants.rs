//! What must hold of the records that a block wrote, checked again before they leave. The rules make each of
//! these true; a bug that broke one would break proofs for ever, so the node stops instead.

use bulla_types::{RecordKey, StateKey};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::view::StateView;

/// # Panics
/// When a written head and its newest step differ, or a step was written that its head does not count.
pub(crate) fn check<V: StateView>(state: &Overlay<'_, V>) {
    for (key, record) in state.written() {
        let sound = match (key, record) {
            (StateKey::Member(number), Record::Member(head)) => {
                let newest = step(state, RecordKey::Member(*number), head.history_count - 1);
                head.number == *number
                    && matches!(newest, Some(Record::MemberStep(step)) if step.status == head.status)
            }
            (StateKey::Key(id), Record::Key(head)) => {
                let newest = step(state, RecordKey::Key(*id), head.history_count - 1);
                head.key.id() == *id
                    && matches!(newest, Some(Record::KeyStep(step)) if step.status == head.status)
            }
            (StateKey::History { record, seq }, _) => match state.written_under(&(*record).into()) {
                Some(Record::Member(head)) => *seq < head.history_count,
                Some(Record::Key(head)) => *seq < head.history_count,
                _ => false,
            },
            _ => true,
        };
        assert!(sound, "invariant: a record and its past agree, but not in {key:?}: {record:?}");
    }
}

fn step<'s, V: StateView>(state: &'s Overlay<'_, V>, record: RecordKey, seq: u32) -> Option<&'s Record> {
    state.written_under(&StateKey::History { record, seq })
}
