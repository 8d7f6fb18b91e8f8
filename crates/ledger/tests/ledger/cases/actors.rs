//! Who takes a step.

use bulla_ledger::{Cause, StepRule};
use bulla_types::{
    CaseNumber, DocumentItem, FieldValue, KeyPurpose, MemberNumber, Outcome, ReasonCode, Role, Subject,
};

use super::story::Register;
use crate::support::{Take, digests, go_on, open, term};

fn refused(story: &mut Register, take: &Take, reason: ReasonCode) -> StepRule {
    story.ledger.refuse_step(take, reason)
}

#[test]
fn a_step_is_taken_as_one_of_its_parties_by_the_member_that_the_party_is() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let wrong_party = go_on(case, "register").by("applicant", &story.applicant);
    let (found, expected) = ("applicant".to_owned(), "registry".to_owned());
    let rule = refused(&mut story, &wrong_party, ReasonCode::PartyWrong);
    assert_eq!(rule, StepRule::PartyWrong { found, expected });

    // Body 2 is a registration body, but body 1 has adopted the profile.
    let (second, one) = (story.ledger.body(2), story.registry.number);
    let wrong_member = go_on(case, "register").by("registry", &second);
    let rule = refused(&mut story, &wrong_member, ReasonCode::PartyWrong);
    let (party, member, expected) = ("registry".to_owned(), second.number, vec![one]);
    assert_eq!(rule, StepRule::MemberWrong { party, member, expected });

    let both = go_on(case, "register").by("registry", &story.registry).with("registry", &second);
    let rule = refused(&mut story, &both, ReasonCode::PartyWrong);
    let expected = vec![story.registry.number];
    assert_eq!(rule, StepRule::MemberWrong { party: "registry".to_owned(), member: second.number, expected });
}

#[test]
fn the_operate_key_of_every_actor_signs() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let unsigned = go_on(case, "register").by("registry", &story.registry).unsigned();
    let transaction =
        story.ledger.request().operated_by(&story.applicant.clone()).action(unsigned.action()).transaction();
    let refusal = story.ledger.record(&transaction).unwrap_err();
    assert_eq!(refusal.reason(), ReasonCode::SignerMissing);
    // An ADMINISTER key is for other things.
    let registry = story.registry.clone();
    let request = story.ledger.request().signed_by(&registry, KeyPurpose::Administer);
    let transaction = request.action(unsigned.action()).transaction();
    assert_eq!(story.ledger.record(&transaction).unwrap_err().reason(), ReasonCode::KeyPurposeWrong);
}

#[test]
fn nobody_signs_without_a_part_in_the_step() {
    let mut story = Register::new();
    let application = story.application("asset").signed_by(&story.other);
    let refusal = story.ledger.refuse(&application);
    assert_eq!(refusal.cause, Cause::SignerWithoutPart(story.other.number));
    assert_eq!((refusal.action, refusal.reason()), (None, ReasonCode::SignerSuperfluous));
    let actor = story.application("asset").with("registry", &story.registry.clone());
    let rule = refused(&mut story, &actor, ReasonCode::PartyWrong);
    assert_eq!(rule, StepRule::ActorSuperfluous("registry".to_owned()));
}

#[test]
fn a_member_must_have_a_role_of_the_party_and_none_that_it_excludes() {
    let mut story = Register::new();
    let exchange = story.ledger.enrol("exchange", Role::Exchange);
    let application = |member| {
        open(story.profile, "registration", "apply")
            .by("applicant", member)
            .field("code", FieldValue::Digests(digests("asset")))
            .field("form", term("dataset"))
            .attached("name", "asset")
            .paper("application")
    };
    let take = application(&exchange);
    let StepRule::Unqualified { member, .. } = refused(&mut story, &take, ReasonCode::RoleMissing) else {
        panic!()
    };
    assert_eq!(member, exchange.number);
}

#[test]
fn a_member_that_is_suspended_neither_acts_nor_is_acted_for() {
    let mut story = Register::new();
    let agent = story.ledger.enrol("agent", Role::Agent);
    let applicant = story.applicant.number;
    story.ledger.administered().suspend(applicant).recorded();
    let application = story.application("asset");
    assert_eq!(story.ledger.refuse(&application).reason(), ReasonCode::MemberSuspended);
    let by_agent = by_agent(&story, applicant, &agent).paper("mandate");
    let rule = refused(&mut story, &by_agent, ReasonCode::MemberSuspended);
    assert_eq!(rule, StepRule::MemberSuspended(applicant));
}

fn by_agent(story: &Register, member: MemberNumber, agent: &crate::support::Party) -> Take {
    open(story.profile, "registration", "apply")
        .by_agent("applicant", member, agent)
        .field("code", FieldValue::Digests(digests("asset")))
        .field("form", term("dataset"))
        .attached("name", "asset")
        .paper("application")
}

#[test]
fn an_agent_acts_with_a_mandate_for_a_party_that_may_be_represented() {
    let mut story = Register::new();
    let agent = story.ledger.enrol("agent", Role::Agent);
    let (applicant, other) = (story.applicant.number, story.other.clone());
    let without = by_agent(&story, applicant, &agent);
    let rule = refused(&mut story, &without, ReasonCode::MandateMissing);
    let missing = |member, agent: &crate::support::Party| StepRule::MandateMissing {
        document: "mandate".to_owned(),
        member,
        agent: agent.number,
    };
    assert_eq!(rule, missing(applicant, &agent));
    let no_agent = by_agent(&story, applicant, &other).paper("mandate");
    let rule = refused(&mut story, &no_agent, ReasonCode::RoleMissing);
    assert_eq!(rule, StepRule::NotAnAgent(other.number));

    let case = story.ledger.take(&by_agent(&story, applicant, &agent).paper("mandate")).case;
    let record = story.ledger.case(case);
    assert_eq!(record.parties["applicant"], [applicant].into());
    // The step is the member's; the mandate stays in hand until the documents are returned.
    assert_eq!(record.steps["apply"].by.unwrap().0, applicant);
    assert!(record.documents.contains_key("mandate"));

    let register = go_on(case, "register").by_agent("registry", story.registry.number, &agent);
    let rule = refused(&mut story, &register, ReasonCode::MandateMissing);
    assert_eq!(rule, StepRule::AgentNotAllowed("registry".to_owned()));
}

#[test]
fn a_mandate_that_was_returned_is_shown_again() {
    let mut story = Register::new();
    let agent = story.ledger.enrol("agent", Role::Agent);
    let applicant = story.applicant.number;
    let case = story.ledger.take(&by_agent(&story, applicant, &agent).paper("mandate")).case;
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    let resubmit = go_on(case, "resubmit").by_agent("applicant", applicant, &agent).paper("application");
    refused(&mut story, &resubmit, ReasonCode::MandateMissing);
    story.ledger.take(&resubmit.paper("mandate"));
}

#[test]
fn whoever_acts_first_where_one_may_is_the_party_from_then_on() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    let (second, third) = (story.ledger.body(2), story.ledger.body(3));
    story.ledger.take(&go_on(case, "confirm").by("reviewer", &second));
    let other = go_on(case, "confirm").by("reviewer", &third);
    let rule = refused(&mut story, &other, ReasonCode::PartyWrong);
    let expected = vec![second.number];
    assert_eq!(rule, StepRule::MemberWrong { party: "reviewer".to_owned(), member: third.number, expected });
    story.ledger.take(&go_on(case, "confirm").by("reviewer", &second));
    assert_eq!(story.ledger.case(case).steps["confirm"].times, 2);
}

#[test]
fn duties_are_separated_where_the_profile_says_so() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    let same = go_on(case, "confirm").by("reviewer", &story.registry);
    refused(&mut story, &same, ReasonCode::PartyWrong);
}

#[test]
fn the_opener_names_the_parties_that_are_named_and_nobody_else() {
    let mut story = Register::new();
    let (registered, _) = story.certified("asset");
    let about = Subject::Registration(registered.registrations[0]);
    let agree = || {
        open(story.profile, "transfer", "agree")
            .about(about)
            .by("holder", &story.applicant)
            .with("acquirer", &story.other)
    };
    let nobody = agree();
    let too_many = agree().naming("acquirer", &story.other).naming("court", &story.other);
    for take in [nobody, too_many] {
        let rule = refused(&mut story, &take, ReasonCode::PartyWrong);
        assert_eq!(rule, StepRule::NamedWrong { expected: "acquirer".to_owned() });
    }
}

#[test]
fn a_party_that_signs_besides_is_not_left_out() {
    let mut story = Register::new();
    let (registered, _) = story.certified("asset");
    let about = Subject::Registration(registered.registrations[0]);
    let alone = open(story.profile, "transfer", "agree")
        .about(about)
        .naming("acquirer", &story.other)
        .by("holder", &story.applicant);
    let rule = refused(&mut story, &alone, ReasonCode::SignerMissing);
    let missing = story.other.number;
    assert_eq!(rule, StepRule::ActorMissing { party: "acquirer".to_owned(), missing });
}

#[test]
fn two_steps_of_different_cases_stand_in_one_transaction() {
    let mut story = Register::new();
    let (first, second) = (story.application("a"), story.application("b"));
    let transaction = first.request(&mut story.ledger).action(second.action()).transaction();
    let outcomes = story.ledger.record(&transaction).unwrap();
    let cases = outcomes.iter().map(|outcome| match outcome {
        Outcome::Case(outcome) => outcome.case,
        other => panic!("{other:?}"),
    });
    assert_eq!(cases.collect::<Vec<_>>(), [CaseNumber(1), CaseNumber(2)]);
}

#[test]
fn a_step_may_use_a_deposit_of_the_same_transaction() {
    let mut story = Register::new();
    let service = story.ledger.enrol("service", Role::EvidenceService);
    let number = bulla_types::EvidenceNumber(1);
    let take = story.application("asset").document("report", vec![DocumentItem::Evidence(number)]);
    refused(&mut story, &take, ReasonCode::EvidenceUnknown);
    let applicant = story.applicant.clone();
    let request = story.ledger.request().operated_by(&service).operated_by(&applicant);
    let transaction = request.deposit("report").action(take.action()).transaction();
    story.ledger.record(&transaction).unwrap();
}
