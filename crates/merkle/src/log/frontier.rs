//! The least one must remember of a log to append to it.

use std::marker::PhantomData;

use bulla_crypto::Hash;
use thiserror::Error;

use super::{LogHash, TreeHead, geometry::peaks};

/// The roots of the complete subtrees that make up a log: at most 64 hashes, from which the root and every later
/// root follow. It serves whoever reads a log from its start: the integrity check, a segment's reader.
///
/// Encoding: size as u64 big-endian, then one hash of 32 bytes for each bit of the size that is set, that of the
/// largest subtree first.
#[derive(Debug)]
pub struct Frontier<H> {
    size: u64,
    /// Largest subtree first.
    peaks: Vec<Hash>,
    hash: PhantomData<H>,
}

/// An encoded frontier is not one.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("a frontier of this size takes {expected} bytes, not {found}")]
pub struct FrontierError {
    /// Length that the size calls for, in bytes.
    pub expected: usize,
    /// Length given, in bytes.
    pub found: usize,
}

impl<H: LogHash> Frontier<H> {
    /// The frontier of the log without entries.
    #[must_use]
    pub fn new() -> Self {
        Self::from_peaks(0, Vec::new())
    }

    pub(super) fn from_peaks(size: u64, peaks: Vec<Hash>) -> Self {
        Self { size, peaks, hash: PhantomData }
    }

    /// Number of entries.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Roots of the complete subtrees, the largest first.
    pub(super) fn peaks(&self) -> &[Hash] {
        &self.peaks
    }

    /// Appends the entry with this leaf hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut node = leaf;
        // Each trailing one of the size is a complete subtree that the new leaf's subtree completes a parent with.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                node = H::node(&left, &node);
            }
        }
        self.peaks.push(node);
        self.size += 1;
    }

    /// Root of the log.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.peaks.iter().rev().copied().reduce(|right, left| H::node(&left, &right)).unwrap_or_else(H::empty)
    }

    /// Size and root.
    #[must_use]
    pub fn head(&self) -> TreeHead {
        TreeHead { size: self.size, root: self.root() }
    }

    /// For each level, up to that of the largest subtree, the root over the entries to the right of its last
    /// complete node, where there are any.
    pub(super) fn edges(&self) -> Vec<Option<Hash>> {
        let mut edges = Vec::new();
        let mut edge = None;
        for ((level, _), peak) in peaks(self.size).zip(self.peaks.iter().rev()) {
            edges.resize(usize::from(level) + 1, edge);
            edge = Some(edge.map_or(*peak, |right| H::node(peak, &right)));
        }
        edges
    }

    /// The encoding given above.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = self.size.to_be_bytes().to_vec();
        bytes.extend(self.peaks.iter().copied().flat_map(Hash::to_bytes));
        bytes
    }

    /// Reads the encoding given above.
    ///
    /// # Errors
    /// When the length is not the one that the size calls for.
    pub fn decode(bytes: &[u8]) -> Result<Self, FrontierError> {
        let wrong_length = |expected| FrontierError { expected, found: bytes.len() };
        let (size, hashes) = bytes.split_first_chunk().ok_or(wrong_length(8))?;
        let size = u64::from_be_bytes(*size);
        let expected = 8 + 32 * peaks(size).count();
        if bytes.len() != expected {
            return Err(wrong_length(expected));
        }
        Ok(Self::from_peaks(size, hashes.as_chunks().0.iter().copied().map(Hash).collect()))
    }
}

impl<H: LogHash> Default for Frontier<H> {
    fn default() -> Self {
        Self::new()
    }
}

impl<H> Clone for Frontier<H> {
    fn clone(&self) -> Self {
        Self { size: self.size, peaks: self.peaks.clone(), hash: PhantomData }
    }
}

impl<H> PartialEq for Frontier<H> {
    fn eq(&self, other: &Self) -> bool {
        (self.size, &self.peaks) == (other.size, &other.peaks)
    }
}

impl<H> Eq for Frontier<H> {}
