//! The 32-byte digest that everything on the ledger is named by.

use std::{fmt, str::FromStr};

/// A 32-byte digest. On its own it says nothing of the algorithm: the place where it stands does.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Hash(pub [u8; Self::LENGTH]);

impl Hash {
    /// Length in bytes.
    pub const LENGTH: usize = 32;

    /// Thirty-two zero bytes: stands where a format says "none".
    pub const ZERO: Self = Self([0; Self::LENGTH]);

    /// Wraps bytes that are already a digest.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The digest as bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// The digest as bytes, by value.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::LENGTH] {
        self.0
    }
}

/// A text or slice that is not a 32-byte digest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseHashError {
    /// The bytes, or the bytes that the text stands for, are not 32.
    #[error("a hash is 32 bytes (64 hexadecimal digits), not {actual_bytes} bytes")]
    Length {
        /// How many bytes there were.
        actual_bytes: usize,
    },
    /// The text holds something other than pairs of hexadecimal digits.
    #[error("a hash is written in pairs of hexadecimal digits only")]
    NotHexadecimal,
}

impl From<[u8; Self::LENGTH]> for Hash {
    fn from(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }
}

impl From<Hash> for [u8; Hash::LENGTH] {
    fn from(hash: Hash) -> Self {
        hash.0
    }
}

impl TryFrom<&[u8]> for Hash {
    type Error = ParseHashError;

    fn try_from(bytes: &[u8]) -> Result<Self, ParseHashError> {
        bytes.try_into().map(Self).map_err(|_| ParseHashError::Length { actual_bytes: bytes.len() })
    }
}

impl AsRef<[u8]> for Hash {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl FromStr for Hash {
    type Err = ParseHashError;

    fn from_str(text: &str) -> Result<Self, ParseHashError> {
        let bytes = hex::decode(text).map_err(|_| ParseHashError::NotHexadecimal)?;
        Self::try_from(bytes.as_slice())
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Hash({self})")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_hash_reads_back_from_what_it_displays() {
        let hash = Hash(std::array::from_fn(|index| u8::try_from(index).unwrap()));
        assert_eq!(hash.to_string().parse(), Ok(hash));
        assert_eq!(hash.to_string().to_uppercase().parse(), Ok(hash));
    }

    #[test]
    fn a_text_of_another_length_is_refused_with_its_length() {
        assert_eq!("00".parse::<Hash>(), Err(ParseHashError::Length { actual_bytes: 1 }));
        assert_eq!("".parse::<Hash>(), Err(ParseHashError::Length { actual_bytes: 0 }));
    }

    #[test]
    fn a_text_that_is_not_hexadecimal_is_refused() {
        assert_eq!("0x00".parse::<Hash>(), Err(ParseHashError::NotHexadecimal));
        assert_eq!("abc".parse::<Hash>(), Err(ParseHashError::NotHexadecimal));
    }
}
