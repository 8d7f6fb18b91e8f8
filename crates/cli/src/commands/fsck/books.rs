//! The state of a ledger in memory, as a replay builds it up: records, their tree, and the requests seen.

use std::collections::BTreeMap;
use std::convert::Infallible;

use bulla_crypto::{Hash, PublicKey};
use bulla_ledger::{BlockChanges, SeenRequest, StateView, ViewError, found};
use bulla_merkle::state::{self, NodeReader};
use bulla_types::{Canonical, Genesis, KeyId, KeyRecord, MemberNumber, Parameters, RequestId, StateKey};

/// New values by key; `None` removes one.
type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// Everything that executing the next block asks for.
pub(super) struct Books {
    records: BTreeMap<Vec<u8>, Vec<u8>>,
    requests: BTreeMap<(MemberNumber, RequestId), SeenRequest>,
    tree: Nodes,
    version: u64,
    root: Hash,
    /// Keys that were checked to be safe points, which costs as much as a signature.
    keys: BTreeMap<KeyId, PublicKey>,
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
        };
        books.write(None, 0, found(genesis))?;
        Ok(books)
    }

    /// Takes over what a block changes.
    pub(super) fn commit(&mut self, height: u64, changes: BlockChanges) -> Result<(), String> {
        for (member, request_id, transaction_id, log_index) in changes.requests {
            self.requests.insert((member, request_id), SeenRequest { transaction_id, log_index });
        }
        let from_ms = changes.prune_requests_before_ms;
        self.requests.retain(|(_, request_id), _| request_id.time_ms() >= from_ms);
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
        let value = self.records.get(&key.encode()).ok_or_else(|| format!("there is no {key:?}"))?;
        R::decode(value).map_err(|error| format!("{key:?}: {error}"))
    }
}

impl StateView for Books {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        Ok(self.records.get(&key.encode()).cloned())
    }

    fn request(&self, member: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        Ok(self.requests.get(&(member, *id)).copied())
    }
}
