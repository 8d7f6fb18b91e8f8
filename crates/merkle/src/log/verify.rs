//! Verifying paths. Pure; at most 65 hashings, decided by the sizes before any is made.

use bulla_crypto::Hash;
use thiserror::Error;

use super::{
    LogHash, TreeHead,
    geometry::{Seed, Sibling, siblings},
};

/// A path does not prove what it is given for.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum LogProofError {
    /// The entry cannot be in a log of this size.
    #[error("a log of {size} entries has no entry {index}")]
    IndexBeyondSize {
        /// Index claimed.
        index: u64,
        /// Size claimed.
        size: u64,
    },
    /// A log never shrinks.
    #[error("a log of {second} entries cannot follow one of {first}")]
    Shrinks {
        /// Size claimed for the earlier log.
        first: u64,
        /// Size claimed for the later log.
        second: u64,
    },
    /// Index and sizes fix the number of hashes.
    #[error("the path has {found} hashes where {expected} are needed")]
    WrongLength {
        /// Hashes needed.
        expected: usize,
        /// Hashes given.
        found: usize,
    },
    /// The path leads to another root than the one trusted (in a consistency proof: that of the later log).
    #[error("the path leads to root {computed}, not {expected}")]
    RootMismatch {
        /// The root that was to be reached.
        expected: Hash,
        /// The root that the path leads to.
        computed: Hash,
    },
    /// The path leads to another root than that of the earlier log.
    #[error("the path leads to earlier root {computed}, not {expected}")]
    FirstRootMismatch {
        /// The root that was to be reached.
        expected: Hash,
        /// The root that the path leads to.
        computed: Hash,
    },
}

/// Checks that the entry with hash `leaf` stands at `index` of the log with this head (RFC 9162, section 2.1.3.2).
///
/// # Errors
/// When it is not shown; the error says why.
pub fn verify_inclusion<H: LogHash>(
    head: TreeHead,
    index: u64,
    leaf: Hash,
    path: &[Hash],
) -> Result<(), LogProofError> {
    if index >= head.size {
        return Err(LogProofError::IndexBeyondSize { index, size: head.size });
    }
    let siblings = exactly(siblings(0, index, head.size).collect(), path)?;
    let computed = siblings.iter().fold(leaf, |node, step| join::<H>(node, *step));
    reach(head.root, computed)
}

/// Checks that the log with head `second` begins with the log with head `first` (RFC 9162, section 2.1.4.2). Every
/// log begins with the empty one.
///
/// # Errors
/// When it is not shown; the error says why.
pub fn verify_consistency<H: LogHash>(
    first: TreeHead,
    second: TreeHead,
    path: &[Hash],
) -> Result<(), LogProofError> {
    if first.size > second.size {
        return Err(LogProofError::Shrinks { first: first.size, second: second.size });
    }
    if first.size == 0 {
        reach_first(first.root, H::empty())?;
        return exactly(Vec::new(), path).map(drop);
    }
    if first.size == second.size {
        reach_first(first.root, second.root)?;
        return exactly(Vec::new(), path).map(drop);
    }
    let seed = Seed::of(first.size);
    let siblings: Vec<_> = siblings(seed.level, seed.index, second.size).collect();
    let (start, rest) = match path.split_first() {
        _ if seed.is_the_whole_log => (first.root, path),
        Some((start, rest)) => (*start, rest),
        None => return Err(LogProofError::WrongLength { expected: siblings.len() + 1, found: 0 }),
    };
    let (mut old, mut new) = (start, start);
    for step in exactly(siblings, rest)? {
        // What stands to the right of the seed is not yet in the earlier log.
        if matches!(step, (Sibling::Left { .. }, _)) {
            old = join::<H>(old, step);
        }
        new = join::<H>(new, step);
    }
    reach_first(first.root, old)?;
    reach(second.root, new)
}

/// Pairs the siblings that a path must give with the hashes that it gives.
fn exactly(siblings: Vec<Sibling>, path: &[Hash]) -> Result<Vec<(Sibling, Hash)>, LogProofError> {
    if siblings.len() == path.len() {
        Ok(siblings.into_iter().zip(path.iter().copied()).collect())
    } else {
        Err(LogProofError::WrongLength { expected: siblings.len(), found: path.len() })
    }
}

fn join<H: LogHash>(node: Hash, (sibling, hash): (Sibling, Hash)) -> Hash {
    match sibling {
        Sibling::Left { .. } => H::node(&hash, &node),
        Sibling::Right { .. } | Sibling::Edge { .. } => H::node(&node, &hash),
    }
}

fn reach(expected: Hash, computed: Hash) -> Result<(), LogProofError> {
    if computed == expected { Ok(()) } else { Err(LogProofError::RootMismatch { expected, computed }) }
}

fn reach_first(expected: Hash, computed: Hash) -> Result<(), LogProofError> {
    if computed == expected { Ok(()) } else { Err(LogProofError::FirstRootMismatch { expected, computed }) }
}
