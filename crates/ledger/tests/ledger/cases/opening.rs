//! Under which profile a case is opened, and by which step.

use bulla_ledger::StepRule;
use bulla_rules::profile::Profile;
use bulla_types::{CaseNumber, ProfileDigest, ReasonCode, Subject};

use super::story::Register;
use crate::support::{beside, go_on, made_up, open, register};

#[test]
fn a_case_is_opened_under_the_version_in_force_and_keeps_it() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let application = story.application("another");
    let second = story.ledger.adopt(&Profile { version: 2, ..register() });
    let rule = story.ledger.refuse_step(&application, ReasonCode::ProfileNotInForce);
    assert_eq!(rule, StepRule::ProfileSuperseded { in_force: second });
    story.register(case);
    assert_eq!(story.ledger.case(case).profile, story.profile);
    story.profile = second;
    story.apply("another");
    // An object is the same under every version.
    let same = story.application("asset");
    story.ledger.refuse_step(&same, ReasonCode::ObjectRegistered);
    // And so is what is about a record of an earlier version.
    let objection = story.objection(case);
    story.ledger.take(&objection);
}

#[test]
fn a_profile_that_was_not_adopted_opens_no_case() {
    let mut story = Register::new();
    story.profile = ProfileDigest::of(b"another");
    let application = story.application("asset");
    let rule = story.ledger.refuse_step(&application, ReasonCode::ProfileUnknown);
    assert_eq!(rule, StepRule::ProfileUnknown);
}

#[test]
fn cases_are_opened_while_the_sources_of_the_profile_are_in_force() {
    let mut story = Register::new();
    let text = include_str!("../../profiles/register.toml");
    let text = text.replace("version = 1", "version = 2").replace("2030-12-31", "2025-10-14");
    story.profile = story.ledger.adopt(&made_up(&text));
    story.ledger.until("2025-10-14");
    let case = story.apply("asset");
    story.ledger.until("2025-10-15");
    let application = story.application("another");
    let rule = story.ledger.refuse_step(&application, ReasonCode::ProfileNotInForce);
    let told = rule.to_string();
    assert_eq!(told, "the source main of the profile is in force from 2024-01-01 to 2025-10-14 only");
    // What was opened goes on.
    story.register(case);
    let terms = text.replace("2025-10-14", "2030-12-31").replace("version = 2", "version = 3");
    let terms = beside(&terms, "effective_to = 2025-10-20");
    story.profile = story.ledger.adopt(&made_up(&terms));
    story.ledger.until("2025-10-20");
    story.apply("another");
    story.ledger.until("2025-10-21");
    let application = story.application("a third");
    let rule = story.ledger.refuse_step(&application, ReasonCode::ProfileNotInForce);
    assert_eq!(rule.to_string(), "the source terms of the profile is in force to 2025-10-20 only");
}

#[test]
fn a_case_is_opened_by_an_opening_step_of_a_procedure_of_the_profile() {
    let mut story = Register::new();
    let unknown = open(story.profile, "divorce", "apply").by("applicant", &story.applicant);
    let rule = story.ledger.refuse_step(&unknown, ReasonCode::StepUnknown);
    assert_eq!(rule, StepRule::ProcedureUnknown("divorce".to_owned()));
    let unknown = open(story.profile, "registration", "marry").by("applicant", &story.applicant);
    assert_eq!(story.ledger.refuse_step(&unknown, ReasonCode::StepUnknown), StepRule::StepUnknown);
    let later = open(story.profile, "registration", "register").by("registry", &story.registry);
    assert_eq!(story.ledger.refuse_step(&later, ReasonCode::StepOutOfOrder), StepRule::NotOpening);
    let case = story.apply("asset");
    let again = go_on(case, "apply").by("applicant", &story.applicant);
    assert_eq!(story.ledger.refuse_step(&again, ReasonCode::StepOutOfOrder), StepRule::Opening);
    let nowhere = go_on(CaseNumber(99), "register").by("registry", &story.registry);
    assert_eq!(story.ledger.refuse_step(&nowhere, ReasonCode::CaseUnknown), StepRule::CaseUnknown);
}

#[test]
fn a_case_is_about_what_its_procedure_is_about() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let about = story.application("another").about(Subject::Case(case));
    let rule = story.ledger.refuse_step(&about, ReasonCode::CaseSubjectInvalid);
    let (expected, found) = ("nothing on the ledger yet", format!("C-{case}"));
    assert_eq!(rule, StepRule::SubjectWrong { expected, found });
    let about = open(story.profile, "ending", "end").by("holder", &story.applicant);
    let rule = story.ledger.refuse_step(&about, ReasonCode::CaseSubjectInvalid);
    let (expected, found) = ("a registration", "nothing".to_owned());
    assert_eq!(rule, StepRule::SubjectWrong { expected, found });
}

#[test]
fn a_refusal_names_the_step_its_article_and_what_would_be_possible_instead() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let issue = story.issue(case);
    let refusal = story.ledger.refuse(&issue);
    assert_eq!(
        refusal.to_string(),
        "action 0: step issue of case 1 (9): the case is in state review, where the step is not taken; \
         possible now: give_back by registry, register by registry, refuse by registry"
    );
    let early = open(story.profile, "registration", "register").by("registry", &story.registry);
    let refusal = story.ledger.refuse(&early);
    assert_eq!(
        refusal.to_string(),
        "action 0: step register (5): the step does not open a case; \
         possible now: registration/apply by applicant"
    );
}
