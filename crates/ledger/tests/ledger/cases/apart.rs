//! Rights of one registration that different members hold, and those for whom others lie on it.

use bulla_ledger::StepRule;
use bulla_types::{
    CertificateNumber, CertificateStatus, FieldValue, ReasonCode, RegisterStatus, Share, Shares,
};

use super::apart_story::Apart;
use crate::support::{go_on, name, open, term};

#[test]
fn one_right_goes_to_another_member_and_the_rest_stays() {
    let mut story = Apart::new();
    story.registered();
    let assignment = story.assignment(&story.applicant, &story.other);
    story.ledger.take(&assignment);
    assert_eq!(story.holders_of("holding"), [story.applicant.number]);
    assert_eq!(story.holders_of("operating"), [story.other.number]);
    let entry = story.entry();
    assert_eq!(entry.apart, [(name("operating"), Shares::whole(story.other.number))].into());
    assert_eq!(entry.all_holders(), [story.applicant.number, story.other.number].into());
    assert_eq!(entry.status, RegisterStatus::InForce);
}

#[test]
fn who_gave_a_right_away_gives_it_no_second_time() {
    let mut story = Apart::new();
    story.registered();
    let assignment = story.assignment(&story.applicant, &story.other);
    story.ledger.take(&assignment);
    let again = story.assignment(&story.applicant, &story.third);
    story.ledger.refuse_step(&again, ReasonCode::PartyWrong);
    let onwards = story.assignment(&story.other, &story.third);
    story.ledger.take(&onwards);
    assert_eq!(story.holders_of("operating"), [story.third.number]);
    assert_eq!(story.holders_of("holding"), [story.applicant.number]);
}

#[test]
fn the_shares_of_each_right_sum_to_the_whole_or_nothing_is_written() {
    let mut story = Apart::new();
    story.registered();
    let assignment = story.assignment(&story.applicant, &story.other);
    story.ledger.take(&assignment);
    let share = |parts: [(u64, u32); 2]| {
        let shares = parts.map(|(member, ppm)| Share { member: bulla_types::MemberNumber(member), ppm });
        FieldValue::Shares(Shares::new(shares.to_vec()).unwrap())
    };
    let (mine, theirs) = (story.applicant.number.0, story.third.number.0);
    let sharing = |story: &Apart, shares| {
        story.about("sharing", "share").by("keeper", &story.applicant).field("shares", shares)
    };
    let short = sharing(&story, share([(mine, 600_000), (theirs, 399_999)]));
    story.ledger.refuse_step(&short, ReasonCode::SharesNotWhole);
    let whole = sharing(&story, share([(mine, 600_000), (theirs, 400_000)]));
    story.ledger.take(&whole);
    let entry = story.entry();
    assert!(["holding", "operating"].iter().all(|right| entry.shares_of(right).unwrap().are_whole()));
    assert_eq!(story.holders_of("holding"), [story.applicant.number, story.third.number]);
    assert_eq!(story.holders_of("operating"), [story.other.number]);
    // Those who share a right act for it together; who holds another right does not.
    let alone = sharing(&story, share([(mine, 500_000), (theirs, 500_000)]));
    let rule = story.ledger.refuse_step(&alone, ReasonCode::SignerMissing);
    let missing = story.third.number;
    assert_eq!(rule, StepRule::ActorMissing { party: "keeper".to_owned(), missing });
    let together = alone.with("keeper", &story.third);
    story.ledger.take(&together);
}

#[test]
fn all_who_hold_something_end_a_registration_together() {
    let mut story = Apart::new();
    story.registered();
    let assignment = story.assignment(&story.applicant, &story.other);
    story.ledger.take(&assignment);
    let end = story.about("ending", "end").by("holder", &story.applicant);
    story.ledger.refuse_step(&end, ReasonCode::SignerMissing);
    let end = end.with("holder", &story.other);
    story.ledger.take(&end);
    assert_eq!(story.entry().status, RegisterStatus::Cancelled);
    assert_eq!(story.certificate(CertificateNumber(1)).status, CertificateStatus::Void);
}

#[test]
fn when_the_first_right_ends_the_others_stay_with_who_holds_them() {
    let mut story = Apart::new();
    story.registered();
    let assignment = story.assignment(&story.applicant, &story.other);
    story.ledger.take(&assignment);
    let reduce = story
        .about("ending", "reduce")
        .by("holder", &story.applicant)
        .with("holder", &story.other)
        .field("ended_rights", term("holding"));
    story.ledger.take(&reduce);
    let entry = story.entry();
    assert_eq!((entry.rights.clone(), entry.apart.len()), ([name("operating")].into(), 0));
    assert_eq!(entry.holders, Shares::whole(story.other.number));
    // A right that the registration has no longer is nobody's.
    let update = story
        .about("sharing", "share")
        .by("keeper", &story.applicant)
        .field("shares", FieldValue::Shares(Shares::whole(story.applicant.number)));
    story.ledger.refuse_step(&update, ReasonCode::PartyWrong);
}

#[test]
fn what_is_sold_is_sold_by_who_holds_the_right_to_it() {
    let mut story = Apart::new();
    let certificate = story.registered().certificates[0];
    let assignment = story.assignment(&story.applicant, &story.other);
    story.ledger.take(&assignment);
    let sale = |seller| {
        open(story.profile, "sale", "sell")
            .by("seller", seller)
            .field("of", FieldValue::Certificate(certificate))
    };
    let (by_applicant, by_other) = (sale(&story.applicant), sale(&story.other));
    story.ledger.refuse_step(&by_applicant, ReasonCode::RightMissing);
    story.ledger.take(&by_other);
}

#[test]
fn while_a_pledge_lies_its_holder_consents_to_a_transfer() {
    let mut story = Apart::new();
    story.registered();
    let lender = story.third.clone();
    story.pledge(&lender, 20_260_415);
    let assignment = story.assignment(&story.applicant, &story.other);
    story.ledger.refuse_step(&assignment, ReasonCode::RightInTheWay);
    let with_consent = |of: &crate::support::Party| {
        story
            .about("assignment", "assign_with_consent")
            .naming("acquirer", &story.other)
            .by("operator", &story.applicant)
            .with("acquirer", &story.other)
            .with("creditor", of)
    };
    let (by_stranger, by_lender) = (with_consent(&story.registry), with_consent(&lender));
    story.ledger.refuse_step(&by_stranger, ReasonCode::PartyWrong);
    story.ledger.take(&by_lender);
    assert_eq!(story.holders_of("operating"), [story.other.number]);
    assert_eq!(story.entry().encumbrances.len(), 1);
}

#[test]
fn the_holders_of_all_pledges_consent_together() {
    let mut story = Apart::new();
    story.registered();
    let [lender, other] = [story.third.clone(), story.other.clone()];
    story.pledge(&lender, 20_260_415);
    story.pledge(&other, 20_260_430);
    let consent = story
        .about("assignment", "assign_with_consent")
        .naming("acquirer", &story.other)
        .by("operator", &story.applicant)
        .with("acquirer", &story.other)
        .with("creditor", &lender);
    let rule = story.ledger.refuse_step(&consent, ReasonCode::SignerMissing);
    assert_eq!(rule, StepRule::ActorMissing { party: "creditor".to_owned(), missing: other.number });
    story.ledger.take(&consent.with("creditor", &other));
}

#[test]
fn a_pledge_whose_time_is_over_asks_for_nobodys_consent() {
    let mut story = Apart::new();
    story.registered();
    let lender = story.third.clone();
    story.pledge(&lender, 20_251_105);
    story.ledger.until("2025-11-06");
    let needless = story
        .about("assignment", "assign_with_consent")
        .naming("acquirer", &story.other)
        .by("operator", &story.applicant)
        .with("acquirer", &story.other)
        .with("creditor", &lender);
    story.ledger.refuse_step(&needless, ReasonCode::PartyWrong);
    let assignment = story.assignment(&story.applicant, &story.other);
    story.ledger.take(&assignment);
}

#[test]
fn who_has_a_pledge_asks_for_its_release_and_only_his_own_goes() {
    let mut story = Apart::new();
    story.registered();
    let [lender, other] = [story.third.clone(), story.other.clone()];
    story.pledge(&lender, 20_260_415);
    story.pledge(&other, 20_260_430);
    let ask = |by| story.about("release", "ask").by("pledgee", by);
    let (by_stranger, by_lender) = (ask(&story.applicant), ask(&lender));
    story.ledger.refuse_step(&by_stranger, ReasonCode::RightMissing);
    let case = story.ledger.take(&by_lender).case;
    story.ledger.take(&go_on(case, "release").by("registry", &story.registry));
    let left: Vec<_> = story.entry().encumbrances.iter().map(|laid| laid.holder).collect();
    assert_eq!(left, [other.number]);
    // What has been released is asked for no second time, and what still lies keeps the end away.
    story.ledger.refuse_step(&by_lender, ReasonCode::RightMissing);
    let end = story.about("ending", "end").by("holder", &story.applicant);
    story.ledger.refuse_step(&end, ReasonCode::RightInTheWay);
}
