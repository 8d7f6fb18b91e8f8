//! How a date follows from events, periods and the calendar (期限的计算).

use std::collections::BTreeMap;

use bulla_rules::profile::{Anchor, Content, DateRule, DateTerm, Direction, Ident, Profile, Take};
use bulla_rules::{
    Calendar, CivilDate, DateError, Deadline, Length, Period, Roll, Standing, StoppedDays, due,
};
use bulla_types::limits::YEARS_COUNTED_MAX;
use bulla_types::{BlockTime, DeadlineStanding, FieldContent, FieldValue};

use crate::view::StateView;

use super::case::Case;
use super::conditions;
use super::places;
use super::rule::{StepRule, Stop};
use super::run::{Acting, Run};

/// A date that was reckoned.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reckoned {
    /// The first instant after the day.
    pub(super) due: BlockTime,
    /// Whether a calendar that is not on the ledger can still move it.
    pub(super) standing: DeadlineStanding,
    /// The years whose calendar it may have asked, and their revisions.
    pub(super) counted: BTreeMap<u16, u32>,
}

/// For each date of a rule the time of the event from which it is counted, if the event has happened and the
/// date counts.
pub(super) fn anchors<V: StateView>(
    case: &Case,
    rule: &DateRule,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<Option<BlockTime>>, Stop> {
    rule.terms.iter().map(|term| anchor(case, term, run)).collect()
}

/// The anchor of one date.
pub(super) fn anchor<V: StateView>(
    case: &Case,
    term: &DateTerm,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<BlockTime>, Stop> {
    if let Some(when) = &term.when
        && !conditions::hold(case, &Acting::default(), when, run)?
    {
        return Ok(None);
    }
    match &term.anchor {
        Anchor::Opened => Ok(Some(case.record.opened)),
        Anchor::State(state) => Ok(case.record.states.get(state.as_str()).copied()),
        Anchor::Step(step) => Ok(case.record.steps.get(step.as_str()).map(|taken| taken.last)),
        Anchor::Field(field) => {
            let content = places::field(case, field, run)?;
            Ok(content.as_ref().and_then(date_in).map(within_day))
        }
        Anchor::Issued(kind) => {
            let number = places::certificate_of_kind(case, kind.as_str(), run)?;
            Ok(number.map(|number| places::certificate(number, run)).transpose()?.map(|found| found.issued))
        }
        Anchor::Expires(kind) => {
            let number = places::certificate_of_kind(case, kind.as_str(), run)?;
            let found = number.map(|number| places::certificate(number, run)).transpose()?;
            // The last instant of the term lies within its last day.
            Ok(found.and_then(|found| found.valid_until).map(|until| BlockTime(until.0 - 1)))
        }
    }
}

/// The day that a field names.
pub(super) fn date_in(content: &FieldContent) -> Option<CivilDate> {
    match content.clear()?.single()? {
        FieldValue::Date(number) => CivilDate::from_number(*number).ok(),
        _ => None,
    }
}

/// An instant within a day: its last millisecond.
fn within_day(day: CivilDate) -> BlockTime {
    BlockTime(day.ends().0 - 1)
}

/// The date of a rule by its anchors; `None` while no date of it counts. `what` names it in a refusal.
pub(super) fn reckon<V: StateView>(
    profile: &Profile,
    rule: &DateRule,
    anchors: &[Option<BlockTime>],
    stopped: &StoppedDays,
    what: &str,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Reckoned>, Stop> {
    let calendar = run.state.calendar()?;
    let out_of_range = |_: DateError| StepRule::DateOutOfRange(what.to_owned());
    let mut taken: Option<Reckoned> = None;
    for (term, anchor) in rule.terms.iter().zip(anchors) {
        let Some(anchor) = *anchor else { continue };
        let day = CivilDate::of(anchor).map_err(out_of_range)?;
        let found = match &term.period {
            None => {
                Reckoned { due: day.ends(), standing: DeadlineStanding::Settled, counted: BTreeMap::new() }
            }
            Some(value) => {
                let period = period(profile, value)?;
                count(day, term.direction, period, &calendar, stopped).map_err(out_of_range)?
            }
        };
        taken = Some(match taken {
            None => found,
            Some(other) => joined(rule.take, other, found),
        });
    }
    Ok(taken)
}

/// The earlier or later of two dates. As long as one of them can move, so can the choice.
fn joined(take: Take, a: Reckoned, b: Reckoned) -> Reckoned {
    let due = match take {
        Take::Earliest => a.due.min(b.due),
        Take::Latest => a.due.max(b.due),
    };
    let standing = a.standing.max(b.standing);
    let mut counted = a.counted;
    counted.extend(b.counted);
    Reckoned { due, standing, counted: bounded(counted) }
}

fn count(
    anchor: CivilDate,
    direction: Direction,
    period: Period,
    calendar: &Calendar,
    stopped: &StoppedDays,
) -> Result<Reckoned, DateError> {
    let deadline = match direction {
        Direction::After => Deadline::Duty(period),
        Direction::Before => Deadline::Backward(period.length),
    };
    let found = due(deadline, anchor, calendar, stopped)?;
    let standing = match found.standing {
        Standing::Settled => DeadlineStanding::Settled,
        Standing::Provisional => DeadlineStanding::Provisional,
    };
    let revision = |year| (year, calendar.year(year).map_or(0, bulla_rules::CalendarYear::revision));
    let counted = bounded(years(anchor, direction, period, found.day).map(revision));
    Ok(Reckoned { due: found.at(), standing, counted })
}

/// Of the years counted as many as a record notes, the earliest. What counts beyond them is reckoned anew only with
/// a step of its case or when it comes.
fn bounded(counted: impl IntoIterator<Item = (u16, u32)>) -> BTreeMap<u16, u32> {
    counted.into_iter().take(YEARS_COUNTED_MAX).collect()
}

/// The years of all days that a count may have looked at.
fn years(
    anchor: CivilDate,
    direction: Direction,
    period: Period,
    day: CivilDate,
) -> impl Iterator<Item = u16> + use<> {
    let (from, to) = (anchor.min(day).year(), anchor.max(day).year());
    let (from, to) = match (period.length, period.roll, direction) {
        (Length::WorkingDays(_), ..) => (from, to),
        // A last day gives way by a few days only, which may lead into the next year.
        (_, Roll::ToWorkingDay, Direction::After) => (to.saturating_sub(1).max(from), to),
        _ => (1, 0),
    };
    from..=to
}

/// The period that a value says.
pub(super) fn period(profile: &Profile, value: &Ident) -> Result<Period, StepRule> {
    match profile.values.get(value.as_str()).and_then(|value| value.content.as_ref()) {
        Some(Content::Period(period)) => Ok(*period),
        _ => Err(StepRule::ValueMissing(value.to_string())),
    }
}
