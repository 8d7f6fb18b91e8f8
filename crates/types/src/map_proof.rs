//! Proofs in the state map. `docs/formats/state.md`.

use bulla_crypto::Hash;
use bytes::Bytes;

use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, list};
use crate::ids::{hash_from_wire, hash_to_wire};
use crate::limits::{SIBLINGS_MAX, STATE_VALUE_BYTES_MAX};
use crate::proto;
use crate::state_key::StateKey;

/// A path in the state map. This crate does not follow it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MapProof {
    /// For a proof of absence that ends at another leaf: that leaf.
    pub other: Option<OtherLeaf>,
    /// Hashes beside the path, from the leaf to the root; at most 256.
    pub siblings: Vec<Hash>,
}

/// The leaf that stands where an absent key would.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OtherLeaf {
    /// Its map key.
    pub key_hash: Hash,
    /// The hash of its map value.
    pub value_hash: Hash,
}

impl MapProof {
    /// Checks a message from anywhere.
    ///
    /// # Errors
    /// The first field that breaks the format.
    pub fn from_message(message: &proto::MapProof) -> Result<Self, DecodeError> {
        let other = if message.other_key_hash.is_empty() && message.other_value_hash.is_empty() {
            None
        } else {
            Some(OtherLeaf {
                key_hash: hash_from_wire(&message.other_key_hash).at("other_key_hash")?,
                value_hash: hash_from_wire(&message.other_value_hash).at("other_value_hash")?,
            })
        };
        Ok(Self { other, siblings: hashes_from_wire(&message.siblings, SIBLINGS_MAX, "siblings")? })
    }

    /// The message that says this proof.
    #[must_use]
    pub fn to_message(&self) -> proto::MapProof {
        proto::MapProof {
            other_key_hash: self.other.map(|leaf| hash_to_wire(&leaf.key_hash)).unwrap_or_default(),
            other_value_hash: self.other.map(|leaf| hash_to_wire(&leaf.value_hash)).unwrap_or_default(),
            siblings: hashes_to_wire(&self.siblings),
        }
    }
}

/// That a key of the state map holds a value, or is absent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordProof {
    /// The key.
    pub key: StateKey,
    /// Its canonical value; `None` when it is absent. Not yet read: the type follows from the key.
    pub value: Option<Bytes>,
    /// The path.
    pub proof: MapProof,
}

impl RecordProof {
    /// Checks a message from anywhere; the proof itself is not followed.
    ///
    /// # Errors
    /// The first field that breaks the format.
    pub fn from_message(message: proto::RecordProof) -> Result<Self, DecodeError> {
        if message.value.len() > STATE_VALUE_BYTES_MAX {
            let fault = Fault::TooLong { bytes: message.value.len(), max: STATE_VALUE_BYTES_MAX };
            return Err(fault).at("value");
        }
        let proof = message.proof.as_ref().required("proof", MapProof::from_message)?;
        if proof.other.is_some() && !message.value.is_empty() {
            return Err(Fault::Unexpected("a value that is there ends at its own leaf")).at("proof");
        }
        Ok(Self {
            key: StateKey::decode(&message.key).at("key")?,
            value: Some(message.value).filter(|value| !value.is_empty()),
            proof,
        })
    }

    /// The message that says this proof.
    #[must_use]
    pub fn to_message(&self) -> proto::RecordProof {
        proto::RecordProof {
            key: self.key.encode().into(),
            value: self.value.clone().unwrap_or_default(),
            proof: Some(self.proof.to_message()),
        }
    }
}

pub(crate) fn hashes_from_wire(hashes: &[Bytes], max: usize, field: &str) -> Result<Vec<Hash>, DecodeError> {
    list(hashes, field, 0..=max, |hash| hash_from_wire(hash))
}

pub(crate) fn hashes_to_wire(hashes: &[Hash]) -> Vec<Bytes> {
    hashes.iter().map(hash_to_wire).collect()
}
