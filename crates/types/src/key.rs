//! Public keys and signatures on the wire, each under its algorithm's number.

use std::fmt;

use bulla_crypto::{KeyError, PublicKey, Signature};
use bytes::Bytes;

use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::{KeyId, fixed};
use crate::proto;

/// Number of Ed25519 among the signature algorithms, as it enters key ids and addresses.
pub(crate) const ED25519_NUMBER: u32 = proto::SignatureAlgorithm::Ed25519 as u32;

/// A public key as a record holds it: checked when it was enrolled, and not again on each read.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct EncodedKey([u8; 32]);

impl EncodedKey {
    /// The key's 32 bytes (RFC 8032 §5.1.2).
    #[must_use]
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Its id.
    #[must_use]
    pub fn id(&self) -> KeyId {
        KeyId::of_bytes(&self.0)
    }

    /// The key, fit to verify with. Decompresses and checks the point, which costs as much as a signature.
    ///
    /// # Errors
    /// The bytes are no safe key; in a record whose state proof holds, they always are.
    pub fn parse(&self) -> Result<PublicKey, KeyError> {
        PublicKey::from_bytes(&self.0)
    }

    pub(crate) fn from_message(message: &proto::PublicKey) -> Result<Self, DecodeError> {
        expect_ed25519(message.algorithm)?;
        Ok(Self(fixed(&message.value).at("value")?))
    }

    pub(crate) fn to_message(self) -> proto::PublicKey {
        let value = Bytes::copy_from_slice(&self.0);
        proto::PublicKey { algorithm: proto::SignatureAlgorithm::Ed25519.into(), value }
    }
}

impl From<&PublicKey> for EncodedKey {
    fn from(key: &PublicKey) -> Self {
        Self(key.to_bytes())
    }
}

impl fmt::Debug for EncodedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "EncodedKey({})", hex::encode(self.0))
    }
}

/// A key that enters the ledger: refused when weak.
pub(crate) fn key_from_message(message: &proto::PublicKey) -> Result<PublicKey, DecodeError> {
    let encoded = EncodedKey::from_message(message)?;
    encoded.parse().at("value")
}

pub(crate) fn key_to_message(key: &PublicKey) -> proto::PublicKey {
    EncodedKey::from(key).to_message()
}

pub(crate) fn signature_from_message(message: &proto::Signature) -> Result<Signature, DecodeError> {
    expect_ed25519(message.algorithm)?;
    signature_from_wire(&message.value).at("value")
}

pub(crate) fn signature_to_message(signature: &Signature) -> proto::Signature {
    let value = signature_to_wire(signature);
    proto::Signature { algorithm: proto::SignatureAlgorithm::Ed25519.into(), value }
}

pub(crate) fn signature_from_wire(bytes: &[u8]) -> Result<Signature, Fault> {
    fixed(bytes).map(Signature)
}

pub(crate) fn signature_to_wire(signature: &Signature) -> Bytes {
    Bytes::copy_from_slice(&signature.0)
}

fn expect_ed25519(algorithm: i32) -> Result<(), DecodeError> {
    if algorithm == i32::from(proto::SignatureAlgorithm::Ed25519) {
        Ok(())
    } else if algorithm == 0 {
        Err(Fault::Missing).at("algorithm")
    } else {
        Err(Fault::UnknownAlgorithm(algorithm)).at("algorithm")
    }
}
