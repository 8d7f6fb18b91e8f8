//! Everything that can go wrong in the store, with what a person needs to act on it.

use std::{io, path::PathBuf};

use bulla_types::{BlockHash, Height, LedgerId, UnknownProtocol};
use rustix::io::Errno;
use thiserror::Error;

/// Why the store did not do what was asked. Nothing is half done after any of them.
#[derive(Debug, Error)]
pub enum StorageError {
    /// Another process has the folder open.
    #[error("{path} is in use{}", holder.map_or_else(String::new, |pid| format!(" by process {pid}")))]
    Locked {
        /// The data folder.
        path: PathBuf,
        /// Process id that the holder wrote down, if it can be read.
        holder: Option<u32>,
    },
    /// The folder holds no ledger yet, or its database was taken away; `Store::create` makes one.
    #[error("{path} holds no ledger")]
    NoLedger {
        /// The data folder.
        path: PathBuf,
    },
    /// There is something here, and it is not Bulla's; it is left as it is.
    #[error("{path} is not a Bulla data folder: {reason}")]
    NotABullaFolder {
        /// The data folder.
        path: PathBuf,
        /// What shows it.
        reason: String,
    },
    /// `Store::create` found a ledger where it was to make one.
    #[error("{path} already holds ledger {ledger_id}")]
    AlreadyExists {
        /// The data folder.
        path: PathBuf,
        /// The ledger found.
        ledger_id: LedgerId,
    },
    /// The folder belongs to another ledger.
    #[error("{path} belongs to ledger {found}, not to {expected}")]
    OtherLedger {
        /// The folder, or the file in it that says so.
        path: PathBuf,
        /// The ledger asked for.
        expected: LedgerId,
        /// The ledger found.
        found: LedgerId,
    },
    /// The folder was written by later software.
    #[error("{path} has schema {found}; this software knows up to {supported}")]
    NewerSchema {
        /// The data folder.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The newest one known here.
        supported: u32,
    },
    /// The folder was written by earlier software, in a form that is not read here. Nothing in it was changed.
    #[error("{path} has schema {found}; this software reads schema {supported}")]
    OlderSchema {
        /// The data folder, or the file in it that says so.
        path: PathBuf,
        /// Its schema version.
        found: u32,
        /// The one known here.
        supported: u32,
    },
    /// The newest block went by a version of the protocol that this program does not know: a later one wrote it.
    #[error(transparent)]
    UnknownProtocol(#[from] UnknownProtocol),
    /// Stored bytes are not what was stored. `bulla fsck` says what else is.
    #[error("{place} is damaged: {detail}")]
    Corrupted {
        /// The file, or the column family and key.
        place: String,
        /// What is wrong there.
        detail: String,
    },
    /// Too little room: nothing was written, and nothing will be until `Store::try_resume` finds room.
    #[error("the disk of {path} is full: {free_bytes} bytes free, {needed_bytes} needed")]
    DiskFull {
        /// The data folder.
        path: PathBuf,
        /// Bytes that were free.
        free_bytes: u64,
        /// Bytes below which the store does not write.
        needed_bytes: u64,
    },
    /// A block that does not follow from what is stored, or that contradicts itself. A bug of the caller.
    #[error("refused to store: {what} is {found}, not {expected}")]
    Refused {
        /// Which of the things that must agree.
        what: &'static str,
        /// What it had to be.
        expected: String,
        /// What it was.
        found: String,
    },
    /// The body of a block that is to be committed or proposed again was never stored.
    #[error("the body of block {0} is not in the store")]
    MissingBody(BlockHash),
    /// A proposal for a height that is decided.
    #[error("height {0} is already decided")]
    AlreadyDecided(Height),
    /// What was asked for lies before the snapshot that the folder was made from.
    #[error(
        "this folder was made from a snapshot of height {height}: it holds no entry before index {first_entry}"
    )]
    BeforeSnapshot {
        /// Height of the snapshot.
        height: Height,
        /// Index of the first entry that is here.
        first_entry: u64,
    },
    /// Bytes that are not an encoded block.
    #[error("not an encoded block: {0}")]
    NotABlock(String),
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// RocksDB refused for a reason of its own.
    #[error("the database failed: {0}")]
    Engine(String),
}

/// What the system, and after it the database, says when too many files are open.
pub const OUT_OF_FILES: &str = "Too many open files";

/// The store's result.
pub type Result<T, E = StorageError> = std::result::Result<T, E>;

impl StorageError {
    pub(crate) fn corrupted(place: impl Into<String>, detail: impl ToString) -> Self {
        Self::Corrupted { place: place.into(), detail: detail.to_string() }
    }

    /// Wraps what the operating system said of `path`.
    pub(crate) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    /// Whether the process, or the whole system, has too many files open: an error that passes.
    #[must_use]
    pub fn is_out_of_files(&self) -> bool {
        let says_so = |message: &str| message.contains(OUT_OF_FILES);
        match self {
            Self::Io { source, .. } => matches!(
                source.raw_os_error().map(Errno::from_raw_os_error),
                Some(Errno::MFILE | Errno::NFILE)
            ),
            Self::Engine(message) => says_so(message),
            Self::Corrupted { detail, .. } => says_so(detail),
            _ => false,
        }
    }

    /// Whether the operating system found no room for a write.
    pub(crate) fn is_out_of_room(&self) -> bool {
        match self {
            Self::DiskFull { .. } => true,
            Self::Io { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            // RocksDB gives the text of errno, and "Max allowed space was reached" for a limit of its own.
            Self::Engine(message) => ["No space left on device", "Disk quota exceeded", "Max allowed space"]
                .iter()
                .any(|text| message.contains(text)),
            _ => false,
        }
    }
}
