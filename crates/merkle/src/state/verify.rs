//! Verifying proofs of presence and absence. Pure; at most 259 hashings.

use bulla_crypto::Hash;
use bulla_types::MapProof;
use thiserror::Error;

use super::hash::{DEPTH_MAX, EMPTY_ROOT, goes_right, internal, key_hash, leaf, shared_bits, value_hash};

/// A proof does not show what it is given for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum StateProofError {
    /// No path is longer than a key hash has bits.
    #[error("the path has {0} hashes; the tree is 256 deep")]
    TooDeep(usize),
    /// A proof that a record is present names the leaf of another record.
    #[error("a proof of presence ends at the leaf of another record")]
    OtherLeafForPresence,
    /// A proof that a record is absent ends at the record itself.
    #[error("a proof of absence ends at the leaf of the record itself")]
    LeafIsTheRecord,
    /// The leaf named by a proof of absence does not stand where the record would.
    #[error("the other leaf leaves the record's path after {shared} bits, before the path's end at {depth}")]
    OtherLeafElsewhere {
        /// Bits that the two key hashes have in common.
        shared: usize,
        /// Length of the path.
        depth: usize,
    },
    /// The proof leads to another root than the one trusted.
    #[error("the proof leads to root {computed}, not {expected}")]
    RootMismatch {
        /// The root that was to be reached.
        expected: Hash,
        /// The root that the proof leads to.
        computed: Hash,
    },
}

/// Checks that the map with this root holds `value` under `key`, or with `None` that it holds nothing there.
///
/// # Errors
/// When it is not shown; the error says why.
pub fn verify(root: Hash, key: &[u8], value: Option<&[u8]>, proof: &MapProof) -> Result<(), StateProofError> {
    let depth = proof.siblings.len();
    if depth > DEPTH_MAX {
        return Err(StateProofError::TooDeep(depth));
    }
    let path = key_hash(key);
    let end = match (value, proof.other) {
        (Some(value), None) => leaf(&path, &value_hash(value)),
        (Some(_), Some(_)) => return Err(StateProofError::OtherLeafForPresence),
        (None, None) => EMPTY_ROOT,
        (None, Some(other)) => {
            stands_in_its_place(&path, &other.key_hash, depth)?;
            leaf(&other.key_hash, &other.value_hash)
        }
    };
    let rising = (0..depth).rev().zip(&proof.siblings);
    let computed = rising.fold(end, |node, (depth, sibling)| {
        if goes_right(&path, depth) { internal(sibling, &node) } else { internal(&node, sibling) }
    });
    if computed == root { Ok(()) } else { Err(StateProofError::RootMismatch { expected: root, computed }) }
}

/// A subtree with one leaf is that leaf: where another one stands on the record's path, the record cannot be.
fn stands_in_its_place(path: &Hash, other: &Hash, depth: usize) -> Result<(), StateProofError> {
    match shared_bits(path, other) {
        DEPTH_MAX => Err(StateProofError::LeafIsTheRecord),
        shared if shared < depth => Err(StateProofError::OtherLeafElsewhere { shared, depth }),
        _ => Ok(()),
    }
}
