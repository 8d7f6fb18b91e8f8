//! Times for people: in UTC+8, the time of the statutes.

use bulla_types::{BlockTime, Lang};
use time::format_description::BorrowedFormatItem;
use time::format_description::well_known::Rfc3339;
use time::macros::{format_description, offset};
use time::{Date, OffsetDateTime, PrimitiveDateTime, Time};

use crate::complaints::{TIME_FORM, TIME_TOO_EARLY};
use crate::text::Said;

const TO_THE_MILLISECOND: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]+08:00");
/// The year 2001: smaller numbers of milliseconds are spans of time.
const TIMES_FROM_MS: u64 = 1_000_000_000_000;
const TO_THE_MINUTE_WITH_OFFSET: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute][offset_hour sign:mandatory]:[offset_minute]");
const DATE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");
const TO_THE_MINUTE: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day] [hour]:[minute]");
const TO_THE_SECOND: &[BorrowedFormatItem<'_>] =
    format_description!("[year]-[month]-[day] [hour]:[minute]:[second]");

/// RFC 3339 with milliseconds in UTC+8. A time that no calendar here reaches is given in milliseconds.
pub(crate) fn show(time: BlockTime) -> String {
    let written = || {
        let since_epoch = i128::from(time.0) * 1_000_000;
        let local =
            OffsetDateTime::from_unix_timestamp_nanos(since_epoch).ok()?.checked_to_offset(offset!(+8))?;
        local.format(TO_THE_MILLISECOND).ok()
    };
    written().unwrap_or_else(|| format!("{} ms", time.0))
}

/// Reads RFC 3339, or a date, with a time of day or without, in UTC+8.
pub(crate) fn parse(text: &str) -> Result<BlockTime, Said> {
    let spaced = text.replacen('T', " ", 1);
    let local = |read: PrimitiveDateTime| read.assume_offset(offset!(+8));
    let time = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| OffsetDateTime::parse(text, TO_THE_MINUTE_WITH_OFFSET))
        .or_else(|_| PrimitiveDateTime::parse(&spaced, TO_THE_SECOND).map(local))
        .or_else(|_| PrimitiveDateTime::parse(&spaced, TO_THE_MINUTE).map(local))
        .or_else(|_| Date::parse(text, DATE).map(|date| local(date.with_time(Time::MIDNIGHT))))
        .map_err(|_| TIME_FORM.with(&[&text]))?;
    let ms = time.unix_timestamp_nanos() / 1_000_000;
    // 0 stands for "no time" in every format.
    u64::try_from(ms).ok().filter(|ms| *ms > 0).map(BlockTime).ok_or_else(|| TIME_TOO_EARLY.with(&[&text]))
}

/// A span of time, to its two largest units.
pub(crate) fn span(ms: u64, lang: Lang) -> String {
    let units: [(u64, &str, &str); 5] = [
        (86_400_000, "d", "天"),
        (3_600_000, "h", "小时"),
        (60_000, "min", "分"),
        (1000, "s", "秒"),
        (1, "ms", "毫秒"),
    ];
    let mut rest = ms;
    let mut parts = Vec::new();
    for (unit_ms, en, zh) in units {
        let (count, unit) = (rest / unit_ms, if lang == Lang::Zh { zh } else { en });
        rest %= unit_ms;
        if count > 0 {
            parts.push(format!("{count} {unit}"));
        }
    }
    parts.truncate(2);
    if parts.is_empty() { span(1, lang).replacen('1', "0", 1) } else { parts.join(" ") }
}

/// A message with its times, which others give in milliseconds, as people read them.
pub(crate) fn readable(message: &str) -> String {
    let mut told = String::new();
    let mut rest = message;
    while let Some((before, after)) = rest.split_once(" ms") {
        let words = before.trim_end_matches(|c: char| c.is_ascii_digit());
        let digits = &before[words.len()..];
        told.push_str(words);
        match digits.parse() {
            Ok(ms) if ms >= TIMES_FROM_MS => told.push_str(&show(BlockTime(ms))),
            _ => told.extend([digits, " ms"]),
        }
        rest = after;
    }
    told + rest
}

/// This machine's clock.
pub(crate) fn now() -> BlockTime {
    let since_epoch = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    BlockTime(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_shown_in_utc_8_to_the_millisecond() {
        assert_eq!(show(BlockTime(1_750_000_000_123)), "2025-06-15T23:06:40.123+08:00");
        assert_eq!(show(BlockTime(u64::MAX)), format!("{} ms", u64::MAX));
    }

    #[test]
    fn what_is_shown_reads_back() {
        assert_eq!(parse(&show(BlockTime(1_750_000_000_123))), Ok(BlockTime(1_750_000_000_123)));
    }

    #[test]
    fn a_time_without_offset_is_in_utc_8() {
        let midnight = parse("2025-06-15T00:00:00+08:00");
        for text in [
            "2025-06-15",
            "2025-06-15 00:00",
            "2025-06-15 00:00:00",
            "2025-06-15T00:00",
            "2025-06-14T16:00:00Z",
            "2025-06-15T00:00+08:00",
            "2025-06-14T21:30+05:30",
        ] {
            assert_eq!(parse(text), midnight, "{text}");
        }
    }

    #[test]
    fn no_time_and_times_before_the_epoch_are_refused() {
        for text in ["", "yesterday", "2025-13-01", "1969-12-31", "1970-01-01T00:00:00Z"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn times_within_a_message_are_read_like_others() {
        assert_eq!(
            readable("made at 1750000000123 ms, more than 600000 ms before"),
            "made at 2025-06-15T23:06:40.123+08:00, more than 600000 ms before"
        );
        assert_eq!(readable("no ms, 12é ms"), "no ms, 12é ms");
    }

    #[test]
    fn a_span_is_told_in_its_two_largest_units() {
        assert_eq!(span(93_784_000, Lang::En), "1 d 2 h");
        assert_eq!(span(61_000, Lang::Zh), "1 分 1 秒");
        assert_eq!(span(0, Lang::En), "0 ms");
    }
}
