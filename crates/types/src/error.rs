//! What is wrong with bytes that should have been a domain type, and in which field.

use std::fmt;

use bulla_crypto::KeyError;

use crate::credit_code::CreditCodeError;
use crate::media_type::MediaTypeError;
use crate::reason::ReasonCode;
use crate::request_id::RequestIdError;
use crate::text::TextError;

/// A value that breaks its format: which field, and how.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DecodeError {
    path: String,
    fault: Fault,
}

/// How a field breaks its format.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The bytes are not a message of this kind at all.
    #[error("malformed: {0}")]
    Malformed(String),
    /// A message, but not its one canonical encoding.
    #[error(
        "not canonical: differs from its canonical encoding at byte {offset} \
         (unknown field, default value, longer number or other order)"
    )]
    NotCanonical {
        /// First byte that differs.
        offset: usize,
    },
    /// More bytes than the format allows.
    #[error("{bytes} bytes, at most {max} are allowed")]
    TooLong {
        /// Bytes found.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// More items than the format allows.
    #[error("more than the {max} items allowed")]
    TooMany {
        /// Items allowed.
        max: usize,
    },
    /// A field that must be present is not, or holds its "unspecified" value, or an empty list.
    #[error("missing")]
    Missing,
    /// A field that must be absent here is present.
    #[error("must be absent: {0}")]
    Unexpected(&'static str),
    /// A byte string of fixed length has another length.
    #[error("expected {expected} bytes, found {found}")]
    Length {
        /// Bytes found.
        found: usize,
        /// Bytes required.
        expected: usize,
    },
    /// A format or protocol version that this software does not know.
    #[error("unknown version {0}")]
    UnknownVersion(u64),
    /// An algorithm that this version does not accept.
    #[error("unknown algorithm {0}")]
    UnknownAlgorithm(i32),
    /// A number that names nothing in this version.
    #[error("unknown value {0}")]
    UnknownValue(i64),
    /// A number outside its range.
    #[error("{found} is outside {min} to {max}")]
    OutOfRange {
        /// Number found.
        found: u64,
        /// Least number allowed.
        min: u64,
        /// Greatest number allowed.
        max: u64,
    },
    /// The same item twice.
    #[error("occurs twice")]
    Duplicate,
    /// Items that must rise do not.
    #[error("items are not in rising order")]
    NotRising,
    /// A public key that is not a safe point of its curve.
    #[error("unusable public key: {0}")]
    WeakKey(#[from] KeyError),
    /// A text that breaks the rules of texts.
    #[error(transparent)]
    Text(#[from] TextError),
    /// Not a unified social credit code.
    #[error(transparent)]
    CreditCode(#[from] CreditCodeError),
    /// Not a media type.
    #[error(transparent)]
    MediaType(#[from] MediaTypeError),
    /// Not a UUIDv7.
    #[error(transparent)]
    RequestId(#[from] RequestIdError),
    /// An opening that does not fit its commitment.
    #[error("the opening does not match the commitment")]
    OpeningMismatch,
    /// An opening of a field that the action does not commit to.
    #[error("the action has no commitment at this path")]
    OpeningUnknown,
    /// A signature that does not verify.
    #[error("the signature does not verify: what was signed has been altered, or another key signed it")]
    SignatureInvalid,
    /// A rule that joins several fields is broken.
    #[error("{0}")]
    Rule(&'static str),
}

impl Fault {
    /// The stable reason code of this fault.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::NotCanonical { .. } => ReasonCode::NotCanonical,
            Self::TooLong { .. } | Self::TooMany { .. } => ReasonCode::TooLarge,
            Self::UnknownVersion(_) => ReasonCode::UnknownVersion,
            Self::UnknownAlgorithm(_) => ReasonCode::UnknownAlgorithm,
            Self::UnknownValue(_) => ReasonCode::UnknownValue,
            Self::WeakKey(_) => ReasonCode::WeakKey,
            Self::Text(_) => ReasonCode::TextInvalid,
            Self::CreditCode(_) => ReasonCode::CreditCodeInvalid,
            Self::OpeningMismatch => ReasonCode::OpeningMismatch,
            Self::OpeningUnknown => ReasonCode::OpeningUnknown,
            Self::SignatureInvalid => ReasonCode::SignatureInvalid,
            Self::Malformed(_)
            | Self::Missing
            | Self::Unexpected(_)
            | Self::Length { .. }
            | Self::OutOfRange { .. }
            | Self::Duplicate
            | Self::NotRising
            | Self::MediaType(_)
            | Self::RequestId(_)
            | Self::Rule(_) => ReasonCode::Malformed,
        }
    }
}

impl DecodeError {
    /// Path of the field, as in `body.actions[2].digests[0].value`; empty for the whole message.
    #[must_use]
    pub fn path(&self) -> &str {
        &self.path
    }

    /// What is wrong there.
    #[must_use]
    pub fn fault(&self) -> &Fault {
        &self.fault
    }

    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        self.fault.reason()
    }

    pub(crate) fn within(mut self, outer: &str) -> Self {
        self.path = if self.path.is_empty() { outer.to_owned() } else { format!("{outer}.{}", self.path) };
        self
    }
}

impl<F: Into<Fault>> From<F> for DecodeError {
    fn from(fault: F) -> Self {
        Self { path: String::new(), fault: fault.into() }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.path.is_empty() { self.fault.fmt(f) } else { write!(f, "{}: {}", self.path, self.fault) }
    }
}

impl std::error::Error for DecodeError {}
