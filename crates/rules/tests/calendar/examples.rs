//! Periods around Spring Festival, National Day and the turn of the year, as a calendar on the wall has them.

use bulla_rules::{Deadline, DeadlineKind, Due, Length, Standing};
use bulla_types::BlockTime;

use crate::*;

#[track_caller]
fn ends(deadline: Deadline, anchor: &str, day: &str) -> Due {
    let due = falls(deadline, anchor, &mainland());
    assert_eq!(due.day, date(day));
    assert_eq!(due.standing, Standing::Settled);
    due
}

#[test]
fn a_publicity_of_three_working_days_that_begins_before_national_day_2025_ends_on_a_worked_saturday() {
    let publicity = Deadline::Window(stays(working_days(3)));
    let due = ends(publicity, "2025-09-30", "2025-10-11");
    assert_eq!(due.at(), BlockTime(1_760_198_400_000)); // 2025-10-11T16:00:00Z
}

#[test]
fn a_publicity_that_begins_on_a_day_off_counts_from_the_first_working_day_after() {
    let publicity = Deadline::Window(stays(working_days(3)));
    ends(publicity, "2025-10-05", "2025-10-11");
}

#[test]
fn thirty_working_days_over_spring_festival_2026_end_in_march() {
    ends(Deadline::Window(stays(working_days(30))), "2026-01-26", "2026-03-13");
}

#[test]
fn a_sunday_worked_before_spring_festival_2025_counts() {
    ends(Deadline::Duty(stays(working_days(2))), "2025-01-24", "2025-01-27");
    ends(Deadline::Duty(stays(working_days(3))), "2025-01-24", "2025-02-05");
}

#[test]
fn seven_natural_days_count_holidays_too() {
    ends(Deadline::Window(stays(natural_days(7))), "2025-09-30", "2025-10-07");
}

#[test]
fn a_last_day_in_the_holidays_moves_to_the_first_working_day_when_the_profile_says_so() {
    ends(Deadline::Window(rolls(natural_days(7))), "2025-09-30", "2025-10-09");
    ends(Deadline::Window(rolls(natural_days(15))), "2025-09-12", "2025-09-28"); // 27 September is a Saturday
    ends(Deadline::Window(rolls(natural_days(15))), "2025-09-11", "2025-09-26"); // a Friday stays
}

#[test]
fn a_certificate_of_three_years_lapses_at_the_end_of_the_corresponding_day() {
    let due = ends(Deadline::Lapse(stays(years(3))), "2022-07-10", "2025-07-10");
    assert_eq!(due.lapses_at(), Some(date("2025-07-10").ends()));
    assert!(!due.is_over(BlockTime(due.at().0 - 1)));
    assert!(due.is_over(due.at()));
}

#[test]
fn a_month_from_the_last_of_january_ends_on_the_last_of_february() {
    ends(Deadline::Duty(stays(months(1))), "2024-01-31", "2024-02-29");
    ends(Deadline::Duty(stays(months(1))), "2025-01-31", "2025-02-28");
}

#[test]
fn a_year_from_the_twenty_ninth_of_february_ends_on_the_twenty_eighth() {
    ends(Deadline::Lapse(stays(years(1))), "2024-02-29", "2025-02-28");
}

#[test]
fn a_renewal_in_the_last_month_opens_when_the_day_a_month_before_expiry_is_over() {
    let due = ends(Deadline::WindowBefore(months(1)), "2025-07-10", "2025-06-10");
    assert_eq!(due.kind, DeadlineKind::Window);
    assert!(!due.is_over(date("2025-06-09").ends()));
    assert!(due.is_over(date("2025-06-10").ends()));
}

#[test]
fn an_application_ten_working_days_before_a_filing_after_national_day_is_due_in_september() {
    let due = ends(Deadline::Backward(working_days(10)), "2025-10-13", "2025-09-23");
    assert_eq!(due.kind, DeadlineKind::Backward);
}

#[test]
fn an_exit_announced_three_months_ahead_is_announced_by_the_corresponding_day() {
    ends(Deadline::Backward(months(3)), "2025-05-31", "2025-02-28");
}

#[test]
fn what_is_owed_the_same_day_is_owed_until_midnight() {
    let due = ends(Deadline::Duty(stays(Length::SameDay)), "2025-10-04", "2025-10-04");
    assert_eq!(due.at(), date("2025-10-04").ends());
    ends(Deadline::Duty(rolls(Length::SameDay)), "2025-10-04", "2025-10-09");
}

#[test]
fn twenty_working_days_after_the_end_of_a_year_are_counted_from_its_last_day() {
    ends(Deadline::Duty(stays(working_days(20))), "2024-12-31", "2025-02-05");
}

#[test]
fn a_reply_extended_by_five_working_days_is_due_when_ten_would_be() {
    let first = ends(Deadline::Duty(stays(working_days(5))), "2025-04-28", "2025-05-08");
    let extended = ends(Deadline::Duty(stays(working_days(5))), &first.day.to_string(), "2025-05-15");
    assert_eq!(extended.day, falls(Deadline::Duty(stays(working_days(10))), "2025-04-28", &mainland()).day);
}

#[test]
fn working_days_into_a_year_without_a_calendar_are_provisional_and_counted_by_weekends_alone() {
    let calendar = calendar_of(2024..=2025);
    let due = falls(Deadline::Lapse(stays(working_days(3))), "2025-12-31", &calendar);
    assert_eq!((due.day, due.standing), (date("2026-01-05"), Standing::Provisional));
    assert_eq!(due.lapses_at(), None, "nothing lapses by a provisional deadline");
    let adopted = falls(Deadline::Lapse(stays(working_days(3))), "2025-12-31", &mainland());
    assert_eq!((adopted.day, adopted.standing), (date("2026-01-06"), Standing::Settled));
    assert_eq!(adopted.lapses_at(), Some(adopted.at()));
}

#[test]
fn the_last_days_of_a_year_are_provisional_until_the_next_years_notice_is_known() {
    let calendar = mainland();
    let within = |anchor| falls(Deadline::Lapse(stays(working_days(3))), anchor, &calendar).standing;
    assert_eq!(within("2026-12-23"), Standing::Settled);
    assert_eq!(within("2026-12-24"), Standing::Provisional);
}

#[test]
fn years_that_stay_where_they_end_need_no_calendar() {
    let due = falls(Deadline::Lapse(stays(years(3))), "2026-07-10", &mainland());
    assert_eq!((due.day, due.standing), (date("2029-07-10"), Standing::Settled));
    let rolling = falls(Deadline::Lapse(rolls(years(3))), "2026-07-10", &mainland());
    assert_eq!((rolling.day, rolling.standing), (date("2029-07-10"), Standing::Provisional));
}

#[test]
fn only_a_lapse_lets_the_ledger_act() {
    let period = stays(working_days(3));
    let acts = |deadline| falls(deadline, "2025-07-01", &mainland()).lapses_at().is_some();
    assert!(acts(Deadline::Lapse(period)));
    assert!(!acts(Deadline::Duty(period)));
    assert!(!acts(Deadline::Window(period)));
    assert!(!acts(Deadline::WindowBefore(period.length)));
    assert!(!acts(Deadline::Backward(period.length)));
}

#[test]
fn a_deadline_beyond_the_year_9999_is_an_error() {
    let calendar = mainland();
    for length in [years(10_000), months(10_000), natural_days(10_000), working_days(10_000)] {
        let counted = due(Deadline::Lapse(stays(length)), date("9999-12-30"), &calendar, &StoppedDays::NONE);
        assert!(counted.is_err(), "{length:?}");
        let counted = due(Deadline::Backward(length), date("1970-01-02"), &calendar, &StoppedDays::NONE);
        assert!(counted.is_err(), "{length:?}");
    }
}
