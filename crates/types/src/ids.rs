//! The digests that name things: one type each, so that none stands where another belongs.

use std::fmt;
use std::str::FromStr;

use bulla_crypto::{Domain, Hash, ParseHashError, PublicKey, framed};
use bytes::Bytes;

use crate::error::Fault;
use crate::key::ED25519_NUMBER;

macro_rules! hash_ids {
    ($($(#[$meta:meta])* $name:ident;)+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Hash);

        impl $name {
            /// The 32 bytes.
            #[must_use]
            pub fn as_bytes(&self) -> &[u8; 32] {
                self.0.as_bytes()
            }

            /// Takes 32 bytes as this kind of name.
            #[must_use]
            pub fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(Hash::from_bytes(bytes))
            }

            #[allow(dead_code)]
            pub(crate) fn from_wire(bytes: &[u8]) -> Result<Self, Fault> {
                hash_from_wire(bytes).map(Self)
            }

            #[allow(dead_code)]
            pub(crate) fn to_wire(self) -> Bytes {
                hash_to_wire(&self.0)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = ParseHashError;

            /// Reads 64 hexadecimal digits.
            fn from_str(text: &str) -> Result<Self, ParseHashError> {
                Hash::from_str(text).map(Self)
            }
        }
    )+};
}

hash_ids! {
    /// A ledger: the framed digest of its canonical genesis.
    LedgerId;
    /// A transaction: the framed digest of its canonical body.
    TransactionId;
    /// A block: the framed digest of its header, the value that validators agree on.
    BlockHash;
    /// A public key: the framed digest of its algorithm and bytes.
    KeyId;
    /// A validator, named by its consensus key: the framed digest of its algorithm and bytes. Unlike a
    /// [`KeyId`] in its domain only, so that neither passes for the other.
    Address;
    /// A founding plan: the framed digest of its canonical form.
    PlanDigest;
    /// A rule profile: the framed digest of its canonical bytes.
    ProfileDigest;
    /// A proposal of acts of administration: the framed digest of its canonical form.
    ProposalDigest;
    /// A snapshot: the framed digest of its manifest.
    SnapshotId;
    /// A name in a rule profile, in whichever version: [`RuleTag::of`].
    RuleTag;
    /// What makes an object unique among those of its kind: the framed digest of the kind's tag and of the
    /// values that must differ.
    ObjectKey;
}

impl KeyId {
    /// The id of this key: framed(key-id, u32 algorithm ‖ key).
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        Self::of_bytes(&key.to_bytes())
    }

    pub(crate) fn of_bytes(key: &[u8; 32]) -> Self {
        Self(framed(Domain::KeyId, &[&ED25519_NUMBER.to_be_bytes(), key]))
    }
}

impl Address {
    /// The address of the validator with this key: framed(address, u32 algorithm ‖ key).
    #[must_use]
    pub fn of(key: &PublicKey) -> Self {
        Self(framed(Domain::Address, &[&ED25519_NUMBER.to_be_bytes(), &key.to_bytes()]))
    }
}

impl ProfileDigest {
    /// The digest of a profile: framed(profile, canonical profile).
    #[must_use]
    pub fn of(profile: &[u8]) -> Self {
        Self(framed(Domain::Profile, &[profile]))
    }
}

impl ProposalDigest {
    /// The digest of a proposal: framed(governance-proposal, canonical Propose).
    #[must_use]
    pub fn of(propose: &[u8]) -> Self {
        Self(framed(Domain::GovernanceProposal, &[propose]))
    }
}

impl RuleTag {
    /// The tag of a name in the profile of this id: framed(rule-name, u8 length of id ‖ id ‖ name). With an
    /// empty name, the tag of the profile itself.
    ///
    /// An id of more than 255 bytes, which no profile has, is cut in its length byte only.
    #[must_use]
    pub fn of(profile_id: &str, name: &str) -> Self {
        let length = u8::try_from(profile_id.len()).unwrap_or(u8::MAX);
        Self(framed(Domain::RuleName, &[&[length], profile_id.as_bytes(), name.as_bytes()]))
    }
}

impl ObjectKey {
    /// The key of an object: framed(object-key, tag of its kind ‖ canonical values).
    #[must_use]
    pub fn of(kind: &RuleTag, values: &[u8]) -> Self {
        Self(framed(Domain::ObjectKey, &[kind.as_bytes(), values]))
    }
}

pub(crate) fn hash_from_wire(bytes: &[u8]) -> Result<Hash, Fault> {
    fixed(bytes).map(Hash::from_bytes)
}

pub(crate) fn hash_to_wire(hash: &Hash) -> Bytes {
    Bytes::copy_from_slice(hash.as_bytes())
}

/// A byte string of exactly `N` bytes.
pub(crate) fn fixed<const N: usize>(bytes: &[u8]) -> Result<[u8; N], Fault> {
    bytes.try_into().map_err(|_| Fault::Length { found: bytes.len(), expected: N })
}
