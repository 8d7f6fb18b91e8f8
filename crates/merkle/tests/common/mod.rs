//! What the tests compare with: storage in memory, and both trees written down as their definitions read.
#![allow(dead_code, unreachable_pub, clippy::unwrap_used)]

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    convert::Infallible,
    marker::PhantomData,
};

use bulla_crypto::{Hash, sha256};
use bulla_merkle::{
    log::{Appended, LogHash, TileReader, TreeHead, append},
    state::{NodeReader, StateUpdate, update},
};
use bulla_types::{MapProof, OtherLeaf};

/// Tiles of one log in memory.
#[derive(Clone, Default)]
pub struct Tiles {
    pub tiles: BTreeMap<(u8, u64), Vec<Hash>>,
    pub size: u64,
}

impl TileReader for Tiles {
    type Error = Infallible;

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, Infallible> {
        Ok(self.tiles.get(&(level, index)).cloned())
    }
}

impl Tiles {
    pub fn append<H: LogHash>(&mut self, leaves: &[Hash]) -> Appended {
        let appended = append::<H, _>(self, self.size, leaves).unwrap();
        for (level, index, hashes) in &appended.tiles {
            let before = self.tiles.insert((*level, *index), hashes.clone()).unwrap_or_default();
            assert!(hashes.starts_with(&before), "a tile only grows");
        }
        self.size = appended.size;
        appended
    }

    pub fn of<H: LogHash>(leaves: &[Hash]) -> Self {
        let mut tiles = Self::default();
        tiles.append::<H>(leaves);
        tiles
    }
}

/// Leaf hashes of the entries that count up from zero, eight bytes each.
pub fn counting_leaves<H: LogHash>(count: u64) -> Vec<Hash> {
    (0..count).map(|index| H::leaf(&index.to_be_bytes())).collect()
}

/// The recursions of RFC 9162, section 2.1, as the text gives them.
pub struct Rfc9162<H> {
    leaves: Vec<Hash>,
    known: RefCell<BTreeMap<(usize, usize), Hash>>,
    hash: PhantomData<H>,
}

impl<H: LogHash> Rfc9162<H> {
    pub fn new(leaves: Vec<Hash>) -> Self {
        Self { leaves, known: RefCell::default(), hash: PhantomData }
    }

    pub fn head(&self, size: usize) -> TreeHead {
        TreeHead { size: u64::try_from(size).unwrap(), root: self.root(0, size) }
    }

    /// MTH(D[from:to]).
    pub fn root(&self, from: usize, to: usize) -> Hash {
        if let Some(root) = self.known.borrow().get(&(from, to)) {
            return *root;
        }
        let root = match to - from {
            0 => H::digest(&[]),
            1 => self.leaves[from],
            n => {
                let k = split(n);
                let (left, right) = (self.root(from, from + k), self.root(from + k, to));
                H::digest(&[&[1], left.as_ref(), right.as_ref()])
            }
        };
        self.known.borrow_mut().insert((from, to), root);
        root
    }

    /// PATH(m, D[from:to]), with m counted from `from`.
    pub fn path(&self, m: usize, from: usize, to: usize) -> Vec<Hash> {
        let n = to - from;
        if n == 1 {
            return Vec::new();
        }
        let k = split(n);
        let (mut path, other) = if m < k {
            (self.path(m, from, from + k), self.root(from + k, to))
        } else {
            (self.path(m - k, from + k, to), self.root(from, from + k))
        };
        path.push(other);
        path
    }

    /// PROOF(m, D_n).
    pub fn consistency(&self, m: usize, n: usize) -> Vec<Hash> {
        self.subproof(m, 0, n, true)
    }

    fn subproof(&self, m: usize, from: usize, to: usize, whole: bool) -> Vec<Hash> {
        let n = to - from;
        if m == n {
            return if whole { Vec::new() } else { vec![self.root(from, to)] };
        }
        let k = split(n);
        let (mut path, other) = if m <= k {
            (self.subproof(m, from, from + k, whole), self.root(from + k, to))
        } else {
            (self.subproof(m - k, from + k, to, false), self.root(from, from + k))
        };
        path.push(other);
        path
    }
}

/// The largest power of two smaller than n.
fn split(n: usize) -> usize {
    n.next_power_of_two() / 2
}

/// Nodes of a state map in memory.
#[derive(Clone, Default)]
pub struct Nodes {
    pub nodes: BTreeMap<Vec<u8>, Vec<u8>>,
    pub version: Option<u64>,
}

impl NodeReader for Nodes {
    type Error = Infallible;

    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>, Infallible> {
        Ok(self.nodes.get(key).cloned())
    }
}

impl Nodes {
    /// Updates to `version`, writes the new nodes and deletes the stale ones.
    pub fn update(&mut self, version: u64, changes: &Changes) -> Hash {
        let StateUpdate { root, nodes, stale } = update(self, self.version, version, changes).unwrap();
        for key in &stale {
            assert!(self.nodes.remove(key).is_some(), "only stored nodes are stale");
        }
        let written: BTreeSet<_> = nodes.iter().map(|(key, _)| key).collect();
        assert_eq!(written.len(), nodes.len(), "each node has a key of its own");
        for (key, node) in nodes {
            assert!(self.nodes.insert(key, node).is_none(), "no node is written over");
        }
        self.version = Some(version);
        root
    }
}

pub type Changes = BTreeMap<Vec<u8>, Option<Vec<u8>>>;

/// The state map as docs/formats/state-map.md defines it.
#[derive(Clone, Default)]
pub struct Map(pub BTreeMap<Vec<u8>, Vec<u8>>);

impl Map {
    pub fn apply(&mut self, changes: &Changes) {
        for (key, value) in changes {
            match value {
                Some(value) => self.0.insert(key.clone(), value.clone()),
                None => self.0.remove(key),
            };
        }
    }

    pub fn root(&self) -> Hash {
        let leaves: BTreeMap<_, _> =
            self.0.iter().map(|(key, value)| (key_hash(key), value_hash(value))).collect();
        subtree(&leaves.into_iter().collect::<Vec<_>>(), 0)
    }
}

fn subtree(leaves: &[(Hash, Hash)], depth: usize) -> Hash {
    match leaves {
        [] => Hash(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__"),
        [(key, value)] => sha256(&[b"JMT::LeafNode", &key.to_bytes(), &value.to_bytes()]),
        _ => {
            let (left, right): (Vec<_>, Vec<_>) =
                leaves.iter().partition(|(key, _)| key.to_bytes()[depth / 8] & (0x80 >> (depth % 8)) == 0);
            let (left, right) = (subtree(&left, depth + 1), subtree(&right, depth + 1));
            sha256(&[b"JMT::IntrnalNode", &left.to_bytes(), &right.to_bytes()])
        }
    }
}

pub fn key_hash(key: &[u8]) -> Hash {
    sha256(&[b"\x11bulla/1/state-key\x01", key])
}

pub fn value_hash(value: &[u8]) -> Hash {
    sha256(&[b"\x13bulla/1/state-value\x01", value])
}

/// The leaf of a record, as a proof names it.
pub fn leaf_of(key: &[u8], value: &[u8]) -> OtherLeaf {
    OtherLeaf { key_hash: key_hash(key), value_hash: value_hash(value) }
}

/// A proof by nothing but the root.
pub fn bare_proof(other: Option<OtherLeaf>) -> MapProof {
    MapProof { other, siblings: Vec::new() }
}

/// Every value that differs from `hashes` by one flipped bit in one place, one hash left out, repeated or added, or
/// two neighbours exchanged.
pub fn mutations(hashes: &[Hash]) -> Vec<Vec<Hash>> {
    let mut mutations = Vec::new();
    let mut add = |mutation: Vec<Hash>| {
        if mutation != hashes {
            mutations.push(mutation);
        }
    };
    for place in 0..hashes.len() {
        for byte in 0..32 {
            let mut flipped = hashes.to_vec();
            flipped[place] = flip(hashes[place], byte);
            add(flipped);
        }
        add([&hashes[..place], &hashes[place + 1..]].concat());
        add([&hashes[..=place], &hashes[place..]].concat());
        if place > 0 {
            let mut exchanged = hashes.to_vec();
            exchanged.swap(place - 1, place);
            add(exchanged);
        }
    }
    add([hashes, &[Hash([0; 32])]].concat());
    add([&[Hash([0; 32])], hashes].concat());
    mutations
}

/// The hash with one bit of one byte flipped.
pub fn flip(hash: Hash, byte: usize) -> Hash {
    let mut bytes = hash.to_bytes();
    bytes[byte] ^= 1 << (byte % 8);
    Hash(bytes)
}
