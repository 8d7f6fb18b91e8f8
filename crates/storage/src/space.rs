//! Room on the disk: the floor below which nothing is written, and the reserve that is given up then.

use std::{
    fs::{File, OpenOptions},
    io,
    path::PathBuf,
    sync::Mutex,
};

use rustix::fs::{FallocateFlags, fallocate};

use crate::{
    error::{Result, StorageError},
    folder::Folder,
    options::{FreeSpace, StoreOptions},
    sync::lock,
};

/// Watches the room of one data folder.
///
/// A database that runs out of room in the middle of a write needs care to recover. So room is asked for
/// before each write; when it is short the store becomes read-only and the reserve is given up, which
/// leaves the rest of the node room to end what it does.
#[derive(Debug)]
pub(crate) struct Space {
    folder: PathBuf,
    reserve: PathBuf,
    reserve_bytes: u64,
    floor_bytes: u64,
    free: FreeSpace,
    state: Mutex<State>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    Writing,
    Full { free_bytes: u64 },
}

impl Space {
    /// Makes the reserve if it is missing and there is room for it.
    pub(crate) fn open(folder: &Folder, options: &StoreOptions) -> Result<Self> {
        let space = Self {
            folder: folder.path().to_owned(),
            reserve: folder.reserve(),
            reserve_bytes: options.reserve_bytes,
            floor_bytes: options.free_floor_bytes,
            free: options.free_space.clone(),
            state: Mutex::new(State::Writing),
        };
        if let Err(error) = space.make_reserve() {
            if !error.is_out_of_room() {
                return Err(error);
            }
            space.enter_full(space.free_bytes()?);
        }
        Ok(space)
    }

    /// Refuses when the store is read-only, or when `needed_bytes` more would pass the floor.
    pub(crate) fn check(&self, needed_bytes: u64) -> Result<()> {
        if let State::Full { free_bytes } = *lock(&self.state) {
            return Err(self.full(free_bytes, needed_bytes));
        }
        let free_bytes = self.free_bytes()?;
        if free_bytes < self.floor_bytes.saturating_add(needed_bytes) {
            self.enter_full(free_bytes);
            return Err(self.full(free_bytes, needed_bytes));
        }
        Ok(())
    }

    /// Turns a failed write for want of room into [`StorageError::DiskFull`] and the store read-only.
    pub(crate) fn note<T>(&self, written: Result<T>) -> Result<T> {
        match written {
            Err(error) if error.is_out_of_room() => {
                let free_bytes = self.free_bytes().unwrap_or(0);
                self.enter_full(free_bytes);
                Err(self.full(free_bytes, 0))
            }
            other => other,
        }
    }

    /// Lets writes through again if there is room for the reserve above the floor.
    pub(crate) fn try_resume(&self) -> Result<()> {
        let free_bytes = self.free_bytes()?;
        let needed = self.floor_bytes.saturating_add(self.missing_reserve()?);
        if free_bytes < needed {
            return Err(self.full(free_bytes, self.missing_reserve()?));
        }
        self.make_reserve()?;
        *lock(&self.state) = State::Writing;
        Ok(())
    }

    fn free_bytes(&self) -> Result<u64> {
        self.free.bytes(&self.folder).map_err(StorageError::io(&self.folder))
    }

    fn full(&self, free_bytes: u64, needed_bytes: u64) -> StorageError {
        let needed_bytes = self.floor_bytes.saturating_add(needed_bytes);
        StorageError::DiskFull { path: self.folder.clone(), free_bytes, needed_bytes }
    }

    fn enter_full(&self, free_bytes: u64) {
        *lock(&self.state) = State::Full { free_bytes };
        tracing::error!(folder = %self.folder.display(), free_bytes, "disk full: the store is read-only");
        // Freeing bytes cannot want for room; if it fails all the same, the reserve is merely not freed.
        if let Err(error) =
            OpenOptions::new().write(true).open(&self.reserve).and_then(|file| file.set_len(0))
        {
            tracing::warn!(%error, "the reserve could not be given up");
        }
    }

    fn missing_reserve(&self) -> Result<u64> {
        match std::fs::metadata(&self.reserve) {
            Ok(found) => Ok(self.reserve_bytes.saturating_sub(found.len())),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(self.reserve_bytes),
            Err(error) => Err(StorageError::io(&self.reserve)(error)),
        }
    }

    fn make_reserve(&self) -> Result<()> {
        let missing = self.missing_reserve()?;
        let file = File::options()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&self.reserve)
            .map_err(StorageError::io(&self.reserve))?;
        if missing == 0 {
            return file.set_len(self.reserve_bytes).map_err(StorageError::io(&self.reserve));
        }
        fallocate(&file, FallocateFlags::empty(), 0, self.reserve_bytes)
            .map_err(io::Error::from)
            .and_then(|()| file.sync_all())
            .map_err(StorageError::io(&self.reserve))
    }
}
