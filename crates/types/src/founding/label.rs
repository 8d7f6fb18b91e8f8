//! Short names of founders.

use std::fmt;
use std::str::FromStr;

use crate::error::Fault;
use crate::limits::FOUNDER_LABEL_BYTES_MAX;

/// A founder in the names of folders, files and logs: a lower-case letter, then lower-case letters, digits and `-`,
/// at most 32 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FounderLabel(String);

impl FounderLabel {
    /// The label as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FounderLabel {
    type Error = Fault;

    fn try_from(label: String) -> Result<Self, Fault> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'-';
        if label.is_empty() {
            Err(Fault::Missing)
        } else if label.len() > FOUNDER_LABEL_BYTES_MAX {
            Err(Fault::TooLong { bytes: label.len(), max: FOUNDER_LABEL_BYTES_MAX })
        } else if !label.as_bytes()[0].is_ascii_lowercase() || !label.bytes().all(allowed) {
            Err(Fault::Rule("a label starts with a lower-case letter and holds these, digits and `-` only"))
        } else {
            Ok(Self(label))
        }
    }
}

impl FromStr for FounderLabel {
    type Err = Fault;

    fn from_str(label: &str) -> Result<Self, Fault> {
        Self::try_from(label.to_owned())
    }
}

impl fmt::Display for FounderLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
