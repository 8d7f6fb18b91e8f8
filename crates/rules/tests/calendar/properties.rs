//! What holds for every anchor and every length.

use bulla_rules::{DateError, Standing};
use bulla_types::BlockTime;
use proptest::prelude::*;

use crate::*;

/// Days around which the published years lie.
fn days() -> impl Strategy<Value = CivilDate> {
    (0_u32..9_500).prop_map(|days| date("2002-01-01").plus_days(days).unwrap())
}

fn lengths() -> impl Strategy<Value = Length> {
    prop_oneof![
        Just(Length::SameDay),
        (1_u32..80).prop_map(working_days),
        (1_u32..80).prop_map(natural_days),
        (1_u32..40).prop_map(months),
        (1_u32..6).prop_map(years),
    ]
}

fn periods() -> impl Strategy<Value = Period> {
    (lengths(), any::<bool>()).prop_map(|(length, moves)| if moves { rolls(length) } else { stays(length) })
}

/// Days on which a clock stands still.
fn stops() -> impl Strategy<Value = StoppedDays> {
    prop::collection::vec((days(), 0_u32..20), 0..12).prop_map(|spans| {
        let span = |(first, more): (CivilDate, u32)| DaySpan::new(first, first.plus_days(more).unwrap());
        StoppedDays::of(spans.into_iter().filter_map(span))
    })
}

fn after(anchor: CivilDate, period: Period, calendar: &Calendar, stopped: &StoppedDays) -> CivilDate {
    due(Deadline::Lapse(period), anchor, calendar, stopped).unwrap().day
}

fn before(anchor: CivilDate, length: Length, calendar: &Calendar) -> CivilDate {
    due(Deadline::Backward(length), anchor, calendar, &StoppedDays::NONE).unwrap().day
}

fn is_stopped(stopped: &StoppedDays, day: CivilDate) -> bool {
    stopped.spans().iter().any(|span| span.contains(day))
}

fn days_after(anchor: CivilDate, last: CivilDate) -> impl Iterator<Item = CivilDate> {
    (1..=last.days_since(anchor)).map(move |days| anchor.plus_days(days).unwrap())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn forward_then_backward_returns_to_a_working_day(anchor in days(), number in 1_u32..80) {
        let calendar = mainland_once();
        prop_assume!(calendar.judge(anchor).is_working_day);
        let last = after(anchor, stays(working_days(number)), calendar, &StoppedDays::NONE);
        prop_assert_eq!(before(last, working_days(number), calendar), anchor);
    }

    #[test]
    fn backward_then_forward_returns_to_a_working_day(event in days(), number in 1_u32..80) {
        let calendar = mainland_once();
        prop_assume!(calendar.judge(event).is_working_day);
        let latest = before(event, working_days(number), calendar);
        prop_assert_eq!(after(latest, stays(working_days(number)), calendar, &StoppedDays::NONE), event);
    }

    #[test]
    fn natural_days_forward_then_backward_return(anchor in days(), number in 1_u32..80) {
        let calendar = mainland_once();
        let last = after(anchor, stays(natural_days(number)), calendar, &StoppedDays::NONE);
        prop_assert_eq!(before(last, natural_days(number), calendar), anchor);
    }

    #[test]
    fn days_added_one_by_one_are_days_added_at_once(
        anchor in days(), number in 1_u32..40, stopped in stops(), worked in any::<bool>(),
    ) {
        let calendar = mainland_once();
        let length = if worked { working_days } else { natural_days };
        let at_once = after(anchor, stays(length(number)), calendar, &stopped);
        let one = stays(length(1));
        let one_by_one = (0..number).fold(anchor, |day, _| after(day, one, calendar, &stopped));
        prop_assert_eq!(one_by_one, at_once);
    }

    #[test]
    fn a_period_of_days_holds_so_many_days_that_count(
        anchor in days(), number in 1_u32..40, stopped in stops(), worked in any::<bool>(),
    ) {
        let calendar = mainland_once();
        let counts = |day: &CivilDate| {
            !is_stopped(&stopped, *day) && (!worked || calendar.judge(*day).is_working_day)
        };
        let length = if worked { working_days(number) } else { natural_days(number) };
        let last = after(anchor, stays(length), calendar, &stopped);
        prop_assert_eq!(days_after(anchor, last).filter(counts).count(), number as usize);
        prop_assert!(counts(&last));
    }

    #[test]
    fn a_suspended_period_of_months_holds_as_many_free_days_as_it_had_days(
        anchor in days(), number in 1_u32..40, stopped in stops(),
    ) {
        let calendar = mainland_once();
        let free = |day: &CivilDate| !is_stopped(&stopped, *day);
        let last = after(anchor, stays(months(number)), calendar, &stopped);
        let unstopped = after(anchor, stays(months(number)), calendar, &StoppedDays::NONE);
        prop_assert_eq!(days_after(anchor, last).filter(free).count(), unstopped.days_since(anchor) as usize);
        prop_assert!(free(&last));
    }

    #[test]
    fn a_longer_period_never_ends_earlier(
        anchor in days(), number in 1_u32..40, more in 0_u32..10, stopped in stops(), moves in any::<bool>(),
    ) {
        let calendar = mainland_once();
        for length in [working_days, natural_days, months, years] {
            let period = |number| if moves { rolls(length(number)) } else { stays(length(number)) };
            let shorter = after(anchor, period(number), calendar, &stopped);
            prop_assert!(shorter <= after(anchor, period(number + more), calendar, &stopped));
        }
    }

    #[test]
    fn a_later_anchor_never_ends_earlier(
        anchor in days(), later in 0_u32..40, period in periods(), stopped in stops(),
    ) {
        let (calendar, later) = (mainland_once(), anchor.plus_days(later).unwrap());
        prop_assert!(after(anchor, period, calendar, &stopped) <= after(later, period, calendar, &stopped));
        prop_assert!(before(anchor, period.length, calendar) <= before(later, period.length, calendar));
    }

    #[test]
    fn a_suspension_never_shortens_a_period(anchor in days(), period in periods(), stopped in stops()) {
        let calendar = mainland_once();
        let unstopped = after(anchor, period, calendar, &StoppedDays::NONE);
        prop_assert!(unstopped <= after(anchor, period, calendar, &stopped));
    }

    #[test]
    fn a_last_day_that_moves_is_the_first_working_day_from_where_it_stood(
        anchor in days(), length in lengths(), stopped in stops(),
    ) {
        let calendar = mainland_once();
        let stood = after(anchor, stays(length), calendar, &stopped);
        let moved = after(anchor, rolls(length), calendar, &stopped);
        let counts = |day: CivilDate| !is_stopped(&stopped, day) && calendar.judge(day).is_working_day;
        prop_assert!(counts(moved));
        let passed_over = (0..moved.days_since(stood)).map(|days| stood.plus_days(days).unwrap());
        prop_assert_eq!(passed_over.filter(|day| counts(*day)).count(), 0);
    }

    #[test]
    fn working_days_are_provisional_exactly_when_a_year_that_they_touch_is_missing(
        anchor in days(), number in 1_u32..200, missing in prop::collection::btree_set(YEARS, 0..12),
    ) {
        let calendar = calendar_of(YEARS.filter(|year| !missing.contains(year)));
        let due = due(
            Deadline::Lapse(stays(working_days(number))), anchor, &calendar, &StoppedDays::NONE,
        ).unwrap();
        let unsettled = |day: CivilDate| calendar.year(day.year()).is_none_or(|year| day > year.settled_through());
        let touched = days_after(anchor, due.day).any(unsettled);
        prop_assert_eq!(due.standing == Standing::Provisional, touched);
        prop_assert_eq!(due.lapses_at().is_none(), touched);
    }

    #[test]
    fn a_deadline_falls_at_the_end_of_a_day_and_on_no_other(anchor in days(), period in periods()) {
        let due = due(Deadline::Duty(period), anchor, mainland_once(), &StoppedDays::NONE).unwrap();
        let last_moment = BlockTime(due.at().0 - 1);
        prop_assert_eq!(CivilDate::of(last_moment), Ok(due.day));
        prop_assert_eq!(CivilDate::of(due.at()), due.day.plus_days(1));
        prop_assert!(due.is_over(due.at()) && !due.is_over(last_moment));
    }

    #[test]
    fn dates_from_anywhere_never_panic(anchor in any::<u64>(), near_end in 0_u32..400, period in periods()) {
        let calendar = mainland_once();
        let last = date("9999-12-31").minus_days(near_end).unwrap();
        let anchors = [CivilDate::of(BlockTime(anchor)).ok(), Some(last)];
        for anchor in anchors.into_iter().flatten() {
            for deadline in [Deadline::Lapse(period), Deadline::Backward(period.length)] {
                if let Err(error) = due(deadline, anchor, calendar, &StoppedDays::NONE) {
                    prop_assert_eq!(error, DateError::OutOfRange);
                }
            }
        }
    }
}

/// Reading the years once keeps hundreds of cases quick.
fn mainland_once() -> &'static Calendar {
    static CALENDAR: std::sync::LazyLock<Calendar> = std::sync::LazyLock::new(mainland);
    &CALENDAR
}
