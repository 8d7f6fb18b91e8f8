//! The database as of one commit, in files of its own that stay as they are while commits go on.

use std::{
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    sync::{MutexGuard, TryLockError},
};

use super::Store;
use crate::{
    error::{Result, StorageError},
    options::FreeSpace,
};

/// RocksDB's files as of one commit, linked into the data folder. Goes when dropped.
#[derive(Debug)]
pub(crate) struct Checkpoint<'s> {
    path: PathBuf,
    /// One at a time.
    _turn: MutexGuard<'s, ()>,
}

impl Store {
    /// Makes a checkpoint of the newest commit; `None` while there is another one. It takes no room but that of
    /// what was in memory, and of files that would otherwise go meanwhile.
    pub(crate) fn checkpoint(&self) -> Result<Option<Checkpoint<'_>>> {
        let turn = match self.checkpointing.try_lock() {
            Ok(turn) => turn,
            Err(TryLockError::Poisoned(poisoned)) => poisoned.into_inner(),
            Err(TryLockError::WouldBlock) => return Ok(None),
        };
        self.folder.clear_checkpoint()?;
        // Dropped on an error too, it takes away what there is of it.
        let checkpoint = Checkpoint { path: self.folder.checkpoint(), _turn: turn };
        self.engine.checkpoint(checkpoint.path())?;
        Ok(Some(checkpoint))
    }

    /// The data folder.
    pub(crate) fn data_folder(&self) -> &Path {
        self.folder.path()
    }

    /// Free space below which the store writes nothing. Bytes.
    pub(crate) fn floor_bytes(&self) -> u64 {
        self.options.free_floor_bytes
    }

    /// Free space that what can wait, a backup or a snapshot, leaves on the disk of this folder: on the store's own
    /// twice the floor below which it stops, on another one none. Bytes.
    ///
    /// # Errors
    /// What the system says.
    pub(crate) fn floor_beside(&self, folder: &Path) -> Result<u64> {
        let device =
            |path: &Path| fs::metadata(path).map(|found| found.dev()).map_err(StorageError::io(path));
        let on_same = device(folder)? == device(self.data_folder())?;
        Ok(if on_same { self.floor_bytes().saturating_mul(2) } else { 0 })
    }

    /// What may be in memory and not in files yet. Bytes.
    pub(crate) fn memtable_bytes(&self) -> u64 {
        self.options.memtable_bytes
    }

    /// How free space is found out.
    pub(crate) fn free_space(&self) -> &FreeSpace {
        &self.options.free_space
    }
}

impl Checkpoint<'_> {
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Checkpoint<'_> {
    fn drop(&mut self) {
        let removed = fs::remove_dir_all(&self.path).map_err(StorageError::io(&self.path));
        if let Err(error) = removed.or_else(absent_is_fine) {
            tracing::warn!(%error, "the checkpoint could not be removed; the next start does");
        }
    }
}

fn absent_is_fine(error: StorageError) -> Result<()> {
    match error {
        StorageError::Io { source, .. } if source.kind() == std::io::ErrorKind::NotFound => Ok(()),
        error => Err(error),
    }
}
