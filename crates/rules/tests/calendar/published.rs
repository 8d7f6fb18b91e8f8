//! The years published in the repository, and what others say of them.

use std::collections::BTreeMap;

use bulla_rules::limits::CALENDAR_YEAR_BYTES_MAX;
use bulla_rules::{Arrangement, CalendarYear};
use bulla_types::Canonical;
use serde::Deserialize;

use crate::{YEARS, compiled, date};

#[derive(Deserialize)]
struct Independent {
    years: BTreeMap<u16, Vec<String>>,
}

fn independent() -> BTreeMap<u16, Vec<String>> {
    let list: Independent = serde_json::from_str(include_str!("independent/working_days.json")).unwrap();
    list.years
}

#[test]
fn every_day_of_every_year_is_worked_or_not_as_an_independent_implementation_has_it() {
    let independent = independent();
    assert_eq!(independent.keys().copied().collect::<Vec<_>>(), YEARS.collect::<Vec<_>>());
    let mut differing = Vec::new();
    for (year, months) in independent {
        let ours = compiled(year);
        let theirs = months.concat();
        assert_eq!(theirs.len(), ours.days().iter().count());
        differing.extend(
            ours.days()
                .iter()
                .zip(theirs.chars())
                .filter(|(day, sign)| ours.is_working_day(*day) != (*sign == 'w'))
                .map(|(day, _)| day),
        );
    }
    // The notice for 2006 says that this Saturday is worked: see independent/README.md.
    assert_eq!(differing, [date("2005-12-31")]);
}

#[test]
fn every_file_is_a_year_of_the_calendar_in_its_one_encoding() {
    for year in YEARS {
        let compiled = compiled(year);
        assert_eq!((compiled.calendar().as_str(), compiled.year()), ("cn-mainland", year));
        assert_eq!(CalendarYear::decode(&compiled.encode()).unwrap(), compiled);
        assert!(compiled.encode().len() <= CALENDAR_YEAR_BYTES_MAX / 10);
    }
}

#[test]
fn only_the_days_that_next_years_notice_may_take_are_open() {
    for year in YEARS {
        let last = if year == *YEARS.end() { "12-28" } else { "12-31" };
        assert_eq!(compiled(year).settled_through(), date(&format!("{year}-{last}")));
    }
}

#[test]
fn a_source_is_named_by_number_title_and_date() {
    let year = compiled(2025);
    let [notice] = year.sources() else { panic!("one notice arranges 2025") };
    assert_eq!(notice.document.as_str(), "国办发明电〔2024〕12号");
    assert_eq!(notice.title.as_str(), "国务院办公厅关于2025年部分节假日安排的通知");
    assert_eq!(notice.issued_on, date("2024-11-12"));
}

#[test]
fn the_holiday_of_a_day_is_known_by_name() {
    let year = compiled(2025);
    let Arrangement::DayOff(off) = year.arrangement(date("2025-10-06")) else { panic!("a day off") };
    assert_eq!(off.names.iter().map(bulla_types::Name::as_str).collect::<Vec<_>>(), ["国庆节", "中秋节"]);
    let Arrangement::MakeUp(worked) = year.arrangement(date("2025-01-26")) else { panic!("worked") };
    assert_eq!(worked.names[0].as_str(), "春节");
    assert_eq!(year.arrangement(date("2025-01-24")), Arrangement::Ordinary);
    assert_eq!(year.arrangement(date("2025-01-18")), Arrangement::Ordinary);
}

#[test]
fn new_years_day_2019_takes_its_days_of_december_from_2018() {
    let year = compiled(2018);
    assert!(year.is_working_day(date("2018-12-29")), "a Saturday, worked");
    assert!(!year.is_working_day(date("2018-12-31")), "a Monday, off");
}
