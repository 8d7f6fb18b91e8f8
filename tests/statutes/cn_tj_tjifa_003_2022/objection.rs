//! Handling of objections (cl. 5.1 h), which the standard names without rules: what follows is decided by
//! the platform or inferred, as the profile says.

use bulla_fixtures::stage::{digests, go_on};
use bulla_types::{
    CaseDeadlineStatus, CaseNumber, DocumentItem, EvidenceNumber, FieldValue, ReasonCode, RegisterStatus,
    RegistrationRecord, Subject,
};

use super::stage::Platform;
use crate::suite::{Law, end_of, first_minute_after, last_minute_of, statutes, working_days};

statutes!(super::super::SOURCE:
    clause_5_1_h_objections_are_filed_in_the_period_that_the_platform_has_set,
    clause_5_1_h_an_objection_states_its_grounds_and_hands_in_material,
    clause_5_1_h_an_objector_shows_its_interest_where_the_platform_asks_it,
    clause_5_1_h_nobody_objects_to_its_own_registration,
    clause_5_1_h_an_objection_is_to_a_registration_in_publicity,
    clause_5_1_h_the_registration_is_marked_while_an_objection_is_pending,
    clause_5_1_h_no_certificate_is_issued_while_an_objection_is_pending,
    clause_5_1_h_the_right_holder_replies,
    clause_5_1_h_the_platform_decides_with_reasons_in_its_period,
    clause_5_1_h_the_objector_may_withdraw,
    clause_5_1_h_an_upheld_objection_returns_the_application,
    clause_5_1_h_an_upheld_objection_cancels_the_registration_where_the_platform_says_so,
    clause_5_1_h_an_objection_that_is_pending_marks_a_registration_made_anew,
    clause_5_1_h_an_objection_ends_with_the_application_that_is_withdrawn,
);

fn registration(story: &Platform, case: CaseNumber) -> RegistrationRecord {
    story.registration(story.case(case).registration.unwrap())
}

fn is_marked(story: &Platform, case: CaseNumber) -> bool {
    registration(story, case).flags.contains_key("objection")
}

/// Registered on Friday 10 October, three working days: until the end of Tuesday 14.
fn clause_5_1_h_objections_are_filed_in_the_period_that_the_platform_has_set(law: &Law) {
    // A longer publicity shows that the period of objections is a rule of its own.
    for longer in [false, true] {
        let law = if longer { &law.deciding("objection_filing_period", working_days(5)) } else { law };
        let (last, late) = if longer { ("2025-10-16", "2025-10-17") } else { ("2025-10-14", "2025-10-15") };
        let mut story = Platform::of(law);
        let (case, _) = story.registered("asset");
        assert_eq!(story.case(case).deadlines["objection_end"].due, Some(end_of(last)));
        let objection = story.objection(case);
        last_minute_of(&mut story.ledger, last);
        story.would_take(&objection);
        let issue = story.issue(case);
        story.refused(&issue, ReasonCode::TooEarly);
        story.until(late);
        story.refused(&objection, ReasonCode::WindowClosed);
        story.take(&issue);
    }
}

fn clause_5_1_h_an_objection_states_its_grounds_and_hands_in_material(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let objection = story.objection(case);
    story.refused(&objection.clone().without_field("objection_grounds"), ReasonCode::FieldMissing);
    story.refused(&objection.clone().without_document("objection_material"), ReasonCode::DocumentMissing);
    let clear = FieldValue::Text("for all to read".to_owned());
    story.refused(&objection.clone().field("objection_grounds", clear), ReasonCode::FieldInvalid);
    let material = |count: usize| {
        let items = (0..count).map(|item| DocumentItem::Digests(digests(&item.to_string())));
        objection.clone().document("objection_material", items.collect())
    };
    story.would_take(&material(16));
    story.refused(&material(17), ReasonCode::DocumentInvalid);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    story.would_take(
        &objection.document("objection_material", deposit.clone()).document("interest_proof", deposit),
    );
}

fn clause_5_1_h_an_objector_shows_its_interest_where_the_platform_asks_it(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let objection = story.objection(case).without_document("interest_proof");
    story.refused(&objection, ReasonCode::DocumentMissing);

    let mut story = Platform::of(&law.deciding("objector_scope", "anyone"));
    let (case, _) = story.registered("asset");
    let objection = story.objection(case).without_document("interest_proof");
    story.take(&objection);
}

fn clause_5_1_h_nobody_objects_to_its_own_registration(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let applicant = story.applicant.clone();
    let own = story.objection(case).without_actors().by("objector", &applicant);
    story.refused(&own, ReasonCode::PartyWrong);
}

fn clause_5_1_h_an_objection_is_to_a_registration_in_publicity(law: &Law) {
    let mut story = Platform::of(law);
    let case = story.applied("asset");
    let objection = story.objection(case);
    story.refused(&objection, ReasonCode::WindowClosed);
    // A case of another kind is not registered at all.
    let storage = story.objection(CaseNumber(1));
    story.refused(&storage, ReasonCode::CaseSubjectInvalid);
    let register = story.register(case);
    let registration = story.take(&register).registrations[0];
    let about_registration = objection.clone().about(Subject::Registration(registration));
    story.refused(&about_registration, ReasonCode::CaseSubjectInvalid);
    story.take(&objection);
}

fn clause_5_1_h_the_registration_is_marked_while_an_objection_is_pending(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    assert!(!is_marked(&story, case));
    let (first, second) = (story.objected(case), story.objected(case));
    assert!(is_marked(&story, case));
    let flag = registration(&story, case).flags["objection"];
    assert_eq!(flag.class, bulla_types::RecordFlagClass::Objection);
    assert_eq!(registration(&story, case).status, RegisterStatus::InForce);
    let dismiss = story.decide(first, "dismiss");
    story.take(&dismiss);
    assert!(is_marked(&story, case), "the second is pending");
    let withdraw = go_on(second, "withdraw").by("objector", &story.objector);
    story.take(&withdraw);
    assert!(!is_marked(&story, case));
}

fn clause_5_1_h_no_certificate_is_issued_while_an_objection_is_pending(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let objection = story.objected(case);
    story.until("2025-10-20");
    let issue = story.issue(case);
    story.refused(&issue, ReasonCode::CaseExists);
    let dismiss = story.decide(objection, "dismiss");
    story.take(&dismiss);
    story.take(&issue);
}

fn clause_5_1_h_the_right_holder_replies(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let objection = story.objected(case);
    let reply =
        go_on(objection, "reply").by("respondent", &story.applicant).attached("objection_reply", "no");
    story.refused(&reply.clone().without_field("objection_reply"), ReasonCode::FieldMissing);
    let clear = FieldValue::Text("for all to read".to_owned());
    story.refused(&reply.clone().field("objection_reply", clear), ReasonCode::FieldInvalid);
    let objector = story.objector.clone();
    let by_objector = reply.clone().without_actors().by("respondent", &objector);
    story.refused(&by_objector, ReasonCode::PartyWrong);
    let material = |count: usize| {
        let items = (0..count).map(|item| DocumentItem::Digests(digests(&item.to_string())));
        reply.clone().document("reply_material", items.collect())
    };
    story.would_take(&reply);
    story.refused(&material(17), ReasonCode::DocumentInvalid);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    story.would_take(&reply.clone().document("reply_material", deposit));
    story.take(&material(16));
    assert_eq!(story.state(objection), "filed");
}

/// Filed on Friday 10 October, five working days: 11, 13, 14, 15, 16.
fn clause_5_1_h_the_platform_decides_with_reasons_in_its_period(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let [upheld, dismissed, missed] = [(); 3].map(|()| story.objected(case));
    let handling = |story: &Platform, case| story.case(case).deadlines["handling_end"].clone();
    assert_eq!(handling(&story, missed).due, Some(end_of("2025-10-16")));
    last_minute_of(&mut story.ledger, "2025-10-16");
    for step in ["uphold", "dismiss"] {
        let without = go_on(missed, step).by("platform", &story.platform);
        story.refused(&without, ReasonCode::ReasonsMissing);
        let objector = story.objector.clone();
        let by_objector = story.decide(missed, step).without_actors().by("objector", &objector);
        story.refused(&by_objector, ReasonCode::PartyWrong);
    }
    let dismiss = story.decide(dismissed, "dismiss");
    story.take(&dismiss);
    let uphold = story.decide(upheld, "uphold");
    story.take(&uphold);
    assert_eq!((story.state(upheld).as_str(), story.state(dismissed).as_str()), ("upheld", "dismissed"));
    assert_eq!(handling(&story, upheld).status, CaseDeadlineStatus::Met);
    assert_eq!(handling(&story, dismissed).status, CaseDeadlineStatus::Met);
    assert_eq!(handling(&story, missed).status, CaseDeadlineStatus::Running);
    first_minute_after(&mut story.ledger, "2025-10-16");
    assert_eq!(handling(&story, missed).status, CaseDeadlineStatus::Reached, "the miss is recorded");
    let dismiss = story.decide(missed, "dismiss");
    story.take(&dismiss);
}

fn clause_5_1_h_the_objector_may_withdraw(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let objection = story.objected(case);
    let withdraw = go_on(objection, "withdraw").by("objector", &story.objector);
    let competitor = story.competitor.clone();
    let by_other = withdraw.clone().without_actors().by("objector", &competitor);
    story.refused(&by_other, ReasonCode::PartyWrong);
    story.take(&withdraw);
    assert_eq!(story.state(objection), "withdrawn");
    assert_eq!(story.state(case), "publicity");
    let dismiss = story.decide(objection, "dismiss");
    story.refused(&dismiss, ReasonCode::CaseEnded);
}

fn clause_5_1_h_an_upheld_objection_returns_the_application(law: &Law) {
    let mut story = Platform::of(law);
    let (case, first) = story.registered("asset");
    let objection = story.objected(case);
    let uphold = story.decide(objection, "uphold");
    story.take(&uphold);
    assert_eq!(story.state(case), "returned");
    let record = registration(&story, case);
    assert_eq!(record.status, RegisterStatus::Cancelled);
    assert!(record.flags.is_empty());
    assert!(story.case(case).documents.is_empty());
    let applicant = story.applicant.clone();
    let vouchers = story.vouchers("asset", &applicant);
    let resubmit = story.resubmission(case, "asset", vouchers);
    story.take(&resubmit);
    let register = story.register(case);
    let second = story.take(&register);
    assert_eq!((first.objects.len(), second.objects.len()), (1, 0), "the asset keeps its number");
    // The publicity runs anew.
    let issue = story.issue(case);
    story.refused(&issue, ReasonCode::TooEarly);
    story.until("2025-10-15");
    story.take(&issue);
}

fn clause_5_1_h_an_upheld_objection_cancels_the_registration_where_the_platform_says_so(law: &Law) {
    let mut story = Platform::of(&law.deciding("objection_outcome", "cancel"));
    let (case, _) = story.registered("asset");
    let (upheld, pending) = (story.objected(case), story.objected(case));
    let uphold = story.decide(upheld, "uphold");
    story.take(&uphold);
    assert_eq!(story.state(case), "cancelled");
    assert_eq!(registration(&story, case).status, RegisterStatus::Cancelled);
    assert!(!is_marked(&story, case));
    assert_eq!(story.state(pending), "moot", "the other objection ends with the registration");
    let dismiss = story.decide(pending, "dismiss");
    story.refused(&dismiss, ReasonCode::CaseEnded);
    story.until("2025-10-20");
    let issue = story.issue(case);
    story.refused(&issue, ReasonCode::CaseEnded);
    // The asset may be registered again.
    story.registered("asset");
}

fn clause_5_1_h_an_objection_that_is_pending_marks_a_registration_made_anew(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let (upheld, pending) = (story.objected(case), story.objected(case));
    let uphold = story.decide(upheld, "uphold");
    story.take(&uphold);
    assert_eq!(story.state(pending), "filed");
    let applicant = story.applicant.clone();
    let vouchers = story.vouchers("asset", &applicant);
    let resubmit = story.resubmission(case, "asset", vouchers);
    story.take(&resubmit);
    let register = story.register(case);
    story.take(&register);
    assert!(is_marked(&story, case));
    let dismiss = story.decide(pending, "dismiss");
    story.take(&dismiss);
    assert!(!is_marked(&story, case));
}

fn clause_5_1_h_an_objection_ends_with_the_application_that_is_withdrawn(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let objection = story.objected(case);
    assert!(is_marked(&story, case));
    story.take(&go_on(case, "withdraw").by("applicant", &story.applicant));
    assert_eq!(story.state(objection), "moot");
    assert!(!is_marked(&story, case));
    let dismiss = story.decide(objection, "dismiss");
    story.refused(&dismiss, ReasonCode::CaseEnded);
}
