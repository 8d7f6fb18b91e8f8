//! Identifiers of profiles.

use std::fmt;
use std::str::FromStr;

use super::limits::PROFILE_ID_BYTES_MAX;

/// Identifier of a profile, such as `cn-xx-measures-2024`: lower-case letters, digits and single hyphens
/// between them, at most 64 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileId(String);

/// Not an identifier of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "an identifier of a profile holds lower-case letters, digits and single hyphens between them, at most {PROFILE_ID_BYTES_MAX} bytes"
)]
pub struct ProfileIdError;

impl ProfileId {
    /// The identifier as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl FromStr for ProfileId {
    type Err = ProfileIdError;

    fn from_str(id: &str) -> Result<Self, ProfileIdError> {
        let word = |word: &str| {
            !word.is_empty() && word.bytes().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
        };
        if id.len() <= PROFILE_ID_BYTES_MAX && id.split('-').all(word) {
            Ok(Self(id.to_owned()))
        } else {
            Err(ProfileIdError)
        }
    }
}

impl fmt::Display for ProfileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
