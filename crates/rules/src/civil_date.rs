//! Civil days in UTC+8.

use std::fmt;
use std::str::FromStr;

use bulla_types::BlockTime;
use time::{Date, Duration, Month};

const MS_PER_DAY: u64 = 24 * 60 * 60 * 1000;
const UTC_OFFSET_MS: u64 = 8 * 60 * 60 * 1000;
/// Julian day of 1970-01-01.
const EPOCH_JULIAN_DAY: i32 = 2_440_588;

/// A civil day (日) in UTC+8, from 1970-01-01 to 9999-12-31.
///
/// The offset is fixed: there has been no daylight saving since 1991, and before it nothing is counted.
///
/// A day belongs to no instant but its end: [`ends`](Self::ends). Whatever must happen "on or before" a day
/// is in time at every instant before that, and whatever may happen "after" it is from that instant on.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CivilDate(Date);

/// Not a day that can be counted with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum DateError {
    /// The calendar has no such day, or the text or number is not of its form.
    #[error("there is no such date")]
    NoSuchDate,
    /// A day before 1970 or after 9999.
    #[error("the date is not in the years 1970 to 9999")]
    OutOfRange,
}

impl CivilDate {
    /// A day by year, month (1 to 12) and day of the month (from 1).
    ///
    /// # Errors
    /// There is no such day, or it is out of range.
    pub fn new(year: u16, month: u8, day: u8) -> Result<Self, DateError> {
        let month = Month::try_from(month).map_err(|_| DateError::NoSuchDate)?;
        Date::from_calendar_date(year.into(), month, day)
            .map_err(|_| DateError::NoSuchDate)
            .and_then(in_range)
    }

    /// The day on which an instant falls.
    ///
    /// # Errors
    /// It is out of range.
    pub fn of(time: BlockTime) -> Result<Self, DateError> {
        let days = time.0.checked_add(UTC_OFFSET_MS).ok_or(DateError::OutOfRange)? / MS_PER_DAY;
        let julian_day = i32::try_from(days).ok().and_then(|days| days.checked_add(EPOCH_JULIAN_DAY));
        let date = julian_day.and_then(|day| Date::from_julian_day(day).ok());
        date.ok_or(DateError::OutOfRange).and_then(in_range)
    }

    /// When the day is over, 24:00 in UTC+8 (民法典第二百零三条): the first instant that is no longer in it.
    #[must_use]
    pub fn ends(self) -> BlockTime {
        let days_after_epoch = (self.0.to_julian_day() - EPOCH_JULIAN_DAY + 1).unsigned_abs();
        BlockTime(u64::from(days_after_epoch) * MS_PER_DAY - UTC_OFFSET_MS)
    }

    /// The year, 1970 to 9999.
    #[must_use]
    pub fn year(self) -> u16 {
        // The year is in range, so both steps keep its value.
        u16::try_from(self.0.year()).unwrap_or(u16::MAX)
    }

    /// The month, 1 to 12.
    #[must_use]
    pub fn month(self) -> u8 {
        self.0.month().into()
    }

    /// Whether it is a Saturday or Sunday.
    #[must_use]
    pub fn is_weekend(self) -> bool {
        matches!(self.0.weekday(), time::Weekday::Saturday | time::Weekday::Sunday)
    }

    /// Day of the week, 1 for Monday to 7 for Sunday.
    #[must_use]
    pub fn weekday(self) -> u8 {
        self.0.weekday().number_from_monday()
    }

    /// The day so many days later.
    ///
    /// # Errors
    /// It is out of range.
    pub fn plus_days(self, days: u32) -> Result<Self, DateError> {
        self.0.checked_add(Duration::days(days.into())).ok_or(DateError::OutOfRange).and_then(in_range)
    }

    /// The day so many days earlier.
    ///
    /// # Errors
    /// It is out of range.
    pub fn minus_days(self, days: u32) -> Result<Self, DateError> {
        self.0.checked_sub(Duration::days(days.into())).ok_or(DateError::OutOfRange).and_then(in_range)
    }

    /// How many days it is after an earlier day; 0 after a later one.
    #[must_use]
    pub fn days_since(self, earlier: Self) -> u32 {
        u32::try_from(self.0.to_julian_day() - earlier.0.to_julian_day()).unwrap_or(0)
    }

    /// The corresponding day so many months later, or that month's last if it has none (民法典第二百零二条).
    ///
    /// # Errors
    /// It is out of range.
    pub fn plus_months(self, months: u32) -> Result<Self, DateError> {
        self.in_month(i64::from(months))
    }

    /// The corresponding day so many months earlier, or that month's last if it has none.
    ///
    /// # Errors
    /// It is out of range.
    pub fn minus_months(self, months: u32) -> Result<Self, DateError> {
        self.in_month(-i64::from(months))
    }

    fn in_month(self, months_after: i64) -> Result<Self, DateError> {
        let (year, month, day) = self.0.to_calendar_date();
        let months = i64::from(year) * 12 + i64::from(u8::from(month)) - 1 + months_after;
        let year = i32::try_from(months.div_euclid(12)).map_err(|_| DateError::OutOfRange)?;
        let month = month_of_year(months.rem_euclid(12))?;
        let day = day.min(month.length(year));
        Date::from_calendar_date(year, month, day).map_err(|_| DateError::OutOfRange).and_then(in_range)
    }

    /// The day as a number of the form YYYYMMDD.
    #[must_use]
    pub fn to_number(self) -> u32 {
        let (year, month, day) = self.0.to_calendar_date();
        year.unsigned_abs() * 10_000 + u32::from(u8::from(month)) * 100 + u32::from(day)
    }

    /// The day of a number of the form YYYYMMDD.
    ///
    /// # Errors
    /// There is no such day, or it is out of range.
    pub fn from_number(number: u32) -> Result<Self, DateError> {
        let part = |number: u32| u8::try_from(number).map_err(|_| DateError::NoSuchDate);
        let year = u16::try_from(number / 10_000).map_err(|_| DateError::NoSuchDate)?;
        Self::new(year, part(number / 100 % 100)?, part(number % 100)?)
    }
}

fn month_of_year(index: i64) -> Result<Month, DateError> {
    let number = u8::try_from(index + 1).map_err(|_| DateError::OutOfRange)?;
    Month::try_from(number).map_err(|_| DateError::OutOfRange)
}

fn in_range(date: Date) -> Result<CivilDate, DateError> {
    if (1970..=9999).contains(&date.year()) { Ok(CivilDate(date)) } else { Err(DateError::OutOfRange) }
}

/// `2025-01-28`.
impl fmt::Display for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

impl fmt::Debug for CivilDate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl FromStr for CivilDate {
    type Err = DateError;

    fn from_str(text: &str) -> Result<Self, DateError> {
        let digits = text.as_bytes();
        let formed = digits.len() == 10
            && digits.iter().enumerate().all(|(at, byte)| match at {
                4 | 7 => *byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if !formed {
            return Err(DateError::NoSuchDate);
        }
        let number = text.replace('-', "").parse().map_err(|_| DateError::NoSuchDate)?;
        Self::from_number(number)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn date(text: &str) -> CivilDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_day_begins_and_ends_at_sixteen_hundred_utc() {
        let ends_ms = 1_759_248_000_000; // 2025-09-30T16:00:00Z
        assert_eq!(date("2025-09-30").ends(), BlockTime(ends_ms));
        assert_eq!(CivilDate::of(BlockTime(ends_ms - 1)), Ok(date("2025-09-30")));
        assert_eq!(CivilDate::of(BlockTime(ends_ms)), Ok(date("2025-10-01")));
    }

    #[test]
    fn the_first_and_the_last_day_have_an_end_and_no_neighbour_beyond() {
        let (first, last) = (date("1970-01-01"), date("9999-12-31"));
        assert_eq!(CivilDate::of(BlockTime(0)), Ok(first));
        assert_eq!(first.ends(), BlockTime(16 * 60 * 60 * 1000));
        assert_eq!(first.minus_days(1), Err(DateError::OutOfRange));
        assert_eq!(last.plus_days(1), Err(DateError::OutOfRange));
        assert_eq!(last.plus_months(1), Err(DateError::OutOfRange));
        assert_eq!(first.minus_months(u32::MAX), Err(DateError::OutOfRange));
        assert_eq!(CivilDate::of(last.ends()), Err(DateError::OutOfRange));
        assert_eq!(CivilDate::of(BlockTime(u64::MAX)), Err(DateError::OutOfRange));
    }

    #[test]
    fn a_month_later_is_the_corresponding_day_or_the_last_of_the_month() {
        assert_eq!(date("2025-01-15").plus_months(1), Ok(date("2025-02-15")));
        assert_eq!(date("2025-01-31").plus_months(1), Ok(date("2025-02-28")));
        assert_eq!(date("2024-01-31").plus_months(1), Ok(date("2024-02-29")));
        assert_eq!(date("2024-02-29").plus_months(12), Ok(date("2025-02-28")));
        assert_eq!(date("2025-03-31").minus_months(1), Ok(date("2025-02-28")));
        assert_eq!(date("2025-01-10").minus_months(1), Ok(date("2024-12-10")));
    }

    #[test]
    fn numbers_and_texts_name_the_same_day() {
        assert_eq!(date("2025-01-28").to_number(), 20250128);
        assert_eq!(CivilDate::from_number(20250128), Ok(date("2025-01-28")));
        assert_eq!(date("2025-01-28").to_string(), "2025-01-28");
        assert_eq!(date("2025-01-28").weekday(), 2);
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in
            ["2025-02-29", "2025-13-01", "2025-00-10", "2025-1-28", "20250128", "2025-01-28 ", "+025-01-28"]
        {
            assert_eq!(text.parse::<CivilDate>(), Err(DateError::NoSuchDate), "{text}");
        }
        for number in [0, 2025, 20250229, 20251301, u32::MAX] {
            assert_eq!(CivilDate::from_number(number), Err(DateError::NoSuchDate), "{number}");
        }
        assert_eq!("1969-12-31".parse::<CivilDate>(), Err(DateError::OutOfRange));
    }
}
