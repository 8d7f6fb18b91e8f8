//! Backups: a copy of the data folder as of one committed block, made while the node runs, and put back only
//! after it was checked whole.
//!
//! What is in one: the database (blocks, entries, openings, state, indexes, proposals), the tip record, the
//! genesis, and a [`Manifest`] with the digest of each file. What is not: keys; `signed`, the record of votes; the
//! engine's log; what a process makes anew. **A vote record is never restored**: an old one would be one that has
//! forgotten votes. In its place comes a new one that says so, and a validator that starts with it observes until it
//! has passed what the others have decided and what it may have voted on (see `signing`).
//!
//! Making one does not stop commits. RocksDB's checkpoint links its files, which never change, into the data folder's
//! `checkpoint`; from there they are copied at a pace. A file that the newest backup has already, byte for byte, is
//! linked to that one and takes no room. The live files are never linked to: one bad sector must not be in both.
//!
//! Format and names: `docs/formats/backup.md`. How a person uses it: `docs/operations/backup.md`.

mod check;
mod create;
mod error;
mod files;
mod manifest;
mod restore;
mod shelf;
mod work;

use std::ops::ControlFlow;

use crate::fsck::Progress;

pub use check::{SoundBackup, check_backup};
pub use create::{BackupSettings, MadeBackup};
pub use error::BackupError;
pub use manifest::{BackupFile, FileName, Manifest, ManifestError};
pub use restore::restore_backup;
pub use shelf::{Shelved, backups_in};

/// What is being done with a backup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Doing {
    /// Bytes are read or copied.
    Moving {
        /// Bytes of files done.
        done_bytes: u64,
        /// Bytes of all files.
        total_bytes: u64,
    },
    /// What is in the files is checked.
    Checking(Progress),
}

/// Is told what is being done, and may stop it; a check goes on to its end.
pub type Watch<'w> = &'w mut dyn FnMut(Doing) -> ControlFlow<()>;
