//! Nodes of the tree in storage. The only place that knows how they are encoded.
//!
//! Storage key and value are the borsh encodings of the tree library's node key (version and path) and node. They
//! are local to a node: nothing hashed, signed or exchanged contains them.

use bulla_crypto::Hash;
use jmt::storage::{NibblePath, Node, NodeKey};
use thiserror::Error;

/// Stored nodes of the state map.
pub trait NodeReader {
    /// What goes wrong when storage is read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The node that was stored under this key, or `None` when there is none.
    ///
    /// # Errors
    /// When storage cannot be read.
    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Self::Error>;
}

/// A question about the state map, or an update of it, that cannot be answered.
#[derive(Debug, Error)]
pub enum StateError<E> {
    /// Storage could not be read.
    #[error("cannot read the state map's nodes")]
    Reader(#[source] E),
    /// There is no tree of this version, or it has been replaced by a later one.
    #[error("no state map of version {0}")]
    NoSuchVersion(u64),
    /// A node that another one refers to is not in storage.
    #[error("node {path} of version {version} of the state map is missing")]
    MissingNode {
        /// Version at which the node was made.
        version: u64,
        /// Its path from the root, in hexadecimal digits.
        path: String,
    },
    /// What storage holds for a node is not one.
    #[error("node {path} of version {version} of the state map is damaged")]
    DamagedNode {
        /// Version at which the node was made.
        version: u64,
        /// Its path from the root, in hexadecimal digits.
        path: String,
    },
    /// A tree follows an earlier one.
    #[error("version {version} of the state map cannot follow version {base}")]
    VersionOrder {
        /// Version to be built on.
        base: u64,
        /// Version to be made.
        version: u64,
    },
    /// The stored nodes do not fit together.
    #[error("the stored state map is inconsistent: {0}")]
    Inconsistent(String),
}

/// The key of the node at `path` (values below 16, from the root) of `version`.
pub(super) fn node_key(version: u64, path: &[u8]) -> NodeKey {
    NodeKey::new(version, path.iter().map(|nibble| (*nibble).into()).collect::<NibblePath>())
}

pub(super) fn is_root(key: &NodeKey) -> bool {
    key.nibble_path().num_nibbles() == 0
}

pub(super) fn storage_key<E>(key: &NodeKey) -> Result<Vec<u8>, StateError<E>> {
    encoded(key)
}

pub(super) fn storage_value<E>(node: &Node) -> Result<Vec<u8>, StateError<E>> {
    encoded(node)
}

/// Reads a node that must be there.
pub(super) fn read<R: NodeReader>(reader: &R, key: &NodeKey) -> Result<Node, StateError<R::Error>> {
    let version = key.version();
    let path = || format!("{:?}", key.nibble_path());
    match reader.node(&storage_key(key)?).map_err(StateError::Reader)? {
        Some(bytes) => {
            borsh::from_slice(&bytes).map_err(|_| StateError::DamagedNode { version, path: path() })
        }
        None if is_root(key) => Err(StateError::NoSuchVersion(version)),
        None => Err(StateError::MissingNode { version, path: path() }),
    }
}

/// What a stored node says, in our own terms.
pub(super) enum Content {
    /// The map holds no records.
    Nothing,
    /// Key hash and value hash of a record.
    Leaf(Hash, Hash),
    /// Two or more records, below children in rising order.
    Branch(Vec<Child>),
}

/// What a branch says of one of its children.
pub(super) struct Child {
    /// Below 16.
    pub(super) index: u8,
    pub(super) hash: Hash,
    /// Version at which the child was made.
    pub(super) version: u64,
    pub(super) is_leaf: bool,
}

/// Reads what a node that must be there says.
pub(super) fn content<R: NodeReader>(reader: &R, key: &NodeKey) -> Result<Content, StateError<R::Error>> {
    Ok(match read(reader, key)? {
        Node::Null => Content::Nothing,
        Node::Leaf(leaf) => {
            // The library keeps the value hash to itself; a leaf's encoding is its key hash and its value hash.
            let bytes = encoded(&leaf)?;
            let ([key_hash, value_hash], []) = bytes.as_chunks() else {
                return Err(StateError::Inconsistent("a leaf is not two hashes".into()));
            };
            Content::Leaf(Hash(*key_hash), Hash(*value_hash))
        }
        Node::Internal(branch) => Content::Branch(
            branch
                .children_sorted()
                .map(|(index, child)| Child {
                    index: index.into(),
                    hash: Hash(child.hash),
                    version: child.version,
                    is_leaf: child.is_leaf(),
                })
                .collect(),
        ),
    })
}

/// Encoding into memory fails only for lengths beyond u32, which nodes do not have.
fn encoded<E>(value: &impl borsh::BorshSerialize) -> Result<Vec<u8>, StateError<E>> {
    borsh::to_vec(value).map_err(|error| StateError::Inconsistent(error.to_string()))
}
