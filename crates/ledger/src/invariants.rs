//! What must hold of the records that a block wrote, checked again before they leave. The rules make each of
//! these true; a bug that broke one would break proofs for ever, so the node stops instead.

use bulla_types::{ProfileDigest, RecordKey, RegistrationRecord, Shares, StateKey};

use crate::overlay::Overlay;
use crate::record::Record;
use crate::view::StateView;

/// # Panics
/// When a written head and its newest step differ, a step was written that its head does not count, or a
/// right of a registration is not wholly held.
pub(crate) fn check<V: StateView>(state: &Overlay<'_, V>) {
    for (key, record) in state.written() {
        let sound = match (key, record) {
            (StateKey::History { record, seq }, _) => {
                let head = state.written_under(&(*record).into());
                head.and_then(count_of).is_some_and(|count| *seq < count)
            }
            // A case may be written without a step of it: when a calendar moves its deadlines.
            (StateKey::Case(number), Record::Case(head)) => head.number == *number,
            (_, head) => past_of(head).is_none_or(|(record, count)| {
                let newest = state.written_under(&StateKey::History { record, seq: count - 1 });
                StateKey::from(record) == *key && newest.is_some_and(|newest| agrees(head, newest))
            }),
        };
        assert!(sound, "invariant: a record and its past agree, but not in {key:?}: {record:?}");
        assert!(
            !matches!(record, Record::Registration(head) if !is_wholly_held(head)),
            "invariant: the shares of each right sum to the whole: {record:?}"
        );
    }
}

/// Whether the shares of each right sum to the whole.
fn is_wholly_held(registration: &RegistrationRecord) -> bool {
    std::iter::once(&registration.holders).chain(registration.apart.values()).all(Shares::are_whole)
}

/// How many steps the past of a record has.
pub(crate) fn count_of(head: &Record) -> Option<u32> {
    match head {
        Record::Calendar(head) => Some(head.history_count),
        head => past_of(head).map(|(_, count)| count),
    }
}

/// The key of a record that keeps its past and names itself, and how many steps that has.
fn past_of(head: &Record) -> Option<(RecordKey, u32)> {
    match head {
        Record::Member(head) => Some((RecordKey::Member(head.number), head.history_count)),
        Record::Key(head) => Some((RecordKey::Key(head.key.id()), head.history_count)),
        Record::Profile(head) => {
            Some((RecordKey::Profile(ProfileDigest::of(&head.profile)), head.history_count))
        }
        Record::Account(head) => Some((RecordKey::Account(head.number), head.history_count)),
        Record::Object(head) => Some((RecordKey::Object(head.number), head.history_count)),
        Record::Registration(head) => Some((RecordKey::Registration(head.number), head.history_count)),
        Record::Certificate(head) => Some((RecordKey::Certificate(head.number), head.history_count)),
        Record::Case(head) => Some((RecordKey::Case(head.number), head.history_count)),
        Record::Proposal(head) => Some((RecordKey::Proposal(head.number), head.history_count)),
        _ => None,
    }
}

/// Whether a head has the status of the newest step.
fn agrees(head: &Record, newest: &Record) -> bool {
    match (head, newest) {
        (Record::Member(head), Record::MemberStep(step)) => head.status == step.status,
        (Record::Key(head), Record::KeyStep(step)) => head.status == step.status,
        (Record::Profile(head), Record::ProfileStep(step)) => head.status == step.status,
        (Record::Account(head), Record::RegisterStep(step)) => head.status == step.status,
        (Record::Object(head), Record::ObjectStep(step)) => head.status() == step.status,
        (Record::Proposal(head), Record::ProposalStep(step)) => {
            (head.status, Some(head.votes_end())) == (step.status, step.valid_until)
        }
        (Record::Registration(head), Record::RegisterStep(step)) => head.status == step.status,
        (Record::Certificate(head), Record::CertificateStep(step)) => {
            (head.status, head.valid_until) == (step.status, step.valid_until)
        }
        _ => false,
    }
}
