//! Clocks that stand still.

use crate::*;

fn stopped_on(spans: &[(&str, &str)]) -> StoppedDays {
    StoppedDays::of(spans.iter().map(|(first, last)| span(first, last)))
}

#[track_caller]
fn ends(length: Length, anchor: &str, spans: &[(&str, &str)], day: &str) {
    let due = due(Deadline::Window(stays(length)), date(anchor), &mainland(), &stopped_on(spans)).unwrap();
    assert_eq!(due.day, date(day));
}

#[test]
fn working_days_inside_a_suspension_are_not_counted() {
    // Tuesday and Wednesday of five working days from a Monday.
    ends(working_days(5), "2025-07-07", &[("2025-07-08", "2025-07-09")], "2025-07-16");
}

#[test]
fn a_suspension_over_a_weekend_costs_working_days_nothing() {
    ends(working_days(5), "2025-07-07", &[("2025-07-12", "2025-07-13")], "2025-07-14");
}

#[test]
fn natural_days_inside_a_suspension_are_not_counted() {
    ends(natural_days(7), "2025-07-07", &[("2025-07-12", "2025-07-13")], "2025-07-16");
}

#[test]
fn nothing_ends_on_a_suspended_day() {
    ends(natural_days(7), "2025-07-07", &[("2025-07-14", "2025-07-20")], "2025-07-21");
    ends(working_days(1), "2025-07-07", &[("2025-07-08", "2025-07-20")], "2025-07-21");
    ends(Length::SameDay, "2025-07-07", &[("2025-07-06", "2025-07-08")], "2025-07-09");
}

#[test]
fn months_and_years_grow_by_the_days_cut_out_of_them() {
    ends(months(1), "2025-07-07", &[("2025-07-20", "2025-07-22")], "2025-08-10");
    ends(years(1), "2024-07-07", &[("2025-01-01", "2025-01-10")], "2025-07-17");
}

#[test]
fn days_cut_out_of_the_growth_are_added_as_well() {
    ends(
        months(1),
        "2025-07-07",
        &[("2025-08-06", "2025-08-07"), ("2025-08-09", "2025-08-09")],
        "2025-08-10",
    );
}

#[test]
fn a_suspension_before_the_period_or_after_it_changes_nothing() {
    let spans = [("2025-07-01", "2025-07-07"), ("2025-08-08", "2025-08-20")];
    ends(months(1), "2025-07-07", &spans, "2025-08-07");
    ends(natural_days(31), "2025-07-07", &spans, "2025-08-07");
    ends(working_days(2), "2025-07-07", &spans, "2025-07-09");
}

#[test]
fn a_last_day_that_moves_to_a_working_day_moves_past_suspended_ones() {
    let window = Deadline::Window(rolls(natural_days(5)));
    let monday_stopped = stopped_on(&[("2025-07-14", "2025-07-14")]);
    let due = due(window, date("2025-07-07"), &mainland(), &monday_stopped).unwrap();
    assert_eq!(due.day, date("2025-07-15"));
}

#[test]
fn suspensions_that_overlap_or_touch_count_once() {
    let joined = stopped_on(&[
        ("2025-07-10", "2025-07-12"),
        ("2025-07-08", "2025-07-09"),
        ("2025-07-09", "2025-07-11"),
    ]);
    assert_eq!(joined.spans(), [span("2025-07-08", "2025-07-12")]);
    assert_eq!(joined, stopped_on(&[("2025-07-08", "2025-07-12")]));
}

#[test]
fn a_suspension_inside_another_does_not_shorten_it() {
    assert_eq!(
        stopped_on(&[("2025-07-08", "2025-07-20"), ("2025-07-09", "2025-07-10")]),
        stopped_on(&[("2025-07-08", "2025-07-20")])
    );
}

#[test]
fn a_planned_event_does_not_move_when_clocks_stand_still() {
    let stopped = stopped_on(&[("2025-07-08", "2025-07-09")]);
    let calendar = mainland();
    for deadline in [Deadline::Backward(working_days(3)), Deadline::WindowBefore(working_days(3))] {
        let due = due(deadline, date("2025-07-11"), &calendar, &stopped).unwrap();
        assert_eq!(due, falls(deadline, "2025-07-11", &calendar));
    }
}
