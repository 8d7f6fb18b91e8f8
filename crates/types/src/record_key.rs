//! Records that keep their past, by the names that they go by elsewhere.

use crate::error::{DecodeError, Fault};
use crate::state_key::{RecordKey, StateKey};
use crate::subject::Subject;

impl RecordKey {
    /// The record of what an identifier names; `None` for a deposit, which never changes and stands in the log
    /// alone.
    #[must_use]
    pub const fn of(subject: Subject) -> Option<Self> {
        match subject {
            Subject::Member(number) => Some(Self::Member(number)),
            Subject::Evidence(_) => None,
            Subject::Account(number) => Some(Self::Account(number)),
            Subject::Case(number) => Some(Self::Case(number)),
            Subject::Object(number) => Some(Self::Object(number)),
            Subject::Registration(number) => Some(Self::Registration(number)),
            Subject::Certificate(number) => Some(Self::Certificate(number)),
            Subject::Proposal(number) => Some(Self::Proposal(number)),
        }
    }

    /// What an identifier of it names; `None` for keys, profiles and years of the calendar, which go by other
    /// names.
    #[must_use]
    pub const fn subject(self) -> Option<Subject> {
        match self {
            Self::Member(number) => Some(Subject::Member(number)),
            Self::Account(number) => Some(Subject::Account(number)),
            Self::Case(number) => Some(Subject::Case(number)),
            Self::Object(number) => Some(Subject::Object(number)),
            Self::Registration(number) => Some(Subject::Registration(number)),
            Self::Certificate(number) => Some(Subject::Certificate(number)),
            Self::Proposal(number) => Some(Subject::Proposal(number)),
            Self::Key(_) | Self::Profile(_) | Self::Calendar(_) => None,
        }
    }

    /// The key bytes of its head.
    #[must_use]
    pub fn encode(self) -> Vec<u8> {
        StateKey::from(self).encode()
    }

    /// Reads key bytes from anywhere.
    ///
    /// # Errors
    /// As [`StateKey::decode`], and keys of what keeps no past.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let no_past = Fault::Rule("a record that keeps its past is wanted");
        Self::of_head(StateKey::decode(bytes)?).ok_or_else(|| no_past.into())
    }

    /// The keys of the state map that hold a record with so many steps: its head and each step, rising by key
    /// bytes.
    pub fn keys_with_steps(self, steps: u32) -> impl Iterator<Item = StateKey> {
        let head = StateKey::from(self);
        let step = move |seq| StateKey::History { record: self, seq };
        let is_first = head.encode() < step(0).encode();
        let (before, after) = if is_first { (Some(head), None) } else { (None, Some(head)) };
        before.into_iter().chain((0..steps).map(step)).chain(after)
    }

    const fn of_head(key: StateKey) -> Option<Self> {
        match key {
            StateKey::Member(number) => Some(Self::Member(number)),
            StateKey::Key(id) => Some(Self::Key(id)),
            StateKey::Profile(digest) => Some(Self::Profile(digest)),
            StateKey::Calendar(year) => Some(Self::Calendar(year)),
            StateKey::Account(number) => Some(Self::Account(number)),
            StateKey::Case(number) => Some(Self::Case(number)),
            StateKey::Object(number) => Some(Self::Object(number)),
            StateKey::Registration(number) => Some(Self::Registration(number)),
            StateKey::Certificate(number) => Some(Self::Certificate(number)),
            StateKey::Proposal(number) => Some(Self::Proposal(number)),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::SubjectKind;

    #[test]
    fn what_an_identifier_names_is_the_record_it_is_named_after() {
        for &kind in SubjectKind::ALL {
            let subject = Subject::new(kind, 7);
            match RecordKey::of(subject) {
                Some(record) => {
                    assert_eq!(record.subject(), Some(subject));
                    assert_eq!(RecordKey::decode(&record.encode()), Ok(record));
                }
                None => assert_eq!(kind, SubjectKind::Evidence),
            }
        }
    }

    #[test]
    fn the_keys_of_a_record_with_its_steps_rise() {
        for &kind in SubjectKind::ALL {
            let Some(record) = RecordKey::of(Subject::new(kind, 7)) else { continue };
            let keys: Vec<_> = record.keys_with_steps(300).map(|key| key.encode()).collect();
            assert_eq!(keys.len(), 301);
            assert!(keys.is_sorted_by(|a, b| a < b), "{record}");
        }
    }

    #[test]
    fn what_keeps_no_past_is_refused() {
        let step = StateKey::History { record: RecordKey::Calendar(2026), seq: 0 };
        for key in [StateKey::Parameters, StateKey::CalendarHead, step] {
            assert!(RecordKey::decode(&key.encode()).is_err(), "{key}");
        }
        assert!(RecordKey::decode(&[]).is_err());
    }
}
