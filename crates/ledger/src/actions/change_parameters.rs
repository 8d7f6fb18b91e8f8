//! Change of the parameters (账本参数变更) by the registration bodies, from the next height on.
//!
//! A parameter under which the ledger would accept no block or no transaction any more could not be taken back. So
//! what a change sets keeps within bounds that are narrower than those of a genesis; what it leaves alone may lie
//! outside of them.

use bulla_types::limits::{
    CHANGED_BLOCK_ENTRIES_MIN, CHANGED_REQUEST_WINDOW_MS_MIN, CHANGED_TIME_BOUND_MS_MIN,
    CHANGED_TIMEOUT_MS_MIN, REQUEST_WINDOW_MS_MAX, TIME_BOUND_MS_MAX,
};
use bulla_types::{ChangeParameters, ConsensusTimeouts, Outcome, Parameters};

use crate::parameters;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    action: &ChangeParameters,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.require_bodies()?;
    let (former, next) = (execution.state.parameters()?, &action.parameters);
    if former.hash() != action.former {
        return Err(Cause::ParametersReplaced { expected: action.former, found: former.hash() }.into());
    }
    if *former == *next {
        return Err(Cause::ParametersInvalid("nothing changes").into());
    }
    check_fixed(&former, next)?;
    check_bounds(&former, next)?;
    if next.admin_threshold > former.admin_threshold {
        execution.threshold_raised = true;
    }
    parameters::put(next.clone(), execution.context, execution.state)?;
    Ok(Outcome::Done)
}

/// What a ledger keeps from its founding.
fn check_fixed(former: &Parameters, next: &Parameters) -> Result<(), Cause> {
    if next.protocol_version != former.protocol_version {
        return Err(Cause::ParametersInvalid("protocol_version does not change with the parameters"));
    }
    if next.second_log != former.second_log {
        return Err(Cause::ParametersInvalid("second_log is fixed: entries before would be missing from it"));
    }
    Ok(())
}

fn check_bounds(former: &Parameters, next: &Parameters) -> Result<(), Cause> {
    let least = |field, former: u64, next: u64, min: u64| {
        if next == former || next >= min {
            Ok(())
        } else {
            Err(Cause::ParameterTooLow { field, found: next, min })
        }
    };
    // Wider ones are for ledgers whose clock runs faster, and those have them from their genesis.
    let most = |field, former: u64, next: u64, max: u64| {
        if next <= former.max(max) {
            Ok(())
        } else {
            Err(Cause::ParameterTooHigh { field, found: next, max })
        }
    };
    let (window, bound) = (former.request_window_ms, former.time_bound_ms);
    least("request_window_ms", window, next.request_window_ms, CHANGED_REQUEST_WINDOW_MS_MIN)?;
    most("request_window_ms", window, next.request_window_ms, REQUEST_WINDOW_MS_MAX)?;
    least("time_bound_ms", bound, next.time_bound_ms, CHANGED_TIME_BOUND_MS_MIN)?;
    most("time_bound_ms", bound, next.time_bound_ms, TIME_BOUND_MS_MAX)?;
    let (entries, min) = (former.block_entries_max, CHANGED_BLOCK_ENTRIES_MIN);
    least("block_entries_max", entries.into(), next.block_entries_max.into(), min.into())?;
    check_outage(former, next)?;
    for ((field, next), (_, former)) in timeouts(&next.timeouts).into_iter().zip(timeouts(&former.timeouts)) {
        least(field, former.into(), next.into(), CHANGED_TIMEOUT_MS_MIN.into())?;
    }
    Ok(())
}

/// What a change leaves alone may be as the genesis has it. The speed of a clock for tests is not in the state.
fn check_outage(former: &Parameters, next: &Parameters) -> Result<(), Cause> {
    let changes = (former.outage, former.heartbeat_ms) != (next.outage, next.heartbeat_ms);
    if changes && next.idle_is_outage(1) {
        return Err(Cause::ParametersInvalid(Parameters::IDLE_IS_OUTAGE));
    }
    Ok(())
}

fn timeouts(timeouts: &ConsensusTimeouts) -> [(&'static str, u32); 7] {
    [
        ("timeouts.propose_ms", timeouts.propose_ms),
        ("timeouts.propose_delta_ms", timeouts.propose_delta_ms),
        ("timeouts.prevote_ms", timeouts.prevote_ms),
        ("timeouts.prevote_delta_ms", timeouts.prevote_delta_ms),
        ("timeouts.precommit_ms", timeouts.precommit_ms),
        ("timeouts.precommit_delta_ms", timeouts.precommit_delta_ms),
        ("timeouts.rebroadcast_ms", timeouts.rebroadcast_ms),
    ]
}
