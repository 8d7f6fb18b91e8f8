//! Spans of time on the command line.

use bulla_types::BlockTime;
use time::{Date, Duration, Month, OffsetDateTime, macros::offset};

use super::texts::{SPAN_FORM, SPAN_TOO_LONG};
use crate::failure::Failure;
use crate::mistake::Mistake;

/// So much later, by the calendar of UTC+8.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Span {
    count: u32,
    unit: Unit,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Unit {
    Months(u32),
    Milliseconds(u64),
}

const SECOND_MS: u64 = 1_000;
const DAY_MS: u64 = 86_400 * SECOND_MS;

const UNITS: [(&str, Unit); 7] = [
    ("y", Unit::Months(12)),
    ("mo", Unit::Months(1)),
    ("w", Unit::Milliseconds(7 * DAY_MS)),
    ("d", Unit::Milliseconds(DAY_MS)),
    ("h", Unit::Milliseconds(3_600 * SECOND_MS)),
    ("min", Unit::Milliseconds(60 * SECOND_MS)),
    ("s", Unit::Milliseconds(SECOND_MS)),
];

impl Span {
    /// Reads a number and a unit.
    pub(super) fn parse(text: &str) -> Result<Self, Mistake> {
        let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
        let (count, name) = text.split_at(digits);
        let unit = UNITS.into_iter().find(|(known, _)| *known == name);
        match (count.parse(), unit) {
            (Ok(count), Some((_, unit))) => Ok(Self { count, unit }),
            _ => Err(Mistake(SPAN_FORM.with(&[&text]))),
        }
    }

    /// This time so much later. Where the month is too short for the day, its last.
    pub(super) fn after(self, time: BlockTime) -> Result<BlockTime, Failure> {
        let later = match self.unit {
            Unit::Milliseconds(ms) => ms.checked_mul(self.count.into()).and_then(|ms| time.0.checked_add(ms)),
            Unit::Months(months) => months.checked_mul(self.count).and_then(|months| later_by(time, months)),
        };
        // The calendar ends with the year 9999.
        let within = later.filter(|ms| civil(BlockTime(*ms)).is_some());
        within.map(BlockTime).ok_or_else(|| Failure::usage(SPAN_TOO_LONG))
    }
}

fn civil(time: BlockTime) -> Option<OffsetDateTime> {
    let since_epoch = i128::from(time.0) * 1_000_000;
    OffsetDateTime::from_unix_timestamp_nanos(since_epoch).ok()?.checked_to_offset(offset!(+8))
}

fn later_by(time: BlockTime, months: u32) -> Option<u64> {
    let civil = civil(time)?;
    let month = i64::from(civil.year()) * 12 + i64::from(u8::from(civil.month()) - 1) + i64::from(months);
    let year = i32::try_from(month.div_euclid(12)).ok()?;
    let of_year = Month::try_from(u8::try_from(month.rem_euclid(12) + 1).ok()?).ok()?;
    let day = civil.day().min(of_year.length(year));
    let date = Date::from_calendar_date(year, of_year, day).ok()?;
    let passed: Duration = date - civil.date();
    time.0.checked_add(u64::try_from(passed.whole_milliseconds()).ok()?)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::when;

    fn after(time: &str, span: &str) -> String {
        when::show(Span::parse(span).unwrap().after(when::parse(time).unwrap()).unwrap())
    }

    #[test]
    fn years_and_months_go_by_the_calendar_and_the_rest_by_the_second() {
        assert_eq!(after("2025-09-29 09:00", "3y"), "2028-09-29T09:00:00.000+08:00");
        assert_eq!(after("2025-09-29 09:00", "15d"), "2025-10-14T09:00:00.000+08:00");
        assert_eq!(after("2024-02-29", "1y"), "2025-02-28T00:00:00.000+08:00");
        assert_eq!(after("2025-10-31 23:00", "4mo"), "2026-02-28T23:00:00.000+08:00");
        assert_eq!(after("2025-12-31 23:59", "90s"), "2026-01-01T00:00:30.000+08:00");
    }

    #[test]
    fn what_is_no_span_is_told_with_what_is_one() {
        for text in ["", "3", "y", "3 y", "-3y", "3m", "1.5d", "99999999999d"] {
            let mistake = Span::parse(text).map_err(|mistake| mistake.0.zh);
            assert!(mistake.unwrap_err().contains("15d"), "{text}");
        }
        assert!(Span::parse("9000y").unwrap().after(when::parse("2025-09-29").unwrap()).is_err());
    }
}
