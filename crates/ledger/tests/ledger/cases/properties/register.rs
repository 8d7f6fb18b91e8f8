//! What must hold of objects, certificates and pasts.

use std::collections::{BTreeMap, BTreeSet};

use bulla_types::{
    CaseRecord, CertificateNumber, CertificateRecord, CertificateStatus, Counter, CounterRecord,
    DeadlineStanding, ObjectKeyRecord, ObjectRecord, RecordKey, RegisterStatus, RegistrationNumber,
    RegistrationRecord, RuleName, StateKey, Subject,
};

use super::records::all;
use crate::support::Ledger;

/// One number, one object: a key names one object, and an object has one registration at a time.
pub(super) fn check_objects(ledger: &Ledger) {
    let objects: Vec<ObjectRecord> = all(ledger, |key| matches!(key, StateKey::Object(_)));
    let registrations: Vec<RegistrationRecord> = all(ledger, |key| matches!(key, StateKey::Registration(_)));
    let mut keys = BTreeSet::new();
    for object in &objects {
        assert!(keys.insert(object.key), "two objects with one key");
        let named: ObjectKeyRecord = ledger.view.record(StateKey::ObjectKey(object.key)).unwrap();
        assert_eq!(named.object, object.number, "the number of another object");
        let standing: Vec<RegistrationNumber> = registrations
            .iter()
            .filter(|registration| registration.object == object.number && registration.status.stands())
            .map(|registration| registration.number)
            .collect();
        assert_eq!(standing, Vec::from_iter(object.registration), "one object, one registration");
    }
    let named = ledger.view.keys().filter(|key| matches!(key, StateKey::ObjectKey(_))).count();
    assert_eq!(named, objects.len(), "one number for several keys");
}

/// A record has one certificate of a kind at a time, of those who hold it, and none that came before its publicity
/// had ended.
pub(super) fn check_certificates(ledger: &Ledger) {
    let certificates: Vec<CertificateRecord> = all(ledger, |key| matches!(key, StateKey::Certificate(_)));
    let mut standing: BTreeMap<(Subject, RuleName), CertificateNumber> = BTreeMap::new();
    for certificate in &certificates {
        let Subject::Registration(number) = certificate.subject else { panic!("{certificate:?}") };
        let entry: RegistrationRecord = ledger.view.record(StateKey::Registration(number)).unwrap();
        if certificate.status.stands() {
            if !certificate.has_lapsed(ledger.time) {
                let place = (certificate.subject, certificate.kind.clone());
                assert_eq!(standing.insert(place, certificate.number), None, "two certificates in force");
            }
            assert!(entry.status.stands(), "a certificate outlives its entry");
            let holders: BTreeSet<_> = entry.holders.members().collect();
            assert!(certificate.holders.is_subset(&holders), "a certificate of who holds nothing");
            let suspended = certificate.status == CertificateStatus::Suspended;
            assert_eq!(suspended, entry.status == RegisterStatus::Suspended, "valid though suspended");
        }
        let case = ledger.case(certificate.case);
        if case.procedure == "registration" {
            let publicity = &case.deadlines["publicity_end"];
            assert_eq!(publicity.standing, DeadlineStanding::Settled);
            assert!(publicity.due.unwrap() <= certificate.issued, "issued within the publicity");
        }
    }
}

/// Heads count their past, and nothing is numbered that is not there.
pub(super) fn check_pasts(ledger: &Ledger) {
    let mut steps: BTreeMap<RecordKey, u32> = BTreeMap::new();
    for key in ledger.view.keys() {
        if let StateKey::History { record, .. } = key {
            *steps.entry(record).or_default() += 1;
        }
    }
    for case in all::<CaseRecord>(ledger, |key| matches!(key, StateKey::Case(_))) {
        assert_eq!(steps[&RecordKey::Case(case.number)], case.history_count);
    }
    for one in all::<CertificateRecord>(ledger, |key| matches!(key, StateKey::Certificate(_))) {
        assert_eq!(steps[&RecordKey::Certificate(one.number)], one.history_count);
    }
    for one in all::<RegistrationRecord>(ledger, |key| matches!(key, StateKey::Registration(_))) {
        assert_eq!(steps[&RecordKey::Registration(one.number)], one.history_count);
    }
    let numbered = |counter, of: fn(&StateKey) -> bool| {
        let next: Option<CounterRecord> = ledger.view.record(StateKey::Counter(counter));
        let count = ledger.view.keys().filter(of).count() as u64;
        assert_eq!(next.map_or(0, |next| next.next - 1), count, "numbers given, and records");
    };
    numbered(Counter::Cases, |key| matches!(key, StateKey::Case(_)));
    numbered(Counter::Accounts, |key| matches!(key, StateKey::Account(_)));
    numbered(Counter::Objects, |key| matches!(key, StateKey::Object(_)));
    numbered(Counter::Registrations, |key| matches!(key, StateKey::Registration(_)));
    numbered(Counter::Certificates, |key| matches!(key, StateKey::Certificate(_)));
}
