//! Erasing openings by a recorded act: the log, its replay and every proof stay whole without them.

use bulla_types::BlockHash;

use super::Store;
use crate::{
    column::{self, Column},
    error::Result,
    openings,
    sync::lock,
};

impl Store {
    /// Erases the openings of one entry of a block, from the disk and not merely from view, and keeps in mind that
    /// they are not to come [back](Store::add_openings). Tells whether there were any. It rewrites the files that hold the block's openings, so it is for rare use; the old
    /// files are deleted in the background, within moments.
    ///
    /// # Errors
    /// [`StorageError::DiskFull`](crate::StorageError::DiskFull), or what the disk says.
    pub fn erase_openings(&self, block: &BlockHash, position: u32) -> Result<bool> {
        let _writing = lock(&self.writer);
        let before = self.view()?.openings(block)?;
        let after = openings::without(&before, position)?;
        let mut batch = self.engine.batch();
        batch.put(Column::Erased, column::erased(block, position), []);
        if after.len() == before.len() {
            self.space.check(batch.bytes())?;
            self.space.note(batch.write_synced())?;
            return Ok(false);
        }
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
