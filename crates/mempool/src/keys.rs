//! Public keys of signers, ready for verification.
//!
//! Reading a key from its record and checking that it is a safe point costs as much as a signature, and
//! few keys sign most transactions. A key id is a digest of the key, so what is cached never goes stale:
//! whether the key is in force, and whose it is, are questions for the ledger's rules on each transaction.

use std::collections::HashMap;
use std::sync::Mutex;

use bulla_crypto::PublicKey;
use bulla_ledger::ViewError;
use bulla_types::{Canonical, KeyId, KeyRecord, StateKey};

use crate::sync::lock;
use crate::view::AdmissionView;

/// The keys that signed last. When full it starts anew.
#[derive(Debug)]
pub(crate) struct KeyCache {
    keys: Mutex<HashMap<KeyId, PublicKey>>,
    keys_max: usize,
}

impl KeyCache {
    pub(crate) fn new(keys_max: usize) -> Self {
        Self { keys: Mutex::default(), keys_max }
    }

    /// The key with this id, or `None` when the ledger has none. Absence is not remembered: it ends when
    /// the key is enrolled.
    pub(crate) fn get(&self, id: &KeyId, view: &dyn AdmissionView) -> Result<Option<PublicKey>, ViewError> {
        if let Some(key) = lock(&self.keys).get(id) {
            return Ok(Some(key.clone()));
        }
        let state_key = StateKey::Key(*id);
        let Some(record) = view.get(&state_key)? else { return Ok(None) };
        let key = parse(&record).map_err(|reason| ViewError::Corrupt { key: state_key, reason })?;
        let mut keys = lock(&self.keys);
        if keys.len() >= self.keys_max {
            keys.clear();
        }
        keys.insert(*id, key.clone());
        Ok(Some(key))
    }
}

fn parse(record: &[u8]) -> Result<PublicKey, String> {
    let record = KeyRecord::decode(record).map_err(|error| error.to_string())?;
    record.key.parse().map_err(|error| error.to_string())
}
