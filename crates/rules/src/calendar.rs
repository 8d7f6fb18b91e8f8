//! Which days are worked.

mod holiday;
mod id;
mod text;
mod year;

use std::collections::BTreeMap;

use crate::civil_date::CivilDate;

pub use holiday::Holiday;
pub use id::{CalendarId, CalendarIdError};
pub use text::CalendarTextError;
pub use year::{Arrangement, CalendarYear, Source};

/// A working-day calendar (工作日历): the years of it that are on the ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calendar {
    id: CalendarId,
    years: BTreeMap<u16, CalendarYear>,
}

/// Why a year cannot be taken into a calendar.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AdoptionError {
    /// It is a year of another calendar.
    #[error("the year belongs to the calendar {found}, not to {expected}")]
    OtherCalendar {
        /// This calendar.
        expected: CalendarId,
        /// The year's calendar.
        found: CalendarId,
    },
    /// The same or a later revision of the year is in force.
    #[error("revision {in_force} of {year} is in force, revision {found} is not later")]
    NotLater {
        /// The year.
        year: u16,
        /// Revision in force.
        in_force: u32,
        /// Revision offered.
        found: u32,
    },
}

/// Whether what was counted can still change by a calendar that is not on the ledger yet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Every day that was looked at is settled by a calendar on the ledger.
    Settled,
    /// Some day that was looked at is not. It was judged by its weekday, or by an arrangement that may
    /// still grow; nothing lapses by it.
    Provisional,
}

/// What a calendar says of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Judged {
    /// Whether the day is worked.
    pub is_working_day: bool,
    /// Whether that can still change.
    pub standing: Standing,
}

impl Calendar {
    /// A calendar without any year.
    #[must_use]
    pub fn new(id: CalendarId) -> Self {
        Self { id, years: BTreeMap::new() }
    }

    /// Its identifier.
    #[must_use]
    pub fn id(&self) -> &CalendarId {
        &self.id
    }

    /// Takes a year in, or a later revision of one, which replaces it as a whole.
    ///
    /// # Errors
    /// It belongs to another calendar, or is not later than the revision in force.
    pub fn adopt(&mut self, year: CalendarYear) -> Result<(), AdoptionError> {
        if year.calendar() != &self.id {
            let (expected, found) = (self.id.clone(), year.calendar().clone());
            return Err(AdoptionError::OtherCalendar { expected, found });
        }
        if let Some(in_force) = self.years.get(&year.year())
            && in_force.revision() >= year.revision()
        {
            let (in_force, found) = (in_force.revision(), year.revision());
            return Err(AdoptionError::NotLater { year: year.year(), in_force, found });
        }
        self.years.insert(year.year(), year);
        Ok(())
    }

    /// The year in force, if it is on the ledger.
    #[must_use]
    pub fn year(&self, year: u16) -> Option<&CalendarYear> {
        self.years.get(&year)
    }

    /// Every year in force, rising.
    pub fn years(&self) -> impl Iterator<Item = &CalendarYear> {
        self.years.values()
    }

    /// Judges a day: by its year's calendar, or without one as worked from Monday to Friday.
    #[must_use]
    pub fn judge(&self, day: CivilDate) -> Judged {
        let Some(year) = self.year(day.year()) else {
            return Judged { is_working_day: !day.is_weekend(), standing: Standing::Provisional };
        };
        let settled = day <= year.settled_through();
        let standing = if settled { Standing::Settled } else { Standing::Provisional };
        Judged { is_working_day: year.is_working_day(day), standing }
    }
}
