//! The days on which the clocks of a case stand still (期间中止): it was elsewhere, or governance has said so.

use bulla_rules::{CivilDate, DaySpan, StoppedDays};
use bulla_types::{Counter, DaysAway, RuleTag, Suspended};

use crate::view::{StateView, ViewError};

use super::case::Case;
use super::run::Run;

/// The days that a deadline of a case does not count.
pub(super) fn days<V: StateView>(
    case: &Case,
    away: &[DaysAway],
    run: &mut Run<'_, '_, V>,
) -> Result<StoppedDays, ViewError> {
    let mut spans: Vec<DaySpan> = away.iter().filter_map(span).collect();
    if any(run)? {
        let profile = RuleTag::of(case.profile.id.as_str(), "");
        for clocks in [Suspended::Ledger, Suspended::Profile(profile), Suspended::Case(case.record.number)] {
            spans.extend(run.state.suspended_days(clocks)?.iter());
        }
    }
    Ok(StoppedDays::of(spans))
}

/// Whether clocks were ever suspended.
pub(super) fn any<V: StateView>(run: &mut Run<'_, '_, V>) -> Result<bool, ViewError> {
    Ok(run.state.next(Counter::Suspensions)? > 1)
}

fn span(days: &DaysAway) -> Option<DaySpan> {
    DaySpan::new(CivilDate::from_number(days.first).ok()?, CivilDate::from_number(days.last).ok()?)
}
