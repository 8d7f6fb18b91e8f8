//! A body of which so many members decide together.

use bulla_ledger::StepRule;
use bulla_types::{ReasonCode, Role};

use super::apart_story::Apart;
use crate::support::go_on;

fn missing(found: u64) -> StepRule {
    StepRule::QuorumMissing { party: "committee".to_owned(), needed: 2, found }
}

#[test]
fn as_many_as_the_profile_asks_decide_whoever_they_are() {
    for members in [&[0, 1][..], &[0, 2], &[1, 2], &[0, 1, 2]] {
        let mut story = Apart::new();
        let case = story.apply("asset");
        let decision = story.decision(case, members);
        story.ledger.take(&decision);
        assert_eq!(story.ledger.state(case), "reviewed");
    }
}

#[test]
fn fewer_decide_nothing() {
    let mut story = Apart::new();
    let case = story.apply("asset");
    let alone = story.decision(case, &[1]);
    assert_eq!(story.ledger.refuse_step(&alone, ReasonCode::SignerMissing), missing(1));
    // Who decided alone before is no member more.
    assert_eq!(story.ledger.refuse_step(&alone, ReasonCode::SignerMissing), missing(1));
    assert_eq!(story.ledger.state(case), "filed");
}

#[test]
fn a_stranger_makes_no_quorum() {
    let mut story = Apart::new();
    let case = story.apply("asset");
    let with_stranger = story.decision(case, &[0]).with("committee", &story.other);
    story.ledger.refuse_step(&with_stranger, ReasonCode::PartyWrong);
    let with_more = story.decision(case, &[0, 1]).with("committee", &story.other);
    story.ledger.refuse_step(&with_more, ReasonCode::PartyWrong);
}

#[test]
fn a_member_who_is_named_and_does_not_sign_does_not_count() {
    let mut story = Apart::new();
    let case = story.apply("asset");
    let unsigned = story.decision(case, &[0, 1]).unsigned().signed_by(&story.committee[0]);
    let rule = story.ledger.refuse_step(&unsigned, ReasonCode::SignerMissing);
    assert_eq!(rule, StepRule::SignatureMissing(story.committee[1].number));
}

#[test]
fn one_agent_of_two_members_is_one() {
    let mut story = Apart::new();
    let case = story.apply("asset");
    let agent = story.ledger.enrol("agent", Role::Agent);
    let [first, second, third] = story.committee.each_ref().map(|member| member.number);
    let by_agent = go_on(case, "agree")
        .paper("minutes")
        .paper("mandate")
        .by_agent("committee", first, &agent)
        .by_agent("committee", second, &agent);
    assert_eq!(story.ledger.refuse_step(&by_agent, ReasonCode::SignerMissing), missing(1));
    let more = by_agent.by_agent("committee", third, &agent);
    assert_eq!(story.ledger.refuse_step(&more, ReasonCode::SignerMissing), missing(1));
    // With one who signs himself there are two.
    let with_member = go_on(case, "agree")
        .paper("minutes")
        .paper("mandate")
        .by_agent("committee", first, &agent)
        .with("committee", &story.committee[1]);
    story.ledger.take(&with_member);
}

#[test]
fn a_member_that_is_suspended_decides_nothing() {
    let mut story = Apart::new();
    let case = story.apply("asset");
    let member = story.committee[1].number;
    let suspend = story.ledger.administered().suspend(member).transaction();
    story.ledger.record(&suspend).unwrap();
    let decision = story.decision(case, &[0, 1]);
    assert_eq!(story.ledger.refuse(&decision).reason(), ReasonCode::MemberSuspended);
    let others = story.decision(case, &[0, 2]);
    story.ledger.take(&others);
}
