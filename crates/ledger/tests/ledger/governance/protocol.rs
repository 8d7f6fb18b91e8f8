//! Versions of the protocol, and the heights at which they begin.

use bulla_ledger::Cause;
use bulla_types::limits::{PROTOCOL_NOTICE_HEIGHTS_MIN, PROTOCOL_VERSIONS_AT_ONCE_MAX};
use bulla_types::{
    Action, ChangeParameters, Height, Outcome, ParameterSetNumber, ParameterSetRecord, Parameters,
    ProtocolAtHeight, ProtocolScheduleRecord, ReasonCode, ScheduleProtocol, StateKey,
};

use super::bodies;
use crate::support::Ledger;

fn schedule(version: u32, height: Height) -> Action {
    Action::ScheduleProtocol(ScheduleProtocol { scheduled: Some(ProtocolAtHeight { version, height }) })
}

fn take_back() -> Action {
    Action::ScheduleProtocol(ScheduleProtocol { scheduled: None })
}

/// The first height that the next block may schedule a version for.
fn soonest(ledger: &Ledger) -> Height {
    Height(ledger.height.0 + 1 + PROTOCOL_NOTICE_HEIGHTS_MIN)
}

/// Decides blocks of a deposit each up to this height.
fn advance(ledger: &mut Ledger, height: u64) {
    let body = ledger.body(1);
    while ledger.height.0 < height {
        ledger.request().operated_by(&body).deposit("a").recorded();
    }
}

fn record(ledger: &Ledger) -> ProtocolScheduleRecord {
    ledger.view.record(StateKey::ProtocolSchedule).unwrap()
}

fn parameter_set(ledger: &Ledger, number: u64) -> Option<ParameterSetRecord> {
    ledger.view.record(StateKey::ParameterSet(ParameterSetNumber(number)))
}

#[test]
fn a_version_begins_at_its_height_and_the_history_says_so() {
    let mut ledger = Ledger::new();
    let founded = (*ledger.parameters).clone();
    let (height, index) = (soonest(&ledger), ledger.next_index());
    assert_eq!(bodies(&mut ledger).action(schedule(2, height)).recorded(), [Outcome::Done]);
    let scheduled = ProtocolAtHeight { version: 2, height };
    assert_eq!(record(&ledger), ProtocolScheduleRecord { scheduled: Some(scheduled), log_index: index });

    advance(&mut ledger, height.0 - 2);
    assert_eq!((ledger.parameters.protocol_version, parameter_set(&ledger, 1)), (1, None));
    assert_eq!(record(&ledger).pending_after(ledger.height), Some(scheduled));
    // The block before the height leaves the parameters of the height.
    advance(&mut ledger, height.0 - 1);
    let next = Parameters { protocol_version: 2, ..founded.clone() };
    assert_eq!(*ledger.parameters, next);
    let sets = [1, 2].map(|number| parameter_set(&ledger, number).unwrap());
    assert_eq!((sets[0].first_height, &sets[0].parameters), (Height(1), &founded));
    assert_eq!((sets[1].first_height, &sets[1].parameters), (height, &next));

    advance(&mut ledger, height.0 + 1);
    assert_eq!((*ledger.parameters).clone(), next);
    assert_eq!((record(&ledger).pending_after(ledger.height), parameter_set(&ledger, 3)), (None, None));
}

#[test]
fn an_empty_block_before_the_height_begins_it_too() {
    let mut ledger = Ledger::new();
    let height = soonest(&ledger);
    bodies(&mut ledger).action(schedule(2, height)).recorded();
    advance(&mut ledger, height.0 - 2);
    let changes = bulla_ledger::BlockExecution::new(&ledger.view, ledger.context()).finish().unwrap();
    assert_eq!(changes.parameters.unwrap().protocol_version, 2);
}

#[test]
fn a_limit_that_changes_in_the_block_before_the_height_begins_with_it() {
    let mut ledger = Ledger::new();
    let height = soonest(&ledger);
    bodies(&mut ledger).action(schedule(2, height)).recorded();
    advance(&mut ledger, height.0 - 2);
    let present = (*ledger.parameters).clone();
    let parameters = Parameters { block_entries_max: 500, ..present.clone() };
    let change = ChangeParameters { former: present.hash(), parameters: parameters.clone() };
    bodies(&mut ledger).action(Action::ChangeParameters(change)).recorded();
    let next = Parameters { protocol_version: 2, ..parameters };
    assert_eq!(*ledger.parameters, next);
    let set = parameter_set(&ledger, 2).unwrap();
    assert_eq!((set.first_height, set.parameters, parameter_set(&ledger, 3)), (height, next, None));
}

#[test]
fn what_is_scheduled_is_replaced_or_taken_back_until_its_height_comes() {
    let mut ledger = Ledger::new();
    let first = soonest(&ledger);
    bodies(&mut ledger).action(schedule(2, first)).recorded();
    advance(&mut ledger, first.0 - 3);
    let later = soonest(&ledger);
    bodies(&mut ledger).action(schedule(3, later)).recorded();
    advance(&mut ledger, first.0 + 1);
    assert_eq!(ledger.parameters.protocol_version, 1, "the first schedule is replaced");

    // In the last block that still goes by the version of before.
    advance(&mut ledger, later.0 - 2);
    bodies(&mut ledger).action(take_back()).recorded();
    assert_eq!(ledger.height.0, later.0 - 1);
    assert_eq!(record(&ledger).scheduled, None);
    advance(&mut ledger, later.0 + 2);
    assert_eq!((ledger.parameters.protocol_version, parameter_set(&ledger, 1)), (1, None));

    // And another one may follow.
    let height = soonest(&ledger);
    bodies(&mut ledger).action(schedule(2, height)).recorded();
    advance(&mut ledger, height.0);
    assert_eq!(ledger.parameters.protocol_version, 2);
    let next = soonest(&ledger);
    bodies(&mut ledger).action(schedule(3, next)).recorded();
    advance(&mut ledger, next.0);
    assert_eq!(ledger.parameters.protocol_version, 3);
}

#[test]
fn nothing_to_take_back_and_nothing_new_are_refused() {
    let mut ledger = Ledger::new();
    let reason = ReasonCode::ProtocolScheduleUnchanged;
    let nothing = Cause::ProtocolScheduleUnchanged { scheduled: None };
    bodies(&mut ledger).action(take_back()).refused(0, nothing.clone(), reason);
    let height = Height(soonest(&ledger).0 + 5);
    bodies(&mut ledger).action(schedule(2, height)).recorded();
    let scheduled = Some(ProtocolAtHeight { version: 2, height });
    let again = Cause::ProtocolScheduleUnchanged { scheduled };
    bodies(&mut ledger).action(schedule(2, height)).refused(0, again, reason);
    advance(&mut ledger, height.0);
    bodies(&mut ledger).action(take_back()).refused(0, nothing, reason);
}

#[test]
fn a_version_that_is_not_later_or_too_far_ahead_is_refused() {
    let mut ledger = Ledger::new();
    let (height, max) = (soonest(&ledger), 1 + PROTOCOL_VERSIONS_AT_ONCE_MAX);
    for version in [1, max + 1, u32::MAX] {
        let cause = Cause::ProtocolVersionInvalid { version, in_force: 1, max };
        let request = bodies(&mut ledger).action(schedule(version, height));
        request.refused(0, cause, ReasonCode::ProtocolVersionInvalid);
    }
    bodies(&mut ledger).action(schedule(max, height)).recorded();
}

#[test]
fn a_height_that_comes_too_soon_is_refused() {
    let mut ledger = Ledger::new();
    let (first, present) = (soonest(&ledger), Height(ledger.height.0 + 1));
    for height in [1, present.0, first.0 - 1].map(Height) {
        let cause = Cause::ProtocolNoticeTooShort { height, present, first };
        let request = bodies(&mut ledger).action(schedule(2, height));
        request.refused(0, cause, ReasonCode::ProtocolNoticeTooShort);
    }
    bodies(&mut ledger).action(schedule(2, first)).recorded();
}

#[test]
fn a_version_is_scheduled_by_the_threshold() {
    let mut ledger = Ledger::new();
    let height = soonest(&ledger);
    let refused = Cause::ThresholdNotMet { needed: 3, present: 2 };
    let request = ledger.request().administered_by_bodies([1, 2]).action(schedule(2, height));
    request.refused(0, refused, ReasonCode::ThresholdNotMet);
}

#[test]
fn no_version_comes_by_a_change_of_parameters() {
    let mut ledger = Ledger::new();
    let parameters = Parameters { protocol_version: 2, ..(*ledger.parameters).clone() };
    let change = ChangeParameters { former: ledger.parameters.hash(), parameters };
    let cause = Cause::ParametersInvalid("protocol_version does not change with the parameters");
    let request = bodies(&mut ledger).action(Action::ChangeParameters(change));
    request.refused(0, cause, ReasonCode::ParametersInvalid);
}
