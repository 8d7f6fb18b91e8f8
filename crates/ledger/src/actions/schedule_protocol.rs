//! Scheduling of a version of the protocol (协议版本排期) by the registration bodies.
//!
//! This program need not know the version: it executes the schedule and every block before its height, and then
//! stops. What the ledger goes by from there on is for a program that knows it.

use bulla_types::limits::{PROTOCOL_NOTICE_HEIGHTS_MIN, PROTOCOL_VERSIONS_AT_ONCE_MAX};
use bulla_types::{Height, Outcome, ProtocolAtHeight, ProtocolScheduleRecord, ScheduleProtocol, StateKey};

use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    action: ScheduleProtocol,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.require_bodies()?;
    let height = execution.context.height;
    let former = execution.state.protocol_schedule()?.and_then(|record| record.pending_after(height));
    if action.scheduled == former {
        return Err(Cause::ProtocolScheduleUnchanged { scheduled: former }.into());
    }
    if let Some(scheduled) = action.scheduled {
        check_version(scheduled, execution.state.parameters()?.protocol_version)?;
        check_notice(scheduled, height)?;
    }
    let record = ProtocolScheduleRecord { scheduled: action.scheduled, log_index: execution.stamp.log_index };
    execution.state.write(StateKey::ProtocolSchedule, Record::ProtocolSchedule(record));
    Ok(Outcome::Done)
}

fn check_version(scheduled: ProtocolAtHeight, in_force: u32) -> Result<(), Cause> {
    let (version, max) = (scheduled.version, in_force.saturating_add(PROTOCOL_VERSIONS_AT_ONCE_MAX));
    if version > in_force && version <= max {
        Ok(())
    } else {
        Err(Cause::ProtocolVersionInvalid { version, in_force, max })
    }
}

fn check_notice(scheduled: ProtocolAtHeight, present: Height) -> Result<(), Cause> {
    let first = Height(present.0.saturating_add(PROTOCOL_NOTICE_HEIGHTS_MIN));
    if scheduled.height >= first {
        Ok(())
    } else {
        Err(Cause::ProtocolNoticeTooShort { height: scheduled.height, present, first })
    }
}
