//! Days on which clocks stand still (期间中止计算), decided by governance: whole days that do not count.
//!
//! They answer an outage that cut into a period. Every such day is left out, whatever part of it the outage took:
//! neither working days nor natural days among them are counted, and a period of months or years grows by as many
//! days as were cut out of it. Nothing ends on such a day. Whose clocks a decision stops is for the ledger to say.

use crate::civil_date::{CivilDate, DateError};
use crate::day_span::DaySpan;

/// The days on which one clock stands still.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct StoppedDays {
    /// Rising, with at least one day between any two.
    spans: Vec<DaySpan>,
}

impl StoppedDays {
    /// No day: the clock always runs.
    pub const NONE: Self = Self { spans: Vec::new() };

    /// All these days, in whatever order they are named; a day that is named twice is stopped once.
    #[must_use]
    pub fn of(spans: impl IntoIterator<Item = DaySpan>) -> Self {
        let mut spans: Vec<DaySpan> = spans.into_iter().collect();
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
