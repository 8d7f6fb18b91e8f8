//! Erasing openings by a recorded act: the log, its replay and every proof stay whole without them.

use bulla_types::BlockHash;

use super::Store;
use crate::{column::Column, error::Result, openings, sync::lock};

impl Store {
    /// Erases the openings of one entry of a block, from the disk and not merely from view. Tells whether
    /// there were any. It rewrites the files that hold the block's openings, so it is for rare use; the old
    /// files are deleted in the background, within moments.
    ///
    /// # Errors
    /// [`StorageError::DiskFull`](crate::StorageError::DiskFull), or what the disk says.
    pub fn erase_openings(&self, block: &BlockHash, position: u32) -> Result<bool> {
        let _writing = lock(&self.writer);
        let before = self.view()?.openings(block)?;
        let after = openings::without(&before, position)?;
        if after.len() == before.len() {
            return Ok(false);
        }
        let mut batch = self.engine.batch();
        if after.is_empty() {
            batch.delete(Column::Openings, block.as_bytes());
        } else {
            batch.put(Column::Openings, block.as_bytes(), &after);
        }
        self.space.check(batch.bytes())?;
        self.space.note(batch.write_synced())?;
        self.bodies.forget(block);
        self.space.note(self.engine.scrub(Column::Openings, block.as_bytes()))?;
        Ok(true)
    }
}
