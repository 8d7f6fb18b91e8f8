//! Cancellation: who applies with what, what it ends, what it leaves (cl. 6.4.5, 8.3.2).

use bulla_fixtures::stage::{Take, digests, go_on, open};
use bulla_types::{
    CaseDeadlineStatus, CaseNumber, CertificateNumber, CertificateStatus, DocumentItem, EvidenceNumber,
    ReasonCode, RegisterStatus, RegistrationNumber, RuleName, Subject,
};

use super::stage::Platform;
use crate::suite::{Law, end_of, first_minute_after, last_minute_of, statutes};

statutes!(super::super::SOURCE:
    clause_6_4_5_1_the_right_holder_ends_the_registration_and_with_it_the_certificate,
    clause_6_4_5_1_only_the_right_holder_applies_and_only_the_platform_decides,
    clause_6_4_5_1_a_cancelled_asset_may_be_registered_anew,
    clause_6_4_5_1_the_book_content_may_be_erased_once_cancelled,
    clause_6_4_5_1_a_registration_is_cancelled_once_and_applied_for_one_at_a_time,
    clause_6_4_5_1_a_registration_without_certificate_is_withdrawn_and_not_cancelled,
    clause_6_4_5_1_a_pending_renewal_ends_with_the_registration,
    clause_6_4_5_2_application_identity_and_original_are_handed_in,
    clause_6_4_5_2_the_platform_may_ask_for_other_material,
    clause_6_4_5_the_platform_decides_in_the_period_that_it_has_set,
    clause_8_3_2_a_cancellation_may_be_refused_with_reasons,
    clause_8_3_3_a_lapsed_certificate_leaves_the_way_to_cancellation_and_a_new_registration,
);

/// A certified asset, its registration, and the application to cancel that.
fn certified(law: &Law) -> (Platform, CertificateNumber, RegistrationNumber, Take) {
    let mut story = Platform::of(law);
    let (case, number) = story.certified("asset");
    let registration = story.case(case).registration.unwrap();
    let application = application(&story, registration);
    (story, number, registration, application)
}

fn application(story: &Platform, registration: RegistrationNumber) -> Take {
    open(story.profile, "cancellation", "apply")
        .about(Subject::Registration(registration))
        .by("holder", &story.applicant)
        .paper("cancellation_application")
        .paper("holder_identity")
        .paper("original_certificate")
}

fn cancel(story: &Platform, case: CaseNumber) -> Take {
    go_on(case, "cancel").by("platform", &story.platform)
}

fn refuse(story: &Platform, case: CaseNumber) -> Take {
    go_on(case, "refuse").by("platform", &story.platform).reasons("because")
}

fn clause_6_4_5_1_the_right_holder_ends_the_registration_and_with_it_the_certificate(law: &Law) {
    let (mut story, number, registration, application) = certified(law);
    let case = story.take(&application).case;
    assert_eq!(story.state(case), "applied");
    assert_eq!(story.registration(registration).status, RegisterStatus::InForce);
    assert!(story.certificate(number).is_valid(story.ledger.time), "until the platform has decided");
    let cancel = cancel(&story, case);
    story.take(&cancel);
    assert_eq!(story.state(case), "cancelled");
    assert_eq!(story.registration(registration).status, RegisterStatus::Cancelled);
    assert_eq!(story.certificate(number).status, CertificateStatus::Void);
    assert!(!story.certificate(number).is_valid(story.ledger.time));
    // What was archived or is to be stays so.
    let first = story.registration(registration).case;
    story.take(&go_on(first, "archive").by("platform", &story.platform).paper("archive_file"));
}

fn clause_6_4_5_1_only_the_right_holder_applies_and_only_the_platform_decides(law: &Law) {
    let (mut story, _, _, application) = certified(law);
    let (applicant, competitor) = (story.applicant.clone(), story.competitor.clone());
    let by_other = application.clone().without_actors().by("holder", &competitor);
    story.refused(&by_other, ReasonCode::PartyWrong);
    let platform = story.platform.clone();
    let by_platform = application.clone().without_actors().by("platform", &platform);
    story.refused(&by_platform, ReasonCode::PartyWrong);
    let case = story.take(&application).case;
    for step in [cancel(&story, case), refuse(&story, case)] {
        let by_holder = step.clone().without_actors().by("holder", &applicant);
        story.refused(&by_holder, ReasonCode::PartyWrong);
        story.would_take(&step);
    }
}

fn clause_6_4_5_1_a_cancelled_asset_may_be_registered_anew(law: &Law) {
    let (mut story, _, registration, application) = certified(law);
    let anew = story.application("asset");
    story.refused(&anew, ReasonCode::ObjectRegistered);
    let case = story.take(&application).case;
    story.refused(&anew, ReasonCode::ObjectRegistered);
    let cancel = cancel(&story, case);
    story.take(&cancel);
    let case = story.take(&anew).case;
    let register = story.register(case);
    let second = story.take(&register).registrations[0];
    assert_ne!(second, registration);
    assert_eq!(story.registration(second).object, story.registration(registration).object);
    assert_eq!(story.registration(second).status, RegisterStatus::InForce);
}

/// The ledger only grows: what is deleted are the openings of what stands as a commitment.
fn clause_6_4_5_1_the_book_content_may_be_erased_once_cancelled(law: &Law) {
    let (mut story, _, registration, application) = certified(law);
    let case = story.take(&application).case;
    let erasable = |story: &Platform| {
        let names = story.case(case).erasable;
        names.iter().map(RuleName::to_string).collect::<Vec<_>>()
    };
    assert!(erasable(&story).is_empty());
    let cancel = cancel(&story, case);
    story.take(&cancel);
    assert_eq!(erasable(&story), ["asset_name", "asset_version", "permitted_use", "scenarios"]);
    let attached = story.registration(registration).contents;
    let attached = attached.iter().filter(|(_, content)| content.clear().is_none());
    assert!(attached.into_iter().all(|(name, _)| erasable(&story).contains(&name.to_string())));
}

fn clause_6_4_5_1_a_registration_is_cancelled_once_and_applied_for_one_at_a_time(law: &Law) {
    let (mut story, _, _, application) = certified(law);
    let case = story.take(&application).case;
    story.refused(&application, ReasonCode::CaseExists);
    let cancel = cancel(&story, case);
    story.take(&cancel);
    story.refused(&cancel, ReasonCode::CaseEnded);
    story.refused(&application, ReasonCode::CaseSubjectInvalid);
}

/// An objection is filed during publicity only, when there is no certificate: none is open at a cancellation.
fn clause_6_4_5_1_a_registration_without_certificate_is_withdrawn_and_not_cancelled(law: &Law) {
    let mut story = Platform::of(law);
    let (case, given) = story.registered("asset");
    let application = application(&story, given.registrations[0]);
    story.refused(&application, ReasonCode::ConditionNotMet);
    let objection = story.objected(case);
    story.until("2025-10-15");
    story.refused(&application, ReasonCode::ConditionNotMet);
    let dismiss = story.decide(objection, "dismiss");
    story.take(&dismiss);
    let issue = story.issue(case);
    story.take(&issue);
    let late = story.objection(case);
    story.refused(&late, ReasonCode::WindowClosed);
    story.take(&application);
}

fn clause_6_4_5_1_a_pending_renewal_ends_with_the_registration(law: &Law) {
    let (mut story, number, _, application) = certified(law);
    story.until("2028-09-16");
    let renewal = story.renewal(number);
    let renewal = story.take(&renewal).case;
    let refused = story.take(&application).case;
    let refuse = refuse(&story, refused);
    story.take(&refuse);
    assert_eq!(story.state(renewal), "applied", "a refusal leaves it alone");
    let case = story.take(&application).case;
    let cancel = cancel(&story, case);
    story.take(&cancel);
    assert_eq!(story.state(renewal), "moot");
    let grant = go_on(renewal, "grant").by("platform", &story.platform);
    story.refused(&grant, ReasonCode::CaseEnded);
    first_minute_after(&mut story.ledger, "2028-10-15");
    assert_eq!(story.certificate(number).status, CertificateStatus::Void);
    let anew = story.renewal(number);
    story.refused(&anew, ReasonCode::CertificateNotValid);
}

fn clause_6_4_5_2_application_identity_and_original_are_handed_in(law: &Law) {
    let (mut story, _, _, application) = certified(law);
    for paper in ["cancellation_application", "holder_identity", "original_certificate"] {
        let without = application.clone().without_document(paper);
        story.refused(&without, ReasonCode::DocumentMissing);
        let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
        story.would_take(&without.document(paper, deposit));
    }
    story.would_take(&application);
}

fn clause_6_4_5_2_the_platform_may_ask_for_other_material(law: &Law) {
    let (mut story, _, _, application) = certified(law);
    let other = |count: u64| {
        let items = (0..count).map(|item| DocumentItem::Digests(digests(&item.to_string())));
        application.clone().document("platform_material", items.collect())
    };
    story.would_take(&other(16));
    story.refused(&other(17), ReasonCode::DocumentInvalid);
    let deposit = vec![DocumentItem::Evidence(EvidenceNumber(1))];
    story.would_take(&application.document("platform_material", deposit));
}

/// Five working days after Wednesday 15 October: 22 October.
fn clause_6_4_5_the_platform_decides_in_the_period_that_it_has_set(law: &Law) {
    let mut story = Platform::of(law);
    let registered = ["a", "b", "c"].map(|asset| story.registered(asset));
    story.until("2025-10-15");
    let [cancelled, refused, missed] = registered.map(|(case, given)| {
        let issue = story.issue(case);
        story.take(&issue);
        let application = application(&story, given.registrations[0]);
        story.take(&application).case
    });
    let decision = |story: &Platform, case| story.case(case).deadlines["cancellation_end"].clone();
    assert_eq!(decision(&story, missed).due, Some(end_of("2025-10-22")));
    last_minute_of(&mut story.ledger, "2025-10-22");
    for decide in [cancel(&story, cancelled), refuse(&story, refused)] {
        story.take(&decide);
    }
    assert_eq!(decision(&story, cancelled).status, CaseDeadlineStatus::Met);
    assert_eq!(decision(&story, refused).status, CaseDeadlineStatus::Met);
    assert_eq!(decision(&story, missed).status, CaseDeadlineStatus::Running);
    first_minute_after(&mut story.ledger, "2025-10-22");
    assert_eq!(decision(&story, missed).status, CaseDeadlineStatus::Reached, "the miss is recorded");
    // The holder does not suffer for it.
    let late = cancel(&story, missed);
    story.take(&late);
}

fn clause_8_3_2_a_cancellation_may_be_refused_with_reasons(law: &Law) {
    let (mut story, number, registration, application) = certified(law);
    let case = story.take(&application).case;
    let without = go_on(case, "refuse").by("platform", &story.platform);
    story.refused(&without, ReasonCode::ReasonsMissing);
    let refuse = refuse(&story, case);
    story.take(&refuse);
    assert_eq!(story.state(case), "refused");
    assert_eq!(story.registration(registration).status, RegisterStatus::InForce);
    assert!(story.certificate(number).is_valid(story.ledger.time));
    assert!(story.case(case).erasable.is_empty());
    let cancel = cancel(&story, case);
    story.refused(&cancel, ReasonCode::CaseEnded);
    story.take(&application);
}

fn clause_8_3_3_a_lapsed_certificate_leaves_the_way_to_cancellation_and_a_new_registration(law: &Law) {
    let (mut story, number, registration, application) = certified(law);
    let anew = story.application("asset");
    first_minute_after(&mut story.ledger, "2028-10-15");
    assert_eq!(story.certificate(number).status, CertificateStatus::Lapsed);
    assert_eq!(story.registration(registration).status, RegisterStatus::InForce);
    story.refused(&anew, ReasonCode::ObjectRegistered);
    let renewal = story.renewal(number);
    story.refused(&renewal, ReasonCode::CertificateNotValid);
    let case = story.take(&application).case;
    let cancel = cancel(&story, case);
    story.take(&cancel);
    assert_eq!(story.registration(registration).status, RegisterStatus::Cancelled);
    assert_eq!(story.certificate(number).status, CertificateStatus::Lapsed, "it had lapsed before");
    story.take(&anew);
}
