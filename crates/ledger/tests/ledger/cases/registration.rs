//! From an application to a certificate and its lapse.

use bulla_types::{
    AccountNumber, AccountRecord, CaseNumber, CaseOutcome, CaseStatus, CertificateNumber, CertificateRecord,
    CertificateStatus, DeadlineReached, ObjectNumber, ObjectRecord, ObjectStatus, ReasonCode, RegisterStatus,
    RegistrationNumber, RegistrationRecord, Shares, StateKey, Subject, SystemEvent,
};

use super::story::Register;
use crate::support::{go_on, name};

#[test]
fn a_case_runs_from_application_over_publicity_to_a_certificate() {
    let mut story = Register::new();
    let case = story.apply("asset");
    assert_eq!(case, CaseNumber(1));
    assert_eq!(story.ledger.state(case), "review");

    let registered = story.register(case);
    let given = CaseOutcome {
        accounts: vec![AccountNumber(1)],
        objects: vec![ObjectNumber(1)],
        registrations: vec![RegistrationNumber(1)],
        ..CaseOutcome::of(case)
    };
    assert_eq!(registered, given);

    // Three working days after Friday 10 October: 11 (a make-up Saturday), 13 and 14.
    story.ledger.until("2025-10-14");
    let issue = story.issue(case);
    story.ledger.refuse_step(&issue, ReasonCode::TooEarly);
    story.ledger.until("2025-10-15");
    let issued = story.ledger.take(&issue);
    assert_eq!(issued.certificates, [CertificateNumber(1)]);
    let record = story.ledger.case(case);
    assert_eq!((record.status, record.state), (CaseStatus::Ended, name("done")));
    assert!(record.retain_until.is_some());
}

#[test]
fn what_is_registered_says_who_holds_what_and_where_it_is_booked() {
    let mut story = Register::new();
    let (registered, issued) = story.certified("asset");
    let ledger = &story.ledger;
    let entry: RegistrationRecord =
        ledger.view.record(StateKey::Registration(registered.registrations[0])).unwrap();
    assert_eq!(entry.holders, Shares::whole(story.applicant.number));
    assert_eq!(entry.rights, [name("holding"), name("using")].into());
    assert_eq!(entry.account, Some(registered.accounts[0]));
    assert_eq!(
        entry.contents.keys().cloned().collect::<Vec<_>>(),
        [name("code"), name("form"), name("name")]
    );
    assert_eq!(entry.certificates, [(name("certificate"), issued.certificates[0])].into());
    let object: ObjectRecord = ledger.view.record(StateKey::Object(registered.objects[0])).unwrap();
    assert_eq!((object.registration, object.status()), (Some(entry.number), ObjectStatus::Registered));
    let account: AccountRecord = ledger.view.record(StateKey::Account(registered.accounts[0])).unwrap();
    assert_eq!((account.holder, account.status), (story.applicant.number, RegisterStatus::InForce));
    let certificate: CertificateRecord =
        ledger.view.record(StateKey::Certificate(issued.certificates[0])).unwrap();
    assert_eq!(certificate.subject, Subject::Registration(entry.number));
    assert_eq!(certificate.holders, [story.applicant.number].into());
    assert_eq!(certificate.contents, entry.contents);
}

#[test]
fn a_certificate_lapses_at_its_term_and_its_entry_is_marked() {
    let mut story = Register::new();
    let (registered, issued) = story.certified("asset");
    let number = issued.certificates[0];
    let record = |story: &Register| -> CertificateRecord {
        story.ledger.view.record(StateKey::Certificate(number)).unwrap()
    };
    let until = record(&story).valid_until.unwrap();
    assert!(story.ledger.until("2026-10-16").is_empty());
    assert!(record(&story).is_valid(story.ledger.time));
    // Whether the lapse is recorded or not: it is no longer valid from its term on.
    assert!(!record(&story).is_valid(until));
    let events = story.ledger.until("2026-10-17");
    let reached = DeadlineReached { due: until, subject: Subject::Certificate(number), deadline: 0 };
    assert_eq!(events, [SystemEvent::DeadlineReached(reached)]);
    assert_eq!(record(&story).status, CertificateStatus::Lapsed);
    let entry: RegistrationRecord =
        story.ledger.view.record(StateKey::Registration(registered.registrations[0])).unwrap();
    assert_eq!(entry.flags.keys().cloned().collect::<Vec<_>>(), [name("expired")]);
}

#[test]
fn one_object_has_one_registration_and_keeps_its_number() {
    let mut story = Register::new();
    let first = story.apply("asset");
    let second = story.apply("asset");
    let registered = story.register(first);
    let again = go_on(second, "register").by("registry", &story.registry);
    story.ledger.refuse_step(&again, ReasonCode::ObjectRegistered);
    let application = story.application("asset");
    story.ledger.refuse_step(&application, ReasonCode::ObjectRegistered);
    // Another asset of the same kind goes into the same account.
    let other = story.apply("another asset");
    let other = story.register(other);
    assert_eq!((other.accounts.len(), other.objects.len()), (0, 1));
    assert_ne!(other.objects, registered.objects);
}
