//! Attached fields: a salted commitment in the leaf, its opening beside it.
//!
//! The leaf says nothing about the value, so the opening can be erased by a recorded act while log, replay
//! and proofs stay whole. `docs/formats/openings.md`.

use std::fmt;
use std::str::FromStr;

use bulla_crypto::{Domain, Hash, framed};
use bytes::Bytes;
use prost::Message;

use crate::error::{DecodeError, Fault};
use crate::field::{At, list};
use crate::ids::{fixed, hash_from_wire, hash_to_wire};
use crate::limits::{ACTIONS_MAX, FIELD_PATH_BYTES_MAX, OPENING_VALUE_BYTES_MAX, OPENINGS_MAX};
use crate::number::within;
use crate::proto;
use crate::request_id::RequestId;

/// The commitment of an attached or committed field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Commitment(pub Hash);

impl Commitment {
    pub(crate) fn from_message(message: &proto::Commitment) -> Result<Self, DecodeError> {
        Ok(Self(hash_from_wire(&message.value).at("value")?))
    }

    /// A commitment that a message may leave out.
    pub(crate) fn optional(message: Option<&proto::Commitment>) -> Result<Option<Self>, DecodeError> {
        message.map(Self::from_message).transpose()
    }

    pub(crate) fn to_message(self) -> proto::Commitment {
        proto::Commitment { value: hash_to_wire(&self.0) }
    }
}

/// Path of a field within its action, for example `provenance.statement`: 1 to 64 bytes of lower-case
/// letters, digits, `_` and `.`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FieldPath(String);

impl FieldPath {
    /// The path as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for FieldPath {
    type Error = Fault;

    fn try_from(path: String) -> Result<Self, Fault> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || c == b'_' || c == b'.';
        if path.is_empty() {
            Err(Fault::Missing)
        } else if path.len() > FIELD_PATH_BYTES_MAX {
            Err(Fault::TooLong { bytes: path.len(), max: FIELD_PATH_BYTES_MAX })
        } else if !path.bytes().all(allowed) {
            Err(Fault::Rule("a field path holds lower-case letters, digits, `_` and `.` only"))
        } else {
            Ok(Self(path))
        }
    }
}

impl FromStr for FieldPath {
    type Err = Fault;

    fn from_str(path: &str) -> Result<Self, Fault> {
        Self::try_from(path.to_owned())
    }
}

impl fmt::Display for FieldPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// What opens a commitment.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The action, from 0, in which the commitment stands.
    pub action: u32,
    /// The field within that action.
    pub path: FieldPath,
    /// 32 random bytes, used once; without them a short value could be guessed from its commitment.
    pub salt: [u8; 32],
    /// The value, at most 65,536 bytes; texts in UTF-8.
    pub value: Bytes,
}

impl Opening {
    /// The commitment that this opens in the transaction with this request id.
    #[must_use]
    pub fn commitment(&self, request_id: &RequestId) -> Commitment {
        commit(&self.salt, request_id, self.action, self.path.as_str(), &self.value)
    }

    /// Bytes that it takes in a submission or block: its encoding with key and length. The limits on openings
    /// count these.
    #[must_use]
    pub fn encoded_len(&self) -> usize {
        let length = self.to_message().encoded_len();
        1 + prost::length_delimiter_len(length) + length
    }

    /// Reads a message.
    ///
    /// # Errors
    /// The first field that breaks the format.
    pub fn from_message(message: proto::Opening) -> Result<Self, DecodeError> {
        let action_max = u32::try_from(ACTIONS_MAX - 1).unwrap_or(u32::MAX);
        if message.value.len() > OPENING_VALUE_BYTES_MAX {
            let fault = Fault::TooLong { bytes: message.value.len(), max: OPENING_VALUE_BYTES_MAX };
            return Err(fault).at("value");
        }
        Ok(Self {
            action: within(message.action, 0, action_max).at("action")?,
            path: FieldPath::try_from(message.path).at("path")?,
            salt: fixed(&message.salt).at("salt")?,
            value: message.value,
        })
    }

    /// The message that says this opening.
    #[must_use]
    pub fn to_message(&self) -> proto::Opening {
        proto::Opening {
            action: self.action,
            path: self.path.as_str().to_owned(),
            salt: Bytes::copy_from_slice(&self.salt),
            value: self.value.clone(),
        }
    }

    /// Openings stand in rising order of action and path, so that a set of them has one encoding.
    pub(crate) fn order(&self) -> (u32, &FieldPath) {
        (self.action, &self.path)
    }

    pub(crate) fn list_from_messages(messages: Vec<proto::Opening>) -> Result<Vec<Self>, DecodeError> {
        let openings = list(messages, "openings", 0..=OPENINGS_MAX, Self::from_message)?;
        if openings.is_sorted_by(|a, b| a.order() < b.order()) {
            Ok(openings)
        } else {
            Err(Fault::NotRising).at("openings")
        }
    }
}

/// The value may be personal data or a trade secret: it never reaches a log.
impl fmt::Debug for Opening {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, path, value, .. } = self;
        write!(f, "Opening {{ action: {action}, path: {path}, value: {} bytes }}", value.len())
    }
}

/// The commitment to a value:
/// framed(opening, salt ‖ request id ‖ u32 action ‖ u16 length of path ‖ path ‖ u32 length of value ‖ value).
#[must_use]
pub fn commit(salt: &[u8; 32], request_id: &RequestId, action: u32, path: &str, value: &[u8]) -> Commitment {
    // Both lengths are bounded far below their width; a longer value has no opening that decodes.
    let path_length = u16::try_from(path.len()).unwrap_or(u16::MAX).to_be_bytes();
    let value_length = u32::try_from(value.len()).unwrap_or(u32::MAX).to_be_bytes();
    Commitment(framed(
        Domain::Opening,
        &[
            salt,
            request_id.as_bytes(),
            &action.to_be_bytes(),
            &path_length,
            path.as_bytes(),
            &value_length,
            value,
        ],
    ))
}
