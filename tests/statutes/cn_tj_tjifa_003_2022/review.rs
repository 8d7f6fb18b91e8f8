//! Review, registration and return (cl. 3.12, 6.1, 6.2, 6.3, 6.4.2, annex 7).

use bulla_fixtures::stage::{Party, code_of, term};
use bulla_types::{
    CaseDeadlineStatus, CaseNumber, CaseOutcome, DocumentItem, FieldValue, ReasonCode, RegisterStatus,
    RuleName, Subject, SystemEvent,
};

use super::stage::{PAPERS, Platform, VOUCHERS};
use crate::suite::{Law, end_of, first_minute_after, last_minute_of, statutes};

statutes!(super::super::SOURCE:
    clause_6_1_2_a_what_is_not_deidentified_structured_or_stored_is_not_registered,
    clause_6_1_2_a_vouchers_of_another_asset_will_not_do,
    clause_6_1_2_a_vouchers_of_another_holder_will_not_do,
    clause_6_1_2_only_the_platform_reviews,
    clause_6_1_2_the_review_ends_in_the_period_that_the_platform_has_set,
    clause_6_1_4_registration_opens_the_ledger_and_the_classified_account,
    clause_6_2_2_the_ledger_is_the_holders_by_its_real_name,
    clause_6_2_3_one_holder_has_one_ledger,
    clause_6_3_1_accounts_follow_the_form_of_the_asset,
    clause_6_3_1_a_platform_may_keep_a_single_account,
    clause_6_2_1_the_ledger_records_what_is_held,
    clause_3_12_possession_use_benefit_and_disposal_are_registered,
    clause_8_2_1_the_registrar_says_type_acquisition_and_permitted_use,
    clause_6_4_2_1_a_failed_review_returns_all_material_for_supplement,
    clause_6_4_2_2_the_supplement_brings_the_whole_file_again,
    clause_6_4_2_3_a_supplemented_registration_is_certified_like_any_other,
    annex_7_the_notice_says_what_is_missing,
    annex_7_the_supplement_comes_in_time_or_the_case_ends,
);

fn clause_6_1_2_a_what_is_not_deidentified_structured_or_stored_is_not_registered(law: &Law) {
    let mut story = Platform::of(law);
    let application = story.application("asset");
    for question in ["evidence_stored", "deidentified", "structured"] {
        let case = story.take(&application.clone().field(question, FieldValue::Answer(false))).case;
        let register = story.register(case);
        story.refused(&register, ReasonCode::ConditionNotMet);
    }
    let case = story.take(&application).case;
    let register = story.register(case);
    story.take(&register);
    assert_eq!(story.state(case), "publicity");
}

fn clause_6_1_2_a_vouchers_of_another_asset_will_not_do(law: &Law) {
    let holder = |story: &Platform| story.applicant.clone();
    other_vouchers_are_refused(law, "another asset", holder, ReasonCode::ValuesDiffer);
}

fn clause_6_1_2_a_vouchers_of_another_holder_will_not_do(law: &Law) {
    let holder = |story: &Platform| story.competitor.clone();
    other_vouchers_are_refused(law, "asset", holder, ReasonCode::CertificateNotValid);
}

/// One of the three vouchers is of another asset or holder.
fn other_vouchers_are_refused(law: &Law, asset: &str, of: fn(&Platform) -> Party, reason: ReasonCode) {
    let mut story = Platform::of(law);
    let application = story.application("asset");
    let holder = of(&story);
    let others = story.vouchers(asset, &holder);
    for (category, other) in VOUCHERS.iter().zip(others) {
        let other = vec![DocumentItem::Certificate(other)];
        let case = story.take(&application.clone().document(category, other)).case;
        let register = story.register(case);
        story.refused(&register, reason);
    }
}

fn clause_6_1_2_only_the_platform_reviews(law: &Law) {
    let mut story = Platform::of(law);
    let case = story.applied("asset");
    let steps = [story.register(case), story.return_for_supplement(case)];
    for step in steps {
        let (applicant, other_body) = (story.applicant.clone(), story.ledger.body(2));
        let by_applicant = step.clone().without_actors().by("applicant", &applicant);
        story.refused(&by_applicant, ReasonCode::PartyWrong);
        let by_other = step.clone().without_actors().by("platform", &other_body);
        story.refused(&by_other, ReasonCode::PartyWrong);
        story.would_take(&step);
    }
    // A member that is no registration body has adopted the rules: it is no platform for that.
    let mut story = Platform::of(&law.adopted_by(code_of("competitor")));
    let case = story.applied("asset");
    let competitor = story.competitor.clone();
    let register = story.register(case).without_actors().by("platform", &competitor);
    story.refused(&register, ReasonCode::RoleMissing);
}

/// Ten working days after Friday 10 October, Saturday 11 October being one: 23 October.
fn clause_6_1_2_the_review_ends_in_the_period_that_the_platform_has_set(law: &Law) {
    let mut story = Platform::of(law);
    let [met, missed, returned] = ["a", "b", "c"].map(|asset| story.applied(asset));
    last_minute_of(&mut story.ledger, "2025-10-23");
    let register = story.register(met);
    story.take(&register);
    let back = story.return_for_supplement(returned);
    story.take(&back);
    let review = |story: &Platform, case| story.case(case).deadlines["review_end"].clone();
    assert_eq!(review(&story, met).status, CaseDeadlineStatus::Met);
    assert_eq!(review(&story, returned).status, CaseDeadlineStatus::Met);
    assert_eq!(review(&story, missed).due, Some(end_of("2025-10-23")));
    assert_eq!(review(&story, missed).status, CaseDeadlineStatus::Running);
    first_minute_after(&mut story.ledger, "2025-10-23");
    assert_eq!(review(&story, missed).status, CaseDeadlineStatus::Reached, "the miss is recorded");
    // The holder does not suffer for it.
    let register = story.register(missed);
    story.take(&register);
}

fn clause_6_1_4_registration_opens_the_ledger_and_the_classified_account(law: &Law) {
    let mut story = Platform::of(law);
    let (_, given) = story.registered("asset");
    let [ledger, classified] = given.accounts[..] else { panic!("{given:?}") };
    let (ledger, classified) = (story.account(ledger), story.account(classified));
    assert_eq!((ledger.kind.as_str(), classified.kind.as_str()), ("ledger", "classified"));
    assert_eq!((ledger.within, classified.within), (None, Some(ledger.number)));
    let registration = story.registration(given.registrations[0]);
    assert_eq!(registration.account, Some(classified.number));
}

fn clause_6_2_2_the_ledger_is_the_holders_by_its_real_name(law: &Law) {
    let mut story = Platform::of(law);
    let (_, given) = story.registered("asset");
    for account in given.accounts {
        let account = story.account(account);
        assert_eq!(account.holder, story.applicant.number);
        assert_eq!(account.status, RegisterStatus::InForce);
    }
    let holder = story.ledger.record_of(&story.applicant);
    assert_eq!(holder.identity.name().unwrap().as_str(), story.applicant.name);
}

fn clause_6_2_3_one_holder_has_one_ledger(law: &Law) {
    let mut story = Platform::of(law);
    story.registered("asset");
    let (_, second) = story.registered("second asset");
    assert_eq!(second.accounts, [], "both accounts stand");
    let competitor = story.competitor.clone();
    let vouchers = story.vouchers("third asset", &competitor);
    let application = story.application_of(&competitor, "third asset", vouchers);
    let case = story.take(&application).case;
    let register = story.register(case);
    let third = story.take(&register);
    assert_eq!(third.accounts.len(), 2, "another holder has another ledger");
    assert_eq!(story.account(third.accounts[0]).holder, competitor.number);
}

fn clause_6_3_1_accounts_follow_the_form_of_the_asset(law: &Law) {
    let mut story = Platform::of(law);
    let (_, first) = story.registered("asset");
    let application = story.application("interface").field("asset_form", term("interface"));
    let case = story.take(&application).case;
    let register = story.register(case);
    let second = story.take(&register);
    let [account] = second.accounts[..] else { panic!("{second:?}") };
    let account = story.account(account);
    assert_eq!(account.kind, "classified");
    assert_eq!(account.within, Some(first.accounts[0]));
    assert_eq!(story.registration(second.registrations[0]).account, Some(account.number));
}

fn clause_6_3_1_a_platform_may_keep_a_single_account(law: &Law) {
    let mut story = Platform::of(&law.deciding("account_structure", "single"));
    let given = registered_with_version(&mut story);
    let [ledger] = given.accounts[..] else { panic!("{given:?}") };
    assert_eq!(story.account(ledger).kind, "ledger");
    let [registration] = given.registrations[..] else { panic!("{given:?}") };
    let registration = story.registration(registration);
    assert_eq!(registration.account, Some(ledger));
    stands_in_full(&story, &registration);
}

fn clause_6_2_1_the_ledger_records_what_is_held(law: &Law) {
    let mut story = Platform::of(law);
    let given = registered_with_version(&mut story);
    let registration = story.registration(given.registrations[0]);
    stands_in_full(&story, &registration);
    let object: bulla_types::ObjectRecord =
        story.ledger.view.record(bulla_types::StateKey::Object(given.objects[0])).unwrap();
    assert_eq!(object.registration, Some(registration.number));
    assert_eq!(object.kind, "data_asset");
}

fn registered_with_version(story: &mut Platform) -> CaseOutcome {
    let application = story.application("asset").attached("asset_version", "2.1");
    let case = story.take(&application).case;
    let register = story.register(case);
    story.take(&register)
}

fn stands_in_full(story: &Platform, registration: &bulla_types::RegistrationRecord) {
    let said = &story.case(registration.case).fields;
    let expected = [
        "acquisition",
        "asset_digest",
        "asset_form",
        "asset_name",
        "asset_type",
        "asset_version",
        "credit_code",
        "permitted_use",
        "scenarios",
        "update_cycle",
    ];
    for field in expected {
        assert_eq!(registration.contents.get(field), said.get(field), "{field}");
        assert!(said.contains_key(field), "{field}");
    }
    assert_eq!(registration.contents.len(), expected.len());
    assert_eq!(registration.rights.len(), 4);
    assert_eq!(registration.status, RegisterStatus::InForce);
    assert_eq!(registration.holders.members().collect::<Vec<_>>(), [story.applicant.number]);
}

fn clause_3_12_possession_use_benefit_and_disposal_are_registered(law: &Law) {
    let mut story = Platform::of(law);
    let (_, given) = story.registered("asset");
    let registration = story.registration(given.registrations[0]);
    let rights: Vec<&str> = registration.rights.iter().map(RuleName::as_str).collect();
    assert_eq!(rights, ["benefit", "disposal", "possession", "use"]);
    assert!(registration.holders.are_whole());
}

fn clause_8_2_1_the_registrar_says_type_acquisition_and_permitted_use(law: &Law) {
    let mut story = Platform::of(law);
    let case = story.applied("asset");
    let register = story.register(case);
    for field in ["asset_type", "certified_acquisition", "permitted_use"] {
        story.refused(&register.clone().without_field(field), ReasonCode::FieldMissing);
    }
    for kind in ["dataset", "interface", "report", "application", "other"] {
        story.would_take(&register.clone().field("asset_type", term(kind)));
    }
    for acquisition in ["original", "collected", "other"] {
        story.would_take(&register.clone().field("certified_acquisition", term(acquisition)));
    }
    // The form knows acquisition by trade, the certificate does not.
    let traded = register.clone().field("certified_acquisition", term("traded"));
    story.refused(&traded, ReasonCode::FieldInvalid);
    story.refused(&register.clone().field("asset_type", term("unlisted")), ReasonCode::FieldInvalid);
    for field in ["asset_type", "certified_acquisition"] {
        story.refused(&register.clone().attached(field, "hidden"), ReasonCode::FieldInvalid);
    }
    let clear = FieldValue::Text("for all to read".to_owned());
    story.refused(&register.field("permitted_use", clear), ReasonCode::FieldInvalid);
}

fn returned(story: &mut Platform, asset: &str) -> CaseNumber {
    let case = story.applied(asset);
    let back = story.return_for_supplement(case);
    story.take(&back);
    case
}

fn clause_6_4_2_1_a_failed_review_returns_all_material_for_supplement(law: &Law) {
    let mut story = Platform::of(law);
    let case = returned(&mut story, "asset");
    assert_eq!(story.state(case), "returned");
    assert!(story.case(case).documents.is_empty());
    let register = story.register(case);
    story.refused(&register, ReasonCode::StepOutOfOrder);
}

fn clause_6_4_2_2_the_supplement_brings_the_whole_file_again(law: &Law) {
    let mut story = Platform::of(law);
    let case = returned(&mut story, "asset");
    let applicant = story.applicant.clone();
    let vouchers = story.vouchers("asset", &applicant);
    let resubmit = story.resubmission(case, "asset", vouchers);
    for category in PAPERS.iter().chain(&VOUCHERS) {
        let without = resubmit.clone().without_document(category);
        story.refused(&without, ReasonCode::DocumentMissing);
    }
    story.refused(&resubmit.clone().without_field("scenarios"), ReasonCode::FieldMissing);
    let competitor = story.competitor.clone();
    let by_other = resubmit.clone().without_actors().by("applicant", &competitor);
    story.refused(&by_other, ReasonCode::PartyWrong);
    story.take(&resubmit);
    assert_eq!(story.state(case), "under_review");
    let register = story.register(case);
    story.take(&register);
    story.refused(&resubmit, ReasonCode::StepOutOfOrder);
}

fn clause_6_4_2_3_a_supplemented_registration_is_certified_like_any_other(law: &Law) {
    let mut story = Platform::of(law);
    let case = returned(&mut story, "asset");
    let applicant = story.applicant.clone();
    let vouchers = story.vouchers("asset", &applicant);
    let resubmit = story.resubmission(case, "asset", vouchers);
    story.take(&resubmit);
    let register = story.register(case);
    story.take(&register);
    let issue = story.issue(case);
    story.refused(&issue, ReasonCode::TooEarly);
    story.until("2025-10-15");
    let number = story.take(&issue).certificates[0];

    let mut plain = Platform::of(law);
    let (_, other) = plain.certified("asset");
    let (supplemented, other) = (story.certificate(number), plain.certificate(other));
    assert_eq!(supplemented.contents, other.contents);
    assert_eq!(supplemented.valid_until, other.valid_until);
    let registration = story.case(case).registration.unwrap();
    assert_eq!(supplemented.subject, Subject::Registration(registration));
}

fn annex_7_the_notice_says_what_is_missing(law: &Law) {
    let mut story = Platform::of(law);
    let case = story.applied("asset");
    let back = story.return_for_supplement(case);
    story.refused(&back.clone().without_field("deficiencies"), ReasonCode::FieldMissing);
    let clear = FieldValue::Text("for all to read".to_owned());
    story.refused(&back.field("deficiencies", clear), ReasonCode::FieldInvalid);
}

/// Fifteen working days after Friday 10 October, Saturday 11 October being one: 30 October.
fn annex_7_the_supplement_comes_in_time_or_the_case_ends(law: &Law) {
    let mut story = Platform::of(law);
    let [in_time, late] = ["a", "b"].map(|asset| returned(&mut story, asset));
    let applicant = story.applicant.clone();
    let vouchers = story.vouchers("a", &applicant);
    let [resubmit, too_late] = [in_time, late].map(|case| story.resubmission(case, "a", vouchers));
    last_minute_of(&mut story.ledger, "2025-10-30");
    story.take(&resubmit);
    story.ledger.time = end_of("2025-10-30");
    let events = story.ledger.tick();
    let [SystemEvent::DeadlineReached(reached)] = events[..] else { panic!("{events:?}") };
    assert_eq!((reached.subject, reached.due), (Subject::Case(late), end_of("2025-10-30")));
    assert_eq!(story.state(late), "not_supplemented");
    story.refused(&too_late, ReasonCode::CaseEnded);
    // The holder may apply anew.
    let applied = story.applied("b");
    assert_eq!(story.state(applied), "under_review");
}
