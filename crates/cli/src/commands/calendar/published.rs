//! The years that were published when this program was built.

use bulla_rules::{Calendar, CalendarYear};

use crate::failure::Failure;

macro_rules! years {
    ($($year:literal)+) => {
        /// A year's text in `profiles/calendars`.
        const YEARS: &[(u16, &str)] = &[$((
            $year,
            include_str!(concat!("../../../../../profiles/calendars/cn-mainland/", $year, ".toml")),
        ),)+];
    };
}

years! {
    2004 2005 2006 2007 2008 2009 2010 2011 2012 2013 2014 2015 2016 2017 2018 2019 2020 2021 2022 2023 2024
    2025 2026
}

/// The first and the last year.
pub(crate) fn span() -> (u16, u16) {
    (YEARS.first().map_or(0, |first| first.0), YEARS.last().map_or(0, |last| last.0))
}

/// A year of the calendar.
pub(crate) fn year(year: u16) -> Result<Option<CalendarYear>, Failure> {
    YEARS.iter().find(|published| published.0 == year).map(|(_, text)| compile(text)).transpose()
}

/// The calendar of these years and, where they leave one out, of the published ones.
pub(super) fn calendar(years: Vec<CalendarYear>) -> Result<Calendar, Failure> {
    let missing = YEARS.iter().filter(|(year, _)| !years.iter().any(|own| own.year() == *year));
    let published = missing.map(|(_, text)| compile(text)).collect::<Result<Vec<_>, _>>()?;
    let first = published.first().or(years.first());
    let id = first.map(|year| year.calendar().clone());
    let mut calendar = Calendar::new(id.ok_or_else(|| Failure::internal(&"no year is published"))?);
    for year in published.into_iter().chain(years) {
        calendar.adopt(year).map_err(|error| Failure::usage(error.to_string()))?;
    }
    Ok(calendar)
}

fn compile(text: &str) -> Result<CalendarYear, Failure> {
    CalendarYear::from_text(text).map_err(|error| Failure::internal(&error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn every_published_year_is_carried() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../profiles/calendars/cn-mainland");
        let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().file_name());
        let mut published: Vec<_> =
            files.filter_map(|name| name.to_str()?.strip_suffix(".toml")?.parse::<u16>().ok()).collect();
        published.sort_unstable();
        assert_eq!(YEARS.iter().map(|(year, _)| *year).collect::<Vec<_>>(), published);
        for (number, _) in YEARS {
            assert_eq!(year(*number).unwrap().unwrap().year(), *number);
        }
    }
}
