//! The nodes that the ledger names: members' PEER keys that are in force.

use std::collections::BTreeMap;

use bulla_chain::{Chain, ChainError, CommittedBlock};
use bulla_network::{PeerId, peer_id_of};
use bulla_types::{Canonical, KeyId, KeyPurpose, KeyRange, KeyRecord, KeyStatus, MemberNumber, StateKey};

/// See the [module](self). Of the ledger as far as it was last told.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub(crate) struct Nodes(BTreeMap<KeyId, Node>);

/// A node by its PEER key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Node {
    pub(crate) member: MemberNumber,
    pub(crate) peer_id: PeerId,
}

impl Nodes {
    /// Reads the records of all keys of the ledger; later blocks are [followed](Self::follow). Blocking.
    pub(crate) fn read(chain: &Chain) -> Result<Self, ChainError> {
        let mut nodes = Self::default();
        let range = KeyRange::keys();
        for record in chain.state_reader()?.indexes().state_records(&range.start, &range.start) {
            let (_, record) = record?;
            nodes.note(&read(&record)?);
        }
        Ok(nodes)
    }

    /// Takes in a block. Says whether it may change whose nodes are let in, and to whom openings go: the keys of nodes,
    /// who of the members acts and in what roles, who validates, or whether entries are open.
    pub(crate) fn follow(&mut self, chain: &Chain, block: &CommittedBlock) -> Result<bool, ChainError> {
        let mut nodes = false;
        for key in block.written(&KeyRange::keys()) {
            if let Some(record) = chain.state(&key)? {
                nodes |= self.note(&read(&record)?);
            }
        }
        let members = block.written(&KeyRange::members()).next().is_some();
        let others = [StateKey::Validators, StateKey::Parameters].iter().any(|key| block.wrote(key));
        Ok(members || others || nodes)
    }

    /// Says whether that changes anything.
    fn note(&mut self, record: &KeyRecord) -> bool {
        let id = record.key.id();
        let in_force = record.purpose == KeyPurpose::Peer && record.status == KeyStatus::InForce;
        match peer_id_of(record.key.as_bytes()) {
            Ok(peer_id) if in_force => {
                let node = Node { member: record.member, peer_id };
                self.0.insert(id, node) != Some(node)
            }
            _ => self.0.remove(&id).is_some(),
        }
    }

    pub(crate) fn get(&self, key_id: &KeyId) -> Option<&Node> {
        self.0.get(key_id)
    }

    /// All of them, by rising number of their members.
    pub(crate) fn by_member(&self) -> BTreeMap<MemberNumber, Vec<Node>> {
        let mut nodes = BTreeMap::<MemberNumber, Vec<Node>>::new();
        for node in self.0.values() {
            nodes.entry(node.member).or_default().push(*node);
        }
        nodes
    }
}

fn read(record: &[u8]) -> Result<KeyRecord, ChainError> {
    KeyRecord::decode(record).map_err(|error| ChainError::Invariant(format!("the record of a key: {error}")))
}
