//! Making the tree of the next version.

use std::collections::BTreeMap;

use bulla_crypto::Hash;
use bulla_types::map_value;
use jmt::{
    KeyHash, OwnedValue, Sha256Jmt,
    storage::{LeafNode, Node, NodeKey, TreeReader},
};

use super::{
    NodeReader, StateError,
    hash::key_hash,
    store::{is_root, node_key, read, storage_key, storage_value},
};

/// What a new version of the tree consists of. Storage writes `nodes` and deletes `stale`, in one batch.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct StateUpdate {
    /// Root of the new version.
    pub root: Hash,
    /// New nodes: storage key and value.
    pub nodes: Vec<(Vec<u8>, Vec<u8>)>,
    /// Storage keys of the nodes of the base version that the new version has replaced.
    pub stale: Vec<Vec<u8>>,
}

/// Makes the tree of `version` from that of `base` (`None` for a map without records) by setting the value of each
/// key in `changes`, or deleting the key for `None`. Keys and values are the plain bytes of records.
///
/// The new version can be read as a whole by its own number, even when nothing changed; after the stale nodes are
/// gone, that of `base` cannot. A deletion of a key that the map does not hold changes nothing.
///
/// # Errors
/// When `version` is not after `base`, or stored nodes cannot be read or do not fit together.
///
/// # Panics
/// The tree library may panic on stored nodes that are whole but were not made by this function.
pub fn update<R: NodeReader>(
    reader: &R,
    base: Option<u64>,
    version: u64,
    changes: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
) -> Result<StateUpdate, StateError<R::Error>> {
    if let Some(base) = base.filter(|base| *base >= version) {
        return Err(StateError::VersionOrder { base, version });
    }
    // The library hashes what it is given as a value; framed, that comes to the value hash of the format.
    let tree = Base { reader, base, version };
    let records = changes.iter().map(|(key, value)| (path(key), value.as_deref().map(map_value)));
    let (root, batch) = Sha256Jmt::new(&tree).put_value_set(records, version).map_err(cause)?;
    let nodes = batch.node_batch.nodes().iter();
    let stale = batch.stale_node_index_batch.iter().map(|stale| &stale.node_key);
    // Every version has a root node of its own, so that of the base is stale always and under its real number.
    let stale = stale.filter(|key| !is_root(key)).cloned().chain(base.map(|base| node_key(base, &[])));
    Ok(StateUpdate {
        root: Hash(root.0),
        nodes: nodes
            .map(|(key, node)| Ok((storage_key(key)?, storage_value(node)?)))
            .collect::<Result<_, _>>()?,
        stale: stale.map(|key| storage_key(&key)).collect::<Result<_, _>>()?,
    })
}

fn path(key: &[u8]) -> KeyHash {
    KeyHash(key_hash(key).to_bytes())
}

/// The error that our own reader gave, or else what the library has against the nodes it read.
fn cause<E: std::error::Error + Send + Sync + 'static>(error: anyhow::Error) -> StateError<E> {
    error.downcast().unwrap_or_else(|error| StateError::Inconsistent(format!("{error:#}")))
}

/// The base tree as the library wants to see it: as the version just before the new one.
struct Base<'a, R> {
    reader: &'a R,
    base: Option<u64>,
    version: u64,
}

impl<R: NodeReader> Base<'_, R> {
    fn node(&self, key: &NodeKey) -> Result<Option<Node>, StateError<R::Error>> {
        if !is_root(key) {
            return read(self.reader, key).map(Some);
        }
        // The library also asks for the root of the version being made, which is not there yet, and starts
        // version 0 from an empty tree by itself.
        if Some(key.version()) != self.version.checked_sub(1) {
            return Ok(None);
        }
        match self.base {
            Some(base) => read(self.reader, &node_key(base, &[])).map(Some),
            None => Ok(Some(Node::Null)),
        }
    }
}

impl<R: NodeReader> TreeReader for Base<'_, R> {
    fn get_node_option(&self, key: &NodeKey) -> anyhow::Result<Option<Node>> {
        self.node(key).map_err(anyhow::Error::new)
    }

    /// Updating reads nodes only.
    fn get_value_option(&self, _: u64, _: KeyHash) -> anyhow::Result<Option<OwnedValue>> {
        Ok(None)
    }

    /// Asked for only when a tree is restored from leaves in order, which is not done here.
    fn get_rightmost_leaf(&self) -> anyhow::Result<Option<(NodeKey, LeafNode)>> {
        Ok(None)
    }
}
