//! The certificate: its contents, term, renewal and archive (cl. 5.1 j, 8.2, 8.3).

use bulla_fixtures::stage::{go_on, term};
use bulla_types::{
    CaseNumber, CertificateNumber, CertificateStatus, DocumentItem, EvidenceNumber, FieldValue, ReasonCode,
    RegisterStatus, RuleName, Subject,
};

use super::stage::Platform;
use crate::neighbour::is_of_class;
use crate::suite::{Law, end_of, first_minute_after, last_minute_of, statutes};

statutes!(super::super::SOURCE:
    clause_8_2_1_the_certificate_says_what_it_must,
    clause_8_2_1_the_certificate_speaks_of_the_registration_and_belongs_to_the_holder,
    clause_8_2_1_other_profiles_know_what_the_certificates_are,
    clause_8_2_1_the_terms_of_the_standard_are_all_there_are,
    clause_8_3_3_the_certificate_is_valid_for_three_years,
    clause_8_3_3_the_term_may_be_that_of_the_data,
    clause_8_3_3_the_earlier_of_both_terms_may_count,
    clause_8_3_3_the_fixed_term_may_count_alone,
    clause_8_3_3_an_application_is_withdrawn_before_the_certificate_its_data_expired_or_not,
    clause_8_3_3_renewal_is_applied_for_in_the_last_month,
    clause_8_3_3_only_the_holder_applies_for_renewal_and_in_writing,
    clause_8_3_3_a_renewal_extends_from_the_old_expiry,
    clause_8_3_3_one_window_renews_a_certificate_once,
    clause_8_3_3_a_renewal_may_be_refused_with_reasons,
    clause_8_3_3_a_certificate_that_expires_before_the_decision_is_not_renewed,
    clause_5_1_j_the_case_is_archived_once_certified,
    clause_5_1_j_the_archive_is_kept_for_the_period_that_the_platform_has_set,
);

fn clause_8_2_1_the_certificate_says_what_it_must(law: &Law) {
    let mut story = Platform::of(law);
    let application = story
        .application("asset")
        .attached("asset_version", "2.1")
        .field("update_cycle", term("custom"))
        .attached("update_cycle_note", "each Monday");
    let case = story.take(&application).case;
    let register = story.register(case);
    story.take(&register);
    story.until("2025-10-15");
    let issue = story.issue(case);
    let number = story.take(&issue).certificates[0];
    let certificate = story.certificate(number);
    let contents: Vec<&str> = certificate.contents.keys().map(RuleName::as_str).collect();
    let expected = [
        "applicant_name",
        "asset_name",
        "asset_type",
        "asset_version",
        "certified_acquisition",
        "credit_code",
        "permitted_use",
        "update_cycle",
        "update_cycle_note",
    ];
    assert_eq!(contents, expected);
    let said = story.case(case).fields;
    assert!(certificate.contents.iter().all(|(field, content)| said[field] == *content));
    assert_eq!(certificate.issued, story.ledger.time);
}

fn clause_8_2_1_the_certificate_speaks_of_the_registration_and_belongs_to_the_holder(law: &Law) {
    let mut story = Platform::of(law);
    let (case, number) = story.certified("asset");
    let certificate = story.certificate(number);
    assert_eq!(certificate.kind, "confirmation");
    let registration = story.case(case).registration.unwrap();
    assert_eq!(certificate.subject, Subject::Registration(registration));
    assert_eq!(certificate.holders, [story.applicant.number].into());
    assert_eq!(story.registration(registration).certificates["confirmation"], number);
}

fn clause_8_2_1_other_profiles_know_what_the_certificates_are(law: &Law) {
    let mut story = Platform::of(law);
    let (_, number) = story.certified("asset");
    let classes = ["evidence", "service", "service", "registration"];
    for (number, class) in (1..=number.0).map(CertificateNumber).zip(classes) {
        is_of_class(&story.ledger, number, class);
    }
}

fn clause_8_2_1_the_terms_of_the_standard_are_all_there_are(law: &Law) {
    let vocabularies =
        ["asset_form", "asset_type", "acquisition", "certified_acquisition", "intended_user", "update_cycle"];
    for vocabulary in vocabularies {
        assert!(law.adding(vocabulary, "further").is_err(), "{vocabulary}");
    }
}

/// Issued on 2025-10-15: the term ends with 2028-10-15, which is a Sunday, and does not move to a Monday.
fn clause_8_3_3_the_certificate_is_valid_for_three_years(law: &Law) {
    let mut story = Platform::of(law);
    let (_, number) = story.certified("asset");
    assert_eq!(story.certificate(number).valid_until, Some(end_of("2028-10-15")));
    last_minute_of(&mut story.ledger, "2028-10-15");
    assert!(story.certificate(number).is_valid(story.ledger.time));
    first_minute_after(&mut story.ledger, "2028-10-15");
    let certificate = story.certificate(number);
    assert_eq!(certificate.status, CertificateStatus::Lapsed);
    assert!(!certificate.is_valid(story.ledger.time));
}

/// Until when a certificate issued on 2025-10-15 is valid, for data valid until a day.
fn term_of(law: &Law, data_valid_until: Option<u32>) -> Option<bulla_types::BlockTime> {
    let mut story = Platform::of(law);
    let mut application = story.application("asset");
    if let Some(day) = data_valid_until {
        application = application.field("data_valid_until", FieldValue::Date(day));
    }
    let case = story.take(&application).case;
    let register = story.register(case);
    story.take(&register);
    story.until("2025-10-15");
    let issue = story.issue(case);
    let number = story.take(&issue).certificates[0];
    story.certificate(number).valid_until
}

fn clause_8_3_3_the_term_may_be_that_of_the_data(law: &Law) {
    let law = law.deciding("certificate_term_rule", "data_validity");
    assert_eq!(term_of(&law, Some(20_260_630)), Some(end_of("2026-06-30")));
    assert_eq!(term_of(&law, Some(20_350_630)), Some(end_of("2035-06-30")));
    let mut story = Platform::of(&law);
    let application = story.application("asset");
    story.refused(&application, ReasonCode::FieldMissing);
    let words = application.field("data_valid_until", FieldValue::Integer(20_260_630));
    story.refused(&words, ReasonCode::FieldInvalid);
}

fn clause_8_3_3_the_earlier_of_both_terms_may_count(law: &Law) {
    assert_eq!(term_of(law, Some(20_260_630)), Some(end_of("2026-06-30")));
    assert_eq!(term_of(law, Some(20_350_630)), Some(end_of("2028-10-15")));
    assert_eq!(term_of(law, None), Some(end_of("2028-10-15")));
}

fn clause_8_3_3_the_fixed_term_may_count_alone(law: &Law) {
    let law = law.deciding("certificate_term_rule", "fixed_term");
    assert_eq!(term_of(&law, Some(20_260_630)), Some(end_of("2028-10-15")));
    assert_eq!(term_of(&law, None), Some(end_of("2028-10-15")));
}

/// Data that were valid until the last day of publicity leave no term for a certificate.
fn clause_8_3_3_an_application_is_withdrawn_before_the_certificate_its_data_expired_or_not(law: &Law) {
    for data_valid_until in [20_251_014, 20_350_630] {
        let mut story = Platform::of(law);
        let application =
            story.application("asset").field("data_valid_until", FieldValue::Date(data_valid_until));
        let case = story.take(&application).case;
        let withdraw = go_on(case, "withdraw").by("applicant", &story.applicant);
        story.refused(&withdraw, ReasonCode::StepOutOfOrder);
        let register = story.register(case);
        let number = story.take(&register).registrations[0];
        story.until("2025-10-15");
        if data_valid_until == 20_251_014 {
            let issue = story.issue(case);
            story.refused(&issue, ReasonCode::ConditionNotMet);
        }
        let competitor = story.competitor.clone();
        let by_other = withdraw.clone().without_actors().by("applicant", &competitor);
        story.refused(&by_other, ReasonCode::PartyWrong);
        story.take(&withdraw);
        assert_eq!(story.state(case), "withdrawn");
        assert_eq!(story.registration(number).status, RegisterStatus::Cancelled);
        let anew = story.application("asset");
        story.take(&anew);
    }
}

/// The month before 2028-10-15 begins with 16 September, and that before 2028-10-16 with 17 September, the day
/// after a Saturday and itself a Sunday.
fn clause_8_3_3_renewal_is_applied_for_in_the_last_month(law: &Law) {
    let mut story = Platform::of(law);
    let (_, number) = story.certified("asset");
    let renewal = story.renewal(number);
    last_minute_of(&mut story.ledger, "2028-09-15");
    story.refused(&renewal, ReasonCode::WindowClosed);
    first_minute_after(&mut story.ledger, "2028-09-15");
    story.would_take(&renewal);
    last_minute_of(&mut story.ledger, "2028-10-15");
    story.would_take(&renewal);
    first_minute_after(&mut story.ledger, "2028-10-15");
    story.refused(&renewal, ReasonCode::CertificateNotValid);

    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    story.until("2025-10-16");
    let issue = story.issue(case);
    let number = story.take(&issue).certificates[0];
    let renewal = story.renewal(number);
    last_minute_of(&mut story.ledger, "2028-09-16");
    story.refused(&renewal, ReasonCode::WindowClosed);
    first_minute_after(&mut story.ledger, "2028-09-16");
    story.take(&renewal);
}

fn clause_8_3_3_only_the_holder_applies_for_renewal_and_in_writing(law: &Law) {
    let mut story = Platform::of(law);
    let (_, number) = story.certified("asset");
    story.until("2028-09-20");
    let renewal = story.renewal(number);
    story.refused(&renewal.clone().without_document("renewal_application"), ReasonCode::DocumentMissing);
    let competitor = story.competitor.clone();
    let by_other = renewal.clone().without_actors().by("holder", &competitor);
    story.refused(&by_other, ReasonCode::PartyWrong);
    let voucher = renewal.clone().about(Subject::Certificate(CertificateNumber(1)));
    story.refused(&voucher, ReasonCode::CaseSubjectInvalid);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    story.would_take(&renewal.document("renewal_application", deposit));
}

/// A renewal applied for on 2028-09-20.
fn renewing(law: &Law) -> (Platform, CertificateNumber, CaseNumber) {
    let mut story = Platform::of(law);
    let (_, number) = story.certified("asset");
    story.until("2028-09-20");
    let renewal = story.renewal(number);
    let case = story.take(&renewal).case;
    (story, number, case)
}

fn clause_8_3_3_a_renewal_extends_from_the_old_expiry(law: &Law) {
    let (mut story, number, case) = renewing(law);
    let grant = go_on(case, "grant").by("platform", &story.platform);
    let applicant = story.applicant.clone();
    let by_holder = grant.clone().without_actors().by("holder", &applicant);
    story.refused(&by_holder, ReasonCode::PartyWrong);
    story.take(&grant);
    assert_eq!(story.state(case), "renewed");
    assert_eq!(story.certificate(number).valid_until, Some(end_of("2031-10-15")));
    first_minute_after(&mut story.ledger, "2028-10-15");
    assert!(story.certificate(number).is_valid(story.ledger.time));
    // The next month of renewal is the last of the new term.
    let renewal = story.renewal(number);
    story.refused(&renewal, ReasonCode::WindowClosed);
    story.until("2031-09-16");
    story.would_take(&renewal);
    first_minute_after(&mut story.ledger, "2031-10-15");
    assert_eq!(story.certificate(number).status, CertificateStatus::Lapsed);
}

fn clause_8_3_3_one_window_renews_a_certificate_once(law: &Law) {
    let (mut story, number, case) = renewing(law);
    let again = story.renewal(number);
    story.refused(&again, ReasonCode::CaseExists);
    story.take(&go_on(case, "grant").by("platform", &story.platform));
    story.refused(&again, ReasonCode::WindowClosed);
    assert_eq!(story.certificate(number).valid_until, Some(end_of("2031-10-15")));
}

fn clause_8_3_3_a_renewal_may_be_refused_with_reasons(law: &Law) {
    let (mut story, number, case) = renewing(law);
    let refuse = go_on(case, "refuse").by("platform", &story.platform);
    story.refused(&refuse, ReasonCode::ReasonsMissing);
    let refuse = refuse.reasons("because");
    let applicant = story.applicant.clone();
    let by_holder = refuse.clone().without_actors().by("holder", &applicant);
    story.refused(&by_holder, ReasonCode::PartyWrong);
    story.take(&refuse);
    assert_eq!(story.state(case), "refused");
    assert_eq!(story.certificate(number).valid_until, Some(end_of("2028-10-15")));
    let grant = go_on(case, "grant").by("platform", &story.platform);
    story.refused(&grant, ReasonCode::CaseEnded);
}

fn clause_8_3_3_a_certificate_that_expires_before_the_decision_is_not_renewed(law: &Law) {
    let (mut story, number, case) = renewing(law);
    last_minute_of(&mut story.ledger, "2028-10-15");
    assert_eq!(story.state(case), "applied");
    let grant = go_on(case, "grant").by("platform", &story.platform);
    story.would_take(&grant);
    first_minute_after(&mut story.ledger, "2028-10-15");
    assert_eq!(story.state(case), "expired");
    assert_eq!(story.certificate(number).status, CertificateStatus::Lapsed);
    story.refused(&grant, ReasonCode::CaseEnded);
}

fn clause_5_1_j_the_case_is_archived_once_certified(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.registered("asset");
    let archive = go_on(case, "archive").by("platform", &story.platform).paper("archive_file");
    story.until("2025-10-15");
    story.refused(&archive, ReasonCode::StepOutOfOrder);
    let issue = story.issue(case);
    story.take(&issue);
    story.refused(&archive.clone().without_document("archive_file"), ReasonCode::DocumentMissing);
    let applicant = story.applicant.clone();
    let by_applicant = archive.clone().without_actors().by("applicant", &applicant);
    story.refused(&by_applicant, ReasonCode::PartyWrong);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    story.would_take(&archive.clone().document("archive_file", deposit));
    story.take(&archive);
    assert_eq!(story.state(case), "archived");
}

fn clause_5_1_j_the_archive_is_kept_for_the_period_that_the_platform_has_set(law: &Law) {
    let mut story = Platform::of(law);
    let (case, _) = story.certified("asset");
    story.until("2025-10-16");
    story.take(&go_on(case, "archive").by("platform", &story.platform).paper("archive_file"));
    // A Saturday: the end of keeping does not move.
    assert_eq!(story.case(case).retain_until, Some(end_of("2055-10-16")));
}
