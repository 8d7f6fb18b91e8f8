//! The ledger stands still: what fell due meanwhile waits until governance has had time for a suspension.

use std::sync::Arc;

use bulla_rules::CivilDate;
use bulla_types::{
    BlockTime, CaseNumber, ClockScope, DeadlineReached, DeadlineSettled, DeadlineStanding, OutageEnded,
    OutageRecord, OutageRule, Parameters, ReasonCode, StateKey, Subject, SystemEvent,
};

use super::story::Register;
use super::suspensions::{suspend, suspension};
use crate::support::go_on;

const SUPPLEMENT_END: u16 = 3;
const HOUR_MS: u64 = 3_600_000;
const DAY_MS: u64 = 24 * HOUR_MS;

fn end_of(day: &str) -> BlockTime {
    day.parse::<CivilDate>().unwrap().ends()
}

fn reached(case: CaseNumber, day: &str) -> SystemEvent {
    let subject = Subject::Case(case);
    SystemEvent::DeadlineReached(DeadlineReached { due: end_of(day), subject, deadline: SUPPLEMENT_END })
}

/// A ledger that calls six hours without a block an outage and holds for three days what fell due in it, with a
/// returned application that lapses after 2025-10-15.
fn returned() -> (Register, CaseNumber) {
    let mut story = Register::new();
    let outage = Some(OutageRule { longer_than_ms: 6 * HOUR_MS, held_ms: 3 * DAY_MS });
    story.ledger.parameters = Arc::new(Parameters { outage, ..(*story.ledger.parameters).clone() });
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    (story, case)
}

/// Blocks without entries that keep the ledger going up to a time.
fn beat(story: &mut Register, until: BlockTime) {
    while story.ledger.time.0 + 5 * HOUR_MS < until.0 {
        story.ledger.time.0 += 5 * HOUR_MS;
        story.ledger.decided = story.ledger.time;
    }
    story.ledger.time = until;
}

/// The ledger stands still from the evening of the 15th to ten o'clock of the 17th.
fn outage(story: &mut Register) -> (BlockTime, Vec<SystemEvent>) {
    beat(story, BlockTime(end_of("2025-10-15").0 - 4 * HOUR_MS));
    story.ledger.decided = story.ledger.time;
    let from = story.ledger.time;
    let events = story.ledger.until("2025-10-17");
    (from, events)
}

#[test]
fn the_first_block_after_an_outage_says_so_and_holds_what_fell_due_in_it() {
    let (mut story, case) = returned();
    let (from, events) = outage(&mut story);
    let until = story.ledger.time;
    let held_until = BlockTime(until.0 + 3 * DAY_MS);
    assert_eq!(events, [SystemEvent::OutageEnded(OutageEnded { from, held_until })]);
    let record: OutageRecord = story.ledger.view.record(StateKey::Outage).unwrap();
    assert_eq!(record, OutageRecord { from, until, held_until });
    assert_eq!(story.ledger.state(case), "returned");
}

#[test]
fn nobody_goes_on_in_a_case_whose_lapse_is_held() {
    let (mut story, case) = returned();
    outage(&mut story);
    let resubmit = go_on(case, "resubmit").by("applicant", &story.applicant).paper("application");
    story.ledger.refuse_step(&resubmit, ReasonCode::DeadlineHeld);
}

#[test]
fn a_suspension_within_the_time_saves_what_was_held() {
    let (mut story, case) = returned();
    outage(&mut story);
    let decision = suspension(ClockScope::Ledger, "2025-10-15", "2025-10-17");
    suspend(&mut story.ledger, decision).unwrap();
    let resubmit = go_on(case, "resubmit").by("applicant", &story.applicant).paper("application");
    story.ledger.take(&resubmit);
    assert_eq!(story.ledger.state(case), "review");
}

#[test]
fn without_a_suspension_the_lapse_is_recorded_when_the_time_is_over_as_of_its_due_time() {
    let (mut story, case) = returned();
    outage(&mut story);
    let held_until = BlockTime(story.ledger.time.0 + 3 * DAY_MS);
    beat(&mut story, BlockTime(held_until.0 - 2000));
    assert_eq!(story.ledger.tick(), []);
    beat(&mut story, held_until);
    assert_eq!(story.ledger.tick(), [reached(case, "2025-10-15")]);
    assert_eq!(story.ledger.state(case), "lapsed");
}

#[test]
fn what_the_suspension_moves_is_due_when_it_says_after_the_time_is_over() {
    let (mut story, case) = returned();
    outage(&mut story);
    suspend(&mut story.ledger, suspension(ClockScope::Ledger, "2025-10-15", "2025-10-17")).unwrap();
    let held_until = BlockTime(story.ledger.time.0 + 3 * DAY_MS);
    beat(&mut story, held_until);
    let (due, standing) = (end_of("2025-10-18"), DeadlineStanding::Settled);
    let moved = DeadlineSettled { case, deadline: SUPPLEMENT_END, due, standing };
    assert_eq!(story.ledger.tick(), [SystemEvent::DeadlineSettled(moved), reached(case, "2025-10-18")]);
}

#[test]
fn what_fell_due_before_or_falls_due_after_the_outage_is_not_held() {
    let (mut story, held) = returned();
    beat(&mut story, BlockTime(end_of("2025-10-12").0 + HOUR_MS));
    let later = story.apply("later");
    story.ledger.take(&go_on(later, "give_back").by("registry", &story.registry).reasons("incomplete"));
    outage(&mut story);
    let day = BlockTime(end_of("2025-10-18").0 + HOUR_MS);
    beat(&mut story, day);
    assert_eq!(story.ledger.tick(), [reached(later, "2025-10-18")]);
    assert_eq!((story.ledger.state(held), story.ledger.state(later)), ("returned".into(), "lapsed".into()));
}

#[test]
fn a_publicity_that_ended_in_an_outage_is_not_over_before_the_decision() {
    let (mut story, _) = returned();
    beat(&mut story, BlockTime(end_of("2025-10-10").0 + 10 * HOUR_MS));
    let case = story.apply("published");
    story.register(case);
    // Three working days after the 11th: 13, 14, 15.
    outage(&mut story);
    let issue = story.issue(case);
    story.ledger.refuse_step(&issue, ReasonCode::DeadlineHeld);
    let held_until = BlockTime(story.ledger.time.0 + 3 * DAY_MS);
    beat(&mut story, held_until);
    story.ledger.take(&issue);
}

#[test]
fn a_block_that_hides_the_outage_is_refused() {
    let (mut story, _) = returned();
    beat(&mut story, BlockTime(end_of("2025-10-15").0 - 4 * HOUR_MS));
    story.ledger.decided = story.ledger.time;
    story.ledger.time.0 += 7 * HOUR_MS;
    let application = story.application("other");
    let transaction = application.request(&mut story.ledger).transaction();
    let mut block = bulla_ledger::BlockExecution::new(&story.ledger.view, story.ledger.context());
    let refused = crate::support::refusal(block.transaction(&transaction).unwrap_err());
    assert_eq!(refused.reason(), ReasonCode::EventInvalid);
}

#[test]
fn a_ledger_that_beats_on_time_has_no_outage() {
    let (mut story, case) = returned();
    beat(&mut story, BlockTime(end_of("2025-10-15").0 + HOUR_MS));
    assert_eq!(story.ledger.tick(), [reached(case, "2025-10-15")]);
}

#[test]
fn an_outage_while_another_is_held_lengthens_it() {
    let (mut story, case) = returned();
    let (from, _) = outage(&mut story);
    story.ledger.time.0 += DAY_MS;
    story.ledger.tick();
    let record: OutageRecord = story.ledger.view.record(StateKey::Outage).unwrap();
    assert_eq!((record.from, record.held_until.0), (from, story.ledger.time.0 + 3 * DAY_MS));
    assert_eq!(story.ledger.state(case), "returned");
}
