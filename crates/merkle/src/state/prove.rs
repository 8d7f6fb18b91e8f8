//! Reading roots and proofs out of a stored tree.
//!
//! A stored node stands for four levels of the binary tree: it names up to sixteen children with their hashes. The
//! levels between follow from these, so that a proof reads only the nodes on its own path, and no value.

use bulla_crypto::Hash;
use bulla_types::{MapProof, OtherLeaf};

use super::{
    NodeReader, StateError,
    hash::{DEPTH_MAX, EMPTY_ROOT, goes_right, internal, key_hash, leaf},
    store::{Child, Content, content, node_key},
};

/// Levels of the binary tree in one stored node.
const NODE_DEPTH: usize = 4;

/// The root of the tree of `version`.
///
/// # Errors
/// When there is no such version, or its root node cannot be read.
pub fn root<R: NodeReader>(reader: &R, version: u64) -> Result<Hash, StateError<R::Error>> {
    Ok(match content(reader, &node_key(version, &[]))? {
        Content::Nothing => EMPTY_ROOT,
        Content::Leaf(key_hash, value_hash) => leaf(&key_hash, &value_hash),
        Content::Branch(children) => Group::all(&children).hash(),
    })
}

/// The proof of what the tree of `version` holds under `key`: that it is there, or that there is nothing.
///
/// # Errors
/// When there is no such version, or stored nodes cannot be read or do not fit together.
pub fn prove<R: NodeReader>(reader: &R, version: u64, key: &[u8]) -> Result<MapProof, StateError<R::Error>> {
    let path = key_hash(key);
    let mut siblings = Vec::new();
    let (mut made_at, mut position) = (version, Vec::new());
    let end = loop {
        match content(reader, &node_key(made_at, &position))? {
            Content::Nothing => break None,
            Content::Leaf(key_hash, value_hash) => break Some(OtherLeaf { key_hash, value_hash }),
            Content::Branch(children) => {
                let depth = NODE_DEPTH * position.len();
                if depth == DEPTH_MAX {
                    return Err(StateError::Inconsistent("a branch is deeper than its keys are long".into()));
                }
                let Some(child) = Group::all(&children).descend(&path, depth, &mut siblings) else {
                    break None;
                };
                made_at = child.version;
                position.push(child.index);
            }
        }
    };
    siblings.reverse();
    Ok(MapProof { other: end.filter(|leaf| leaf.key_hash != path), siblings })
}

/// The children that a node of the binary tree inside a stored node has below it.
#[derive(Clone, Copy)]
struct Group<'a> {
    start: u8,
    width: u8,
    children: &'a [Child],
}

impl<'a> Group<'a> {
    fn all(children: &'a [Child]) -> Self {
        Self { start: 0, width: 16, children }
    }

    fn halves(self) -> (Self, Self) {
        let width = self.width / 2;
        let middle = self.start + width;
        let (left, right) =
            self.children.split_at(self.children.partition_point(|child| child.index < middle));
        (Self { start: self.start, width, children: left }, Self { start: middle, width, children: right })
    }

    /// The child that stands for the whole group: at the lowest level, or as its only leaf.
    fn only(self) -> Option<&'a Child> {
        match self.children {
            [only] if self.width == 1 || only.is_leaf => Some(only),
            _ => None,
        }
    }

    fn hash(self) -> Hash {
        if let Some(only) = self.only() {
            return only.hash;
        }
        if self.children.is_empty() {
            return EMPTY_ROOT;
        }
        let (left, right) = self.halves();
        internal(&left.hash(), &right.hash())
    }

    /// Follows `path`, of which `depth` turns are taken, to the child in which it goes on or ends, and notes the
    /// hashes it passes.
    fn descend(mut self, path: &Hash, depth: usize, siblings: &mut Vec<Hash>) -> Option<&'a Child> {
        for depth in depth..depth + NODE_DEPTH {
            if self.only().is_some() || self.children.is_empty() {
                break;
            }
            let (left, right) = self.halves();
            let (ours, other) = if goes_right(path, depth) { (right, left) } else { (left, right) };
            siblings.push(other.hash());
            self = ours;
        }
        self.only()
    }
}
