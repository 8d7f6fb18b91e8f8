//! Files of a backup, opened as what they must be: regular files right within their folder, whatever lies there.

use std::{
    fs::File,
    io::{self, Read},
    os::{fd::OwnedFd, unix::fs::OpenOptionsExt},
    path::{Path, PathBuf},
};

use rustix::{
    fs::{AtFlags, FileType, Mode, OFlags, openat, statat},
    io::Errno,
};

use super::manifest::{DATABASE, FileName};

/// An open folder of a backup and the folder of the database in it.
#[derive(Debug)]
pub(super) struct Files {
    path: PathBuf,
    top: OwnedFd,
    database: OwnedFd,
}

/// Why a name is not opened.
#[derive(Debug)]
pub(super) enum NotAFile {
    /// A link, a folder, a pipe, a device.
    Other,
    /// What the system says.
    Io(io::Error),
}

const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY).union(OFlags::CLOEXEC);
/// To open a pipe must not wait for a writer.
const FILE: OFlags = OFlags::RDONLY.union(OFlags::NOFOLLOW).union(OFlags::NONBLOCK).union(OFlags::CLOEXEC);

impl Files {
    /// Opens the folders of a backup. The backup itself may be reached by a link, the database in it may not.
    pub(super) fn open(path: &Path) -> Result<Self, NotAFile> {
        let top = File::options().read(true).custom_flags(flags(FOLDER)).open(path).map_err(NotAFile::Io)?;
        let top = OwnedFd::from(top);
        let database = openat(&top, DATABASE, FOLDER | OFlags::NOFOLLOW, Mode::empty())?;
        Ok(Self { path: path.to_owned(), top, database })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    pub(super) fn file(&self, name: &FileName) -> Result<File, NotAFile> {
        match name.within_database() {
            Some(within) => open_within(&self.database, within),
            None => self.beside(name.as_str()),
        }
    }

    /// A file beside the database.
    pub(super) fn beside(&self, name: &str) -> Result<File, NotAFile> {
        open_within(&self.top, name)
    }
}

impl From<Errno> for NotAFile {
    fn from(error: Errno) -> Self {
        match error {
            // A link is refused as a loop, a link in place of a folder as no folder, a socket as no device.
            Errno::LOOP | Errno::NOTDIR | Errno::NXIO => Self::Other,
            error => Self::Io(error.into()),
        }
    }
}

fn open_within(folder: &OwnedFd, name: &str) -> Result<File, NotAFile> {
    // A device may act on being opened; what lies there is looked at first, and again when it is open.
    let kind = statat(folder, name, AtFlags::SYMLINK_NOFOLLOW)?.st_mode;
    if FileType::from_raw_mode(kind) != FileType::RegularFile {
        return Err(NotAFile::Other);
    }
    let file = File::from(openat(folder, name, FILE, Mode::empty())?);
    if !file.metadata().map_err(NotAFile::Io)?.is_file() {
        return Err(NotAFile::Other);
    }
    Ok(file)
}

/// Reads a file that has at most so many bytes; `None` when it has more.
pub(super) fn read_small(file: &File, bytes_max: u64) -> io::Result<Option<Vec<u8>>> {
    let mut bytes = Vec::new();
    file.take(bytes_max.saturating_add(1)).read_to_end(&mut bytes)?;
    Ok((u64::try_from(bytes.len()).unwrap_or(u64::MAX) <= bytes_max).then_some(bytes))
}

fn flags(flags: OFlags) -> i32 {
    i32::try_from(flags.bits()).unwrap_or(0)
}
