//! Which members validate, and with what power.

use std::collections::BTreeMap;

use bulla_chain::Chain;
use bulla_types::{Canonical, KeyId, KeyRecord, MemberNumber, StateKey};
use tracing::warn;

/// The voting power of each member at the next height.
pub(crate) fn powers(chain: &Chain) -> BTreeMap<MemberNumber, u64> {
    let tip = chain.tip();
    let mut powers = BTreeMap::new();
    for validator in tip.validators.validators() {
        let key_id = KeyId::of(validator.key());
        match chain.state(&StateKey::Key(key_id)) {
            Ok(Some(record)) => {
                if let Ok(record) = KeyRecord::decode(&record) {
                    powers.insert(record.member, validator.power());
                }
            }
            Ok(None) => warn!(%key_id, "the key of a validator has no record"),
            Err(error) => warn!(%error, "the record of a validator's key cannot be read"),
        }
    }
    powers
}
