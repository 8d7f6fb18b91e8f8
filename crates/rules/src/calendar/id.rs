//! Names of calendars.

use std::fmt;
use std::str::FromStr;

use bulla_types::Fault;

use crate::limits::CALENDAR_ID_BYTES_MAX;

/// Names a calendar, as in `cn-mainland`: 1 to 32 lower-case letters, digits and hyphens, a letter first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct CalendarId(String);

/// Not the identifier of a calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a calendar is named by 1 to 32 lower-case letters, digits and hyphens, a letter first")]
pub struct CalendarIdError;

impl CalendarId {
    pub(super) fn from_wire(text: &str) -> Result<Self, Fault> {
        text.parse().map_err(|_| Fault::Rule("not the identifier of a calendar"))
    }

    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for CalendarId {
    type Err = CalendarIdError;

    fn from_str(text: &str) -> Result<Self, CalendarIdError> {
        let formed = text.starts_with(|first: char| first.is_ascii_lowercase())
            && text.len() <= CALENDAR_ID_BYTES_MAX
            && text.bytes().all(|byte| matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'-'));
        if formed { Ok(Self(text.to_owned())) } else { Err(CalendarIdError) }
    }
}

impl fmt::Display for CalendarId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn an_identifier_has_letters_digits_and_hyphens() {
        assert_eq!("cn-mainland".parse::<CalendarId>().unwrap().to_string(), "cn-mainland");
        for text in ["", "-cn", "9", "CN", "cn mainland", "日历", &"c".repeat(33)] {
            assert_eq!(text.parse::<CalendarId>(), Err(CalendarIdError), "{text}");
        }
    }
}
