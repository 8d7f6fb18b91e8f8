//! Governance suspends clocks: days are not counted, and what has lapsed stays lapsed.

use bulla_crypto::sha256;
use bulla_ledger::{Cause, Refusal, StateView, possible_steps};
use bulla_rules::CivilDate;
use bulla_types::limits::{SUSPENSION_DAYS_MAX, YEARS_COUNTED_MAX};
use bulla_types::{
    Action, BlockTime, Canonical, CaseDeadlineStatus, CaseNumber, ClockScope, Commitment, DeadlineReached,
    DeadlineSettled, DeadlineStanding, Name, Outcome, ReasonCode, StateKey, Subject, SuspendClocks,
    SuspensionNumber, SuspensionRecord, SystemEvent,
};

use super::adoption::changed;
use super::story::Register;
use crate::support::{Ledger, calendar_year, go_on};

/// Places of the deadlines of the registration, in rising order of name.
const REVIEW_END: u16 = 2;
const SUPPLEMENT_END: u16 = 3;

fn end_of(day: &str) -> BlockTime {
    day.parse::<CivilDate>().unwrap().ends()
}

fn number(day: &str) -> u32 {
    day.parse::<CivilDate>().unwrap().to_number()
}

pub(crate) fn suspension(scope: ClockScope, first: &str, last: &str) -> SuspendClocks {
    let authority = Commitment(sha256(&[b"the decision"]));
    SuspendClocks { first_day: number(first), last_day: number(last), scope, authority }
}

pub(super) fn suspend(ledger: &mut Ledger, suspension: SuspendClocks) -> Result<Vec<Outcome>, Refusal> {
    let transaction = ledger.administered().action(Action::SuspendClocks(suspension)).transaction();
    ledger.record(&transaction)
}

fn all(ledger: &mut Ledger, first: &str, last: &str) {
    let outcomes = suspend(ledger, suspension(ClockScope::Ledger, first, last)).unwrap();
    let [Outcome::Suspension(number)] = outcomes[..] else { panic!("{outcomes:?}") };
    let bytes = ledger.view.get(&StateKey::Suspension(number)).unwrap().unwrap();
    let record = SuspensionRecord::decode(&bytes).unwrap();
    assert_eq!((record.number, record.scope), (number, ClockScope::Ledger));
}

fn ids(ids: &[&str]) -> ClockScope {
    ClockScope::Profiles(ids.iter().map(|id| id.parse::<Name>().unwrap()).collect())
}

fn reached(case: CaseNumber, deadline: u16, day: &str) -> SystemEvent {
    let subject = Subject::Case(case);
    SystemEvent::DeadlineReached(DeadlineReached { due: end_of(day), subject, deadline })
}

fn moved(case: CaseNumber, deadline: u16, day: &str) -> SystemEvent {
    let (due, standing) = (end_of(day), DeadlineStanding::Settled);
    SystemEvent::DeadlineSettled(DeadlineSettled { case, deadline, due, standing })
}

#[test]
fn suspended_days_are_not_counted_and_the_ledger_says_so_when_the_deadline_would_have_come() {
    let mut story = Register::new();
    let case = story.apply("asset");
    // Due on the 16th; 14 and 15 are not counted.
    all(&mut story.ledger, "2025-10-14", "2025-10-15");
    assert_eq!(story.ledger.until("2025-10-17"), [moved(case, REVIEW_END, "2025-10-20")]);
    assert_eq!(story.ledger.case(case).deadlines["review_end"].due, Some(end_of("2025-10-20")));
    assert_eq!(story.ledger.until("2025-10-20"), []);
    assert_eq!(story.ledger.until("2025-10-21"), [reached(case, REVIEW_END, "2025-10-20")]);
}

#[test]
fn who_acts_within_the_longer_time_has_acted_in_time() {
    let mut story = Register::new();
    let case = story.apply("asset");
    all(&mut story.ledger, "2025-10-14", "2025-10-15");
    story.ledger.until("2025-10-20");
    story.register(case);
    assert_eq!(story.ledger.case(case).deadlines["review_end"].status, CaseDeadlineStatus::Met);
}

#[test]
fn what_may_happen_next_is_told_by_the_clocks_as_they_stand() {
    let mut story = Register::new();
    let case = story.apply("asset");
    all(&mut story.ledger, "2025-10-14", "2025-10-15");
    let steps = possible_steps(&story.ledger.view, case, story.ledger.time).unwrap();
    let register = steps.iter().find(|step| step.step == "register").unwrap();
    assert_eq!(register.until[0].due, end_of("2025-10-20"));
}

#[test]
fn a_publicity_runs_longer_by_the_days_that_were_cut_out_of_it() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    // Three working days after the 10th: 11, 13, 14.
    all(&mut story.ledger, "2025-10-13", "2025-10-13");
    story.ledger.until("2025-10-15");
    let issue = story.issue(case);
    story.ledger.refuse_step(&issue, ReasonCode::TooEarly);
    story.ledger.until("2025-10-16");
    story.ledger.take(&issue);
}

#[test]
fn a_lapse_that_is_recorded_is_not_undone_by_a_later_suspension() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.ledger.take(&go_on(case, "give_back").by("registry", &story.registry).reasons("incomplete"));
    assert_eq!(story.ledger.until("2025-10-16"), [reached(case, SUPPLEMENT_END, "2025-10-15")]);
    all(&mut story.ledger, "2025-10-11", "2025-10-16");
    assert_eq!(story.ledger.state(case), "lapsed");
    let lapsed = &story.ledger.case(case).deadlines["supplement_end"];
    assert_eq!((lapsed.due, lapsed.status), (Some(end_of("2025-10-15")), CaseDeadlineStatus::Reached));
}

#[test]
fn what_has_been_done_in_time_stays_done_in_time() {
    let mut story = Register::new();
    let case = story.apply("asset");
    story.register(case);
    story.ledger.until("2025-10-16");
    let issue = story.issue(case);
    story.ledger.take(&issue);
    all(&mut story.ledger, "2025-10-13", "2025-10-15");
    assert_eq!(story.ledger.case(case).deadlines["publicity_end"].due, Some(end_of("2025-10-14")));
}

#[test]
fn a_suspension_stops_the_clocks_that_it_names_and_no_others() {
    for (scope, due) in [
        (ids(&["test-register"]), "2025-10-20"),
        (ClockScope::Case(CaseNumber(1)), "2025-10-20"),
        (ClockScope::Case(CaseNumber(2)), "2025-10-16"),
    ] {
        let mut story = Register::new();
        let case = story.apply("asset");
        story.apply("other");
        suspend(&mut story.ledger, suspension(scope, "2025-10-14", "2025-10-15")).unwrap();
        story.ledger.until("2025-10-21");
        assert_eq!(story.ledger.case(case).deadlines["review_end"].due, Some(end_of(due)));
    }
}

#[test]
fn days_that_two_suspensions_name_are_left_out_once() {
    let mut story = Register::new();
    let case = story.apply("asset");
    all(&mut story.ledger, "2025-10-14", "2025-10-15");
    let again = suspension(ids(&["test-register"]), "2025-10-15", "2025-10-15");
    suspend(&mut story.ledger, again).unwrap();
    assert_eq!(story.ledger.until("2025-10-17"), [moved(case, REVIEW_END, "2025-10-20")]);
}

#[test]
fn a_suspension_that_is_announced_stops_the_clocks_that_start_later_too() {
    let mut story = Register::new();
    all(&mut story.ledger, "2025-10-14", "2025-10-15");
    story.ledger.until("2025-10-13");
    let case = story.apply("asset");
    // 16, 17, 20, 21, 22.
    assert_eq!(story.ledger.case(case).deadlines["review_end"].due, Some(end_of("2025-10-22")));
}

#[test]
fn the_term_of_a_certificate_does_not_move() {
    let mut story = Register::new();
    let (_, issued) = story.certified("asset");
    all(&mut story.ledger, "2026-10-01", "2026-10-31");
    let events = story.ledger.until("2026-10-17");
    let subject = Subject::Certificate(issued.certificates[0]);
    let lapsed = DeadlineReached { due: end_of("2026-10-16"), subject, deadline: 0 };
    assert_eq!(events, [SystemEvent::DeadlineReached(lapsed)]);
}

#[test]
fn a_suspension_is_kept_as_it_was_adopted() {
    let mut story = Register::new();
    all(&mut story.ledger, "2025-10-14", "2025-10-15");
    let record: SuspensionRecord =
        story.ledger.view.record(StateKey::Suspension(SuspensionNumber(1))).unwrap();
    assert_eq!((record.first_day, record.last_day), (20_251_014, 20_251_015));
    assert_eq!((record.scope, record.time), (ClockScope::Ledger, story.ledger.time));
    assert_eq!(record.log_index + 1, story.ledger.next_index());
}

#[test]
fn the_threshold_of_registration_bodies_orders_a_suspension() {
    let mut story = Register::new();
    let suspension = suspension(ClockScope::Ledger, "2025-10-14", "2025-10-15");
    let body = story.registry.clone();
    let request = story.ledger.request().administered_by(&body);
    let transaction = request.action(Action::SuspendClocks(suspension)).transaction();
    let refusal = story.ledger.record(&transaction).unwrap_err();
    assert_eq!(refusal.reason(), ReasonCode::ThresholdNotMet);
}

#[test]
fn a_suspension_of_too_many_days_or_of_what_is_not_there_is_refused() {
    let mut story = Register::new();
    let ledger = &mut story.ledger;
    let refused = [
        (
            suspension(ClockScope::Ledger, "2025-01-01", "2026-01-02"),
            format!("at most {SUSPENSION_DAYS_MAX}"),
        ),
        (suspension(ids(&["test-venue"]), "2025-10-14", "2025-10-15"), "test-venue".to_owned()),
        (suspension(ClockScope::Case(CaseNumber(9)), "2025-10-14", "2025-10-15"), "case 9".to_owned()),
    ];
    for (suspension, told) in refused {
        let refusal = suspend(ledger, suspension).unwrap_err();
        assert_eq!(refusal.reason(), ReasonCode::SuspensionInvalid);
        assert!(refusal.to_string().contains(&told), "{refusal}");
        assert!(matches!(refusal.cause, Cause::SuspensionInvalid(_) | Cause::ClocksUnknown(_)));
    }
    let year = suspension(ClockScope::Ledger, "2025-01-01", "2026-01-01");
    suspend(ledger, year).unwrap();
}

#[test]
fn clocks_that_stand_still_for_a_lifetime_stop_neither_the_ledger_nor_the_case() {
    let mut story = Register::new();
    let case = story.apply("asset");
    let mut first = "2025-10-14".parse::<CivilDate>().unwrap();
    for _ in 0..70 {
        let last = first.plus_days(SUSPENSION_DAYS_MAX - 1).unwrap();
        all(&mut story.ledger, &first.to_string(), &last.to_string());
        first = last.plus_days(1).unwrap();
    }
    // Every deadline that counts 2025 is reckoned anew, into a year that is far away.
    let revised = changed(&calendar_year(2025), |message| message.revision += 1);
    story.ledger.adopt_year(&revised);
    story.ledger.catch_up();
    let deadline = &story.ledger.case(case).deadlines["review_end"];
    assert_eq!(deadline.standing, DeadlineStanding::Provisional);
    assert_eq!((deadline.counted.len(), deadline.counted[&2025]), (YEARS_COUNTED_MAX, revised.revision()));
    story.register(case);
    assert_eq!(story.ledger.case(case).deadlines["review_end"].status, CaseDeadlineStatus::Met);
}
