//! Entries by their index in the log, and transactions by their id.

use std::{ops::Range, sync::Arc};

use bulla_types::{BlockHash, Height, TransactionId};
use bytes::Bytes;

use super::{View, damaged};
use crate::{
    block::StoredBlock,
    column::{self, Column},
    error::{Result, StorageError},
    local_encoding::{self, FirstIndexRow, TransactionRow},
};

/// An entry and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocatedEntry {
    /// Index in the log.
    pub index: u64,
    /// Height of its block.
    pub height: Height,
    /// Position in its block, from 0.
    pub position: u32,
    /// The canonical entry.
    pub bytes: Bytes,
}

impl View<'_> {
    /// The entry at an index of the log; `None` beyond its end.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn entry(&self, index: u64) -> Result<Option<LocatedEntry>> {
        self.entries(index..index.saturating_add(1)).next().transpose()
    }

    /// The entries at a range of indexes, in order, as far as the log goes. The iterator ends with its first
    /// error.
    pub fn entries(&self, indexes: Range<u64>) -> impl Iterator<Item = Result<LocatedEntry>> + use<'_> {
        let mut block: Option<LocatedBlock> = None;
        let mut failed = false;
        indexes.map_while(move |index| {
            if failed {
                return None;
            }
            if let Some(entry) = block.as_ref().and_then(|block| block.entry(index)) {
                return Some(Ok(entry));
            }
            let found = self.block_with(index);
            failed = found.is_err();
            block = match found {
                Ok(found) => found,
                Err(error) => return Some(Err(error)),
            };
            block.as_ref().and_then(|block| block.entry(index)).map(Ok)
        })
    }

    /// The height of the block that holds the entry at an index; `None` beyond the end of the log.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn height_of_entry(&self, index: u64) -> Result<Option<Height>> {
        Ok(self.first_index_and_height(index)?.map(|(_, height)| height))
    }

    /// The index of the entry of a transaction; `None` when this ledger does not hold it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn index_of_transaction(&self, id: &TransactionId) -> Result<Option<u64>> {
        let row: Option<TransactionRow> = self.row(Column::ByTransaction, id.as_bytes())?;
        Ok(row.map(|row| row.log_index))
    }

    fn block_with(&self, index: u64) -> Result<Option<LocatedBlock>> {
        let Some((first_index, height)) = self.first_index_and_height(index)? else { return Ok(None) };
        let row = self.block_row(height)?;
        let row = row.ok_or_else(|| damaged(Column::Blocks, &column::height(height), "missing"))?;
        let hash = BlockHash::from_bytes(row.block_hash);
        let body = self.body(&hash)?.ok_or(StorageError::MissingBody(hash))?;
        Ok(Some(LocatedBlock { first_index, height, body }))
    }

    /// Why there is no block for an entry that the log has.
    fn no_block_with(&self, index: u64) -> Result<StorageError> {
        Ok(match self.base()?.filter(|base| index < base.first_entry) {
            Some(base) => base.lacks(),
            None => damaged(Column::ByFirstIndex, &column::index(index), "no block holds this entry"),
        })
    }

    fn first_index_and_height(&self, index: u64) -> Result<Option<(u64, Height)>> {
        if index >= self.tip().log_size {
            return Ok(None);
        }
        let key = column::index(index);
        let row = self.at_or_before(Column::ByFirstIndex, &key)?;
        let Some((key, value)) = row else { return Err(self.no_block_with(index)?) };
        let first = column::number(&key).ok_or_else(|| damaged(Column::ByFirstIndex, &key, "no index"))?;
        let row: FirstIndexRow =
            local_encoding::decode(&value).map_err(|error| damaged(Column::ByFirstIndex, &key, error))?;
        Ok(Some((first, Height(row.height))))
    }
}

struct LocatedBlock {
    first_index: u64,
    height: Height,
    body: Arc<StoredBlock>,
}

impl LocatedBlock {
    fn entry(&self, index: u64) -> Option<LocatedEntry> {
        let position = index.checked_sub(self.first_index)?;
        let bytes = self.body.entries().get(usize::try_from(position).ok()?)?.clone();
        Some(LocatedEntry { index, height: self.height, position: u32::try_from(position).ok()?, bytes })
    }
}
