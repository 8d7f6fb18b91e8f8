//! The working-day calendar on the ledger.

use std::collections::BTreeSet;

use bytes::Bytes;

use crate::canonical::{self, Canonical};
use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::limits::{NAME_BYTES_MAX, RECORD_BYTES_MAX, REGISTER_RECORD_BYTES_MAX};
use crate::number::within;
use crate::proto;

use super::rows::count;

/// A revision of a calendar year, from 1; as the status of its past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarRevision(pub u32);

/// A year of the calendar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarRecord {
    /// Its canonical bytes.
    pub year: Bytes,
    /// Its revision.
    pub revision: CalendarRevision,
    /// How many steps its past has, 1 or more.
    pub history_count: u32,
}

impl CalendarRevision {
    pub(crate) fn from_wire(number: u32) -> Result<Self, Fault> {
        if number == 0 { Err(Fault::Missing) } else { Ok(Self(number)) }
    }
}

impl Canonical for CalendarRecord {
    type Message = proto::CalendarRecord;
    const BYTES_MAX: usize = REGISTER_RECORD_BYTES_MAX;

    fn from_message(message: proto::CalendarRecord) -> Result<Self, DecodeError> {
        if message.year.is_empty() {
            return Err(Fault::Missing).at("year");
        }
        Ok(Self {
            year: message.year,
            revision: CalendarRevision::from_wire(message.revision).at("revision")?,
            history_count: count(message.history_count)?,
        })
    }

    fn to_message(&self) -> proto::CalendarRecord {
        proto::CalendarRecord {
            year: self.year.clone(),
            revision: self.revision.0,
            history_count: self.history_count,
        }
    }
}

/// The ledger's calendar: which one, and which of its years are in force.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarHead {
    /// Identifier of the calendar.
    pub calendar: String,
    /// First year in force.
    pub first_year: u16,
    /// Last year in force; none between is missing.
    pub last_year: u16,
    /// Years by whose last revision some deadline may not have been reckoned yet.
    pub unsettled_years: BTreeSet<u16>,
}

impl Canonical for CalendarHead {
    type Message = proto::CalendarHead;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::CalendarHead) -> Result<Self, DecodeError> {
        if message.calendar.is_empty() {
            return Err(Fault::Missing).at("calendar");
        }
        canonical::text(&message.calendar, NAME_BYTES_MAX).at("calendar")?;
        let first_year = year(message.first_year).at("first_year")?;
        let last_year = year(message.last_year).at("last_year")?;
        if last_year < first_year {
            return Err(Fault::NotRising).at("last_year");
        }
        let unsettled = list(message.unsettled_years, "unsettled_years", 0..=1000, year)?;
        rising(&unsettled, "unsettled_years", |&year| year)?;
        let unsettled_years = unsettled.into_iter().collect();
        Ok(Self { calendar: message.calendar, first_year, last_year, unsettled_years })
    }

    fn to_message(&self) -> proto::CalendarHead {
        proto::CalendarHead {
            calendar: self.calendar.clone(),
            first_year: self.first_year.into(),
            last_year: self.last_year.into(),
            unsettled_years: self.unsettled_years.iter().map(|&year| year.into()).collect(),
        }
    }
}

fn year(found: u32) -> Result<u16, Fault> {
    let found = within(found, 1970, 9999)?;
    Ok(u16::try_from(found).unwrap_or(u16::MAX))
}
