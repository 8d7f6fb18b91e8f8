//! The log: an append-only Merkle tree over the ledger's entries (RFC 9162, section 2.1).
//!
//! A node is named by its level (0 for leaves) and its index within the level; it is *complete* when all 2^level
//! leaves below it exist. A complete node never changes again, which is what makes tiles, old proofs and old roots
//! last. Stored are the nodes of every eighth level, in tiles of 256; the levels between are recomputed.
//!
//! Every function is generic over [`LogHash`], so that the second log of a ledger (SM3) is the same code.

mod append;
mod edge;
mod frontier;
mod geometry;
mod hash;
mod prove;
mod reader;
mod verify;

use bulla_crypto::Hash;

pub use append::{Appended, append, append_after};
pub use edge::{Edge, EdgeError};
pub use frontier::{Frontier, FrontierError};
pub use hash::{LogHash, Sha256Log, Sm3Log};
pub use prove::{consistency_path, inclusion_path, root};
pub use reader::{LogError, TileReader};
pub use verify::{LogProofError, verify_consistency, verify_inclusion};

/// What one hash says of a whole log: that it has `size` entries, and which.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TreeHead {
    /// Number of entries.
    pub size: u64,
    /// Root of the tree over exactly these entries.
    pub root: Hash,
}
