//! What may happen next in a case.

use bulla_ledger::{PossibleStep, StepParty, possible_steps};
use bulla_rules::CivilDate;
use bulla_types::{CaseNumber, DeadlineStanding};

use super::story::Register;
use crate::support::go_on;

fn possible(story: &Register, case: CaseNumber) -> Vec<PossibleStep> {
    possible_steps(&story.ledger.view, case, story.ledger.time).unwrap()
}

fn names(steps: &[PossibleStep]) -> Vec<&str> {
    steps.iter().map(|step| step.step.as_str()).collect()
}

#[test]
fn the_steps_of_a_state_are_told_with_who_takes_them_and_by_when() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let steps = possible(&story, case);
    assert_eq!(names(&steps), ["give_back", "register", "refuse"]);
    let registry = StepParty { party: "registry".to_owned(), members: vec![story.registry.number] };
    let day: CivilDate = "2025-10-16".parse().unwrap();
    for step in &steps {
        assert_eq!(step.by, std::slice::from_ref(&registry));
        assert_eq!(step.missing, Vec::<String>::new());
        let until = &step.until[0];
        assert_eq!((until.deadline.as_str(), until.due), ("review_end", day.ends()));
        assert_eq!(until.standing, DeadlineStanding::Settled);
    }
}

#[test]
fn what_is_missing_and_what_must_come_first_is_told() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    let objection = story.objection(case);
    let objection = story.ledger.take(&objection).case;
    let steps = possible(&story, case);
    assert_eq!(names(&steps), ["refuse", "confirm", "issue"]);
    let issue = &steps[2];
    let comes = "2025-10-14".parse::<CivilDate>().unwrap().ends();
    let publicity = format!("publicity_end has come; the deadline publicity_end (8) comes at {comes}");
    let objection = format!("not (a case of objection about case is open); there is C-{objection} already");
    assert_eq!(issue.missing, [publicity, objection]);
    assert_eq!(issue.after[0].deadline, "publicity_end");
    // Whoever qualifies may be the first reviewer.
    assert_eq!(steps[1].by, [StepParty { party: "reviewer".to_owned(), members: vec![] }]);
}

#[test]
fn what_a_step_must_bring_is_told() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    let steps = possible(&story, case);
    assert_eq!(names(&steps), ["resubmit"]);
    assert_eq!(steps[0].documents, ["application"]);
    assert_eq!(steps[0].until[0].deadline, "supplement_end");
}

#[test]
fn a_step_whose_object_another_case_has_registered_cannot_be_taken() {
    let mut story = Register::new();
    let (first, second) = (story.apply("asset"), story.apply("asset"));
    let open: Vec<bool> = possible(&story, second).iter().map(|step| step.missing.is_empty()).collect();
    assert_eq!(open, [true, true, true]);
    story.register(first);
    let steps = possible(&story, second);
    let register = steps.iter().find(|step| step.step == "register").unwrap();
    assert_eq!(register.missing, ["no entry of the same asset is in force; there is R-1 already"]);
    assert!(steps.iter().filter(|step| step.step != "register").all(|step| step.missing.is_empty()));
    // And whoever tries is told the same.
    let refused = go_on(second, "register").by("registry", &story.registry);
    let rule = story.ledger.refuse_step(&refused, bulla_types::ReasonCode::ObjectRegistered);
    assert_eq!(rule.to_string(), format!("does not hold: {}", register.missing[0]));
}

#[test]
fn a_party_that_is_suspended_cannot_take_a_step() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    let applicant = story.applicant.number;
    assert!(possible(&story, case)[0].missing.is_empty());
    story.ledger.administered().suspend(applicant).recorded();
    assert_eq!(possible(&story, case)[0].missing, [format!("member {applicant} is suspended")]);
}

#[test]
fn nothing_is_possible_between_a_lapse_and_the_block_that_records_it() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    let until = possible(&story, case)[0].until[0].clone();
    assert_eq!(until.deadline, "supplement_end");
    let at = |time| possible_steps(&story.ledger.view, case, time).unwrap()[0].missing.clone();
    assert!(at(bulla_types::BlockTime(until.due.0 - 1)).is_empty());
    let due = until.due;
    let told = format!("the deadline supplement_end came at {due}: what follows from it comes first");
    assert_eq!(at(due), [told]);
}

#[test]
fn nothing_may_happen_in_a_case_that_has_ended() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "refuse").by("registry", &story.registry).reasons("no"));
    assert_eq!(possible(&story, case), []);
}
