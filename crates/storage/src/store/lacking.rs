//! Openings that come after their block, and what is known of those that lack.
//!
//! None of this is synced by itself: what a crash takes away is looked for anew. It is written in one batch whatever
//! belongs together, so that nothing counts as found that is not here.

use bulla_types::{BlockHash, Height, Opening};

use super::Store;
use crate::{
    column::{self, Column, meta},
    error::{Result, StorageError},
    lacking::{Lacking, Looked},
    local_encoding::{self, LackingRow, LookedRow},
    openings,
    sync::lock,
};

impl Store {
    /// Adds openings of entries of a block, in rising order of position, that match their commitments. Those of an
    /// entry whose openings were erased are left out, and those of fields that are opened already. Tells whether
    /// anything was new.
    ///
    /// # Errors
    /// [`StorageError::MissingBody`], [`StorageError::DiskFull`], or what the disk says.
    pub fn add_openings(&self, block: &BlockHash, added: &[(u32, Vec<Opening>)]) -> Result<bool> {
        let _writing = lock(&self.writer);
        let view = self.view()?;
        if view.body(block)?.is_none() {
            return Err(StorageError::MissingBody(*block));
        }
        let mut wanted = Vec::with_capacity(added.len());
        for (position, openings) in added {
            if !view.is_erased(block, *position)? {
                wanted.push((*position, openings.clone()));
            }
        }
        let Some(after) = openings::with(&view.openings(block)?, &wanted)? else { return Ok(false) };
        let mut batch = self.engine.batch();
        batch.put(Column::Openings, block.as_bytes(), &after);
        self.space.check(batch.bytes())?;
        self.space.note(batch.write())?;
        Ok(true)
    }

    /// Keeps what a look through the blocks has found to lack, and how far it has come. What was known of a height
    /// before gives way.
    ///
    /// # Errors
    /// [`StorageError::DiskFull`], or what the disk says.
    pub fn note_lacking(&self, found: &[(Height, Lacking)], looked: &Looked) -> Result<()> {
        let _writing = lock(&self.writer);
        let mut batch = self.engine.batch();
        for (height, lacking) in found {
            batch.put(Column::Lacking, column::height(*height), encode(*lacking));
        }
        let row = LookedRow {
            height: looked.height.0,
            member: looked.member.map(|member| member.0),
            reads_all: looked.reads_all,
        };
        batch.put(Column::Meta, meta::LOOKED, local_encoding::encode(&row));
        self.space.check(batch.bytes())?;
        self.space.note(batch.write())
    }

    /// Keeps what a block lacks still; nothing, when it lacks nothing any more or it is no longer looked for.
    ///
    /// # Errors
    /// [`StorageError::DiskFull`], or what the disk says.
    pub fn set_lacking(&self, height: Height, lacking: Option<Lacking>) -> Result<()> {
        let _writing = lock(&self.writer);
        let mut batch = self.engine.batch();
        match lacking {
            Some(lacking) => batch.put(Column::Lacking, column::height(height), encode(lacking)),
            None => batch.delete(Column::Lacking, column::height(height)),
        }
        self.space.check(batch.bytes())?;
        self.space.note(batch.write())
    }
}

fn encode(Lacking { entries, rounds }: Lacking) -> Vec<u8> {
    local_encoding::encode(&LackingRow { entries, rounds })
}
