//! A folder that is built beside its place and put there when it is whole: what ends in the middle, by a crash
//! too, leaves nothing in the place, and the next attempt clears it away.

use std::{
    ffi::OsString,
    fs::{self, DirBuilder, File, TryLockError},
    io,
    os::unix::fs::{DirBuilderExt, MetadataExt, OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{CWD, OFlags, RenameFlags},
    io::Errno,
};

/// A leftover may be cleared away by another process at the same moment; then it is looked at again.
const ATTEMPTS_MAX: u32 = 8;

/// A folder under construction. Goes with what is in it unless it is [put in place](Self::put_in_place).
#[derive(Debug)]
pub(crate) struct SideFolder {
    path: PathBuf,
    place: PathBuf,
    /// Held for its lock: who can lock a folder that lies there knows that nobody builds it any more.
    folder: File,
    placed: bool,
}

/// Why a folder cannot be built or put in its place.
#[derive(Debug)]
pub(crate) enum SideFolderError {
    /// Something stands in the place.
    Occupied,
    /// Another process builds for the same place.
    Busy,
    /// What the system says.
    Io(io::Error),
}

impl SideFolder {
    /// Makes an empty folder, for its owner alone, beside `place`, in which nothing may stand. What an attempt
    /// that ended in the middle has left goes.
    pub(crate) fn begin(place: &Path) -> Result<Self, SideFolderError> {
        if fs::symlink_metadata(place).is_ok() {
            return Err(SideFolderError::Occupied);
        }
        let path = beside(place)?;
        for _ in 0..ATTEMPTS_MAX {
            match DirBuilder::new().mode(0o700).create(&path) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
                made => {
                    let Some(folder) = lock(&path)? else { continue };
                    if made.is_err() {
                        fs::remove_dir_all(&path)?;
                        continue;
                    }
                    return Ok(Self { path, place: place.to_owned(), folder, placed: false });
                }
            }
        }
        Err(SideFolderError::Busy)
    }

    /// Where it is built.
    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    /// Puts the folder in its place, synced, if nothing has come to stand there meanwhile. Files in it are the
    /// caller's to sync.
    pub(crate) fn put_in_place(mut self) -> Result<(), SideFolderError> {
        self.folder.sync_all()?;
        match rustix::fs::renameat_with(CWD, &self.path, CWD, &self.place, RenameFlags::NOREPLACE) {
            Err(Errno::EXIST) => return Err(SideFolderError::Occupied),
            // A file system that cannot say so: nothing was there a moment ago.
            Err(Errno::INVAL | Errno::NOSYS) if fs::symlink_metadata(&self.place).is_err() => {
                fs::rename(&self.path, &self.place)?;
            }
            Err(error) => return Err(io::Error::from(error).into()),
            Ok(()) => {}
        }
        self.placed = true;
        sync_folder(parent(&self.place))?;
        Ok(())
    }
}

impl Drop for SideFolder {
    fn drop(&mut self) {
        if self.placed {
            return;
        }
        if let Err(error) = fs::remove_dir_all(&self.path) {
            tracing::warn!(folder = %self.path.display(), %error, "what is left of it could not be removed");
        }
    }
}

impl From<io::Error> for SideFolderError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Makes new files of a folder survive a power cut.
pub(crate) fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path)?.sync_all()
}

/// The folder that a path stands in.
pub(crate) fn parent(path: &Path) -> &Path {
    path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn beside(place: &Path) -> io::Result<PathBuf> {
    let name = place.file_name().ok_or(io::ErrorKind::InvalidInput)?;
    let mut beside = OsString::from(".");
    beside.push(name);
    beside.push(".bulla-partial");
    Ok(parent(place).join(beside))
}

/// Takes the folder for this process; `None` when it was taken away in between.
fn lock(path: &Path) -> Result<Option<File>, SideFolderError> {
    let flags = OFlags::DIRECTORY | OFlags::NOFOLLOW;
    let mut options = File::options();
    options.read(true).custom_flags(i32::try_from(flags.bits()).unwrap_or(0));
    let folder = match options.open(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        opened => opened?,
    };
    match folder.try_lock() {
        Ok(()) => {}
        Err(TryLockError::WouldBlock) => return Err(SideFolderError::Busy),
        Err(TryLockError::Error(error)) => return Err(error.into()),
    }
    let is_this = fs::symlink_metadata(path).ok().map(|found| found.ino()) == Some(folder.metadata()?.ino());
    Ok(is_this.then_some(folder))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn names(folder: &Path) -> Vec<OsString> {
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name()).collect()
    }

    #[test]
    fn a_folder_appears_whole_or_not_at_all() {
        let parent = tempfile::tempdir().unwrap();
        let place = parent.path().join("data");
        let side = SideFolder::begin(&place).unwrap();
        fs::write(side.path().join("a"), "1").unwrap();
        assert!(!place.exists());
        drop(side);
        assert_eq!(names(parent.path()), Vec::<OsString>::new());
        let side = SideFolder::begin(&place).unwrap();
        fs::write(side.path().join("a"), "1").unwrap();
        side.put_in_place().unwrap();
        assert_eq!(names(parent.path()), ["data"]);
        assert_eq!(names(&place), ["a"]);
    }

    #[test]
    fn what_stands_in_the_place_is_never_touched() {
        let parent = tempfile::tempdir().unwrap();
        let place = parent.path().join("data");
        let side = SideFolder::begin(&place).unwrap();
        fs::create_dir(&place).unwrap();
        assert!(matches!(side.put_in_place(), Err(SideFolderError::Occupied)));
        assert!(matches!(SideFolder::begin(&place), Err(SideFolderError::Occupied)));
        assert_eq!(names(parent.path()), ["data"]);
    }

    #[test]
    fn leftovers_go_and_the_folder_of_a_builder_at_work_stays() {
        let parent = tempfile::tempdir().unwrap();
        let place = parent.path().join("data");
        let side = SideFolder::begin(&place).unwrap();
        fs::write(side.path().join("mine"), "1").unwrap();
        assert!(matches!(SideFolder::begin(&place), Err(SideFolderError::Busy)));
        assert!(side.path().join("mine").exists());
        // As a crash leaves it.
        let path = side.path().to_owned();
        drop(side);
        fs::create_dir(&path).unwrap();
        fs::write(path.join("left"), "1").unwrap();
        let side = SideFolder::begin(&place).unwrap();
        assert_eq!(names(side.path()), Vec::<OsString>::new());
    }
}
