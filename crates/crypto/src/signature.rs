//! A signature as bytes. Whether it is valid is for a [`PublicKey`](crate::PublicKey) to say.

use std::fmt;

/// An Ed25519 signature (RFC 8032): R, then S. Any 64 bytes are one; verification judges them.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Signature(pub [u8; Self::LENGTH]);

/// Bytes that are not as many as a signature has.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a signature is 64 bytes, not {actual_bytes}")]
pub struct SignatureLengthError {
    /// How many bytes there were.
    pub actual_bytes: usize,
}

impl Signature {
    /// Length in bytes.
    pub const LENGTH: usize = 64;

    /// Wraps the 64 bytes of a signature.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }

    /// The signature as bytes.
    #[must_use]
    pub const fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        &self.0
    }

    /// The signature as bytes, by value.
    #[must_use]
    pub const fn to_bytes(self) -> [u8; Self::LENGTH] {
        self.0
    }
}

impl From<[u8; Self::LENGTH]> for Signature {
    fn from(bytes: [u8; Self::LENGTH]) -> Self {
        Self(bytes)
    }
}

impl From<Signature> for [u8; Signature::LENGTH] {
    fn from(signature: Signature) -> Self {
        signature.0
    }
}

impl TryFrom<&[u8]> for Signature {
    type Error = SignatureLengthError;

    fn try_from(bytes: &[u8]) -> Result<Self, SignatureLengthError> {
        bytes.try_into().map(Self).map_err(|_| SignatureLengthError { actual_bytes: bytes.len() })
    }
}

impl AsRef<[u8]> for Signature {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.0))
    }
}

impl fmt::Debug for Signature {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Signature({self})")
    }
}
