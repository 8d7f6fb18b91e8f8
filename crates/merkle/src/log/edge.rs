//! The right edge of a log: the tiles that are not full.

use std::convert::Infallible;

use bulla_crypto::Hash;
use thiserror::Error;

use super::{
    Frontier, LogError, LogHash, TileReader,
    reader::{Nodes, parents},
};
use crate::tile::{TILE_LEVELS, TILE_WIDTH};

/// Tile levels that a log of fewer than 2^64 entries can have.
const LEVELS_MAX: u8 = 8;

/// The tiles of a log that are not full, one at most for each tile level: all that is needed to append, and to
/// prove every entry that is appended. Each of their hashes goes into the log's root.
///
/// A [`Frontier`](super::Frontier) says as much of the log in fewer hashes; but storage keeps tiles, and a tile
/// cannot be filled up from a frontier.
///
/// Encoding: for each tile level, from the lowest, the hashes of its last tile if that is not full. The size of the
/// log says how many these are.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edge {
    size: u64,
    /// The last tile of each level; empty where it is full.
    tiles: Vec<Vec<Hash>>,
}

/// An encoded edge is not one.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the edge of a log of this size takes {expected} bytes, not {found}")]
pub struct EdgeError {
    /// Length that the size calls for, in bytes.
    pub expected: usize,
    /// Length given, in bytes.
    pub found: usize,
}

impl Edge {
    /// The edge of the log when it had `size` entries.
    ///
    /// # Errors
    /// When tiles cannot be read or are shorter than `size` calls for.
    pub fn read<R: TileReader>(reader: &R, size: u64) -> Result<Self, LogError<R::Error>> {
        let mut tiles = Vec::new();
        for (level, (index, expected)) in (0..).zip(places(size)) {
            let mut hashes = match expected {
                0 => Vec::new(),
                _ => reader.tile(level, index).map_err(LogError::Reader)?.unwrap_or_default(),
            };
            if hashes.len() < expected {
                return Err(LogError::TileShort { level, index, expected, found: hashes.len() });
            }
            hashes.truncate(expected);
            tiles.push(hashes);
        }
        Ok(Self { size, tiles })
    }

    /// Length of the encoding for a log of this size, in bytes: at most 65,280.
    #[must_use]
    pub fn encoded_len(size: u64) -> usize {
        places(size).map(|(_, hashes)| hashes * Hash::LENGTH).sum()
    }

    /// Reads the encoding given above. Whether it is of the log that it is said to be of, its root tells.
    ///
    /// # Errors
    /// When the length is not the one that the size calls for.
    pub fn decode(size: u64, bytes: &[u8]) -> Result<Self, EdgeError> {
        let expected = Self::encoded_len(size);
        if bytes.len() != expected {
            return Err(EdgeError { expected, found: bytes.len() });
        }
        let mut hashes = bytes.as_chunks().0.iter().copied().map(Hash);
        let tiles = places(size).map(|(_, expected)| hashes.by_ref().take(expected).collect()).collect();
        Ok(Self { size, tiles })
    }

    /// The encoding given above.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        self.tiles.iter().flatten().flat_map(|hash| *hash.as_bytes()).collect()
    }

    /// Number of entries of the log.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// The tiles: level, index, hashes.
    pub fn tiles(&self) -> impl Iterator<Item = (u8, u64, &[Hash])> {
        let tiles = (0..).zip(places(self.size)).zip(&self.tiles);
        tiles
            .filter(|(_, hashes)| !hashes.is_empty())
            .map(|((level, (index, _)), hashes)| (level, index, hashes.as_slice()))
    }

    /// Appends the entry with this leaf hash.
    ///
    /// # Panics
    /// When the log has 2^64 − 1 entries.
    pub fn push<H: LogHash>(&mut self, leaf: Hash) {
        self.size += 1;
        let mut node = leaf;
        for level in 0.. {
            if level == self.tiles.len() {
                self.tiles.push(Vec::new());
            }
            let tile = &mut self.tiles[level];
            tile.push(node);
            if tile.len() < TILE_WIDTH {
                return;
            }
            let mut row = std::mem::take(tile);
            while row.len() > 1 {
                row = parents::<H>(&row);
            }
            node = row[0];
        }
    }

    /// The frontier of the log.
    ///
    /// # Panics
    /// Never: an edge has every tile that its size calls for.
    #[must_use]
    pub fn frontier<H: LogHash>(&self) -> Frontier<H> {
        #[allow(clippy::expect_used)]
        Nodes::<H, _>::new(self, self.size).frontier().expect("invariant: an edge has the peaks of its log")
    }

    /// Root of the log.
    #[must_use]
    pub fn root<H: LogHash>(&self) -> Hash {
        self.frontier::<H>().root()
    }
}

impl TileReader for Edge {
    type Error = Infallible;

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, Infallible> {
        let place = places(self.size).nth(level.into()).filter(|(last, _)| *last == index);
        Ok(place.and_then(|_| self.tiles.get(usize::from(level)).cloned()))
    }
}

/// For each tile level that a log of this size has: the index of its last tile that is not full, and how many hashes
/// that holds.
fn places(size: u64) -> impl Iterator<Item = (u64, usize)> {
    let levels =
        (0..LEVELS_MAX).map(move |level| size >> (level * TILE_LEVELS)).take_while(|nodes| *nodes > 0);
    #[allow(clippy::cast_possible_truncation, reason = "a remainder by 256")]
    levels.map(|nodes| (nodes >> TILE_LEVELS, (nodes % TILE_WIDTH as u64) as usize))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::log::{Sha256Log, append, inclusion_path, verify_inclusion};

    fn leaf(number: u64) -> Hash {
        Sha256Log::leaf(&number.to_be_bytes())
    }

    fn edge_of(size: u64) -> Edge {
        let mut edge = Edge::default();
        (0..size).for_each(|number| edge.push::<Sha256Log>(leaf(number)));
        edge
    }

    #[test]
    fn an_edge_has_the_root_of_its_log_and_reads_back() {
        let mut frontier = Frontier::<Sha256Log>::new();
        for size in 0..700_u64 {
            let edge = edge_of(size);
            assert_eq!((edge.size(), edge.root::<Sha256Log>()), (size, frontier.root()));
            let encoded = edge.encode();
            assert_eq!(encoded.len(), Edge::encoded_len(size));
            let decoded = Edge::decode(size, &encoded).unwrap();
            assert_eq!(decoded.root::<Sha256Log>(), frontier.root());
            frontier.push(leaf(size));
        }
    }

    #[test]
    fn whoever_has_the_edge_appends_and_proves_what_follows() {
        for (size, added) in
            [(0, 3), (1, 600), (255, 2), (256, 1), (300, 1_000), (65_536, 300), (65_700, 100_000)]
        {
            let edge = edge_of(size);
            let leaves: Vec<_> = (size..size + added).map(leaf).collect();
            let appended = append::<Sha256Log, _>(&edge, size, &leaves).unwrap();
            let mut tiles = edge.clone();
            leaves.iter().for_each(|leaf| tiles.push::<Sha256Log>(*leaf));
            assert_eq!(appended.root, tiles.root::<Sha256Log>());
            for index in [size, size + added / 2, size + added - 1] {
                let path = appended.inclusion_path(index).unwrap();
                verify_inclusion::<Sha256Log>(appended.head(), index, leaf(index), &path).unwrap();
            }
        }
    }

    #[test]
    fn an_edge_is_read_from_tiles_that_have_grown_since() {
        let later = edge_of(290);
        assert_eq!(Edge::read(&later, 270).unwrap(), edge_of(270));
        assert!(matches!(Edge::read(&later, 200), Err(LogError::TileShort { .. })));
        assert!(
            inclusion_path::<Sha256Log, _>(&later, 290, 3).is_err(),
            "what lies before the edge is not there"
        );
    }

    #[test]
    fn an_edge_of_another_length_is_refused() {
        let encoded = edge_of(300).encode();
        assert_eq!(
            Edge::decode(300, &encoded[1..]),
            Err(EdgeError { expected: 45 * 32, found: 45 * 32 - 1 })
        );
        assert!(Edge::decode(301, &encoded).is_err());
        assert_eq!(Edge::encoded_len(u64::MAX), 65_280);
    }
}
