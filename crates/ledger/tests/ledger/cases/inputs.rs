//! What a step says and hands in.

use bulla_ledger::StepRule;
use bulla_types::{
    DocumentItem, EvidenceNumber, FieldValue, MemberNumber, ReasonCode, Role, Share, Shares, Subject,
};

use super::story::Register;
use crate::support::{Take, digests, go_on, open, term};

#[track_caller]
fn refused(story: &mut Register, take: &Take, reason: ReasonCode) -> StepRule {
    story.ledger.refuse_step(take, reason)
}

#[test]
fn a_field_that_the_step_needs_is_given_and_no_other() {
    let mut story = Register::new();
    let without = story.application("asset").without_field("form");
    let rule = refused(&mut story, &without, ReasonCode::FieldMissing);
    assert_eq!(rule, StepRule::FieldMissing("form".to_owned()));
    let unknown = story.application("asset").field("colour", FieldValue::Integer(1));
    let rule = refused(&mut story, &unknown, ReasonCode::FieldInvalid);
    assert_eq!(rule, StepRule::FieldUnknown("colour".to_owned()));
    // A field of the profile, but not of the step.
    let elsewhere = story.application("asset").attached("grounds", "none");
    let rule = refused(&mut story, &elsewhere, ReasonCode::FieldInvalid);
    assert_eq!(rule, StepRule::FieldUnknown("grounds".to_owned()));
}

#[test]
fn a_field_is_needed_while_its_condition_holds() {
    let mut story = Register::new();
    let report = story.application("asset").field("form", term("report"));
    let rule = refused(&mut story, &report, ReasonCode::FieldMissing);
    assert_eq!(rule, StepRule::FieldMissing("version_note".to_owned()));
    story.ledger.take(&report.attached("version_note", "2"));
    story.apply("a dataset needs none");
}

#[test]
fn a_field_stands_where_the_profile_puts_it() {
    let mut story = Register::new();
    let clear = story.application("asset").field("name", FieldValue::Text("asset".to_owned()));
    let StepRule::FieldInvalid { name, needed } = refused(&mut story, &clear, ReasonCode::FieldInvalid)
    else {
        panic!()
    };
    assert_eq!((name.as_str(), needed.as_str()), ("name", "stand as a commitment"));
    let hidden = story.application("asset").attached("form", "dataset");
    let StepRule::FieldInvalid { needed, .. } = refused(&mut story, &hidden, ReasonCode::FieldInvalid) else {
        panic!()
    };
    assert_eq!(needed, "stand in clear");
}

#[test]
fn a_value_is_of_the_kind_of_its_field() {
    let mut story = Register::new();
    for wrong in [FieldValue::Integer(1), term("song"), FieldValue::Answer(true)] {
        let take = story.application("asset").field("form", wrong);
        refused(&mut story, &take, ReasonCode::FieldInvalid);
    }
    let two = vec![term("dataset"), term("report")];
    let take = story.application("asset").values("form", two);
    refused(&mut story, &take, ReasonCode::FieldInvalid);
}

#[test]
fn a_value_that_names_something_names_what_is_there() {
    let mut story = Register::new();
    let (registered, _) = story.certified("asset");
    let share = |member, ppm| Share { member: MemberNumber(member), ppm };
    let shares = Shares::new(vec![share(99, 1_000_000)]).unwrap();
    // The acquirer holds no account yet.
    let agree = open(story.profile, "transfer", "agree")
        .about(Subject::Registration(registered.registrations[0]))
        .naming("acquirer", &story.other)
        .by("holder", &story.applicant)
        .with("acquirer", &story.other)
        .field("shares", FieldValue::Shares(shares));
    refused(&mut story, &agree, ReasonCode::AccountMissing);
    let applicant = std::mem::replace(&mut story.applicant, story.other.clone());
    let case = story.apply("another");
    story.register(case);
    story.applicant = applicant;
    let rule = refused(&mut story, &agree, ReasonCode::FieldInvalid);
    let needed = "name what is on the ledger: there is no M-99".to_owned();
    assert_eq!(rule, StepRule::FieldInvalid { name: "shares".to_owned(), needed });
}

#[test]
fn a_document_that_the_step_needs_is_handed_in_in_a_form_that_will_do() {
    let mut story = Register::new();
    let without = story.application("asset").without_document("application");
    let rule = refused(&mut story, &without, ReasonCode::DocumentMissing);
    assert_eq!(rule, StepRule::DocumentMissing("application".to_owned()));
    let unknown = story.application("asset").paper("judgment");
    let rule = refused(&mut story, &unknown, ReasonCode::DocumentInvalid);
    assert_eq!(rule, StepRule::DocumentUnknown("judgment".to_owned()));
    // A report is a deposit of evidence on the ledger.
    let paper = story.application("asset").paper("report");
    let rule = refused(&mut story, &paper, ReasonCode::DocumentInvalid);
    assert_eq!(rule.to_string(), "the document report must be handed in as one of: evidence");
}

#[test]
fn evidence_that_is_handed_in_was_deposited() {
    let mut story = Register::new();
    let service = story.ledger.enrol("service", Role::EvidenceService);
    let report = |number| vec![DocumentItem::Evidence(EvidenceNumber(number))];
    let take = story.application("asset").document("report", report(1));
    let rule = refused(&mut story, &take, ReasonCode::EvidenceUnknown);
    assert_eq!(rule, StepRule::EvidenceUnknown(EvidenceNumber(1)));
    story.ledger.request().operated_by(&service).deposit("report").recorded();
    story.ledger.take(&take);
    let too_many = vec![DocumentItem::Evidence(EvidenceNumber(1)); 4];
    let take = story.application("another").document("report", too_many);
    refused(&mut story, &take, ReasonCode::DocumentInvalid);
}

#[test]
fn reasons_are_given_where_they_are_due_and_nowhere_else() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let silent = go_on(case, "refuse").by("registry", &story.registry);
    assert_eq!(refused(&mut story, &silent, ReasonCode::ReasonsMissing), StepRule::ReasonsMissing);
    let talkative = go_on(case, "register").by("registry", &story.registry).reasons("why not");
    assert_eq!(refused(&mut story, &talkative, ReasonCode::FieldInvalid), StepRule::ReasonsUnexpected);
    story.ledger.take(&silent.reasons("no title"));
    assert_eq!(story.ledger.state(case), "refused");
}

#[test]
fn documents_that_were_returned_count_as_not_handed_in() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    let resubmit = go_on(case, "resubmit").by("applicant", &story.applicant);
    refused(&mut story, &resubmit, ReasonCode::DocumentMissing);
    story.ledger.take(&resubmit.document("application", vec![DocumentItem::Digests(digests("better"))]));
    story.register(case);
}
