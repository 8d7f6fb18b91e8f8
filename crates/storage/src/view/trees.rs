//! The trees as `bulla-merkle` reads them.

use bulla_crypto::Hash;
use bulla_merkle::{log::TileReader, state::NodeReader};

use super::{View, damaged};
use crate::{
    column::{self, Column, LogSuite},
    error::{Result, StorageError},
};

/// The stored tiles of one of the two logs.
#[derive(Debug)]
pub struct Tiles<'v, 'a> {
    view: &'v View<'a>,
    suite: LogSuite,
}

impl<'a> View<'a> {
    /// The tiles of a log.
    #[must_use]
    pub fn tiles(&self, suite: LogSuite) -> Tiles<'_, 'a> {
        Tiles { view: self, suite }
    }
}

impl TileReader for Tiles<'_, '_> {
    type Error = StorageError;

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>> {
        let key = column::tile(self.suite, level, index);
        let Some(bytes) = self.view.get(Column::Tiles, key)? else { return Ok(None) };
        read_tile(&bytes).map(Some).ok_or_else(|| damaged(Column::Tiles, &key, "not 1 to 256 hashes"))
    }
}

impl NodeReader for View<'_> {
    type Error = StorageError;

    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.get(Column::Tree, key)?.map(|node| node.to_vec()))
    }
}

/// A tile is its hashes, one behind the other.
pub(crate) fn tile_bytes(hashes: &[Hash]) -> Vec<u8> {
    hashes.iter().flat_map(|hash| *hash.as_bytes()).collect()
}

pub(crate) fn read_tile(bytes: &[u8]) -> Option<Vec<Hash>> {
    let (hashes, []) = bytes.as_chunks::<32>() else { return None };
    (1..=256).contains(&hashes.len()).then(|| hashes.iter().copied().map(Hash::from_bytes).collect())
}
