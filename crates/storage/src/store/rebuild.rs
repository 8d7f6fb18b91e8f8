//! Writing the indexes over records anew, from the records themselves.
//!
//! Every row is held against what accounts for it; only those that differ are written. A rebuilding that is
//! interrupted is done again.

use std::collections::BTreeSet;

use bulla_types::{CalledUpon, CaseNumber, StateKey};

use super::Store;
use crate::{
    column::Column, engine::Batch, error::Result, register_rows, sync::lock, view::damaged, work_rows,
};

/// Rows that are written at a time.
const ROWS_PER_BATCH: u64 = 100_000;

/// What became of an index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rebuilt {
    /// Rows that were missing.
    pub added: u64,
    /// Rows that nothing accounted for.
    pub removed: u64,
}

impl Store {
    /// Puts the rows by which records of the register are found in order: who holds them, which cases are about
    /// what, which are open, what falls due.
    ///
    /// # Errors
    /// A record that cannot be read, [`StorageError::DiskFull`](crate::StorageError::DiskFull), or what the disk
    /// says. Rows that were written before stay.
    pub fn rebuild_register(&self) -> Result<Rebuilt> {
        let _writing = lock(&self.writer);
        let view = self.view()?;
        let mut writes = Writes::new(self, Column::ByRegister);
        for record in view.state_records(&[], &[]) {
            let (key, value) = record?;
            let unreadable = |error| damaged(Column::State, &key, error);
            let state_key = StateKey::decode(&key).map_err(unreadable)?;
            for row in register_rows::of_record(&state_key, &value).map_err(unreadable)? {
                if view.get(Column::ByRegister, &row)?.is_none() {
                    writes.add(&row)?;
                }
            }
        }
        for row in view.scan(Column::ByRegister, &[], &[]) {
            let (row, _) = row?;
            if !view.accounts_for(&row)? {
                writes.remove(&row)?;
            }
        }
        writes.finish()
    }

    /// Puts the rows of the work list in order: `called` says for every open case whom it may call upon.
    ///
    /// # Errors
    /// [`StorageError::DiskFull`](crate::StorageError::DiskFull), or what the disk says. Rows that were written
    /// before stay.
    pub fn rebuild_work_list(&self, called: &[(CaseNumber, CalledUpon)]) -> Result<Rebuilt> {
        let _writing = lock(&self.writer);
        let view = self.view()?;
        let mut writes = Writes::new(self, Column::WorkList);
        let expected: BTreeSet<Vec<u8>> =
            called.iter().flat_map(|(case, called)| work_rows::of_case(*case, called)).collect();
        for row in &expected {
            if view.get(Column::WorkList, row)?.is_none() {
                writes.add(row)?;
            }
        }
        for row in view.scan(Column::WorkList, &[], &[]) {
            let (row, _) = row?;
            if !expected.contains(&*row) {
                writes.remove(&row)?;
            }
        }
        writes.finish()
    }
}

/// Changes of an index that are written batch by batch.
struct Writes<'s> {
    store: &'s Store,
    column: Column,
    batch: Batch<'s>,
    rows: u64,
    rebuilt: Rebuilt,
}

impl<'s> Writes<'s> {
    fn new(store: &'s Store, column: Column) -> Self {
        Self { store, column, batch: store.engine.batch(), rows: 0, rebuilt: Rebuilt::default() }
    }

    fn add(&mut self, row: &[u8]) -> Result<()> {
        self.batch.put(self.column, row, []);
        self.rebuilt.added += 1;
        self.one_more()
    }

    fn remove(&mut self, row: &[u8]) -> Result<()> {
        self.batch.delete(self.column, row);
        self.rebuilt.removed += 1;
        self.one_more()
    }

    fn one_more(&mut self) -> Result<()> {
        self.rows += 1;
        if self.rows < ROWS_PER_BATCH { Ok(()) } else { self.write() }
    }

    fn write(&mut self) -> Result<()> {
        let batch = std::mem::replace(&mut self.batch, self.store.engine.batch());
        self.rows = 0;
        self.store.space.check(batch.bytes())?;
        self.store.space.note(batch.write_synced())
    }

    fn finish(mut self) -> Result<Rebuilt> {
        if self.rows > 0 {
            self.write()?;
        }
        Ok(self.rebuilt)
    }
}
