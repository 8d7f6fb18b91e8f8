//! One holiday of a year.

use bulla_types::field::{At, distinct, list};
use bulla_types::{DecodeError, Fault, Name, proto};

use crate::civil_date::CivilDate;
use crate::day_span::DaySpan;
use crate::limits::{HOLIDAY_NAMES_MAX, MAKE_UP_DAYS_MAX};

/// One holiday (节日): what its arrangement says of this year.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Holiday {
    /// Its name; two that fall together share their days off.
    pub names: Vec<Name>,
    /// Its days off (放假), weekend days among them; `None` when they lie in the year beside.
    pub days_off: Option<DaySpan>,
    /// Saturdays and Sundays worked for it (调休上班), rising.
    pub make_up_days: Vec<CivilDate>,
}

impl Holiday {
    /// What an entry says that speaks of these days only.
    pub(super) fn read(message: proto::CalendarHoliday, settled: DaySpan) -> Result<Self, DecodeError> {
        let names = list(message.names, "names", 1..=HOLIDAY_NAMES_MAX, Name::try_from)?;
        distinct(&names, "names", Name::clone)?;
        let days_off = span(message.first, message.last, settled)?;
        let make_up_day = |day| make_up_day(day, settled);
        let make_up_days = list(message.make_up_days, "make_up_days", 0..=MAKE_UP_DAYS_MAX, make_up_day)?;
        if let Some(index) = make_up_days.windows(2).position(|pair| pair[0] >= pair[1]) {
            return Err(Fault::NotRising).at_item("make_up_days", index + 1);
        }
        if days_off.is_none() && make_up_days.is_empty() {
            return Err(Fault::Rule("a holiday has days off or make-up days in its year").into());
        }
        Ok(Self { names, days_off, make_up_days })
    }

    pub(super) fn to_message(&self) -> proto::CalendarHoliday {
        proto::CalendarHoliday {
            names: self.names.iter().map(Name::to_string).collect(),
            first: self.days_off.map_or(0, |span| span.first().to_number()),
            last: self.days_off.map_or(0, |span| span.last().to_number()),
            make_up_days: self.make_up_days.iter().map(|day| day.to_number()).collect(),
        }
    }

    /// Its place among the holidays of its year: its first day off, or without one its first make-up day.
    pub(super) fn place(&self) -> Option<CivilDate> {
        self.days_off.map(|span| span.first()).or_else(|| self.make_up_days.first().copied())
    }

    pub(super) fn is_off(&self, day: CivilDate) -> bool {
        self.days_off.is_some_and(|span| span.contains(day))
    }
}

/// A date that must be given, as a number of the form YYYYMMDD.
pub(super) fn date(number: u32) -> Result<CivilDate, Fault> {
    match number {
        0 => Err(Fault::Missing),
        _ => CivilDate::from_number(number).map_err(|_| Fault::Rule("not a date of the form YYYYMMDD")),
    }
}

fn date_in(number: u32, settled: DaySpan) -> Result<CivilDate, Fault> {
    let date = date(number)?;
    let outside = Fault::Rule("the date is not among the settled days of the year");
    if settled.contains(date) { Ok(date) } else { Err(outside) }
}

fn span(first: u32, last: u32, settled: DaySpan) -> Result<Option<DaySpan>, DecodeError> {
    if first == 0 && last == 0 {
        return Ok(None);
    }
    let (first, last) = (date_in(first, settled).at("first")?, date_in(last, settled).at("last")?);
    DaySpan::new(first, last)
        .ok_or(Fault::Rule("the last day off comes before the first"))
        .at("last")
        .map(Some)
}

fn make_up_day(number: u32, settled: DaySpan) -> Result<CivilDate, Fault> {
    let day = date_in(number, settled)?;
    if day.is_weekend() { Ok(day) } else { Err(Fault::Rule("a make-up day is a Saturday or Sunday")) }
}
