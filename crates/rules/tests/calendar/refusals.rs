//! Bytes that are no year of a calendar.

use bulla_types::{Canonical, DecodeError, Fault, ReasonCode, canonical, proto};
use proptest::prelude::*;

use crate::*;

/// The message of 2025: 0 元旦, 1 春节 (1.28–2.4; worked 1.26, 2.8), 2 清明节, 3 劳动节, 4 端午节, 5 国庆节.
pub(crate) fn message() -> proto::CalendarYear {
    compiled(2025).to_message()
}

/// What is wrong, and the message in which it is.
pub(crate) fn wrong() -> Vec<(&'static str, proto::CalendarYear)> {
    let with = |change: fn(&mut proto::CalendarYear)| {
        let mut message = message();
        change(&mut message);
        message
    };
    vec![
        ("another format version", with(|year| year.version = 2)),
        ("no calendar", with(|year| year.calendar.clear())),
        ("a calendar named in capitals", with(|year| year.calendar = "CN".into())),
        ("a year before 1970", with(|year| year.year = 1969)),
        ("a year after 9999", with(|year| year.year = 10_000)),
        ("revision 0", with(|year| year.revision = 0)),
        ("no last settled day", with(|year| year.settled_through = 0)),
        ("settled through a day of another year", with(|year| year.settled_through = 20260101)),
        ("settled through a day that no month has", with(|year| year.settled_through = 20251131)),
        ("a day off after the last settled day", with(|year| year.settled_through = 20251007)),
        ("a make-up day after the last settled day", with(|year| year.settled_through = 20251010)),
        ("no source", with(|year| year.sources.clear())),
        ("a source without a number", with(|year| year.sources[0].document.clear())),
        ("a source without a title", with(|year| year.sources[0].title.clear())),
        ("a source without a date", with(|year| year.sources[0].issued_on = 0)),
        ("a source twice", with(|year| year.sources.push(year.sources[0].clone()))),
        ("more than 8 sources", with(|year| year.sources = vec![year.sources[0].clone(); 9])),
        ("no holiday", with(|year| year.holidays.clear())),
        ("more than 32 holidays", with(|year| year.holidays = vec![year.holidays[0].clone(); 33])),
        ("a holiday without a name", with(|year| year.holidays[1].names.clear())),
        ("a name twice", with(|year| year.holidays[1].names.push("春节".into()))),
        ("a name with a control character", with(|year| year.holidays[1].names = vec!["春\n节".into()])),
        ("a first day without a last", with(|year| year.holidays[1].last = 0)),
        ("a last day without a first", with(|year| year.holidays[1].first = 0)),
        ("a last day before the first", with(|year| year.holidays[1].last = 20250127)),
        ("a day off of another year", with(|year| year.holidays[0].first = 20241231)),
        ("a day off that no month has", with(|year| year.holidays[1].last = 20250230)),
        ("a make-up day on a Monday", with(|year| year.holidays[1].make_up_days[0] = 20250127)),
        ("a make-up day of another year", with(|year| year.holidays[1].make_up_days[0] = 20241229)),
        ("make-up days that fall", with(|year| year.holidays[1].make_up_days.reverse())),
        ("a make-up day twice", with(|year| year.holidays[1].make_up_days[1] = 20250126)),
        ("a make-up day for two holidays", with(|year| year.holidays[3].make_up_days[0] = 20250126)),
        ("a make-up day that is off", with(|year| year.holidays[3].make_up_days[0] = 20250503)),
        ("a make-up day off for another holiday", with(|year| year.holidays[3].make_up_days[0] = 20250531)),
        ("more than 16 make-up days", with(|year| year.holidays[1].make_up_days = vec![20250126; 17])),
        (
            "neither days off nor make-up days",
            with(|year| {
                year.holidays[2].first = 0;
                year.holidays[2].last = 0;
            }),
        ),
        ("holidays that fall", with(|year| year.holidays.swap(1, 2))),
        ("a holiday twice", with(|year| year.holidays.insert(1, year.holidays[0].clone()))),
        ("days off of two holidays that overlap", with(|year| year.holidays[0].last = 20250128)),
    ]
}

fn decoded(message: &proto::CalendarYear) -> Result<CalendarYear, DecodeError> {
    CalendarYear::decode(&canonical::encode(message))
}

#[test]
fn a_year_that_breaks_a_rule_is_refused() {
    assert_eq!(decoded(&message()), Ok(compiled(2025)));
    for (what, message) in wrong() {
        assert!(decoded(&message).is_err(), "{what}");
    }
}

#[test]
fn a_year_is_refused_unless_it_is_canonical() {
    let bytes = compiled(2025).encode();
    let reason = |bytes: &[u8]| CalendarYear::decode(bytes).unwrap_err().reason();
    assert_eq!(reason(&[&bytes[..], &[0x40, 0x01]].concat()), ReasonCode::NotCanonical);
    assert_eq!(reason(&bytes[..bytes.len() - 1]), ReasonCode::Malformed);
    assert_eq!(reason(&[]), ReasonCode::UnknownVersion);
}

#[test]
fn a_year_longer_than_allowed_is_refused_unread() {
    let error = CalendarYear::decode(&[0; 8193]).unwrap_err();
    assert_eq!(error.fault(), &Fault::TooLong { bytes: 8193, max: 8192 });
}

proptest! {
    #[test]
    fn bytes_from_anywhere_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        let _ = CalendarYear::decode(&bytes);
    }

    #[test]
    fn a_changed_byte_gives_another_year_or_none(
        year in YEARS, position in any::<prop::sample::Index>(), flipped in 1..=u8::MAX,
    ) {
        let mut bytes = compiled(year).encode();
        let position = position.index(bytes.len());
        bytes[position] ^= flipped;
        if let Ok(decoded) = CalendarYear::decode(&bytes) {
            prop_assert_ne!(&decoded, &compiled(year));
            prop_assert_eq!(decoded.encode(), bytes);
        }
    }

    #[test]
    fn a_message_of_any_numbers_never_panics_and_is_one_encoding_if_accepted(
        year in 1960_u32..2040, revision in 0_u32..3, settled_through in near_dates(),
        holidays in prop::collection::vec((near_dates(), near_dates(), prop::collection::vec(near_dates(), 0..3)), 0..4),
    ) {
        let holidays = holidays.into_iter().map(|(first, last, make_up_days)| proto::CalendarHoliday {
            names: vec!["节".into()], first, last, make_up_days,
        });
        let message = proto::CalendarYear {
            year, revision, settled_through, holidays: holidays.collect(), ..message()
        };
        if let Ok(decoded) = decoded(&message) {
            prop_assert_eq!(decoded.encode(), canonical::encode(&message));
        }
    }
}

/// Numbers of which many are dates.
fn near_dates() -> impl Strategy<Value = u32> {
    prop_oneof![
        (1968_u32..2042, 0_u32..14, 0_u32..34)
            .prop_map(|(year, month, day)| year * 10_000 + month * 100 + day),
        any::<u32>(),
        Just(0),
    ]
}
