//! Every limit of calendars and periods, in one place, with its unit last in its name.

/// Encoded year of a calendar: ten times the longest so far.
pub const CALENDAR_YEAR_BYTES_MAX: usize = 8192;
/// Text of a year of a calendar, as people write it.
pub const CALENDAR_TEXT_BYTES_MAX: usize = 65_536;
/// Identifier of a calendar.
pub const CALENDAR_ID_BYTES_MAX: usize = 32;
/// Documents that one year is taken from.
pub const SOURCES_MAX: usize = 8;
/// Holidays of one year.
pub const HOLIDAYS_MAX: usize = 32;
/// Names of one holiday: two that fall together share their days off.
pub const HOLIDAY_NAMES_MAX: usize = 4;
/// Weekend days worked for one holiday.
pub const MAKE_UP_DAYS_MAX: usize = 16;

/// Longest period, in its own unit: days, working days, months or years.
pub const PERIOD_COUNT_MAX: u16 = 10_000;
