//! What a signer answers.

use std::fmt;

use bulla_crypto::{PublicKey, Signature};
use bulla_types::Height;

use super::VERSION;
use super::fields::Fields;

const WELCOME: u8 = 1;
const SIGNATURE: u8 = 2;
const STATE: u8 = 3;
const REFUSED: u8 = 4;

/// One answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To a hello.
    Welcome {
        /// The key that it signs with.
        public_key: [u8; PublicKey::LENGTH],
        /// How its record of votes stands.
        state: State,
    },
    /// To a request for a signature.
    Signature(Signature),
    /// To the network's height.
    State(State),
    /// To anything.
    Refused(Refusal),
}

/// How a signer's record of votes stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct State {
    /// Whether it is beyond doubt; if not, nothing is signed before the network's height is known.
    pub settled: bool,
    /// The height at or below which nothing is signed.
    pub floor: Height,
}

/// Why a signer did not do as asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refusal {
    /// It speaks another version.
    UnknownVersion,
    /// It is another ledger's.
    OtherLedger,
    /// It cannot read the request; it closes the connection.
    Malformed,
    /// It has signed another value at this place, or a later place.
    WouldEquivocate,
    /// It signs nothing at or below this height.
    BelowFloor {
        /// The height.
        floor: Height,
    },
    /// Its record is in doubt: it must know the network's height first.
    Unsettled,
    /// Its record of votes cannot be written.
    RecordFailed,
    /// Its key did not sign: the token failed.
    KeyFailed,
}

/// Bytes that are no answer in its one encoding.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the answer cannot be read")]
pub struct AnswerError;

impl Answer {
    /// The bytes of its frame.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Welcome { public_key, state } => {
                let mut bytes = vec![WELCOME, VERSION];
                bytes.extend_from_slice(public_key);
                state.put(&mut bytes);
                bytes
            }
            Self::Signature(signature) => [&[SIGNATURE], signature.as_bytes().as_slice()].concat(),
            Self::State(state) => {
                let mut bytes = vec![STATE];
                state.put(&mut bytes);
                bytes
            }
            Self::Refused(refusal) => {
                let mut bytes = vec![REFUSED, refusal.number()];
                if let Refusal::BelowFloor { floor } = refusal {
                    bytes.extend_from_slice(&floor.0.to_be_bytes());
                }
                bytes
            }
        }
    }

    /// Reads the bytes of a frame.
    ///
    /// # Errors
    /// [`AnswerError`].
    pub fn decode(bytes: &[u8]) -> Result<Self, AnswerError> {
        let mut fields = Fields::of(bytes);
        let answer = match fields.u8() {
            Some(WELCOME) => welcome(&mut fields),
            Some(SIGNATURE) => fields.array().map(Signature).map(Self::Signature),
            Some(STATE) => State::take(&mut fields).map(Self::State),
            Some(REFUSED) => Refusal::take(&mut fields).map(Self::Refused),
            _ => None,
        };
        let answer = answer.ok_or(AnswerError)?;
        fields.end().ok_or(AnswerError)?;
        Ok(answer)
    }
}

fn welcome(fields: &mut Fields<'_>) -> Option<Answer> {
    (fields.u8()? == VERSION).then_some(())?;
    Some(Answer::Welcome { public_key: fields.array()?, state: State::take(fields)? })
}

impl State {
    fn put(self, bytes: &mut Vec<u8>) {
        bytes.push(u8::from(self.settled));
        bytes.extend_from_slice(&self.floor.0.to_be_bytes());
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        Some(Self { settled: fields.flag()?, floor: Height(fields.u64()?) })
    }
}

impl Refusal {
    const fn number(self) -> u8 {
        match self {
            Self::UnknownVersion => 1,
            Self::OtherLedger => 2,
            Self::Malformed => 3,
            Self::WouldEquivocate => 4,
            Self::BelowFloor { .. } => 5,
            Self::Unsettled => 6,
            Self::RecordFailed => 7,
            Self::KeyFailed => 8,
        }
    }

    fn take(fields: &mut Fields<'_>) -> Option<Self> {
        Some(match fields.u8()? {
            1 => Self::UnknownVersion,
            2 => Self::OtherLedger,
            3 => Self::Malformed,
            4 => Self::WouldEquivocate,
            5 => Self::BelowFloor { floor: Height(fields.u64()?) },
            6 => Self::Unsettled,
            7 => Self::RecordFailed,
            8 => Self::KeyFailed,
            _ => return None,
        })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownVersion => f.write_str("it speaks another version of the protocol"),
            Self::OtherLedger => f.write_str("it is another ledger's"),
            Self::Malformed => f.write_str("it cannot read the request"),
            Self::WouldEquivocate => f.write_str("it has signed another value there, or a later place"),
            Self::BelowFloor { floor } => write!(f, "it signs nothing up to height {floor}"),
            Self::Unsettled => f.write_str("its record is in doubt until it knows the network's height"),
            Self::RecordFailed => f.write_str("its record of votes cannot be written"),
            Self::KeyFailed => f.write_str("its key did not sign"),
        }
    }
}
