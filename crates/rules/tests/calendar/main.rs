//! The calendar of mainland China, and what is counted by it.
#![allow(clippy::unwrap_used, clippy::wildcard_imports)]

mod adoption;
mod examples;
mod properties;
mod published;
mod refusals;
mod suspensions;
mod texts;
mod vectors;

use std::fs;
use std::path::Path;

use bulla_rules::{
    Calendar, CalendarYear, CivilDate, Count, DaySpan, Deadline, Due, Length, Period, Roll, StoppedDays, due,
};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles/calendars/cn-mainland");

/// The years that are published in the repository.
const YEARS: std::ops::RangeInclusive<u16> = 2004..=2026;

fn text(year: u16) -> String {
    fs::read_to_string(Path::new(FOLDER).join(format!("{year}.toml"))).unwrap()
}

fn compiled(year: u16) -> CalendarYear {
    CalendarYear::from_text(&text(year)).unwrap_or_else(|error| panic!("{year}: {error}"))
}

fn calendar_of(years: impl IntoIterator<Item = u16>) -> Calendar {
    let mut calendar = Calendar::new("cn-mainland".parse().unwrap());
    for year in years {
        calendar.adopt(compiled(year)).unwrap();
    }
    calendar
}

/// All the years that are published.
fn mainland() -> Calendar {
    calendar_of(YEARS)
}

fn date(text: &str) -> CivilDate {
    text.parse().unwrap()
}

fn count(number: u32) -> Count {
    Count::try_from(number).unwrap()
}

fn working_days(number: u32) -> Length {
    Length::WorkingDays(count(number))
}

fn natural_days(number: u32) -> Length {
    Length::NaturalDays(count(number))
}

fn months(number: u32) -> Length {
    Length::Months(count(number))
}

fn years(number: u32) -> Length {
    Length::Years(count(number))
}

/// A period whose last day stays where it falls.
fn stays(length: Length) -> Period {
    Period { length, roll: Roll::Stays }
}

/// A period whose last day moves to a working day.
fn rolls(length: Length) -> Period {
    Period { length, roll: Roll::ToWorkingDay }
}

/// When a deadline falls by a clock that never stands still.
fn falls(deadline: Deadline, anchor: &str, calendar: &Calendar) -> Due {
    due(deadline, date(anchor), calendar, &StoppedDays::NONE).unwrap()
}

fn span(first: &str, last: &str) -> DaySpan {
    DaySpan::new(date(first), date(last)).unwrap()
}
