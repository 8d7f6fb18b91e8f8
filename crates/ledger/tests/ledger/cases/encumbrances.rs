//! Rights of others lie on registrations: laid, voiding what speaks of the record, taken off, and over in time.

use bulla_rules::CivilDate;
use bulla_types::{
    CaseNumber, CertificateRecord, CertificateStatus, Encumbrance, FieldValue, ReasonCode,
    RegistrationNumber, RegistrationRecord, StateKey, Subject,
};

use super::story::Register;
use crate::support::{go_on, name, open};

const END: u32 = 20_260_415;

fn registration(story: &Register, number: RegistrationNumber) -> RegistrationRecord {
    story.ledger.view.record(StateKey::Registration(number)).unwrap()
}

/// A pledge of a registration to the other member, until 2026-04-15.
fn pledge(story: &mut Register) -> (RegistrationNumber, CaseNumber) {
    let (registered, _) = story.certified("asset");
    let number = registered.registrations[0];
    let propose = open(story.profile, "pledge", "propose")
        .about(Subject::Registration(number))
        .naming("pledgee", &story.other)
        .by("holder", &story.applicant)
        .field("until", FieldValue::Date(END));
    let case = story.ledger.take(&propose).case;
    story.ledger.take(&go_on(case, "lay").by("pledgee", &story.other));
    (number, case)
}

#[test]
fn a_pledge_lies_on_the_registration_with_its_holder_and_end() {
    let mut story = Register::new();
    let (number, case) = pledge(&mut story);
    let registration = registration(&story, number);
    let laid = Encumbrance {
        right: name("pledge"),
        holder: story.other.number,
        until: Some(CivilDate::from_number(END).unwrap().ends()),
        case,
        since: story.ledger.time,
    };
    assert_eq!(registration.encumbrances, [laid]);
    assert!(registration.flags.contains_key("pledged"));
    // Who holds the title does not change.
    assert_eq!(registration.holders.members().collect::<Vec<_>>(), [story.applicant.number]);
    assert_eq!(registration.changed_by, case);
}

#[test]
fn a_pledge_is_taken_off_by_who_holds_it() {
    let mut story = Register::new();
    let (number, case) = pledge(&mut story);
    let by_holder = go_on(case, "discharge").by("holder", &story.applicant);
    story.ledger.refuse_step(&by_holder, ReasonCode::PartyWrong);
    story.ledger.take(&go_on(case, "discharge").by("pledgee", &story.other));
    assert_eq!(registration(&story, number).encumbrances, []);
    assert!(!registration(&story, number).flags.contains_key("pledged"));
}

#[test]
fn a_pledge_is_over_at_the_end_of_its_last_day() {
    let mut story = Register::new();
    let (number, case) = pledge(&mut story);
    story.ledger.until("2026-04-15");
    let laid = registration(&story, number).encumbrances[0].clone();
    assert!(laid.lies_at(story.ledger.time));
    story.ledger.until("2026-04-16");
    assert_eq!(story.ledger.state(case), "expired");
    assert!(!laid.lies_at(story.ledger.time));
    assert_eq!(registration(&story, number).encumbrances, []);
}

#[test]
fn a_pledge_whose_end_has_passed_is_not_laid() {
    let mut story = Register::new();
    let (registered, _) = story.certified("asset");
    let propose = open(story.profile, "pledge", "propose")
        .about(Subject::Registration(registered.registrations[0]))
        .naming("pledgee", &story.other)
        .by("holder", &story.applicant)
        .field("until", FieldValue::Date(20_251_020));
    let case = story.ledger.take(&propose).case;
    story.ledger.until("2025-10-21");
    let late = go_on(case, "lay").by("pledgee", &story.other);
    story.ledger.refuse_step(&late, ReasonCode::ConditionNotMet);
}

#[test]
fn a_pledge_ends_in_time_though_its_registration_has_ended_before() {
    let mut story = Register::new();
    let (number, case) = pledge(&mut story);
    let end = open(story.profile, "ending", "end")
        .about(Subject::Registration(number))
        .by("holder", &story.applicant);
    story.ledger.take(&end);
    assert_eq!(registration(&story, number).encumbrances.len(), 1);
    story.ledger.until("2026-04-16");
    assert_eq!(story.ledger.state(case), "expired");
    assert_eq!(registration(&story, number).encumbrances, []);
}

#[test]
fn a_certificate_whose_kind_says_so_is_void_when_its_record_is_encumbered() {
    let text = include_str!("../../profiles/register.toml").replace(
        "voided_by = [\"amended\", \"transferred\", \"ended\"]",
        "voided_by = [\"amended\", \"transferred\", \"encumbered\", \"ended\"]",
    );
    let mut story = Register::under(&crate::support::made_up(&text));
    let (number, _) = pledge(&mut story);
    let certificate = registration(&story, number).certificates["certificate"];
    let certificate: CertificateRecord =
        story.ledger.view.record(StateKey::Certificate(certificate)).unwrap();
    assert_eq!(certificate.status, CertificateStatus::Void);
    assert_eq!(certificate.holders.first(), Some(&story.applicant.number));
}
