//! Cases about cases: an objection during publicity.

use bulla_ledger::StepRule;
use bulla_types::{CaseNumber, ReasonCode, RegisterStatus, RegistrationRecord, StateKey, Subject};

use super::story::Register;
use crate::support::{go_on, name};

/// An asset in publicity since 2025-10-10, and an objection to it.
fn objected() -> (Register, CaseNumber, CaseNumber) {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    let objection = story.objection(case);
    let objection = story.ledger.take(&objection).case;
    (story, case, objection)
}

fn entry(story: &Register, case: CaseNumber) -> RegistrationRecord {
    let number = story.ledger.case(case).registration.unwrap();
    story.ledger.view.record(StateKey::Registration(number)).unwrap()
}

#[test]
fn an_objection_marks_the_entry_and_keeps_it_from_being_certified() {
    let (mut story, case, objection) = objected();
    assert!(entry(&story, case).flags.contains_key("objection"));
    story.ledger.until("2025-10-20");
    let issue = story.issue(case);
    let rule = story.ledger.refuse_step(&issue, ReasonCode::CaseExists);
    assert!(matches!(rule, StepRule::ConditionNotMet(_)), "{rule}");
    assert!(rule.to_string().ends_with(&format!("; there is C-{objection} already")), "{rule}");
}

#[test]
fn an_objection_that_is_dismissed_leaves_the_entry_as_it_was() {
    let (mut story, case, objection) = objected();
    story.ledger.take(&go_on(objection, "dismiss").by("registry", &story.registry).reasons("unfounded"));
    assert!(entry(&story, case).flags.is_empty());
    story.ledger.until("2025-10-20");
    let issue = story.issue(case);
    story.ledger.take(&issue);
}

#[test]
fn the_mark_stays_until_the_last_objection_is_dismissed() {
    let (mut story, case, first) = objected();
    let third = story.ledger.enrol("third", bulla_types::Role::Subject);
    let own = std::mem::replace(&mut story.other, third);
    let second = story.objection(case);
    let second = story.ledger.take(&second).case;
    story.other = own;
    for (objection, is_marked) in [(first, true), (second, false)] {
        story.ledger.take(&go_on(objection, "dismiss").by("registry", &story.registry).reasons("unfounded"));
        assert_eq!(entry(&story, case).flags.contains_key("objection"), is_marked);
    }
}

#[test]
fn an_objection_that_is_upheld_ends_the_entry_the_case_and_the_other_objections() {
    let (mut story, case, objection) = objected();
    let third = story.ledger.enrol("third", bulla_types::Role::Subject);
    story.other = third;
    let other = story.objection(case);
    let other = story.ledger.take(&other).case;
    story.ledger.take(&go_on(objection, "uphold").by("registry", &story.registry).reasons("founded"));
    assert_eq!(entry(&story, case).status, RegisterStatus::Revoked);
    assert_eq!(story.ledger.state(case), "upheld");
    assert_eq!(story.ledger.state(other), "moot");
    // The object is free again, and keeps its number.
    let again = story.apply("asset");
    let registered = story.register(again);
    assert!(registered.objects.is_empty());
}

#[test]
fn an_objection_is_filed_in_time() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let objection = story.objection(case);
    story.ledger.refuse_step(&objection, ReasonCode::WindowClosed);
    story.register(case);
    story.ledger.until("2025-10-15");
    let rule = story.ledger.refuse_step(&objection, ReasonCode::WindowClosed);
    let StepRule::ConditionNotMet(unmet) = rule else { panic!("{rule}") };
    assert_eq!(unmet.condition, "within parent.objection_end");
}

#[test]
fn nobody_objects_to_its_own_registration_or_twice_after_a_dismissal() {
    let (mut story, case, objection) = objected();
    let other = std::mem::replace(&mut story.other, story.applicant.clone());
    let own = story.objection(case);
    story.ledger.refuse_step(&own, ReasonCode::PartyWrong);
    story.other = other;
    story.ledger.take(&go_on(objection, "dismiss").by("registry", &story.registry).reasons("unfounded"));
    let again = story.objection(case);
    story.ledger.refuse_step(&again, ReasonCode::CaseExists);
}

#[test]
fn an_objection_is_about_a_case_of_the_right_procedure() {
    let (mut story, _, objection) = objected();
    let wrong = story.objection(objection);
    let rule = story.ledger.refuse_step(&wrong, ReasonCode::CaseSubjectInvalid);
    let expected = "case of its parent procedure";
    assert_eq!(rule, StepRule::SubjectWrong { expected, found: format!("C-{objection}") });
    let nothing = story.objection(CaseNumber(99));
    let rule = story.ledger.refuse_step(&nothing, ReasonCode::CaseSubjectInvalid);
    assert_eq!(rule, StepRule::SubjectUnknown(Subject::Case(CaseNumber(99))));
}

#[test]
fn the_past_of_a_case_tells_each_step_in_order() {
    let (mut story, case, objection) = objected();
    story.ledger.take(&go_on(objection, "dismiss").by("registry", &story.registry).reasons("unfounded"));
    let count = story.ledger.case(case).history_count;
    let steps: Vec<_> = (0..count)
        .map(|seq| {
            let record = bulla_types::RecordKey::Case(case);
            let step: bulla_types::CaseStepRecord =
                story.ledger.view.record(StateKey::History { record, seq }).unwrap();
            step.step.unwrap()
        })
        .collect();
    assert_eq!(steps, ["apply", "register", "mark", "unmark"].map(name));
}

#[test]
fn one_case_has_at_most_64_open_cases_about_it() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    let third = story.ledger.enrol("third", bulla_types::Role::Subject);
    story.other = third;
    let objection = story.objection(case);
    for _ in 0..64 {
        story.ledger.take(&objection);
    }
    let rule = story.ledger.refuse_step(&objection, ReasonCode::CaseSubjectInvalid);
    assert_eq!(rule, StepRule::TooManyCases { subject: Subject::Case(case), max: 64 });
}
