//! How the state map hashes keys, values and nodes.

use bulla_crypto::{Domain, Hash, framed, sha256};

/// The root of a map without records, and the hash of every empty subtree: 32 bytes of ASCII, which no hash
/// function is known to yield.
pub const EMPTY_ROOT: Hash = Hash(*b"SPARSE_MERKLE_PLACEHOLDER_HASH__");

/// Bits in a key hash, and the greatest depth of the tree.
pub(super) const DEPTH_MAX: usize = 256;

/// The path of a record in the tree.
pub(super) fn key_hash(key: &[u8]) -> Hash {
    framed(Domain::StateKey, &[key])
}

/// What a leaf says of its record's value.
pub(super) fn value_hash(value: &[u8]) -> Hash {
    framed(Domain::StateValue, &[value])
}

/// The hash of a leaf, and of every subtree that has no other leaf.
pub(super) fn leaf(key_hash: &Hash, value_hash: &Hash) -> Hash {
    sha256(&[b"JMT::LeafNode", key_hash.as_ref(), value_hash.as_ref()])
}

/// The hash of a subtree that has two or more leaves. The prefix is spelled so on purpose: it has 16 bytes.
pub(super) fn internal(left: &Hash, right: &Hash) -> Hash {
    sha256(&[b"JMT::IntrnalNode", left.as_ref(), right.as_ref()])
}

/// The turn that a path takes at this depth: right for a set bit, the highest bit first.
pub(super) fn goes_right(key_hash: &Hash, depth: usize) -> bool {
    key_hash.as_ref().get(depth / 8).is_some_and(|byte| byte >> (7 - depth % 8) & 1 == 1)
}

/// How many bits two paths have in common.
pub(super) fn shared_bits(a: &Hash, b: &Hash) -> usize {
    (0..DEPTH_MAX).take_while(|depth| goes_right(a, *depth) == goes_right(b, *depth)).count()
}
