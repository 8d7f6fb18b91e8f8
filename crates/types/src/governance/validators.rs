//! Change of the validators (验证节点变更).

use crate::error::DecodeError;
use crate::field::{At, list, rising};
use crate::ids::KeyId;
use crate::limits::{TOTAL_POWER_MAX, VALIDATOR_CHANGES_MAX};
use crate::number::within;
use crate::proto;

/// What becomes of one validator.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ValidatorChange {
    /// Its CONSENSUS key.
    pub key_id: KeyId,
    /// The voting power that it has from the next height on; 0: it is no validator any more.
    pub power: u64,
}

/// Changes who validates from the next height on, all at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangeValidators {
    /// One to 32, rising by key id.
    pub changes: Vec<ValidatorChange>,
}

impl ChangeValidators {
    /// These changes, in the order of their keys.
    #[must_use]
    pub fn new(mut changes: Vec<ValidatorChange>) -> Self {
        changes.sort_by_key(|change| change.key_id);
        Self { changes }
    }

    pub(crate) fn from_message(message: &proto::ChangeValidators) -> Result<Self, DecodeError> {
        let changes = list(&message.changes, "changes", 1..=VALIDATOR_CHANGES_MAX, |change| {
            let key_id = KeyId::from_wire(&change.key_id).at("key_id")?;
            let power = within(change.power, 0, TOTAL_POWER_MAX - 1).at("power")?;
            Ok::<_, DecodeError>(ValidatorChange { key_id, power })
        })?;
        rising(&changes, "changes", |change| change.key_id)?;
        Ok(Self { changes })
    }

    pub(crate) fn to_message(&self) -> proto::ChangeValidators {
        let change = |change: &ValidatorChange| proto::ValidatorChange {
            key_id: change.key_id.to_wire(),
            power: change.power,
        };
        proto::ChangeValidators { changes: self.changes.iter().map(change).collect() }
    }
}
