//! Years taken into a calendar.

use bulla_rules::{AdoptionError, CalendarYear};

use crate::*;

fn changed(year: u16, from: &str, to: &str) -> CalendarYear {
    let text = text(year);
    assert!(text.contains(from));
    CalendarYear::from_text(&text.replace(from, to)).unwrap()
}

#[test]
fn a_later_revision_replaces_the_year() {
    let mut calendar = mainland();
    assert!(calendar.judge(date("2026-02-24")).is_working_day);
    let longer = "last = 2026-02-24";
    let revised = changed(2026, "last = 2026-02-23", longer);
    assert_eq!(calendar.adopt(revised), Err(AdoptionError::NotLater { year: 2026, in_force: 1, found: 1 }));
    let text = text(2026).replace("last = 2026-02-23", longer).replace("revision = 1", "revision = 2");
    calendar.adopt(CalendarYear::from_text(&text).unwrap()).unwrap();
    assert!(!calendar.judge(date("2026-02-24")).is_working_day);
    assert_eq!(calendar.year(2026).unwrap().revision(), 2);
}

#[test]
fn a_year_of_another_calendar_is_refused() {
    let other = changed(2025, "cn-mainland", "cn-guangxi");
    let error = mainland().adopt(other).unwrap_err();
    assert_eq!(error.to_string(), "the year belongs to the calendar cn-guangxi, not to cn-mainland");
}

#[test]
fn a_calendar_without_years_knows_weekends_only() {
    let calendar = calendar_of([]);
    assert!(calendar.judge(date("2025-10-01")).is_working_day);
    assert!(!calendar.judge(date("2025-10-11")).is_working_day);
    assert_eq!(calendar.years().count(), 0);
}

#[test]
fn what_a_year_says_changes_its_digest() {
    let year = compiled(2025);
    assert_eq!(year.digest(), compiled(2025).digest());
    assert_ne!(year.digest(), changed(2025, "last = 2025-02-04", "last = 2025-02-05").digest());
    assert_ne!(year.digest(), changed(2025, "〔2024〕12号", "〔2024〕13号").digest());
}
