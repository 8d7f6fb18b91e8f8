//! One year of a calendar: `docs/formats/calendar.md`.

use bulla_crypto::{Domain, Hash, framed};
use bulla_types::field::{At, list};
use bulla_types::{Canonical, DecodeError, Fault, Name, proto};

use super::holiday::{Holiday, date};
use super::id::CalendarId;
use crate::civil_date::CivilDate;
use crate::day_span::DaySpan;
use crate::limits::{CALENDAR_YEAR_BYTES_MAX, HOLIDAYS_MAX, SOURCES_MAX};

/// Format version of years.
pub(super) const VERSION: u32 = 1;

/// A document that arranges holidays (放假安排的通知).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// Its number (发文字号), or the list that a year without a known number is taken from.
    pub document: Name,
    /// Its title.
    pub title: Name,
    /// The date that it bears (成文日期).
    pub issued_on: CivilDate,
}

/// What a year says of a day beyond its weekday.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Arrangement<'a> {
    /// Nothing: worked from Monday to Friday.
    Ordinary,
    /// Off for this holiday.
    DayOff(&'a Holiday),
    /// A weekend day that is worked for this holiday.
    MakeUp(&'a Holiday),
}

/// One year of a working-day calendar, as a revision of it is adopted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarYear {
    calendar: CalendarId,
    days: DaySpan,
    revision: u32,
    settled_through: CivilDate,
    sources: Vec<Source>,
    holidays: Vec<Holiday>,
}

impl CalendarYear {
    /// Its digest: framed(calendar, canonical year).
    #[must_use]
    pub fn digest(&self) -> Hash {
        framed(Domain::Calendar, &[&self.encode()])
    }

    /// The calendar that it is a year of.
    #[must_use]
    pub fn calendar(&self) -> &CalendarId {
        &self.calendar
    }

    /// The year, 1970 to 9999.
    #[must_use]
    pub fn year(&self) -> u16 {
        self.days.first().year()
    }

    /// Its days.
    #[must_use]
    pub fn days(&self) -> DaySpan {
        self.days
    }

    /// Counted from 1; a later one replaces the whole year.
    #[must_use]
    pub fn revision(&self) -> u32 {
        self.revision
    }

    /// The last day whose arrangement is final. New Year's holiday is arranged with the year that it opens
    /// and may take days of the December before; until that arrangement is known, those days are open.
    #[must_use]
    pub fn settled_through(&self) -> CivilDate {
        self.settled_through
    }

    /// Where it is taken from, in the order in which they were issued.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.sources
    }

    /// The holidays, rising.
    #[must_use]
    pub fn holidays(&self) -> &[Holiday] {
        &self.holidays
    }

    /// What the year says of one of its days.
    #[must_use]
    pub fn arrangement(&self, day: CivilDate) -> Arrangement<'_> {
        for holiday in &self.holidays {
            if holiday.is_off(day) {
                return Arrangement::DayOff(holiday);
            }
            if holiday.make_up_days.contains(&day) {
                return Arrangement::MakeUp(holiday);
            }
        }
        Arrangement::Ordinary
    }

    /// Whether one of its days is worked (工作日).
    #[must_use]
    pub fn is_working_day(&self, day: CivilDate) -> bool {
        match self.arrangement(day) {
            Arrangement::Ordinary => !day.is_weekend(),
            Arrangement::DayOff(_) => false,
            Arrangement::MakeUp(_) => true,
        }
    }
}

impl Canonical for CalendarYear {
    type Message = proto::CalendarYear;
    const BYTES_MAX: usize = CALENDAR_YEAR_BYTES_MAX;

    fn from_message(message: proto::CalendarYear) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let calendar = CalendarId::from_wire(&message.calendar).at("calendar")?;
        let days = days_of(message.year).at("year")?;
        if message.revision == 0 {
            return Err(Fault::Missing).at("revision");
        }
        let settled = settled(days, message.settled_through).at("settled_through")?;
        let sources = list(message.sources, "sources", 1..=SOURCES_MAX, Source::from_message)?;
        check_sources(&sources)?;
        let holiday = |holiday| Holiday::read(holiday, settled);
        let holidays = list(message.holidays, "holidays", 1..=HOLIDAYS_MAX, holiday)?;
        check_holidays(&holidays)?;
        let (revision, settled_through) = (message.revision, settled.last());
        Ok(Self { calendar, days, revision, settled_through, sources, holidays })
    }

    fn to_message(&self) -> proto::CalendarYear {
        proto::CalendarYear {
            version: VERSION,
            calendar: self.calendar.to_string(),
            year: self.year().into(),
            revision: self.revision,
            settled_through: self.settled_through.to_number(),
            sources: self.sources.iter().map(Source::to_message).collect(),
            holidays: self.holidays.iter().map(Holiday::to_message).collect(),
        }
    }
}

impl Source {
    fn from_message(message: proto::CalendarSource) -> Result<Self, DecodeError> {
        Ok(Self {
            document: Name::try_from(message.document).at("document")?,
            title: Name::try_from(message.title).at("title")?,
            issued_on: date(message.issued_on).at("issued_on")?,
        })
    }

    fn to_message(&self) -> proto::CalendarSource {
        proto::CalendarSource {
            document: self.document.to_string(),
            title: self.title.to_string(),
            issued_on: self.issued_on.to_number(),
        }
    }

    fn place(&self) -> (CivilDate, &Name) {
        (self.issued_on, &self.document)
    }
}

fn days_of(year: u32) -> Result<DaySpan, Fault> {
    let day = |month, day| CivilDate::new(u16::try_from(year).ok()?, month, day).ok();
    let days = day(1, 1).zip(day(12, 31)).and_then(|(first, last)| DaySpan::new(first, last));
    days.ok_or(Fault::OutOfRange { found: year.into(), min: 1970, max: 9999 })
}

/// The days of the year up to the last settled one.
fn settled(days: DaySpan, through: u32) -> Result<DaySpan, Fault> {
    let through = Some(date(through)?).filter(|date| days.contains(*date));
    let settled = through.and_then(|through| DaySpan::new(days.first(), through));
    settled.ok_or(Fault::Rule("the date is not in the year"))
}

fn check_sources(sources: &[Source]) -> Result<(), DecodeError> {
    match sources.windows(2).position(|pair| pair[0].place() >= pair[1].place()) {
        Some(index) => Err(Fault::NotRising).at_item("sources", index + 1),
        None => Ok(()),
    }
}

/// Holidays rise; no day is off twice, or worked for two of them, or both off and worked.
fn check_holidays(holidays: &[Holiday]) -> Result<(), DecodeError> {
    for (index, holiday) in holidays.iter().enumerate() {
        let earlier = &holidays[..index];
        if earlier.last().is_some_and(|before| before.place() >= holiday.place()) {
            return Err(Fault::NotRising).at_item("holidays", index);
        }
        if let Some(first) = holiday.days_off.map(|span| span.first())
            && earlier.iter().any(|before| before.is_off(first))
        {
            let fault = Fault::Rule("the day is off for another holiday already");
            return Err(fault).at("first").at_item("holidays", index);
        }
        for (position, day) in holiday.make_up_days.iter().enumerate() {
            let checked = if holidays.iter().any(|other| other.is_off(*day)) {
                Err(Fault::Rule("a make-up day is not a day off"))
            } else if earlier.iter().any(|before| before.make_up_days.contains(day)) {
                Err(Fault::Duplicate)
            } else {
                Ok(())
            };
            checked.at_item("make_up_days", position).at_item("holidays", index)?;
        }
    }
    Ok(())
}
