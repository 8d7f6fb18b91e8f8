//! A year of a calendar as people write it: TOML, one file a year.

use bulla_types::{Canonical, DecodeError, canonical, proto};
use serde::Deserialize;
use toml::value::Datetime;

use super::year::{CalendarYear, VERSION};
use crate::civil_date::CivilDate;
use crate::limits::CALENDAR_TEXT_BYTES_MAX;

/// Why a text is not a year of a calendar.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum CalendarTextError {
    /// Longer than any year is.
    #[error("the text has {bytes} bytes, at most {max} are allowed")]
    TooLong {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Not TOML, or not the fields of a year.
    #[error(transparent)]
    Toml(#[from] toml::de::Error),
    /// The fields contradict each other or the rules of calendars.
    #[error(transparent)]
    Year(#[from] DecodeError),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Year {
    calendar: String,
    year: u32,
    revision: u32,
    settled_through: Day,
    sources: Vec<Source>,
    holidays: Vec<Holiday>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Source {
    document: String,
    title: String,
    issued_on: Day,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    names: Vec<String>,
    first: Option<Day>,
    last: Option<Day>,
    #[serde(default)]
    make_up_days: Vec<Day>,
}

/// A date without time, written as in `2025-01-28`.
#[derive(Clone, Copy, Deserialize)]
#[serde(try_from = "Datetime")]
struct Day(CivilDate);

impl TryFrom<Datetime> for Day {
    type Error = String;

    fn try_from(datetime: Datetime) -> Result<Self, String> {
        match datetime {
            Datetime { date: Some(date), time: None, offset: None } => {
                CivilDate::new(date.year, date.month, date.day).map(Self).map_err(|error| error.to_string())
            }
            _ => Err("a date is written without a time of day".to_owned()),
        }
    }
}

impl CalendarYear {
    /// Compiles the text of a year. `profiles/calendars/` has examples, `docs/formats/calendar.md` the
    /// rules.
    ///
    /// # Errors
    /// The text is too long, is not TOML with the fields of a year, or the year breaks a rule of calendars.
    pub fn from_text(text: &str) -> Result<Self, CalendarTextError> {
        let (bytes, max) = (text.len(), CALENDAR_TEXT_BYTES_MAX);
        if bytes > max {
            return Err(CalendarTextError::TooLong { bytes, max });
        }
        let year: Year = toml::from_str(text)?;
        Ok(Self::decode(&canonical::encode(&year.into_message()))?)
    }
}

impl Year {
    fn into_message(self) -> proto::CalendarYear {
        proto::CalendarYear {
            version: VERSION,
            calendar: self.calendar,
            year: self.year,
            revision: self.revision,
            settled_through: self.settled_through.0.to_number(),
            sources: self.sources.into_iter().map(Source::into_message).collect(),
            holidays: self.holidays.into_iter().map(Holiday::into_message).collect(),
        }
    }
}

impl Source {
    fn into_message(self) -> proto::CalendarSource {
        proto::CalendarSource {
            document: self.document,
            title: self.title,
            issued_on: self.issued_on.0.to_number(),
        }
    }
}

impl Holiday {
    fn into_message(self) -> proto::CalendarHoliday {
        let number = |day: Option<Day>| day.map_or(0, |day| day.0.to_number());
        proto::CalendarHoliday {
            names: self.names,
            first: number(self.first),
            last: number(self.last),
            make_up_days: self.make_up_days.into_iter().map(|day| day.0.to_number()).collect(),
        }
    }
}
