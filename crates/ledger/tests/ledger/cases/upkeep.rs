//! Duties that come again for each record, and end with it.

use bulla_types::{
    CaseDeadlineStatus, CaseNumber, CertificateNumber, FieldValue, ReasonCode, RegisterStatus, StateKey,
    Subject,
};

use super::apart_story::Apart;
use crate::support::{go_on, open};

/// The case that follows the asset.
fn upkeep(story: &mut Apart) -> CaseNumber {
    story.registered().cases[0]
}

fn is_overdue(story: &Apart) -> bool {
    story.entry().flags.contains_key("overdue")
}

#[test]
fn an_update_is_due_again_and_again_for_each_record() {
    let mut story = Apart::new();
    let case = upkeep(&mut story);
    assert_eq!(story.ledger.case(case).about, Some(Subject::Registration(story.entry().number)));
    for (day, next) in [("2025-12-01", "2026-03-01"), ("2026-02-27", "2026-05-27")] {
        story.ledger.until(day);
        story.ledger.take(&go_on(case, "update").by("keeper", &story.applicant));
        assert_eq!(story.ledger.state(case), "current");
        let due = story.ledger.case(case).deadlines["next_update"].due.unwrap();
        assert_eq!(due, next.parse::<bulla_rules::CivilDate>().unwrap().ends());
    }
    assert!(!is_overdue(&story));
}

#[test]
fn an_update_that_is_late_shows_on_the_record_until_it_is_made() {
    let mut story = Apart::new();
    let case = upkeep(&mut story);
    story.ledger.until("2026-01-10");
    assert!(!is_overdue(&story));
    story.ledger.until("2026-01-11");
    assert_eq!((story.ledger.state(case), is_overdue(&story)), ("late".to_owned(), true));
    let by_other = go_on(case, "update").by("keeper", &story.other);
    story.ledger.refuse_step(&by_other, ReasonCode::PartyWrong);
    story.ledger.take(&go_on(case, "update").by("keeper", &story.applicant));
    assert_eq!((story.ledger.state(case), is_overdue(&story)), ("current".to_owned(), false));
}

#[test]
fn the_duty_passes_to_who_holds_the_record_now() {
    let mut story = Apart::new();
    let case = upkeep(&mut story);
    let shares = FieldValue::Shares(bulla_types::Shares::whole(story.other.number));
    let share = story.about("sharing", "share").by("keeper", &story.applicant).field("shares", shares);
    story.ledger.take(&share);
    let by_former = go_on(case, "update").by("keeper", &story.applicant);
    story.ledger.refuse_step(&by_former, ReasonCode::PartyWrong);
    story.ledger.take(&go_on(case, "update").by("keeper", &story.other));
}

#[test]
fn with_the_record_ends_the_duty() {
    let mut story = Apart::new();
    let case = upkeep(&mut story);
    let end = story.about("ending", "end").by("holder", &story.applicant);
    story.ledger.take(&end);
    assert_eq!(story.entry().status, RegisterStatus::Cancelled);
    let ended = story.ledger.case(case);
    assert_eq!((ended.state.as_str(), ended.is_open()), ("over", false));
    assert_eq!(ended.deadlines["next_update"].status, CaseDeadlineStatus::Left);
    assert!(
        !story.ledger.view.keys().any(|key| matches!(key, StateKey::OpenCase(open) if open.case == case))
    );
    // Nothing comes due of it any more.
    assert_eq!(story.ledger.until("2026-06-01"), []);
}

#[test]
fn a_part_of_the_record_ends_without_it() {
    let mut story = Apart::new();
    let case = upkeep(&mut story);
    let reduce = story
        .about("ending", "reduce")
        .by("holder", &story.applicant)
        .field("ended_rights", crate::support::term("operating"));
    story.ledger.take(&reduce);
    assert_eq!(story.ledger.state(case), "current");
}

#[test]
fn the_end_of_one_record_is_nothing_to_the_duty_for_another() {
    let mut story = Apart::new();
    let first = upkeep(&mut story);
    let other = story.apply("another asset");
    let decision = story.decision(other, &[0, 1]);
    story.ledger.take(&decision);
    let second = story.ledger.take(&go_on(other, "register").by("registry", &story.registry)).cases[0];
    let end = story.about("ending", "end").by("holder", &story.applicant);
    story.ledger.take(&end);
    assert_eq!(
        (story.ledger.state(first), story.ledger.state(second)),
        ("over".to_owned(), "current".to_owned())
    );
}

#[test]
fn a_paper_ends_with_the_record_that_it_lives_on() {
    let mut story = Apart::new();
    story.registered();
    let agree = story
        .about("licensing", "agree")
        .naming("licensee", &story.other)
        .by("keeper", &story.applicant)
        .with("licensee", &story.other)
        .field("begins", FieldValue::Date(20_251_020))
        .field("until", FieldValue::Date(20_260_331));
    let running = story.ledger.take(&agree).case;
    story.ledger.until("2025-10-21");
    let waiting = agree.clone().without_field("begins").field("begins", FieldValue::Date(20_251_201));
    let waiting = story.ledger.take(&waiting).case;
    let licence = CertificateNumber(2);
    assert!(story.certificate(licence).is_valid(story.ledger.time));
    let end = story.about("ending", "end").by("holder", &story.applicant);
    story.ledger.take(&end);
    assert_eq!(
        (story.ledger.state(running), story.ledger.state(waiting)),
        ("void".to_owned(), "withdrawn".to_owned())
    );
    assert!(!story.certificate(licence).is_valid(story.ledger.time));
}

#[test]
fn one_record_has_at_most_64_cases_that_follow_its_end_and_all_of_them_do() {
    let mut story = Apart::new();
    let upkeep = upkeep(&mut story);
    let agree = story
        .about("licensing", "agree")
        .naming("licensee", &story.other)
        .by("keeper", &story.applicant)
        .with("licensee", &story.other)
        .field("begins", FieldValue::Date(20_251_201))
        .field("until", FieldValue::Date(20_260_331));
    let cases: Vec<_> = (0..63).map(|_| story.ledger.take(&agree).case).collect();
    story.ledger.refuse_step(&agree, ReasonCode::CaseSubjectInvalid);
    let end = story.about("ending", "end").by("holder", &story.applicant);
    story.ledger.take(&end);
    assert!(cases.into_iter().all(|case| story.ledger.state(case) == "withdrawn"));
    assert_eq!(story.ledger.state(upkeep), "over");
}

#[test]
fn nobody_takes_such_a_step_himself() {
    let mut story = Apart::new();
    let case = upkeep(&mut story);
    let close = go_on(case, "close").by("registry", &story.registry);
    story.ledger.refuse_step(&close, ReasonCode::StepOutOfOrder);
    let begin = open(story.profile, "upkeep", "begin")
        .about(Subject::Registration(story.entry().number))
        .by("registry", &story.registry);
    story.ledger.refuse_step(&begin, ReasonCode::StepOutOfOrder);
}
