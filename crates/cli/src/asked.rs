//! A time that a person asks about.

use bulla_types::BlockTime;
use bulla_verify::Asked;
use time::Date;
use time::macros::format_description;

use crate::failure::Failure;
use crate::parse;

/// Every day of UTC+8 has as many: it knows no summer time.
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

/// A day, all of it, from midnight to midnight in UTC+8; or an instant, in UTC+8 unless it says otherwise.
pub(crate) fn asked(text: &str) -> Result<Asked, Failure> {
    let from = parse::time(text)?;
    let is_day = Date::parse(text, format_description!("[year]-[month]-[day]")).is_ok();
    let until = BlockTime(from.0.saturating_add(DAY_MS));
    let day = if is_day { Asked::from_until(from, until) } else { None };
    Ok(day.unwrap_or_else(|| Asked::at(from)))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_day_is_asked_about_from_midnight_to_midnight_and_a_time_as_an_instant() {
        let at = |text| parse::time(text).unwrap();
        let day = Asked::from_until(at("2028-10-16T00:00:00+08:00"), at("2028-10-17T00:00:00+08:00"));
        assert_eq!(Some(asked("2028-10-16").unwrap()), day);
        assert_eq!(asked("2028-10-16 09:30").unwrap(), Asked::at(at("2028-10-16T09:30:00+08:00")));
        assert!(asked("yesterday").is_err());
    }
}
