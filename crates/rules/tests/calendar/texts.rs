//! Years as people write them: what is wrong is said where it stands.

use bulla_rules::{CalendarTextError, CalendarYear};

use crate::text;

#[track_caller]
fn refused(from: &str, to: &str) -> String {
    let text = text(2025);
    assert!(text.contains(from), "the text has no {from}");
    CalendarYear::from_text(&text.replacen(from, to, 1)).unwrap_err().to_string()
}

#[test]
fn a_field_that_no_year_has_is_refused() {
    assert!(refused("revision = 1", "revision = 1\nnote = \"x\"").contains("unknown field `note`"));
    assert!(refused("names = [\"春节\"]", "names = [\"春节\"]\ndays = 8").contains("unknown field `days`"));
}

#[test]
fn a_missing_field_is_named() {
    assert!(refused("revision = 1\n", "").contains("missing field `revision`"));
}

#[test]
fn a_date_has_no_time_of_day() {
    let said = refused("first = 2025-01-28", "first = 2025-01-28T00:00:00");
    assert!(said.contains("a date is written without a time of day"), "{said}");
    let said = refused("first = 2025-01-28", "first = \"2025-01-28\"");
    assert!(said.contains("expected"), "{said}");
}

#[test]
fn a_rule_of_calendars_is_reported_under_its_field() {
    assert_eq!(
        refused("2025-01-26", "2025-01-27"),
        "holidays[1].make_up_days[0]: a make-up day is a Saturday or Sunday"
    );
    assert_eq!(refused("names = [\"元旦\"]", "names = []"), "holidays[0].names: missing");
}

#[test]
fn a_text_longer_than_any_year_is_refused_unread() {
    let error = CalendarYear::from_text(&"#".repeat(65_537)).unwrap_err();
    assert!(matches!(error, CalendarTextError::TooLong { bytes: 65_537, max: 65_536 }));
}

#[test]
fn a_year_whose_encoding_is_too_long_is_refused() {
    let names = |index| format!("\"{}{index}\"", "名".repeat(80));
    let all = (0..4).map(names).collect::<Vec<_>>().join(", ");
    let holiday =
        |day| format!("[[holidays]]\nnames = [{all}]\nfirst = 2025-03-{day:02}\nlast = 2025-03-{day:02}\n");
    let holidays = (1..=20).map(holiday).collect::<String>();
    let text = text(2025);
    let head = text.split("[[holidays]]").next().unwrap();
    let error = CalendarYear::from_text(&format!("{head}{holidays}")).unwrap_err();
    assert!(error.to_string().contains("at most 8192 are allowed"), "{error}");
}
