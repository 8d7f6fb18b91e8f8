//! Names that rule profiles give to their steps, fields, parties and records.

use std::borrow::Borrow;
use std::fmt;
use std::str::FromStr;

use crate::error::Fault;
use crate::limits::RULE_NAME_BYTES_MAX;

/// A name of a rule profile: a lower-case letter, then lower-case letters, digits and `_`, at most 48 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleName(String);

impl RuleName {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for RuleName {
    type Error = Fault;

    fn try_from(name: String) -> Result<Self, Fault> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        if name.is_empty() {
            Err(Fault::Missing)
        } else if name.len() > RULE_NAME_BYTES_MAX {
            Err(Fault::TooLong { bytes: name.len(), max: RULE_NAME_BYTES_MAX })
        } else if !name.as_bytes()[0].is_ascii_lowercase() || !name.bytes().all(allowed) {
            Err(Fault::Rule("a name starts with a lower-case letter and holds these, digits and `_` only"))
        } else {
            Ok(Self(name))
        }
    }
}

impl FromStr for RuleName {
    type Err = Fault;

    fn from_str(name: &str) -> Result<Self, Fault> {
        Self::try_from(name.to_owned())
    }
}

impl RuleName {
    /// A name that may be absent, written as nothing.
    pub(crate) fn optional(name: String) -> Result<Option<Self>, Fault> {
        if name.is_empty() { Ok(None) } else { Self::try_from(name).map(Some) }
    }

    pub(crate) fn optional_to_wire(name: Option<&Self>) -> String {
        name.map_or_else(String::new, |name| name.0.clone())
    }

    pub(crate) fn to_wire(&self) -> String {
        self.0.clone()
    }
}

impl Borrow<str> for RuleName {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for RuleName {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for RuleName {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_name_starts_with_a_letter_and_has_at_most_48_bytes() {
        for name in ["a", "apply", "step_2", &"n".repeat(48)] {
            assert_eq!(name.parse::<RuleName>().unwrap().as_str(), name);
        }
        for name in ["", "_a", "2a", "Apply", "a-b", "登记", &"n".repeat(49)] {
            assert!(name.parse::<RuleName>().is_err(), "{name}");
        }
    }
}
