//! The state of a ledger in memory, as a replay builds it up: records, their tree, and the requests seen.

use std::collections::BTreeMap;
use std::convert::Infallible;

use bulla_crypto::{Hash, PublicKey};
use bulla_ledger::{BlockChanges, DecodedProfiles, SeenRequest, StateView, ViewError, found};
use bulla_merkle::state::{self, NodeReader};
use bulla_types::{
    Canonical, Genesis, KeyId, KeyRange, KeyRecord, MemberNumber, Parameters, RequestId, StateKey,
};

/// New values by key; `None` removes one.
type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Everything that executing the next block asks for.
pub(super) struct Books {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    /// By rising time, which a request id begins with: the oldest are forgotten first.
    requests: BTreeMap<(RequestId, MemberNumber), SeenRequest>,
    tree: Nodes,
    version: u64,
    root: Hash,
    /// Keys that were checked to be safe points, which costs as much as a signature.
    keys: BTreeMap<KeyId, PublicKey>,
    profiles: DecodedProfiles,
}

#[derive(Default)]
struct Nodes(BTreeMap<Vec<u8>, Vec<u8>>);

impl NodeReader for Nodes {
    type Error = Infallible;

    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.0.get(key).cloned())
    }
}

impl Books {
    /// The state that a genesis founds.
    pub(super) fn new(genesis: &Genesis) -> Result<Self, String> {
        let mut books = Self {
            records: BTreeMap::new(),
            requests: BTreeMap::new(),
            tree: Nodes::default(),
            version: 0,
            root: state::EMPTY_ROOT,
            keys: BTreeMap::new(),
            profiles: DecodedProfiles::new(),
        };
        books.write(None, 0, found(genesis))?;
        Ok(books)
    }

    /// Takes over what a block changes.
    pub(super) fn commit(&mut self, height: u64, changes: BlockChanges) -> Result<(), String> {
        for (member, request_id, transaction_id, log_index) in changes.requests {
            self.requests.insert((request_id, member), SeenRequest { transaction_id, log_index });
        }
        let from_ms = changes.prune_requests_before_ms;
        while let Some(oldest) = self.requests.first_entry()
            && oldest.key().0.time_ms() < from_ms
        {
            oldest.remove();
        }
        if changes.state.is_empty() { Ok(()) } else { self.write(Some(self.version), height, changes.state) }
    }

    fn write(&mut self, base: Option<u64>, version: u64, changes: Changes) -> Result<(), String> {
        let update = state::update(&self.tree, base, version, &changes).map_err(|error| error.to_string())?;
        for stale in &update.stale {
            self.tree.0.remove(stale);
        }
        self.tree.0.extend(update.nodes);
        (self.root, self.version) = (update.root, version);
        for (key, value) in changes {
            match value {
                Some(value) => self.records.insert(key, value),
                None => self.records.remove(&key),
            };
        }
        Ok(())
    }

    /// Root of the state map.
    pub(super) fn root(&self) -> Hash {
        self.root
    }

    /// The records, in rising order of key.
    pub(super) fn records(&self) -> &BTreeMap<Vec<u8>, Vec<u8>> {
        &self.records
    }

    /// The parameters in force.
    pub(super) fn parameters(&self) -> Result<Parameters, String> {
        self.read(&StateKey::Parameters)
    }

    /// A key that is enrolled.
    pub(super) fn public_key(&mut self, id: KeyId) -> Result<PublicKey, String> {
        if let Some(known) = self.keys.get(&id) {
            return Ok(known.clone());
        }
        let record: KeyRecord = self.read(&StateKey::Key(id))?;
        let key = record.key.parse().map_err(|error| format!("key {id}: {error}"))?;
        self.keys.insert(id, key.clone());
        Ok(key)
    }

    fn read<R: Canonical>(&self, key: &StateKey) -> Result<R, String> {
        let value = self.records.get(&key.encode()).ok_or_else(|| format!("there is no {key}"))?;
        R::decode(value).map_err(|error| format!("{key}: {error}"))
    }
}

impl StateView for Books {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.records.get(&key.encode()).cloned())
    }

    fn keys(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ViewError> {
        let found = self.records.range(range.start.clone()..range.end.clone()).take(limit);
        let read = |(key, _): (&Vec<u8>, _)| StateKey::decode(key);
        found.map(read).collect::<Result<_, _>>().map_err(|error| ViewError::Foreign(error.to_string()))
    }

    fn request(&self, member: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        Ok(self.requests.get(&(*id, member)).copied())
    }

    fn decoded_profiles(&self) -> Option<&DecodedProfiles> {
        Some(&self.profiles)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;

    use bulla_ledger::{BlockContext, BlockExecution};
    use bulla_types::{BlockTime, Height, SystemEvent};

    use super::*;
    use crate::commands::localnet::test_genesis;

    #[test]
    fn founding_gives_records_keys_and_parameters() {
        let genesis = test_genesis();
        let mut books = Books::new(&genesis).unwrap();
        assert_eq!(books.parameters().unwrap(), *genesis.parameters());
        let declared = &genesis.founders()[0].member.keys[0];
        assert_eq!(books.public_key(declared.key_id()).unwrap().to_bytes(), declared.key.to_bytes());
        assert!(books.public_key(KeyId::from_bytes([9; 32])).is_err());
        let records = books.records().iter().map(|(key, value)| (key.clone(), Some(value.clone()))).collect();
        assert_eq!(state::update(&Nodes::default(), None, 0, &records).unwrap().root, books.root());
    }

    #[test]
    fn the_founding_block_changes_no_record() {
        let genesis = test_genesis();
        let mut books = Books::new(&genesis).unwrap();
        let root = books.root();
        let context = BlockContext {
            ledger_id: genesis.ledger_id(),
            height: Height(1),
            time: BlockTime(genesis.time().0 + 1),
            parent_time: genesis.time(),
            next_index: 0,
            parameters: Arc::new(books.parameters().unwrap()),
        };
        let mut execution = BlockExecution::new(&books, context);
        execution.event(&SystemEvent::Founded { ledger_id: genesis.ledger_id() }).unwrap();
        let changes = execution.finish().unwrap();
        books.commit(1, changes).unwrap();
        assert_eq!(books.root(), root);
    }

    #[test]
    fn requests_are_forgotten_when_their_window_has_passed() {
        let mut books = Books::new(&test_genesis()).unwrap();
        let id = |time_ms| RequestId::new(time_ms, &[7; 10]);
        let seen = |(member, time_ms)| {
            let transaction_id = bulla_types::TransactionId::from_bytes([3; 32]);
            (MemberNumber(member), id(time_ms), transaction_id, 1)
        };
        let changes = BlockChanges {
            state: Changes::new(),
            // Whoever made them.
            requests: [(6, 2000), (6, 1000), (7, 1499), (5, 1500)].map(seen).into(),
            prune_requests_before_ms: 1500,
            validators: None,
            parameters: None,
        };
        books.commit(2, changes).unwrap();
        let known = |(member, time_ms)| books.request(MemberNumber(member), &id(time_ms)).unwrap().is_some();
        let asked = [(6, 1000), (7, 1499), (5, 1500), (6, 2000), (7, 2000)];
        assert_eq!(asked.map(known), [false, false, true, true, false]);
    }
}
