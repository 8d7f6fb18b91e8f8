//! Adoption of a year of the working-day calendar (工作日历), or of a later revision of one.
//!
//! The years in force lie side by side. A revision never changes a day that has come and was settled: what was
//! counted over it may have fallen due. Nor does it unsettle a day, or one that is still to come could be changed
//! once it has. Deadlines that count the year are reckoned anew, as events of the blocks
//! that follow.

use std::collections::BTreeSet;
use std::sync::Arc;

use bulla_rules::{CalendarYear, CivilDate};
use bulla_types::{
    AdoptCalendar, CalendarHead, CalendarRecord, CalendarRevision, Canonical, KeyRange, Outcome, StateKey,
};

use crate::history;
use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::{StateView, ViewError};

pub(super) fn apply<V: StateView>(
    adoption: &AdoptCalendar,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.require_bodies()?;
    let offered =
        CalendarYear::decode(&adoption.year).map_err(|error| Cause::CalendarInvalid(error.to_string()))?;
    let head = execution.state.calendar_head()?;
    let (first_year, last_year) = span(&offered, head.as_deref())?;
    let in_force = execution.state.calendar_year(offered.year())?;
    let history_count = match &in_force {
        None => history::FIRST,
        Some(record) => {
            check_revision(&offered, record, execution)?;
            history::one_more(record.history_count)
        }
    };
    let (year, revision) = (offered.year(), CalendarRevision(offered.revision()));
    let record = CalendarRecord { year: adoption.year.clone(), revision, history_count };
    history::write_calendar(year, record, execution.stamp, execution.state);
    let mut unsettled_years: BTreeSet<u16> =
        head.map(|head| head.unsettled_years.clone()).unwrap_or_default();
    if !execution.state.rows(&KeyRange::reckoned_before(year, revision.0), 1)?.is_empty() {
        unsettled_years.insert(year);
    }
    let calendar = offered.calendar().to_string();
    let head = CalendarHead { calendar, first_year, last_year, unsettled_years };
    execution.state.write(StateKey::CalendarHead, Record::CalendarHead(Arc::new(head)));
    Ok(Outcome::Done)
}

/// The years in force with the one offered: of one calendar, side by side.
fn span(offered: &CalendarYear, head: Option<&CalendarHead>) -> Result<(u16, u16), Cause> {
    let year = offered.year();
    let Some(head) = head else { return Ok((year, year)) };
    if head.calendar != offered.calendar().as_str() {
        let (found, in_force) = (offered.calendar().to_string(), head.calendar.clone());
        return Err(Cause::CalendarOther { found, in_force });
    }
    let (first, last) = (head.first_year, head.last_year);
    if year < first.saturating_sub(1) || year > last.saturating_add(1) {
        return Err(Cause::CalendarGap { year, first, last });
    }
    Ok((first.min(year), last.max(year)))
}

fn check_revision<V: StateView>(
    offered: &CalendarYear,
    in_force: &CalendarRecord,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let (year, revision) = (offered.year(), offered.revision());
    if revision <= in_force.revision.0 {
        return Err(Cause::CalendarNotLater { year, revision, in_force: in_force.revision.0 }.into());
    }
    let corrupt = |error: &dyn ToString| ViewError::Corrupt {
        key: StateKey::Calendar(year),
        reason: error.to_string(),
    };
    let former = CalendarYear::decode(&in_force.year).map_err(|error| corrupt(&error))?;
    let today = CivilDate::of(execution.context.time).map_err(|error| corrupt(&error))?;
    let last = today.min(former.settled_through());
    let mut day = CivilDate::new(year, 1, 1).map_err(|error| corrupt(&error))?;
    while day <= last {
        if former.is_working_day(day) != offered.is_working_day(day) || day > offered.settled_through() {
            return Err(Cause::CalendarChangesPast { day: day.to_string() }.into());
        }
        day = day.plus_days(1).map_err(|error| corrupt(&error))?;
    }
    if offered.settled_through() < former.settled_through() {
        let (settled, offered) =
            (former.settled_through().to_string(), offered.settled_through().to_string());
        return Err(Cause::CalendarUnsettles { settled, offered }.into());
    }
    Ok(())
}
