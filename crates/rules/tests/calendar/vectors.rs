//! `calendar.json`: made from the published years, compared with the file, so that neither the bytes nor
//! the file change unnoticed. `BULLA_WRITE_VECTORS=1` writes the file anew.

use std::env;

use bulla_rules::Standing;
use bulla_types::{Canonical, Name, canonical};
use serde_json::{Value, json};

use crate::*;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/calendar.json");

fn accepted(year: u16) -> Value {
    let year = compiled(year);
    let source = |source: &bulla_rules::Source| {
        json!({
            "document": source.document.as_str(),
            "title": source.title.as_str(),
            "issued_on": source.issued_on.to_number(),
        })
    };
    let holiday = |holiday: &bulla_rules::Holiday| {
        json!({
            "names": holiday.names.iter().map(Name::as_str).collect::<Vec<_>>(),
            "first": holiday.days_off.map_or(0, |span| span.first().to_number()),
            "last": holiday.days_off.map_or(0, |span| span.last().to_number()),
            "make_up_days": holiday.make_up_days.iter().map(|day| day.to_number()).collect::<Vec<_>>(),
        })
    };
    json!({
        "bytes": hex::encode(year.encode()),
        "digest": year.digest().to_string(),
        "fields": {
            "version": 1,
            "calendar": year.calendar().as_str(),
            "year": year.year(),
            "revision": year.revision(),
            "settled_through": year.settled_through().to_number(),
            "sources": year.sources().iter().map(source).collect::<Vec<_>>(),
            "holidays": year.holidays().iter().map(holiday).collect::<Vec<_>>(),
        },
    })
}

fn refused() -> Vec<Value> {
    let case = |(what, message): (&str, _)| {
        let bytes = canonical::encode(&message);
        let error = CalendarYear::decode(&bytes).unwrap_err();
        json!({
            "what": what, "bytes": hex::encode(bytes),
            "field": error.path(), "reason": error.reason().as_str(),
        })
    };
    refusals::wrong().into_iter().map(case).collect()
}

/// A deadline by the years 2024 and 2025 alone, with these days stopped.
fn deadline(deadline: Deadline, anchor: &str, stopped: &[(&str, &str)]) -> Value {
    let stopped_days = StoppedDays::of(stopped.iter().map(|(first, last)| span(first, last)));
    let due = due(deadline, date(anchor), &calendar_of(2024..=2025), &stopped_days).unwrap();
    let (direction, length, roll) = match deadline {
        Deadline::Duty(period) | Deadline::Window(period) | Deadline::Lapse(period) => {
            ("after", period.length, period.roll == Roll::ToWorkingDay)
        }
        Deadline::WindowBefore(length) | Deadline::Backward(length) => ("before", length, false),
    };
    let (unit, number) = match length {
        Length::SameDay => ("same day", 0),
        Length::WorkingDays(count) => ("working days", count.get()),
        Length::NaturalDays(count) => ("natural days", count.get()),
        Length::Months(count) => ("months", count.get()),
        Length::Years(count) => ("years", count.get()),
    };
    json!({
        "anchor": anchor, "direction": direction, "unit": unit, "count": number,
        "to_working_day": roll, "stopped": stopped,
        "day": due.day.to_string(), "at_ms": due.at().0,
        "provisional": due.standing == Standing::Provisional,
    })
}

fn deadlines() -> Vec<Value> {
    let after = |period, anchor| deadline(Deadline::Lapse(period), anchor, &[]);
    let before = |length, anchor| deadline(Deadline::Backward(length), anchor, &[]);
    let stopped = |period, anchor, days| deadline(Deadline::Lapse(period), anchor, days);
    vec![
        after(stays(Length::SameDay), "2025-10-04"),
        after(rolls(Length::SameDay), "2025-10-04"),
        after(stays(working_days(1)), "2025-01-24"),
        after(stays(working_days(3)), "2025-09-30"),
        after(stays(working_days(3)), "2025-10-05"),
        after(stays(working_days(30)), "2025-01-13"),
        after(stays(working_days(1)), "2025-12-30"),
        after(stays(working_days(1)), "2025-12-31"),
        after(stays(natural_days(7)), "2025-09-30"),
        after(rolls(natural_days(7)), "2025-09-30"),
        after(rolls(natural_days(15)), "2025-09-11"),
        after(stays(months(1)), "2025-01-31"),
        after(stays(months(1)), "2024-01-31"),
        after(stays(years(1)), "2024-02-29"),
        after(stays(years(3)), "2025-07-10"),
        after(rolls(years(3)), "2025-07-10"),
        before(working_days(10), "2025-10-13"),
        before(working_days(1), "2025-10-05"),
        before(natural_days(15), "2025-03-01"),
        before(months(1), "2025-03-31"),
        before(years(1), "2024-02-29"),
        stopped(stays(working_days(5)), "2025-07-07", &[("2025-07-08", "2025-07-09")]),
        stopped(stays(natural_days(7)), "2025-07-07", &[("2025-07-12", "2025-07-13")]),
        stopped(stays(natural_days(7)), "2025-07-07", &[("2025-07-14", "2025-07-20")]),
        stopped(
            stays(months(1)),
            "2025-07-07",
            &[("2025-08-06", "2025-08-07"), ("2025-08-09", "2025-08-09")],
        ),
        stopped(rolls(natural_days(5)), "2025-07-07", &[("2025-07-14", "2025-07-14")]),
        stopped(stays(Length::SameDay), "2025-07-07", &[("2025-07-06", "2025-07-08")]),
    ]
}

#[test]
fn calendar_vectors() {
    let digest = |year: u16| (year.to_string(), json!(compiled(year).digest().to_string()));
    let vectors = json!({
        "message": "bulla.v1.CalendarYear",
        "accepted": [accepted(2018), accepted(2024), accepted(2025)],
        "refused": refused(),
        "digests_of_cn_mainland": Value::Object(YEARS.map(digest).collect()),
        "deadlines_by_2024_and_2025": deadlines(),
    });
    if env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(FILE, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    }
    let found: Value = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
    assert!(found == vectors, "calendar.json differs from the code: run with BULLA_WRITE_VECTORS=1");
}
