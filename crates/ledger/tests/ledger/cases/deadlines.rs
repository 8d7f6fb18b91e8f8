//! Deadlines: counted by the calendar, met, missed, and followed by the ledger's own steps.

use std::sync::Arc;

use bulla_ledger::{BlockContext, BlockExecution, Cause, ExecutionError, StepRule, admission};
use bulla_rules::{CalendarYear, CivilDate};
use bulla_types::{
    BlockTime, Canonical, CaseDeadline, CaseDeadlineStatus, CaseNumber, CaseStepRecord, DaysAway,
    DeadlineReached, DeadlineSettled, DeadlineStanding, Parameters, ReasonCode, RecordKey, StateKey, Subject,
    SystemEvent,
};

use super::story::Register;
use crate::support::{Ledger, calendar_year, go_on, name, refusal};

/// Places of the deadlines of the registration, in rising order of name.
const REVIEW_END: u16 = 2;
const SUPPLEMENT_END: u16 = 3;

fn end_of(day: &str) -> BlockTime {
    day.parse::<CivilDate>().unwrap().ends()
}

fn reached(case: CaseNumber, deadline: u16, day: &str) -> SystemEvent {
    let subject = Subject::Case(case);
    SystemEvent::DeadlineReached(DeadlineReached { due: end_of(day), subject, deadline })
}

fn deadline(ledger: &Ledger, case: CaseNumber, deadline: &str) -> CaseDeadline {
    ledger.case(case).deadlines[deadline].clone()
}

fn step(ledger: &Ledger, case: CaseNumber, seq: u32) -> CaseStepRecord {
    ledger.view.record(StateKey::History { record: RecordKey::Case(case), seq }).unwrap()
}

#[test]
fn a_duty_that_is_missed_is_recorded_and_changes_nothing_else() {
    let mut story = Register::new();
    let case = story.apply("asset");
    // Five working days after Friday 10 October: 11 (a make-up Saturday), 13, 14, 15, 16.
    assert_eq!(deadline(&story.ledger, case, "review_end").due, Some(end_of("2025-10-16")));
    assert_eq!(story.ledger.until("2025-10-16"), []);
    assert_eq!(story.ledger.until("2025-10-17"), [reached(case, REVIEW_END, "2025-10-16")]);
    assert_eq!(deadline(&story.ledger, case, "review_end").status, CaseDeadlineStatus::Reached);
    let missed = step(&story.ledger, case, 1);
    assert_eq!((missed.step, missed.deadline), (None, Some(name("review_end"))));
    assert_eq!(story.ledger.state(case), "review");
    story.register(case);
    assert_eq!(deadline(&story.ledger, case, "review_end").status, CaseDeadlineStatus::Reached);
}

#[test]
fn a_duty_that_is_met_in_time_leaves_no_event() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.until("2025-10-16");
    story.register(case);
    assert_eq!(deadline(&story.ledger, case, "review_end").status, CaseDeadlineStatus::Met);
    assert_eq!(story.ledger.until("2025-11-16"), []);
}

#[test]
fn the_days_on_which_a_case_is_away_are_not_counted() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.until("2025-10-14");
    let back = go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete");
    story.ledger.take(&back);
    assert!(story.ledger.case(case).documents.is_empty());
    story.ledger.until("2025-10-17");
    story.ledger.take(&go_on(case, "resubmit").by("applicant", &story.applicant).paper("application"));
    // Counted: 11 and 13, then 20, 21, 22.
    let review = deadline(&story.ledger, case, "review_end");
    assert_eq!(review.status, CaseDeadlineStatus::Running);
    assert_eq!(review.away, [DaysAway { first: 20_251_014, last: 20_251_017 }]);
    assert_eq!(review.due, Some(end_of("2025-10-22")));
    assert_eq!(story.ledger.until("2025-10-23"), [reached(case, REVIEW_END, "2025-10-22")]);
}

#[test]
fn a_lapse_ends_the_case_by_its_due_time() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    // Five natural days after the 10th.
    assert_eq!(story.ledger.until("2025-10-15"), []);
    let events = story.ledger.until("2025-10-20");
    assert_eq!(events, [reached(case, SUPPLEMENT_END, "2025-10-15")]);
    assert_eq!(story.ledger.state(case), "lapsed");
    let lapse = step(&story.ledger, case, 2);
    assert_eq!((lapse.step, lapse.deadline), (Some(name("lapse")), Some(name("supplement_end"))));
    assert_eq!(lapse.transaction_id, None);
    let late = go_on(case, "resubmit").by("applicant", &story.applicant).paper("application");
    story.ledger.refuse_step(&late, ReasonCode::CaseEnded);
}

#[test]
fn what_lapses_has_lapsed_even_where_it_is_not_recorded_yet() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    let due = end_of("2025-10-15");
    story.ledger.time = BlockTime(due.0 - 1000);
    let late = go_on(case, "resubmit").by("applicant", &story.applicant).paper("application");
    let transaction = late.request(&mut story.ledger).transaction();
    let at = |time| BlockContext { time, ..story.ledger.context() };
    assert!(admission(&story.ledger.view, at(BlockTime(due.0 - 1)), &transaction).is_ok());
    let refused = refusal(admission(&story.ledger.view, at(due), &transaction).unwrap_err());
    assert_eq!(refused.reason(), ReasonCode::DeadlinePassed);
}

#[test]
fn a_deadline_that_counts_into_a_year_without_a_calendar_never_fires() {
    let mut story = Register::new();
    let mut ledger = Ledger::new();
    ledger.adopt_year(&calendar_year(2025));
    story.profile = ledger.adopt(&crate::support::register());
    story.applicant = ledger.enrol("applicant", bulla_types::Role::Subject);
    story.ledger = ledger;
    story.ledger.until("2025-12-29");
    let case = story.apply("asset");
    let review = deadline(&story.ledger, case, "review_end");
    assert_eq!(review.standing, DeadlineStanding::Provisional);
    assert_eq!(story.ledger.until("2026-03-01"), []);
    // The publicity cannot end either.
    story.register(case);
    assert_eq!(story.ledger.until("2026-03-20"), []);
    let issue = story.issue(case);
    story.ledger.refuse_step(&issue, ReasonCode::TooEarly);

    story.ledger.adopt_year(&calendar_year(2026));
    let events = story.ledger.tick();
    let [SystemEvent::DeadlineSettled(first), SystemEvent::DeadlineSettled(second)] = events[..] else {
        panic!("{events:?}")
    };
    assert_eq!((first.case, first.standing), (case, DeadlineStanding::Settled));
    assert_eq!((second.case, second.standing), (case, DeadlineStanding::Settled));
    story.ledger.take(&issue);
    // Nothing is left to be reckoned.
    let head: bulla_types::CalendarHead = story.ledger.view.record(StateKey::CalendarHead).unwrap();
    assert!(head.unsettled_years.is_empty());
}

#[test]
fn a_calendar_that_is_revised_moves_the_deadlines_that_count_it() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let mut message = calendar_year(2025).to_message();
    message.revision += 1;
    for holiday in &mut message.holidays {
        holiday.make_up_days.retain(|day| *day != 20_251_011);
    }
    story.ledger.adopt_year(&CalendarYear::from_message(message).unwrap());
    let settled = DeadlineSettled {
        case,
        deadline: REVIEW_END,
        due: end_of("2025-10-17"),
        standing: DeadlineStanding::Settled,
    };
    assert_eq!(story.ledger.tick(), [SystemEvent::DeadlineSettled(settled)]);
    assert_eq!(deadline(&story.ledger, case, "review_end").due, Some(settled.due));
    assert_eq!(story.ledger.until("2025-10-17"), []);
    assert_eq!(story.ledger.until("2025-10-18"), [reached(case, REVIEW_END, "2025-10-17")]);
}

/// A ledger at which three deadlines are due, in the order of their due times and records.
fn three_due() -> (Register, Vec<SystemEvent>) {
    let mut story = Register::new();
    let cases: Vec<CaseNumber> = ["a", "b"].map(|asset| story.apply(asset)).into();
    story.ledger.until("2025-10-13");
    let last = story.apply("c");
    let due = vec![
        reached(cases[0], REVIEW_END, "2025-10-16"),
        reached(cases[1], REVIEW_END, "2025-10-16"),
        reached(last, REVIEW_END, "2025-10-20"),
    ];
    story.ledger.time = end_of("2025-10-20");
    (story, due)
}

#[test]
fn what_is_due_stands_first_in_a_block_in_the_order_of_due_times_and_records() {
    let (mut story, due) = three_due();
    assert_eq!(story.ledger.tick(), due);
    assert_eq!(story.ledger.tick(), []);
}

fn refused_by(result: Result<(), ExecutionError>) -> Cause {
    refusal(result.unwrap_err()).cause
}

#[test]
fn a_block_that_leaves_a_deadline_out_or_exchanges_two_is_refused() {
    let (mut story, due) = three_due();
    let next = Box::new(due[0]);
    let application = story.application("d");
    let transaction = application.request(&mut story.ledger).transaction();
    let block = || BlockExecution::new(&story.ledger.view, story.ledger.context());

    assert_eq!(refused_by(block().finish().map(drop)), Cause::DeadlineLeftOut(next.clone()));
    let first = block().transaction(&transaction).map(drop);
    assert_eq!(refused_by(first), Cause::DeadlineLeftOut(next.clone()));
    let exchanged = Cause::DeadlineUnexpected { expected: Some(next) };
    assert_eq!(refused_by(block().event(&due[1])), exchanged);

    let mut whole = block();
    due.iter().for_each(|event| whole.event(event).unwrap());
    assert_eq!(refused_by(whole.event(&due[0])), Cause::DeadlineUnexpected { expected: None });
    whole.transaction(&transaction).unwrap();
    whole.finish().unwrap();
}

#[test]
fn a_deadline_that_is_not_due_is_no_event() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let mut block = BlockExecution::new(&story.ledger.view, story.ledger.context());
    let early = block.event(&reached(case, REVIEW_END, "2025-10-16"));
    assert_eq!(refused_by(early), Cause::DeadlineUnexpected { expected: None });
}

#[test]
fn what_a_block_has_no_room_for_waits_for_the_next_one() {
    let (mut story, due) = three_due();
    let parameters = Parameters { block_entries_max: 2, ..(*story.ledger.parameters).clone() };
    story.ledger.parameters = Arc::new(parameters);
    assert_eq!(story.ledger.tick(), due[..2]);
    assert_eq!(story.ledger.tick(), due[2..]);
}

#[test]
fn a_thousand_lapses_in_one_block_leave_room_for_no_more() {
    let mut story = Register::new();
    let cases = 1..=1_040_u64;
    let apply = cases.clone().map(|number| story.application(&format!("asset {number}")));
    let apply: Vec<_> = apply.collect();
    story.ledger.take_together(&apply);
    let back =
        |number| go_on(CaseNumber(number), "give_back").by("registry", &story.registry).reasons("incomplete");
    let back: Vec<_> = cases.map(back).collect();
    story.ledger.take_together(&back);
    story.ledger.time = end_of("2025-10-15");
    assert_eq!(story.ledger.tick().len(), 1_000);
    assert_eq!(story.ledger.tick().len(), 40);
    assert_eq!(story.ledger.tick().len(), 0);
    assert_eq!(story.ledger.state(CaseNumber(1_040)), "lapsed");
}

#[test]
fn no_rule_of_a_step_is_broken_by_an_event() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let issue = story.issue(case);
    let rule = story.ledger.refuse_step(&issue, ReasonCode::StepOutOfOrder);
    assert_eq!(rule, StepRule::OutOfOrder("review".to_owned()));
    let lapse = go_on(case, "lapse").by("applicant", &story.applicant);
    assert_eq!(story.ledger.refuse_step(&lapse, ReasonCode::StepOutOfOrder), StepRule::LedgerStep);
}
