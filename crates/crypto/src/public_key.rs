//! Public keys that every verifier reads in the same way, and the two rules of verification.

use std::{cmp::Ordering, fmt, hash, str::FromStr, sync::Arc};

use curve25519_dalek::edwards::CompressedEdwardsY;
use ed25519_dalek::VerifyingKey;
use ed25519_zebra::{VerificationKey, VerificationKeyBytes};

use crate::Signature;

/// An Ed25519 public key in canonical form, of the prime-order subgroup, ready for verification.
///
/// Holds the decompressed point behind a reference count: a clone costs no curve arithmetic.
/// Equality, order and hash are those of the 32 bytes.
#[derive(Clone)]
pub struct PublicKey(Arc<Decompressed>);

/// The key as each of the two verifiers wants it.
struct Decompressed {
    strict: VerifyingKey,
    zip215: VerificationKey,
}

/// Why 32 bytes, or fewer or more, are no key of this ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyError {
    /// Not 32 bytes.
    #[error("an Ed25519 public key is 32 bytes, not {actual_bytes}")]
    Length {
        /// How many bytes there were.
        actual_bytes: usize,
    },
    /// The bytes encode no point of the curve.
    #[error("the bytes are not a point of edwards25519")]
    NotAPoint,
    /// The point has another, canonical encoding (RFC 8032, 5.1.3: y below p, no negative zero).
    #[error("the encoding of the public key is not canonical")]
    NonCanonical,
    /// One of the eight points whose multiple by the cofactor is the identity: anyone can sign for it.
    #[error("the public key is a point of small order and protects nothing")]
    SmallOrder,
    /// The point has a component of small order, on which verifiers disagree.
    #[error("the public key is not in the prime-order subgroup")]
    Torsion,
}

/// Why a text is no key of this ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum ParseKeyError {
    /// It is not hexadecimal.
    #[error("a public key is written as 64 hexadecimal digits")]
    NotHex,
    /// Its bytes are no key.
    #[error(transparent)]
    NotAKey(KeyError),
}

/// A signature that is not valid for its key and message. The reason is withheld on purpose: no rule may
/// depend on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the signature is not valid for this key and message")]
pub struct VerificationError;

impl PublicKey {
    /// Length of the encoding in bytes.
    pub const LENGTH: usize = 32;

    /// Reads a key, refusing each encoding on which two verifiers might disagree.
    ///
    /// # Errors
    /// See [`KeyError`]; the first that holds, in the order of its variants.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, KeyError> {
        let bytes = <&[u8; Self::LENGTH]>::try_from(bytes)
            .map_err(|_| KeyError::Length { actual_bytes: bytes.len() })?;
        let point = CompressedEdwardsY(*bytes).decompress().ok_or(KeyError::NotAPoint)?;
        if point.compress().as_bytes() != bytes {
            return Err(KeyError::NonCanonical);
        }
        if point.is_small_order() {
            return Err(KeyError::SmallOrder);
        }
        if !point.is_torsion_free() {
            return Err(KeyError::Torsion);
        }
        Self::decompress(*bytes)
    }

    /// Reads any encoding of any point: the keys of the published edge cases, which the rule above refuses.
    #[cfg(test)]
    pub(crate) fn unrestricted(bytes: [u8; Self::LENGTH]) -> Result<Self, KeyError> {
        Self::decompress(bytes)
    }

    fn decompress(bytes: [u8; Self::LENGTH]) -> Result<Self, KeyError> {
        let strict = VerifyingKey::from_bytes(&bytes).map_err(|_| KeyError::NotAPoint)?;
        let zip215 = VerificationKey::try_from(bytes).map_err(|_| KeyError::NotAPoint)?;
        Ok(Self(Arc::new(Decompressed { strict, zip215 })))
    }

    /// The canonical encoding.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; Self::LENGTH] {
        self.0.strict.as_bytes()
    }

    /// The canonical encoding, by value.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; Self::LENGTH] {
        *self.as_bytes()
    }

    /// Verifies as any RFC 8032 tool does that multiplies by no cofactor, and refuses R of small order.
    ///
    /// The rule for votes, certificates, tickets and checkpoints, and of a node before it admits a
    /// transaction. Whatever passes here passes [`verify_zip215`](Self::verify_zip215) also.
    ///
    /// # Errors
    /// [`VerificationError`] when the signature is not valid.
    pub fn verify_strict(&self, message: &[u8], signature: &Signature) -> Result<(), VerificationError> {
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        self.0.strict.verify_strict(message, &signature).map_err(|_| VerificationError)
    }

    /// Verifies by ZIP-215, whose single and batch checks always agree.
    ///
    /// The rule for members' signatures on the ledger.
    ///
    /// # Errors
    /// [`VerificationError`] when the signature is not valid.
    pub fn verify_zip215(&self, message: &[u8], signature: &Signature) -> Result<(), VerificationError> {
        let signature = ed25519_zebra::Signature::from_bytes(&signature.0);
        self.0.zip215.verify(&signature, message).map_err(|_| VerificationError)
    }

    pub(crate) fn verification_key_bytes(&self) -> VerificationKeyBytes {
        self.0.zip215.into()
    }
}

impl TryFrom<&[u8]> for PublicKey {
    type Error = KeyError;

    fn try_from(bytes: &[u8]) -> Result<Self, KeyError> {
        Self::from_bytes(bytes)
    }
}

impl PartialEq for PublicKey {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.as_bytes() == other.as_bytes()
    }
}

impl Eq for PublicKey {}

impl PartialOrd for PublicKey {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PublicKey {
    fn cmp(&self, other: &Self) -> Ordering {
        self.as_bytes().cmp(other.as_bytes())
    }
}

impl hash::Hash for PublicKey {
    fn hash<H: hash::Hasher>(&self, state: &mut H) {
        self.as_bytes().hash(state);
    }
}

impl FromStr for PublicKey {
    type Err = ParseKeyError;

    /// Reads 64 hexadecimal digits, and refuses what [`from_bytes`](Self::from_bytes) does.
    fn from_str(text: &str) -> Result<Self, ParseKeyError> {
        let bytes = hex::decode(text).map_err(|_| ParseKeyError::NotHex)?;
        Self::from_bytes(&bytes).map_err(ParseKeyError::NotAKey)
    }
}

impl fmt::Display for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&hex::encode(self.as_bytes()))
    }
}

impl fmt::Debug for PublicKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "PublicKey({self})")
    }
}
