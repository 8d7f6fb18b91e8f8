//! Records of the state map, decoded, and which key holds which.

use std::sync::Arc;

use bulla_types::{
    Canonical, CounterRecord, DecodeError, EquivocationRecord, KeyRecord, KeyStatus, MemberRecord,
    MemberStatus, OwnerRecord, Parameters, RecordKey, StateKey, StatusRecord, ValidatorSet,
};

use crate::view::ViewError;

/// One record that execution reads or writes. The large ones are shared, so that a read copies little.
#[derive(Debug, Clone)]
pub(crate) enum Record {
    Parameters(Arc<Parameters>),
    Member(Arc<MemberRecord>),
    Key(KeyRecord),
    Counter(CounterRecord),
    Validators(Arc<ValidatorSet>),
    MemberStep(StatusRecord<MemberStatus>),
    KeyStep(StatusRecord<KeyStatus>),
    Owner(OwnerRecord),
    Equivocation(EquivocationRecord),
}

impl Record {
    /// Reads the value stored under `key`; the key alone says what it must be.
    pub(crate) fn decode(key: &StateKey, value: &[u8]) -> Result<Self, ViewError> {
        let record = match key {
            StateKey::Parameters => read(value, |record| Self::Parameters(Arc::new(record))),
            StateKey::Member(_) => read(value, |record| Self::Member(Arc::new(record))),
            StateKey::Key(_) => read(value, Self::Key),
            StateKey::Counter(_) => read(value, Self::Counter),
            StateKey::Validators => read(value, |record| Self::Validators(Arc::new(record))),
            StateKey::History { record: RecordKey::Member(_), .. } => read(value, Self::MemberStep),
            StateKey::History { record: RecordKey::Key(_), .. } => read(value, Self::KeyStep),
            StateKey::CreditCode(_) => read(value, Self::Owner),
            StateKey::Equivocation { .. } => read(value, Self::Equivocation),
        };
        record.map_err(|error| ViewError::Corrupt { key: *key, reason: error.to_string() })
    }

    /// The canonical encoding, as the state map holds it.
    pub(crate) fn encode(&self) -> Vec<u8> {
        match self {
            Self::Parameters(record) => record.encode(),
            Self::Member(record) => record.encode(),
            Self::Key(record) => record.encode(),
            Self::Counter(record) => record.encode(),
            Self::Validators(record) => record.encode(),
            Self::MemberStep(record) => record.encode(),
            Self::KeyStep(record) => record.encode(),
            Self::Owner(record) => record.encode(),
            Self::Equivocation(record) => record.encode(),
        }
    }
}

fn read<R: Canonical>(value: &[u8], wrap: impl FnOnce(R) -> Record) -> Result<Record, DecodeError> {
    R::decode(value).map(wrap)
}
