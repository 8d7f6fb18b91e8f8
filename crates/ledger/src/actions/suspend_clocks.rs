//! Suspension of clocks (期间中止计算) by the registration bodies: days that deadlines of cases do not count.
//!
//! What has lapsed by a recorded event stays lapsed; everything that has not come is due by the clocks as they
//! stand then. Deadlines are reckoned anew when they would come, see [`due`](crate::cases::due).

use std::sync::Arc;

use bulla_rules::profile::ProfileId;
use bulla_rules::{CivilDate, DaySpan};
use bulla_types::limits::{SUSPENSION_DAYS_MAX, SUSPENSIONS_MAX};
use bulla_types::{
    ClockScope, Counter, IndexRecord, KeyRange, Outcome, RuleTag, StateKey, SuspendClocks, Suspended,
    SuspensionNumber, SuspensionRecord,
};

use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    suspension: &SuspendClocks,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.require_bodies()?;
    let SuspendClocks { first_day, last_day, ref scope, authority } = *suspension;
    check_days(first_day, last_day)?;
    let stopped = stopped(scope, execution)?;
    let number = SuspensionNumber(execution.state.take(Counter::Suspensions)?);
    let (log_index, time) = (execution.stamp.log_index, execution.stamp.time);
    for clocks in stopped {
        if execution.state.rows(&KeyRange::suspensions(clocks), SUSPENSIONS_MAX)?.len() == SUSPENSIONS_MAX {
            return Err(Cause::SuspensionsTooMany { clocks, max: SUSPENSIONS_MAX }.into());
        }
        let row = Record::Index(IndexRecord { log_index });
        execution.state.write(StateKey::Suspended(clocks, number), row);
    }
    let scope = scope.clone();
    let record = SuspensionRecord { number, first_day, last_day, scope, authority, log_index, time };
    execution.state.write(StateKey::Suspension(number), Record::Suspension(Arc::new(record)));
    Ok(Outcome::Suspension(number))
}

fn check_days(first: u32, last: u32) -> Result<(), Cause> {
    let day =
        |number| CivilDate::from_number(number).map_err(|error| Cause::SuspensionInvalid(error.to_string()));
    let (first, last) = (day(first)?, day(last)?);
    let reversed = || Cause::SuspensionInvalid(format!("{last} is before {first}"));
    let span = DaySpan::new(first, last).ok_or_else(reversed)?;
    let days = span.last().days_since(span.first()).saturating_add(1);
    if days > SUSPENSION_DAYS_MAX {
        return Err(Cause::SuspensionInvalid(format!(
            "{days} days, at most {SUSPENSION_DAYS_MAX} are allowed"
        )));
    }
    Ok(())
}

/// The clocks that a scope names: of profiles that were adopted, of a case that is open.
fn stopped<V: StateView>(
    scope: &ClockScope,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Vec<Suspended>, ExecutionError> {
    match scope {
        ClockScope::Ledger => Ok(vec![Suspended::Ledger]),
        ClockScope::Case(number) => match execution.state.case(*number)? {
            Some(case) if case.is_open() => Ok(vec![Suspended::Case(*number)]),
            _ => Err(Cause::ClocksUnknown(format!("there is no open case {number}")).into()),
        },
        ClockScope::Profiles(ids) => {
            let mut stopped = Vec::new();
            for id in ids {
                let known = || Cause::ClocksUnknown(format!("no profile {} was adopted", id.as_str()));
                let id: ProfileId = id.as_str().parse().map_err(|_| known())?;
                let tag = RuleTag::of(id.as_str(), "");
                execution.state.profile_version(tag)?.ok_or_else(known)?;
                stopped.push(Suspended::Profile(tag));
            }
            Ok(stopped)
        }
    }
}
