//! Names within a profile.

use std::borrow::Borrow;
use std::fmt;

use super::limits::IDENT_BYTES_MAX;

/// A name within a profile: a lower-case letter, then lower-case letters, digits and `_`, at most 48 bytes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ident(String);

/// Not a name within a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a name starts with a lower-case letter and holds lower-case letters, digits and `_`, at most {IDENT_BYTES_MAX}"
)]
pub struct IdentError;

impl Ident {
    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<&str> for Ident {
    type Error = IdentError;

    fn try_from(name: &str) -> Result<Self, IdentError> {
        let inner = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_';
        let formed = name.len() <= IDENT_BYTES_MAX
            && name.bytes().next().is_some_and(|c| c.is_ascii_lowercase())
            && name.bytes().all(inner);
        if formed { Ok(Self(name.to_owned())) } else { Err(IdentError) }
    }
}

impl Borrow<str> for Ident {
    fn borrow(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Ident {
    fn eq(&self, other: &str) -> bool {
        self.0 == other
    }
}

impl PartialEq<&str> for Ident {
    fn eq(&self, other: &&str) -> bool {
        self.0 == *other
    }
}

impl fmt::Display for Ident {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
