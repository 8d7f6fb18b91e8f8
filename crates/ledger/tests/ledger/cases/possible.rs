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
    story.ledger.take(&objection);
    let steps = possible(&story, case);
    assert_eq!(names(&steps), ["refuse", "confirm", "issue"]);
    let issue = &steps[2];
    let missing = ["publicity_end has come", "not (a case of objection about case is open)"];
    assert_eq!(issue.missing, missing);
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
fn nothing_may_happen_in_a_case_that_has_ended() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "refuse").by("registry", &story.registry).reasons("no"));
    assert_eq!(possible(&story, case), []);
}
