//! Names of requests, which make a request take effect once.

use std::fmt;
use std::str::FromStr;

use uuid::{Builder, Uuid, Variant};

/// A UUIDv7 (RFC 9562 §5.7), scoped to the first signer of its transaction.
///
/// Its own time says until when the ledger must remember it.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId([u8; 16]);

/// Why bytes or a text are not a request id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RequestIdError {
    /// Not 16 bytes, or not the hyphenated text of a UUID in lower case.
    #[error("a request id has 16 bytes, as text 8-4-4-4-12 lower-case hexadecimal digits")]
    Form,
    /// A UUID, but not of version 7 in the variant of RFC 9562.
    #[error("a request id is a UUID of version 7 (RFC 9562)")]
    Version,
}

impl RequestId {
    /// Builds an id from a time in milliseconds UTC, of which the low 48 bits count, and 74 random bits;
    /// version and variant overwrite the other six.
    #[must_use]
    pub fn new(time_ms: u64, random: &[u8; 10]) -> Self {
        Self(Builder::from_unix_timestamp_millis(time_ms, random).into_uuid().into_bytes())
    }

    /// Reads 16 bytes.
    ///
    /// # Errors
    /// Wrong length, version or variant.
    pub fn parse(bytes: &[u8]) -> Result<Self, RequestIdError> {
        let bytes: [u8; 16] = bytes.try_into().map_err(|_| RequestIdError::Form)?;
        let id = Uuid::from_bytes(bytes);
        if id.get_version_num() == 7 && id.get_variant() == Variant::RFC4122 {
            Ok(Self(bytes))
        } else {
            Err(RequestIdError::Version)
        }
    }

    /// The 16 bytes.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 16] {
        &self.0
    }

    /// The id's own time, milliseconds UTC: its first 48 bits.
    #[must_use]
    pub fn time_ms(&self) -> u64 {
        self.0[..6].iter().fold(0, |time, &byte| time << 8 | u64::from(byte))
    }
}

impl fmt::Display for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        Uuid::from_bytes(self.0).hyphenated().fmt(f)
    }
}

impl fmt::Debug for RequestId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RequestId({self})")
    }
}

impl FromStr for RequestId {
    type Err = RequestIdError;

    fn from_str(text: &str) -> Result<Self, RequestIdError> {
        let id = Uuid::from_str(text).map_err(|_| RequestIdError::Form)?;
        // `uuid` also reads braces, URNs and upper case; an id has one text here.
        if id.hyphenated().to_string() != text {
            return Err(RequestIdError::Form);
        }
        Self::parse(id.as_bytes())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// RFC 9562 appendix A.6.
    const RFC_EXAMPLE: &str = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f";

    #[test]
    fn the_example_of_the_rfc_gives_its_time() {
        let id = RequestId::from_str(RFC_EXAMPLE).unwrap();
        assert_eq!(id.time_ms(), 0x017F_22E2_79B0);
        assert_eq!(id.to_string(), RFC_EXAMPLE);
        assert_eq!(RequestId::parse(id.as_bytes()), Ok(id));
    }

    #[test]
    fn a_built_id_keeps_its_time() {
        let id = RequestId::new(1_700_000_000_000, &[0xff; 10]);
        assert_eq!(id.time_ms(), 1_700_000_000_000);
        assert_eq!(RequestId::parse(id.as_bytes()), Ok(id));
    }

    #[test]
    fn other_versions_variants_and_spellings_are_refused() {
        let version_4 = "017f22e2-79b0-4cc3-98c4-dc0c0c07398f";
        let other_variant = "017f22e2-79b0-7cc3-d8c4-dc0c0c07398f";
        for text in [version_4, other_variant] {
            assert_eq!(RequestId::from_str(text), Err(RequestIdError::Version));
        }
        for text in [&RFC_EXAMPLE.to_uppercase(), &format!("{{{RFC_EXAMPLE}}}"), "017f22e2"] {
            assert_eq!(RequestId::from_str(text), Err(RequestIdError::Form));
        }
    }
}
