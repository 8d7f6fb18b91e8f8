//! The records that keep their past: how each counts its steps, and how it agrees with the last of them.

use bulla_types::{
    AccountRecord, CalendarRecord, CalendarRevision, Canonical, CaseRecord, CaseStepRecord,
    CertificateRecord, CertificateStatus, KeyRecord, KeyStatus, LedgerId, MemberRecord, MemberStatus,
    ObjectRecord, ObjectStatus, ProfileDigest, ProfileRecord, ProfileStatus, ProposalRecord, ProposalStatus,
    RecordKey, RegisterStatus, RegistrationRecord, StatusRecord,
};

use crate::report::RecordReport;

use super::past::PastStep;

/// A record that keeps its past.
pub(super) trait Head: Canonical {
    /// A step of its past.
    type Step: PastStep;

    /// Whether it is the record that this key names.
    fn is_at(&self, key: RecordKey) -> bool;

    /// How many steps it has.
    fn count(&self) -> u32;

    /// Whether it stands as its newest step says.
    fn agrees(&self, newest: &Self::Step) -> bool;

    /// Whether it can have begun at the time of its first step.
    fn begins(&self, _first_ms: u64) -> bool {
        true
    }

    /// What it says, for a report.
    fn report(&self, ledger_id: &LedgerId, key: RecordKey) -> RecordReport;
}

/// A record that has a number, and steps of which each states a status.
macro_rules! heads {
    ($($record:ty, $key:ident by $own:expr, $status:ty = $now:expr, $report:ident;)+) => {$(
        impl Head for $record {
            type Step = StatusRecord<$status>;

            fn is_at(&self, key: RecordKey) -> bool {
                let own: fn(&Self) -> _ = $own;
                key == RecordKey::$key(own(self))
            }

            fn count(&self) -> u32 {
                self.history_count
            }

            fn agrees(&self, newest: &Self::Step) -> bool {
                let now: fn(&Self) -> $status = $now;
                newest.status == now(self)
            }

            fn report(&self, ledger_id: &LedgerId, _: RecordKey) -> RecordReport {
                RecordReport::$report(ledger_id, self)
            }
        }
    )+};
}

heads! {
    MemberRecord, Member by |head| head.number, MemberStatus = |head| head.status, of_member;
    KeyRecord, Key by |head| head.key.id(), KeyStatus = |head| head.status, of_key;
    ProfileRecord, Profile by |head| ProfileDigest::of(&head.profile), ProfileStatus = |head| head.status,
        of_profile;
    AccountRecord, Account by |head| head.number, RegisterStatus = |head| head.status, of_account;
    ObjectRecord, Object by |head| head.number, ObjectStatus = |head| head.status(), of_object;
    RegistrationRecord, Registration by |head| head.number, RegisterStatus = |head| head.status,
        of_registration;
}

impl Head for CertificateRecord {
    type Step = StatusRecord<CertificateStatus>;

    fn is_at(&self, key: RecordKey) -> bool {
        key == RecordKey::Certificate(self.number)
    }

    fn count(&self) -> u32 {
        self.history_count
    }

    fn agrees(&self, newest: &Self::Step) -> bool {
        (newest.status, newest.valid_until) == (self.status, self.valid_until)
    }

    fn begins(&self, first_ms: u64) -> bool {
        self.issued.0 == first_ms
    }

    fn report(&self, ledger_id: &LedgerId, _: RecordKey) -> RecordReport {
        RecordReport::of_certificate(ledger_id, self)
    }
}

impl Head for ProposalRecord {
    type Step = StatusRecord<ProposalStatus>;

    fn is_at(&self, key: RecordKey) -> bool {
        key == RecordKey::Proposal(self.number)
    }

    fn count(&self) -> u32 {
        self.history_count
    }

    fn agrees(&self, newest: &Self::Step) -> bool {
        (newest.status, newest.valid_until) == (self.status, Some(self.votes_end()))
    }

    fn report(&self, ledger_id: &LedgerId, _: RecordKey) -> RecordReport {
        RecordReport::of_proposal(ledger_id, self)
    }
}

impl Head for CaseRecord {
    type Step = CaseStepRecord;

    fn is_at(&self, key: RecordKey) -> bool {
        key == RecordKey::Case(self.number)
    }

    fn count(&self) -> u32 {
        self.history_count
    }

    fn agrees(&self, newest: &Self::Step) -> bool {
        (newest.status, &newest.state) == (self.status, &self.state)
    }

    fn begins(&self, first_ms: u64) -> bool {
        self.opened.0 == first_ms
    }

    fn report(&self, ledger_id: &LedgerId, _: RecordKey) -> RecordReport {
        RecordReport::of_case(ledger_id, self)
    }
}

/// A year of the calendar does not name itself: its bytes are for the rules to read.
impl Head for CalendarRecord {
    type Step = StatusRecord<CalendarRevision>;

    fn is_at(&self, key: RecordKey) -> bool {
        matches!(key, RecordKey::Calendar(_))
    }

    fn count(&self) -> u32 {
        self.history_count
    }

    fn agrees(&self, newest: &Self::Step) -> bool {
        newest.status == self.revision
    }

    fn report(&self, _: &LedgerId, key: RecordKey) -> RecordReport {
        RecordReport::of_calendar(key, self)
    }
}
