//! How a log hashes leaves and nodes.

use bulla_crypto::{Hash, sha256, sm3};

/// The hash function of a log, with the prefixes of RFC 9162, section 2.1.1, that keep leaves and nodes apart.
pub trait LogHash {
    /// The hash of the concatenation of `parts`.
    fn digest(parts: &[&[u8]]) -> Hash;

    /// The root of the log without entries: the hash of nothing.
    fn empty() -> Hash {
        Self::digest(&[])
    }

    /// The hash of an entry: H(0x00 ‖ entry).
    fn leaf(entry: &[u8]) -> Hash {
        Self::digest(&[&[0x00], entry])
    }

    /// The hash of an inner node: H(0x01 ‖ left ‖ right).
    fn node(left: &Hash, right: &Hash) -> Hash {
        Self::digest(&[&[0x01], left.as_ref(), right.as_ref()])
    }
}

/// The log of every ledger: SHA-256.
#[derive(Clone, Copy, Debug)]
pub struct Sha256Log;

impl LogHash for Sha256Log {
    fn digest(parts: &[&[u8]]) -> Hash {
        sha256(parts)
    }
}

/// The second log, kept when the genesis asks for it: SM3 (GB/T 32905-2016).
#[derive(Clone, Copy, Debug)]
pub struct Sm3Log;

impl LogHash for Sm3Log {
    fn digest(parts: &[&[u8]]) -> Hash {
        sm3(parts)
    }
}
