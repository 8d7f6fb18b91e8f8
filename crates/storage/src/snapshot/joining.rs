//! A data folder that is made of a snapshot: built beside its place, put there by one rename.

use std::{fs, io, os::unix::fs::MetadataExt, path::Path, path::PathBuf};

use bulla_types::LedgerId;

use super::{RestoreProgress, SnapshotError, SnapshotFolder, SnapshotSource, restore::build};
use crate::{
    error::{Result, StorageError},
    folder::{Folder, FolderLock},
    options::StoreOptions,
    store::{Store, check_folder, refuse_other_schema, small_files},
    tip_file::TipRecord,
    view::Tip,
};

/// A data folder that is to hold a ledger and does not yet. It is this process's until dropped.
///
/// What is fetched and built lies in `joining/` within it: the database too, until it is finished and
/// [takes its place](Self::finish). So a crash leaves either no database or the whole of it.
#[derive(Debug)]
pub struct Joining {
    folder: Folder,
    ledger_id: LedgerId,
    /// Of the database that was built last.
    tip: Option<Tip>,
    _lock: FolderLock,
}

impl Joining {
    /// Takes a data folder that has no database; makes it if it is not there. Where it has records of what was
    /// committed and signed, they stay in force: only its database was taken away then.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when it holds the ledger, [`StorageError::OtherLedger`],
    /// [`StorageError::NotABullaFolder`], [`StorageError::OlderSchema`], [`StorageError::NewerSchema`],
    /// [`StorageError::Locked`], or what the disk says.
    pub fn begin(data: &Path, ledger_id: LedgerId) -> Result<Self> {
        let folder = Folder::new(data);
        folder.check_is_folder()?;
        folder.check_is_ours()?;
        refuse_other_schema(&folder)?;
        folder.make()?;
        let lock = folder.lock()?;
        match check_folder(&folder, ledger_id) {
            Ok(_) => Err(StorageError::AlreadyExists { path: data.to_owned(), ledger_id }),
            Err(StorageError::NoLedger { .. }) => Ok(Self { folder, ledger_id, tip: None, _lock: lock }),
            Err(error) => Err(error),
        }
    }

    /// Where a snapshot is fetched to. What was fetched before lies there still.
    ///
    /// # Errors
    /// What the disk says.
    pub fn fetched(&self) -> Result<SnapshotFolder> {
        let path = self.joining().join("snapshot");
        fs::create_dir_all(&path).map_err(StorageError::io(&path))?;
        Ok(SnapshotFolder::new(&path))
    }

    /// Whether so many bytes more find room on the disk, those included that are fetched already.
    ///
    /// # Errors
    /// What the disk says.
    pub fn has_room(&self, bytes: u64) -> Result<bool> {
        let options = StoreOptions::default();
        let path = self.folder.path();
        let free_bytes = options.free_space.bytes(path).map_err(StorageError::io(path))?;
        let held = fs::metadata(self.fetched()?.content_path()).map_or(0, |content| held_bytes(&content));
        Ok(free_bytes.saturating_add(held) >= bytes)
    }

    /// Builds the database of a snapshot, anew whatever lies there, and opens it beside its place for what else it
    /// needs. It must be dropped before [`finish`](Self::finish).
    ///
    /// # Errors
    /// [`SnapshotError`]: what does not hold. What is built is good for nothing then.
    pub fn build(
        &mut self,
        options: &StoreOptions,
        source: &SnapshotSource<'_>,
        progress: &mut dyn FnMut(RestoreProgress),
    ) -> Result<Store, SnapshotError> {
        let path = self.built();
        remove(&path)?;
        let store = build(&path, options, source, progress)?;
        self.tip = Some(store.tip());
        Ok(store)
    }

    /// Puts the database that was built in its place, and removes everything else that joining took. The folder is
    /// that of the ledger when it returns.
    ///
    /// # Errors
    /// What the disk says; the database is in its place or it is not.
    pub fn finish(self) -> Result<()> {
        let mut tip_file = small_files(&self.folder, self.ledger_id)?;
        let place = self.folder.database();
        fs::rename(Folder::new(&self.built()).database(), &place).map_err(StorageError::io(&place))?;
        self.folder.sync()?;
        if let Some(tip) = &self.tip {
            tip_file.advance(TipRecord::from(tip))?;
        }
        remove(&self.joining())
    }

    fn joining(&self) -> PathBuf {
        joining(self.folder.path())
    }

    fn built(&self) -> PathBuf {
        self.joining().join("build")
    }
}

/// What a file takes on the disk: parts that were not written take nothing.
fn held_bytes(file: &fs::Metadata) -> u64 {
    file.blocks() * 512
}

/// Removes what joining has left in the folder of a ledger that was opened.
///
/// # Errors
/// What the disk says.
pub fn clear_joining(data: &Path) -> Result<()> {
    remove(&joining(data))
}

fn joining(data: &Path) -> PathBuf {
    data.join("joining")
}

fn remove(path: &Path) -> Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(StorageError::io(path)(error)),
        _ => Ok(()),
    }
}
