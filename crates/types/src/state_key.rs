//! Keys of the state map. `docs/formats/state.md`.

use bulla_crypto::{Domain, Hash, frame, framed};

use crate::credit_code::CreditCode;
use crate::error::{DecodeError, Fault};
use crate::ids::{Address, KeyId};
use crate::number::{Height, MemberNumber};
use crate::vote::VoteType;

const PARAMETERS: u8 = 0x01;
const MEMBER: u8 = 0x02;
const KEY: u8 = 0x03;
const COUNTER: u8 = 0x04;
const VALIDATORS: u8 = 0x05;
const HISTORY: u8 = 0x06;
const CREDIT_CODE: u8 = 0x07;
const EQUIVOCATION: u8 = 0x08;

/// What a value of the state map is about. Each kind of key has one type of value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum StateKey {
    /// The parameters in force: [`Parameters`](crate::Parameters).
    Parameters,
    /// A member: [`MemberRecord`](crate::MemberRecord).
    Member(MemberNumber),
    /// A key: [`KeyRecord`](crate::KeyRecord).
    Key(KeyId),
    /// A sequence: [`CounterRecord`](crate::CounterRecord).
    Counter(Counter),
    /// The validators of the next height: [`ValidatorSet`](crate::ValidatorSet).
    Validators,
    /// A step in a record's past: [`StatusRecord`](crate::StatusRecord).
    History {
        /// The record.
        record: RecordKey,
        /// The step, from 0.
        seq: u32,
    },
    /// The member with a credit code: [`OwnerRecord`](crate::OwnerRecord).
    CreditCode(CreditCode),
    /// A recorded equivocation: [`EquivocationRecord`](crate::EquivocationRecord).
    Equivocation {
        /// The validator.
        address: Address,
        /// The height of its votes.
        height: Height,
        /// Their round.
        round: u32,
        /// Their step.
        vote_type: VoteType,
    },
}

/// A sequence of the ledger.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Counter {
    /// Numbers of members.
    Members,
    /// Numbers of deposits.
    Evidence,
}

/// A record that keeps its past.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RecordKey {
    /// A member.
    Member(MemberNumber),
    /// A key.
    Key(KeyId),
}

impl From<RecordKey> for StateKey {
    fn from(record: RecordKey) -> Self {
        match record {
            RecordKey::Member(number) => Self::Member(number),
            RecordKey::Key(id) => Self::Key(id),
        }
    }
}

impl StateKey {
    /// The key bytes: one byte of kind, then fields of fixed length.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Parameters => vec![PARAMETERS],
            Self::Member(number) => [&[MEMBER][..], &number.0.to_be_bytes()].concat(),
            Self::Key(id) => [&[KEY][..], id.as_bytes()].concat(),
            Self::Counter(Counter::Members) => vec![COUNTER, 1],
            Self::Counter(Counter::Evidence) => vec![COUNTER, 2],
            Self::Validators => vec![VALIDATORS],
            Self::History { record, seq } => {
                [&[HISTORY][..], &seq.to_be_bytes(), &Self::from(*record).encode()].concat()
            }
            Self::CreditCode(code) => [&[CREDIT_CODE][..], code.as_bytes()].concat(),
            Self::Equivocation { address, height, round, vote_type } => [
                &[EQUIVOCATION][..],
                address.as_bytes(),
                &height.0.to_be_bytes(),
                &round.to_be_bytes(),
                &[vote_type.number()],
            ]
            .concat(),
        }
    }

    /// Reads key bytes from anywhere.
    ///
    /// # Errors
    /// An unknown kind, another length than the kind has, or a field that breaks its format.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut reader = Reader(bytes);
        let key = reader.key()?;
        if reader.0.is_empty() {
            Ok(key)
        } else {
            Err(Fault::Length { found: bytes.len(), expected: bytes.len() - reader.0.len() }.into())
        }
    }

    /// Where the key stands in the tree: framed(state-key, key bytes).
    #[must_use]
    pub fn map_key(&self) -> Hash {
        framed(Domain::StateKey, &[&self.encode()])
    }
}

/// What the tree holds for a value: frame(state-value) ‖ value bytes.
#[must_use]
pub fn map_value(value: &[u8]) -> Vec<u8> {
    let mut framed_value = frame(Domain::StateValue);
    framed_value.extend_from_slice(value);
    framed_value
}

struct Reader<'a>(&'a [u8]);

impl Reader<'_> {
    fn take<const N: usize>(&mut self) -> Result<[u8; N], Fault> {
        let (field, rest) =
            self.0.split_first_chunk().ok_or(Fault::Length { found: self.0.len(), expected: N })?;
        self.0 = rest;
        Ok(*field)
    }

    fn number(&mut self) -> Result<u64, Fault> {
        self.take().map(u64::from_be_bytes)
    }

    fn key(&mut self) -> Result<StateKey, DecodeError> {
        let [kind] = self.take()?;
        match kind {
            PARAMETERS => Ok(StateKey::Parameters),
            COUNTER => match self.take()? {
                [1] => Ok(StateKey::Counter(Counter::Members)),
                [2] => Ok(StateKey::Counter(Counter::Evidence)),
                [other] => Err(Fault::UnknownValue(other.into()).into()),
            },
            VALIDATORS => Ok(StateKey::Validators),
            HISTORY => {
                let seq = self.take().map(u32::from_be_bytes)?;
                let [kind] = self.take()?;
                Ok(StateKey::History { record: self.record(kind)?, seq })
            }
            CREDIT_CODE => Ok(StateKey::CreditCode(CreditCode::parse(&self.take::<18>()?)?)),
            EQUIVOCATION => Ok(StateKey::Equivocation {
                address: Address::from_bytes(self.take()?),
                height: Height::from_wire(self.number()?)?,
                round: self.take().map(u32::from_be_bytes)?,
                vote_type: self.take().and_then(|[number]: [u8; 1]| VoteType::from_wire(number.into()))?,
            }),
            record => Ok(self.record(record)?.into()),
        }
    }

    fn record(&mut self, kind: u8) -> Result<RecordKey, DecodeError> {
        match kind {
            MEMBER => Ok(RecordKey::Member(MemberNumber::from_wire(self.number()?)?)),
            KEY => Ok(RecordKey::Key(KeyId::from_bytes(self.take()?))),
            other => Err(Fault::UnknownValue(other.into()).into()),
        }
    }
}
