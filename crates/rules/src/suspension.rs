//! Days on which clocks stand still.

use bulla_types::{MemberNumber, Name};

use crate::civil_date::{CivilDate, DateError};
use crate::day_span::DaySpan;

/// A suspension of clocks (期间中止计算), decided by governance: whole days that do not count.
///
/// It answers an outage that cut into a period. Every day from the first to the last is left out, whatever
/// part of it the outage took: neither working days nor natural days among them are counted, and a period
/// of months or years grows by as many days as were cut out of it. Nothing ends on such a day.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Suspension {
    /// The days that do not count.
    pub days: DaySpan,
    /// Whose clocks stand still.
    pub scope: Scope,
    /// The decision that orders it: a document's number or name.
    pub authority: Name,
}

/// Whose clocks a suspension stops.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// All on the ledger.
    Ledger,
    /// Those of matters before one registration body or venue.
    Body(MemberNumber),
    /// Those that run under one profile, in whichever version.
    Profile(Name),
}

/// What a clock belongs to, for the scope of suspensions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock<'a> {
    /// The registration body or venue before which the matter is.
    pub body: MemberNumber,
    /// The profile that set the period.
    pub profile: &'a Name,
}

impl Suspension {
    fn stops(&self, clock: &Clock<'_>) -> bool {
        match &self.scope {
            Scope::Ledger => true,
            Scope::Body(body) => *body == clock.body,
            Scope::Profile(profile) => profile == clock.profile,
        }
    }
}

/// The days on which one clock stands still.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoppedDays {
    /// Rising, with at least one day between any two.
    spans: Vec<DaySpan>,
}

impl StoppedDays {
    /// No day: the clock always runs.
    pub const NONE: Self = Self { spans: Vec::new() };

    /// The days on which any of these suspensions stops the clock; a day that two of them name is stopped
    /// once.
    #[must_use]
    pub fn of(clock: &Clock<'_>, suspensions: &[Suspension]) -> Self {
        let stopping = suspensions.iter().filter(|suspension| suspension.stops(clock));
        let mut spans: Vec<DaySpan> = stopping.map(|suspension| suspension.days).collect();
        spans.sort_by_key(|span| (span.first(), span.last()));
        let mut joined: Vec<DaySpan> = Vec::new();
        for span in spans {
            match joined.last_mut().and_then(|last| last.joined(span).map(|both| (last, both))) {
                Some((last, both)) => *last = both,
                None => joined.push(span),
            }
        }
        Self { spans: joined }
    }

    /// The days, rising, with at least one day between any two runs.
    #[must_use]
    pub fn spans(&self) -> &[DaySpan] {
        &self.spans
    }

    /// The first day from this one on that is not stopped.
    pub(crate) fn free_from(&self, day: CivilDate) -> Result<CivilDate, DateError> {
        match self.spans.iter().find(|span| span.contains(day)) {
            Some(span) => span.last().plus_days(1),
            None => Ok(day),
        }
    }

    /// The day after which so many days that are not stopped have passed; for 0 the day itself.
    pub(crate) fn nth_free_after(&self, day: CivilDate, count: u32) -> Result<CivilDate, DateError> {
        let (mut day, mut left) = (day, count);
        for span in &self.spans {
            if span.last() <= day {
                continue;
            }
            let free = span.first().days_since(day).saturating_sub(1);
            if left <= free {
                break;
            }
            left -= free;
            day = span.last();
        }
        day.plus_days(left)
    }

    /// How many days after the first and up to the second are stopped.
    pub(crate) fn between(&self, after: CivilDate, through: CivilDate) -> u32 {
        let up_to = |day: CivilDate| -> u32 {
            let cut = self.spans.iter().filter(|span| span.first() <= day);
            cut.map(|span| span.last().min(day).days_since(span.first()) + 1).sum()
        };
        up_to(through) - up_to(after)
    }
}
