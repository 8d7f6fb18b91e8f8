//! What a refusal tells: when a window opens and closes, what is in the way, what would be possible instead.

use bulla_ledger::{CaseToOpen, StepInstead, StepRule};
use bulla_types::{CertificateNumber, MemberNumber, ReasonCode, RegistrationNumber, Role, Subject};

use super::story::Register;
use crate::support::{Take, go_on, open};

fn ask(story: &Register) -> Take {
    open(story.profile, "renewal", "ask")
        .by("holder", &story.applicant)
        .about(Subject::Certificate(CertificateNumber(1)))
}

fn rule(story: &mut Register, take: &Take, reason: ReasonCode) -> String {
    story.ledger.refuse_step(take, reason).to_string()
}

fn instead(story: &mut Register, take: &Take) -> Vec<StepInstead> {
    story.ledger.refuse(take).step().unwrap().possible.clone()
}

fn opening(procedure: &str, about: Option<Subject>, step: &str, by: &str) -> StepInstead {
    let opens = Some(CaseToOpen { procedure: procedure.to_owned(), about });
    StepInstead { opens, step: step.to_owned(), by: vec![by.to_owned()] }
}

#[test]
fn a_window_is_named_with_its_article_and_when_it_opens_and_closes() {
    let mut story = Register::new();
    story.certified("asset");
    let ask = ask(&story);
    let told = rule(&mut story, &ask, ReasonCode::WindowClosed);
    let certificate = story.ledger.view.record(bulla_types::StateKey::Certificate(CertificateNumber(1)));
    let certificate: bulla_types::CertificateRecord = certificate.unwrap();
    let closes = certificate.valid_until.unwrap();
    let (before, after) = told.split_once(" opens at ").unwrap();
    assert_eq!(before, "does not hold: within renewal_window; the window renewal_window (10)", "{told}");
    let (opens, told_close) = after.split_once(" and closes at ").unwrap();
    assert_eq!(told_close, closes.to_string());
    assert!(opens < told_close && opens > story.ledger.time.to_string().as_str(), "{told}");
}

#[test]
fn a_window_that_is_over_is_told_with_when_it_closed() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let objection = story.objection(case);
    let told = rule(&mut story, &objection, ReasonCode::WindowClosed);
    assert_eq!(told, "does not hold: within parent.objection_end; objection_end (8) does not run yet");
    story.register(case);
    story.ledger.until("2025-10-15");
    let told = rule(&mut story, &objection, ReasonCode::WindowClosed);
    let closed = "2025-10-14".parse::<bulla_rules::CivilDate>().unwrap().ends();
    let told = told.strip_prefix("does not hold: within parent.objection_end; ").unwrap();
    assert_eq!(told, format!("the window objection_end (8) closed at {closed}"));
}

#[test]
fn what_has_not_come_is_told_with_when_it_comes() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    let issue = story.issue(case);
    let told = rule(&mut story, &issue, ReasonCode::TooEarly);
    let comes = "2025-10-14".parse::<bulla_rules::CivilDate>().unwrap().ends();
    assert_eq!(
        told,
        format!("does not hold: publicity_end has come; the deadline publicity_end (8) comes at {comes}")
    );
}

#[test]
fn a_second_registration_of_an_object_names_the_first_and_what_can_be_opened_about_it() {
    let mut story = Register::new();
    story.certified("asset");
    let again = story.application("asset");
    let told = rule(&mut story, &again, ReasonCode::ObjectRegistered);
    assert_eq!(told, "does not hold: no entry of the same asset is in force; there is R-1 already");
    let entry = Some(Subject::Registration(RegistrationNumber(1)));
    let possible = instead(&mut story, &again);
    for wanted in [
        opening("change", entry, "change", "holder"),
        opening("transfer", entry, "agree", "holder"),
        opening("ending", entry, "end", "holder"),
        opening("registration", None, "apply", "applicant"),
    ] {
        assert!(possible.contains(&wanted), "{wanted}: {possible:?}");
    }
    // Nor a renewal of its certificate, whose window has not opened yet.
    assert!(
        !possible.iter().any(|offer| offer.opens.as_ref().unwrap().procedure == "renewal"),
        "{possible:?}"
    );
    story.ledger.until("2026-09-17");
    let renewal = opening("renewal", Some(Subject::Certificate(CertificateNumber(1))), "ask", "holder");
    let later = instead(&mut story, &again);
    assert!(later.contains(&renewal), "{later:?}");
    // Nothing is offered about what it is not about.
    assert!(
        !possible.iter().any(|offer| offer.opens.as_ref().unwrap().procedure == "objection"),
        "{possible:?}"
    );
    assert_eq!(opening("change", entry, "change", "holder").to_string(), "change/change about R-1 by holder");
}

#[test]
fn what_cannot_be_opened_now_is_not_offered() {
    let mut story = Register::new();
    story.certified("asset");
    let entry = Subject::Registration(RegistrationNumber(1));
    let agree = opening("transfer", Some(entry), "agree", "holder");
    let again = story.application("asset");
    assert!(instead(&mut story, &again).contains(&agree));
    let court = story.ledger.enrol("court", Role::Judicial);
    let freeze = open(story.profile, "freeze", "freeze").by("court", &court).paper("judgment");
    story.ledger.take(&freeze.about(entry));
    let possible = instead(&mut story, &again);
    assert!(!possible.contains(&agree), "{possible:?}");
}

#[test]
fn a_refused_step_of_a_case_offers_only_what_can_be_taken_now() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    let issue = story.issue(case);
    let possible = instead(&mut story, &issue);
    let names: Vec<&str> = possible.iter().map(|step| step.step.as_str()).collect();
    // Not the certificate: the publicity runs.
    assert_eq!(names, ["refuse", "confirm"]);
}

#[test]
fn a_stranger_is_told_that_it_is_not_the_party_and_who_is() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    let stranger = go_on(case, "resubmit").by("applicant", &story.other).paper("application");
    let rule = story.ledger.refuse_step(&stranger, ReasonCode::PartyWrong);
    let expected = vec![story.applicant.number];
    assert_eq!(
        rule.to_string(),
        format!("applicant is not member {}, but {}", story.other.number, expected[0])
    );
    let member = story.other.number;
    assert_eq!(rule, StepRule::MemberWrong { party: "applicant".to_owned(), member, expected });
}

#[test]
fn a_role_that_is_missing_is_named() {
    let mut story = Register::new();
    let exchange = story.ledger.enrol("exchange", Role::Exchange);
    story.applicant = exchange;
    let application = story.application("asset");
    let told = rule(&mut story, &application, ReasonCode::RoleMissing);
    let expected = "member 7 does not qualify as applicant: needs one of the roles: subject";
    assert_eq!((told.as_str(), story.applicant.number), (expected, MemberNumber(7)));
}
