//! Parameters.

use bulla_ledger::Cause;
use bulla_types::{
    Action, BlockTime, ChangeParameters, ConsensusTimeouts, MemberNumber, OutageRule, Outcome,
    ParameterSetNumber, ParameterSetRecord, Parameters, ReasonCode, RequestId, SecondLog, StateKey,
};

use super::bodies;
use crate::support::Ledger;

fn change(ledger: &Ledger, change: impl FnOnce(&mut Parameters)) -> Action {
    let mut parameters = (*ledger.parameters).clone();
    change(&mut parameters);
    Action::ChangeParameters(ChangeParameters { former: ledger.parameters.hash(), parameters })
}

fn refused(with: impl FnOnce(&mut Parameters), cause: Cause) {
    let mut ledger = Ledger::new();
    let action = change(&ledger, with);
    bodies(&mut ledger).action(action).refused(0, cause, ReasonCode::ParametersInvalid);
}

#[test]
fn a_block_limit_changes_for_the_next_height_and_the_history_says_so() {
    let mut ledger = Ledger::new();
    let founded = (*ledger.parameters).clone();
    let action = change(&ledger, |parameters| parameters.block_entries_max = 500);
    assert_eq!(bodies(&mut ledger).action(action).recorded(), [Outcome::Done]);
    assert_eq!(ledger.parameters.block_entries_max, 500);
    let record = |number| {
        ledger.view.record::<ParameterSetRecord>(StateKey::ParameterSet(ParameterSetNumber(number))).unwrap()
    };
    assert_eq!((record(1).first_height.0, record(1).parameters), (1, founded));
    assert_eq!(record(2).first_height.0, ledger.height.0 + 1);
    assert_eq!(record(2).parameters, *ledger.parameters);
}

#[test]
fn a_wider_window_takes_no_request_again_that_is_forgotten() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let far = BlockTime(ledger.time.0 + 86_400_000);
    let once = ledger.request().not_after(far).operated_by(&body).deposit("a").transaction();
    ledger.record(&once).unwrap();
    let made = BlockTime(once.body().request_id.time_ms());
    ledger.sleep(700_000);
    let widen = change(&ledger, |parameters| parameters.request_window_ms = 3_600_000);
    bodies(&mut ledger).action(widen).recorded();
    let from = BlockTime(ledger.time.0 - 600_000);
    assert!(!ledger.view.requests.contains_key(&(body.number, once.body().request_id)), "it is forgotten");
    let refused = ledger.record(&once).unwrap_err();
    assert_eq!(refused.cause, Cause::RequestForgotten { request_time: made, from });
    assert_eq!(refused.reason(), ReasonCode::RequestTimeOutOfWindow);

    // Narrowed and widened again: nothing older than any window that there was.
    let narrow = change(&ledger, |parameters| parameters.request_window_ms = 60_000);
    bodies(&mut ledger).action(narrow).recorded();
    ledger.sleep(200_000);
    let widen = change(&ledger, |parameters| parameters.request_window_ms = 3_600_000);
    bodies(&mut ledger).action(widen).recorded();
    let from = BlockTime(ledger.time.0 - 60_000);
    let early = RequestId::new(from.0 - 1, &[9; 10]);
    let request = ledger.request().with_id(early).operated_by(&body).deposit("b");
    let forgotten = Cause::RequestForgotten { request_time: BlockTime(from.0 - 1), from };
    request.refused(None, forgotten, ReasonCode::RequestTimeOutOfWindow);
    let just = RequestId::new(from.0, &[9; 10]);
    ledger.request().with_id(just).operated_by(&body).deposit("b").recorded();
}

#[test]
fn parameters_change_by_the_threshold() {
    let mut ledger = Ledger::new();
    let action = change(&ledger, |parameters| parameters.heartbeat_ms = 1_000);
    ledger.request().administered_by_bodies([1, 2]).action(action).refused(
        0,
        Cause::ThresholdNotMet { needed: 3, present: 2 },
        ReasonCode::ThresholdNotMet,
    );
}

#[test]
fn a_change_that_another_one_overtook_is_refused() {
    let mut ledger = Ledger::new();
    let expected = ledger.parameters.hash();
    let overtaken = change(&ledger, |parameters| parameters.heartbeat_ms = 1_000);
    let first = change(&ledger, |parameters| parameters.block_entries_max = 500);
    bodies(&mut ledger).action(first).recorded();
    let found = ledger.parameters.hash();
    bodies(&mut ledger).action(overtaken).refused(
        0,
        Cause::ParametersReplaced { expected, found },
        ReasonCode::ParametersChanged,
    );
}

#[test]
fn nothing_that_would_stop_the_ledger_is_put_in_force() {
    let low = |field, found, min| Cause::ParameterTooLow { field, found, min };
    let high = |field, found, max| Cause::ParameterTooHigh { field, found, max };
    refused(|p| p.request_window_ms = 59_999, low("request_window_ms", 59_999, 60_000));
    refused(|p| p.request_window_ms = 86_400_001, high("request_window_ms", 86_400_001, 86_400_000));
    refused(|p| p.time_bound_ms = 499, low("time_bound_ms", 499, 500));
    refused(|p| p.time_bound_ms = 600_001, high("time_bound_ms", 600_001, 600_000));
    refused(|p| p.block_entries_max = 15, low("block_entries_max", 15, 16));
    type Timeout = fn(&mut ConsensusTimeouts) -> &mut u32;
    let timeouts: [(&str, Timeout); 7] = [
        ("timeouts.propose_ms", |timeouts| &mut timeouts.propose_ms),
        ("timeouts.propose_delta_ms", |timeouts| &mut timeouts.propose_delta_ms),
        ("timeouts.prevote_ms", |timeouts| &mut timeouts.prevote_ms),
        ("timeouts.prevote_delta_ms", |timeouts| &mut timeouts.prevote_delta_ms),
        ("timeouts.precommit_ms", |timeouts| &mut timeouts.precommit_ms),
        ("timeouts.precommit_delta_ms", |timeouts| &mut timeouts.precommit_delta_ms),
        ("timeouts.rebroadcast_ms", |timeouts| &mut timeouts.rebroadcast_ms),
    ];
    for (field, timeout) in timeouts {
        refused(|p| *timeout(&mut p.timeouts) = 49, low(field, 49, 50));
    }
}

#[test]
fn a_ledger_that_is_idle_for_a_heartbeat_is_in_no_outage() {
    let idle = Cause::ParametersInvalid(Parameters::IDLE_IS_OUTAGE);
    let rule = |longer_than_ms| Some(OutageRule { longer_than_ms, held_ms: 3_600_000 });
    refused(|parameters| parameters.outage = rule(1), idle.clone());
    refused(
        |parameters| (parameters.heartbeat_ms, parameters.outage) = (60_000, rule(119_999)),
        idle.clone(),
    );
    let mut ledger = Ledger::new();
    let sound = change(&ledger, |parameters| {
        (parameters.heartbeat_ms, parameters.outage) = (60_000, rule(120_000));
    });
    bodies(&mut ledger).action(sound).recorded();
    let slower = change(&ledger, |parameters| parameters.heartbeat_ms = 60_001);
    bodies(&mut ledger).action(slower).refused(0, idle, ReasonCode::ParametersInvalid);
    let other = change(&ledger, |parameters| parameters.block_entries_max = 500);
    bodies(&mut ledger).action(other).recorded();
}

#[test]
fn what_is_fixed_from_the_founding_stays() {
    let second_log = "second_log is fixed: entries before would be missing from it";
    refused(|p| p.second_log = SecondLog::Sm3, Cause::ParametersInvalid(second_log));
    refused(|_| {}, Cause::ParametersInvalid("nothing changes"));
}

#[test]
fn the_threshold_rises_to_what_is_shown_and_falls_freely() {
    let mut ledger = Ledger::new();
    let raise = change(&ledger, |parameters| parameters.admin_threshold = 4);
    bodies(&mut ledger).action(raise.clone()).refused(
        None,
        Cause::ThresholdNotShown { needed: 4, present: 3 },
        ReasonCode::ThresholdUnreachable,
    );
    ledger.request().administered_by_bodies([1, 2, 3, 4]).action(raise).recorded();
    bodies(&mut ledger).suspend(MemberNumber(4)).refused(
        0,
        Cause::ThresholdNotMet { needed: 4, present: 3 },
        ReasonCode::ThresholdNotMet,
    );
    let lower = change(&ledger, |parameters| parameters.admin_threshold = 2);
    ledger.request().administered_by_bodies([1, 2, 3, 4]).action(lower).recorded();
    ledger.request().administered_by_bodies([1, 2]).suspend(MemberNumber(4)).recorded();
}

#[test]
fn a_raised_threshold_already_protects_the_bodies_that_it_needs() {
    let mut ledger = Ledger::new();
    let raise = change(&ledger, |parameters| parameters.admin_threshold = 4);
    let request = ledger.request().administered_by_bodies([1, 2, 3, 4]);
    request.action(raise).suspend(MemberNumber(4)).refused(
        None,
        Cause::ThresholdNotShown { needed: 4, present: 3 },
        ReasonCode::ThresholdUnreachable,
    );
}
