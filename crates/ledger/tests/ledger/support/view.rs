//! The committed state as a map in memory.

use std::collections::BTreeMap;

use bulla_ledger::{BlockChanges, SeenRequest, StateView, ViewError};
use bulla_types::{Canonical, MemberNumber, RequestId, StateKey};

#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct MemoryView {
    pub(crate) state: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(crate) requests: BTreeMap<(MemberNumber, RequestId), SeenRequest>,
}

impl MemoryView {
    pub(crate) fn apply(&mut self, changes: BTreeMap<Vec<u8>, Option<Vec<u8>>>) {
        for (key, value) in changes {
            match value {
                Some(value) => self.state.insert(key, value),
                None => self.state.remove(&key),
            };
        }
    }

    pub(crate) fn commit(&mut self, changes: BlockChanges) {
        self.apply(changes.state);
        for (member, id, transaction_id, log_index) in changes.requests {
            self.requests.insert((member, id), SeenRequest { transaction_id, log_index });
        }
        self.requests.retain(|(_, id), _| id.time_ms() >= changes.prune_requests_before_ms);
    }

    pub(crate) fn record<R: Canonical>(&self, key: StateKey) -> Option<R> {
        self.state.get(&key.encode()).map(|value| R::decode(value).unwrap())
    }

    pub(crate) fn keys(&self) -> impl Iterator<Item = StateKey> {
        self.state.keys().map(|key| StateKey::decode(key).unwrap())
    }
}

impl StateView for MemoryView {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.state.get(&key.encode()).cloned())
    }

    fn request(&self, member: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        Ok(self.requests.get(&(member, *id)).copied())
    }
}
