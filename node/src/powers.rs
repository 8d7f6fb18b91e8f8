//! Which members validate, and with what power.

use std::collections::BTreeMap;

use bulla_chain::Chain;
use bulla_types::{Address, Canonical, KeyId, KeyRecord, MemberNumber, StateKey};
use tracing::warn;

/// The part of a member in the decisions of the next height.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct MemberPower {
    pub(crate) address: Address,
    pub(crate) power: u64,
}

/// The members that validate at the next height.
pub(crate) fn powers(chain: &Chain) -> BTreeMap<MemberNumber, MemberPower> {
    let tip = chain.tip();
    let mut powers = BTreeMap::new();
    for validator in tip.validators.validators() {
        let key_id = KeyId::of(validator.key());
        match chain.state(&StateKey::Key(key_id)) {
            Ok(Some(record)) => {
                if let Ok(record) = KeyRecord::decode(&record) {
                    let power = MemberPower { address: validator.address(), power: validator.power() };
                    powers.insert(record.member, power);
                }
            }
            Ok(None) => warn!(%key_id, "the key of a validator has no record"),
            Err(error) => warn!(%error, "the record of a validator's key cannot be read"),
        }
    }
    powers
}
