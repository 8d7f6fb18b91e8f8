//! Reading nodes of any level out of stored tiles.

use std::{collections::BTreeMap, iter::successors, marker::PhantomData};

use bulla_crypto::Hash;
use thiserror::Error;

use super::{
    Frontier, LogHash,
    geometry::{Sibling, peaks},
};
use crate::tile::{TILE_LEVELS, width_at};

/// Stored tiles of one log.
pub trait TileReader {
    /// What goes wrong when storage is read.
    type Error: std::error::Error + Send + Sync + 'static;

    /// The hashes of tile `index` at tile level `level`, or `None` when there is no such tile.
    ///
    /// A tile may hold more hashes than the log had at the size that is asked about, never fewer and at most 256.
    ///
    /// # Errors
    /// When storage cannot be read.
    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, Self::Error>;
}

/// A question about a log that cannot be answered.
#[derive(Debug, Error)]
pub enum LogError<E> {
    /// Storage could not be read.
    #[error("cannot read the log's tiles")]
    Reader(#[source] E),
    /// Storage does not hold what a log of this size has.
    #[error("tile {index} of level {level} has {found} hashes where the log has {expected}")]
    TileShort {
        /// Tile level.
        level: u8,
        /// Index of the tile in its level.
        index: u64,
        /// Hashes that a log of the size asked about has there.
        expected: usize,
        /// Hashes found; zero when there is no such tile.
        found: usize,
    },
    /// The entry is not in a log of this size.
    #[error("a log of {size} entries has no entry {index}")]
    IndexBeyondSize {
        /// Index asked about.
        index: u64,
        /// Size asked about.
        size: u64,
    },
    /// A log never shrinks.
    #[error("a log of {second} entries cannot follow one of {first}")]
    Shrinks {
        /// The size that was to be the earlier one.
        first: u64,
        /// The size that was to be the later one.
        second: u64,
    },
    /// The log would pass 2^64 − 1 entries.
    #[error("a log of {size} entries has no room for {added} more")]
    Full {
        /// Size before.
        size: u64,
        /// Entries to be appended.
        added: usize,
    },
}

/// The nodes of a log as it was at one size. Each tile is read and hashed once.
pub(super) struct Nodes<'a, H, R> {
    reader: &'a R,
    size: u64,
    tiles: BTreeMap<(u8, u64), Tile>,
    /// Nodes that need no tile.
    known: BTreeMap<(u8, u64), Hash>,
    hash: PhantomData<H>,
}

/// The complete nodes inside a tile: its own hashes, their parents, and so on up to its root when it is full.
type Tile = Vec<Vec<Hash>>;

impl<'a, H: LogHash, R: TileReader> Nodes<'a, H, R> {
    pub(super) fn new(reader: &'a R, size: u64) -> Self {
        Self { reader, size, tiles: BTreeMap::new(), known: BTreeMap::new(), hash: PhantomData }
    }

    /// As [`new`](Self::new), of a log whose frontier is at hand.
    pub(super) fn of_frontier(reader: &'a R, frontier: &Frontier<H>) -> Self {
        let known = peaks(frontier.size()).zip(frontier.peaks().iter().rev().copied()).collect();
        Self { known, ..Self::new(reader, frontier.size()) }
    }

    pub(super) fn size(&self) -> u64 {
        self.size
    }

    /// The hashes that the log has in this tile.
    pub(super) fn tile(&self, level: u8, index: u64) -> Result<Vec<Hash>, LogError<R::Error>> {
        match self.tiles.get(&(level, index)) {
            Some(rows) => Ok(rows.first().cloned().unwrap_or_default()),
            None => self.read(level, index),
        }
    }

    /// A node that is complete at this size.
    pub(super) fn node(&mut self, level: u8, index: u64) -> Result<Hash, LogError<R::Error>> {
        if let Some(node) = self.known.get(&(level, index)) {
            return Ok(*node);
        }
        let (tile_level, height) = (level / TILE_LEVELS, level % TILE_LEVELS);
        let tile_index = index >> (TILE_LEVELS - height);
        let position = index - (tile_index << (TILE_LEVELS - height));
        let rows = self.rows(tile_level, tile_index)?;
        let row = rows.get(usize::from(height)).zip(usize::try_from(position).ok());
        let node = row.and_then(|(row, position)| row.get(position));
        #[allow(clippy::expect_used)]
        let node = node.expect(
            "invariant: a tile as wide as the size says has every node that is complete at that size",
        );
        Ok(*node)
    }

    fn rows(&mut self, level: u8, index: u64) -> Result<&Tile, LogError<R::Error>> {
        if !self.tiles.contains_key(&(level, index)) {
            let hashes = self.read(level, index)?;
            let rows = successors(Some(hashes), |row| Some(parents::<H>(row)).filter(|row| !row.is_empty()));
            self.tiles.insert((level, index), rows.collect());
        }
        Ok(self.tiles.entry((level, index)).or_default())
    }

    fn read(&self, level: u8, index: u64) -> Result<Vec<Hash>, LogError<R::Error>> {
        let expected = usize::from(width_at(level, index, self.size).unwrap_or(0));
        let mut hashes = self.reader.tile(level, index).map_err(LogError::Reader)?.unwrap_or_default();
        if hashes.len() < expected {
            return Err(LogError::TileShort { level, index, expected, found: hashes.len() });
        }
        hashes.truncate(expected);
        Ok(hashes)
    }

    /// The frontier of the log.
    pub(super) fn frontier(&mut self) -> Result<Frontier<H>, LogError<R::Error>> {
        let mut hashes =
            peaks(self.size).map(|(level, index)| self.node(level, index)).collect::<Result<Vec<_>, _>>()?;
        hashes.reverse();
        Ok(Frontier::from_peaks(self.size, hashes))
    }

    /// The hashes of siblings on the way to the root.
    pub(super) fn path(
        &mut self,
        siblings: impl Iterator<Item = Sibling>,
    ) -> Result<Vec<Hash>, LogError<R::Error>> {
        siblings
            .map(|sibling| match sibling {
                Sibling::Left { level, index } | Sibling::Right { level, index } => self.node(level, index),
                Sibling::Edge { level } => self.edge(level),
            })
            .collect()
    }

    /// Root over the entries to the right of the last complete node of `level`.
    fn edge(&mut self, level: u8) -> Result<Hash, LogError<R::Error>> {
        let peaks = peaks(self.size).take_while(|(peak_level, _)| *peak_level < level);
        let hashes = peaks.map(|(level, index)| self.node(level, index)).collect::<Result<Vec<_>, _>>()?;
        Ok(hashes.into_iter().reduce(|right, left| H::node(&left, &right)).unwrap_or_else(H::empty))
    }
}

/// The nodes above pairs of neighbours; a last one without a neighbour has none yet.
pub(super) fn parents<H: LogHash>(row: &[Hash]) -> Vec<Hash> {
    row.as_chunks().0.iter().map(|[left, right]| H::node(left, right)).collect()
}
