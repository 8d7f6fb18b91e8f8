//! What becomes of registrations, accounts and certificates: transfer, change, freeze, end, renewal.

use bulla_ledger::{StepRule, possible_steps};
use bulla_types::{
    AccountNumber, CertificateNumber, CertificateRecord, CertificateStatus, FieldValue, MemberNumber,
    ObjectRecord, ObjectStatus, ReasonCode, RecordKey, RegisterStatus, RegistrationNumber,
    RegistrationRecord, Role, Share, Shares, StateKey, StatusRecord, Subject,
};

use super::story::Register;
use crate::support::{Party, Take, go_on, name, open, term};

const ENTRY: RegistrationNumber = RegistrationNumber(1);
const CERTIFICATE: CertificateNumber = CertificateNumber(1);

/// An asset of the applicant, registered and certified; the other member holds an account too.
fn registered() -> Register {
    let mut story = Register::new();
    story.certified("asset");
    let applicant = std::mem::replace(&mut story.applicant, story.other.clone());
    let case = story.apply("another asset");
    story.register(case);
    story.applicant = applicant;
    story
}

fn entry(story: &Register) -> RegistrationRecord {
    story.ledger.view.record(StateKey::Registration(ENTRY)).unwrap()
}

fn certificate(story: &Register, number: u64) -> CertificateRecord {
    story.ledger.view.record(StateKey::Certificate(CertificateNumber(number))).unwrap()
}

fn about_entry(story: &Register, procedure: &str, step: &str) -> Take {
    open(story.profile, procedure, step).about(Subject::Registration(ENTRY))
}

fn shares(parts: &[(&Party, u32)]) -> FieldValue {
    let share = |(member, ppm): &(&Party, u32)| Share { member: member.number, ppm: *ppm };
    FieldValue::Shares(Shares::new(parts.iter().map(share).collect()).unwrap())
}

fn agreement(story: &Register, shares: FieldValue) -> Take {
    about_entry(story, "transfer", "agree")
        .naming("acquirer", &story.other)
        .by("holder", &story.applicant)
        .with("acquirer", &story.other)
        .field("shares", shares)
}

#[test]
fn a_transfer_gives_the_rights_to_others_voids_the_certificate_and_issues_another() {
    let mut story = registered();
    let both = shares(&[(&story.other, 700_000), (&story.applicant, 300_000)]);
    let agreement = agreement(&story, both);
    let case = story.ledger.take(&agreement).case;
    let outcome = story.ledger.take(&go_on(case, "carry_out").by("registry", &story.registry));
    assert_eq!(outcome.certificates, [CertificateNumber(2)]);
    assert_eq!(certificate(&story, 1).status, CertificateStatus::Void);
    let new = certificate(&story, 2);
    assert_eq!((new.status, new.holders), (CertificateStatus::InForce, [story.other.number].into()));
    let entry = entry(&story);
    assert!(entry.holders.are_whole());
    assert_eq!(entry.holders.as_slice().len(), 2);
    assert_eq!(entry.certificates, [(name("certificate"), new.number)].into());
}

#[test]
fn what_is_transferred_is_booked_with_the_new_holder() {
    let mut story = registered();
    assert_eq!(entry(&story).account, Some(AccountNumber(1)));
    let agreement = agreement(&story, shares(&[(&story.other, 1_000_000)]));
    let case = story.ledger.take(&agreement).case;
    // The case has no field by which the accounts of the kind are told apart: the first one will do.
    story.ledger.take(&go_on(case, "carry_out").by("registry", &story.registry));
    assert_eq!(entry(&story).account, Some(AccountNumber(2)));
}

#[test]
fn shares_that_do_not_sum_to_the_whole_are_refused() {
    let mut story = registered();
    let short = shares(&[(&story.other, 999_999)]);
    let agreement = agreement(&story, short);
    story.ledger.refuse_step(&agreement, ReasonCode::SharesNotWhole);
}

#[test]
fn those_who_hold_it_now_act_and_all_of_them_together() {
    let mut story = registered();
    let offer = about_entry(&story, "surrender", "offer").by("holder", &story.applicant);
    let offered = story.ledger.take(&offer).case;
    let both = shares(&[(&story.other, 500_000), (&story.applicant, 500_000)]);
    let agreement = agreement(&story, both);
    let transfer = story.ledger.take(&agreement).case;
    story.ledger.take(&go_on(transfer, "carry_out").by("registry", &story.registry));
    // Who held it when the case was opened no longer decides alone.
    let complete = go_on(offered, "complete").by("holder", &story.applicant);
    let rule = story.ledger.refuse_step(&complete, ReasonCode::SignerMissing);
    let missing = story.other.number;
    assert_eq!(rule, StepRule::ActorMissing { party: "holder".to_owned(), missing });
    story.ledger.take(&complete.with("holder", &story.other));
    assert_eq!(entry(&story).status, RegisterStatus::Terminated);
}

fn court(story: &mut Register) -> Party {
    let court = story.ledger.enrol("court", Role::Judicial);
    assert_eq!(court.number, MemberNumber(7));
    court
}

/// The step has no condition that says so: its certificate cannot be issued while the entry is frozen.
#[test]
fn what_an_effect_would_fail_on_is_told_before_the_step_is_tried() {
    let mut story = registered();
    let agreement = agreement(&story, shares(&[(&story.other, 1_000_000)]));
    let case = story.ledger.take(&agreement).case;
    let against = |story: &Register| {
        let steps = possible_steps(&story.ledger.view, case, story.ledger.time).unwrap();
        steps.into_iter().find(|step| step.step == "carry_out").unwrap().missing
    };
    assert!(against(&story).is_empty());
    let court = court(&mut story);
    let freeze = about_entry(&story, "freeze", "freeze").by("court", &court).paper("judgment");
    let freeze = story.ledger.take(&freeze).case;
    let told = against(&story);
    let refused = story.ledger.refuse(&go_on(case, "carry_out").by("registry", &story.registry));
    assert_eq!(told, [refused.step().unwrap().rule.to_string()]);
    story.ledger.take(&go_on(freeze, "release").by("court", &court));
    assert!(against(&story).is_empty());
}

#[test]
fn a_change_of_contents_voids_the_certificate_and_issues_another_with_them() {
    let mut story = registered();
    let change = about_entry(&story, "change", "change")
        .by("holder", &story.applicant)
        .with("registry", &story.registry)
        .attached("name", "new name");
    story.ledger.take(&change);
    assert_eq!(certificate(&story, 1).status, CertificateStatus::Void);
    let (entry, new) = (entry(&story), certificate(&story, entry(&story).certificates["certificate"].0));
    assert_eq!(new.status, CertificateStatus::InForce);
    assert_eq!(new.contents["name"], entry.contents["name"]);
    assert_ne!(new.contents["name"], certificate(&story, 1).contents["name"]);
    // What the case does not say stands on the certificate as the entry says it.
    assert_eq!(new.contents["form"], entry.contents["form"]);
}

#[test]
fn a_freeze_suspends_the_entry_and_its_certificate_until_it_is_released() {
    let mut story = registered();
    let court = court(&mut story);
    let freeze = about_entry(&story, "freeze", "freeze").by("court", &court).paper("judgment");
    let case = story.ledger.take(&freeze).case;
    assert_eq!(entry(&story).status, RegisterStatus::Suspended);
    assert_eq!(certificate(&story, 1).status, CertificateStatus::Suspended);
    assert!(!certificate(&story, 1).is_valid(story.ledger.time));
    let agreement = agreement(&story, shares(&[(&story.other, 1_000_000)]));
    story.ledger.refuse_step(&agreement, ReasonCode::RecordFlagged);
    story.ledger.take(&go_on(case, "release").by("court", &court));
    assert_eq!(entry(&story).status, RegisterStatus::InForce);
    assert!(certificate(&story, 1).is_valid(story.ledger.time));
    let statuses: Vec<CertificateStatus> = (0..3)
        .map(|seq| {
            let key = StateKey::History { record: RecordKey::Certificate(CERTIFICATE), seq };
            let step: StatusRecord<CertificateStatus> = story.ledger.view.record(key).unwrap();
            step.status
        })
        .collect();
    let (in_force, suspended) = (CertificateStatus::InForce, CertificateStatus::Suspended);
    assert_eq!(statuses, [in_force, suspended, in_force]);
}

#[test]
fn a_certificate_that_is_suspended_at_its_term_lapses_all_the_same() {
    let mut story = registered();
    let court = court(&mut story);
    let freeze = about_entry(&story, "freeze", "freeze").by("court", &court).paper("judgment");
    let case = story.ledger.take(&freeze).case;
    story.ledger.until("2026-10-20");
    assert_eq!(certificate(&story, 1).status, CertificateStatus::Lapsed);
    story.ledger.take(&go_on(case, "release").by("court", &court));
    assert_eq!(certificate(&story, 1).status, CertificateStatus::Lapsed);
}

#[test]
fn an_entry_that_has_ended_frees_its_object_and_voids_its_certificate() {
    let mut story = registered();
    let end = about_entry(&story, "ending", "end").by("holder", &story.applicant);
    let case = story.ledger.take(&end).case;
    assert_eq!(entry(&story).status, RegisterStatus::Cancelled);
    assert_eq!(certificate(&story, 1).status, CertificateStatus::Void);
    let object: ObjectRecord = story.ledger.view.record(StateKey::Object(entry(&story).object)).unwrap();
    assert_eq!((object.status(), object.registration), (ObjectStatus::Free, None));
    assert_eq!(story.ledger.case(case).erasable, [name("name")].into());
    // Nothing falls due of a certificate that is void, and nothing more is done with the entry.
    assert_eq!(story.ledger.until("2026-12-01"), []);
    let rule = story.ledger.refuse_step(&end, ReasonCode::CaseSubjectInvalid);
    assert_eq!(rule, StepRule::SubjectEnded(Subject::Registration(ENTRY)));
}

#[test]
fn a_part_of_the_rights_may_end_and_the_last_one_ends_the_entry() {
    let mut story = registered();
    let reduce = |story: &Register, right: &str| {
        about_entry(story, "ending", "reduce")
            .by("holder", &story.applicant)
            .field("ended_rights", term(right))
    };
    let one = reduce(&story, "using");
    story.ledger.take(&one);
    let left = entry(&story);
    assert_eq!((left.rights, left.status), ([name("holding")].into(), RegisterStatus::InForce));
    let last = reduce(&story, "holding");
    story.ledger.take(&last);
    assert_eq!(entry(&story).status, RegisterStatus::Cancelled);
}

#[test]
fn a_certificate_is_extended_from_its_old_term_within_its_window() {
    let mut story = registered();
    let ask = open(story.profile, "renewal", "ask")
        .about(Subject::Certificate(CERTIFICATE))
        .by("holder", &story.applicant);
    story.ledger.until("2026-09-16");
    story.ledger.refuse_step(&ask, ReasonCode::WindowClosed);
    story.ledger.until("2026-09-17");
    let case = story.ledger.take(&ask).case;
    story.ledger.until("2026-10-10");
    story.ledger.take(&go_on(case, "renew").by("registry", &story.registry));
    let until: bulla_rules::CivilDate = "2027-10-16".parse().unwrap();
    assert_eq!(certificate(&story, 1).valid_until, Some(until.ends()));
    assert_eq!(story.ledger.until("2027-10-16"), []);
    assert_eq!(story.ledger.until("2027-10-17").len(), 1);
    let ask = open(story.profile, "renewal", "ask")
        .about(Subject::Certificate(CERTIFICATE))
        .by("holder", &story.applicant);
    story.ledger.refuse_step(&ask, ReasonCode::CertificateNotValid);
}

#[test]
fn a_renewal_that_is_not_granted_in_time_ends_with_the_certificate() {
    let mut story = registered();
    let ask = open(story.profile, "renewal", "ask")
        .about(Subject::Certificate(CERTIFICATE))
        .by("holder", &story.applicant);
    story.ledger.until("2026-10-16");
    let case = story.ledger.take(&ask).case;
    assert_eq!(story.ledger.until("2026-10-17").len(), 2);
    assert_eq!(story.ledger.state(case), "expired");
}

#[test]
fn one_entry_is_in_one_transfer_at_a_time() {
    let mut story = registered();
    let agreement = agreement(&story, shares(&[(&story.other, 1_000_000)]));
    let case = story.ledger.take(&agreement).case;
    story.ledger.refuse_step(&agreement, ReasonCode::CaseExists);
    story.ledger.take(&go_on(case, "drop").by("acquirer", &story.other));
    story.ledger.take(&agreement);
}
