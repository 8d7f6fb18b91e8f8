//! Snapshots: the ledger as it is after one block, in a form that a stranger checks before it uses any of it.
//!
//! A snapshot is a folder of three files. `manifest` names the header and the digest of each chunk of `content`;
//! `proof` leads from the genesis to the certificate of that header. `docs/formats/snapshot.md` has the layouts.
//!
//! * [`make_snapshot`] writes it out of one view, while the ledger goes on. Every node writes the same manifest and
//!   content at the same height.
//! * [`Joining`] makes a data folder of it. Everything in its database follows from what the header binds: the
//!   records from its state root, the entries and tiles from its log roots, the requests that are remembered from
//!   the entries. What does not lead to these roots is refused, and nothing is in its place before all of it does.
//!
//! Who verifies the proof is the caller: this crate knows no certificates' history.

mod content;
mod create;
mod folder;
mod joining;
mod restore;

use std::{
    io,
    path::{Path, PathBuf},
};

use bulla_crypto::Hash;
use bulla_types::{BlockTime, DecodeError, Height, ReasonCode, UnknownProtocol};
use thiserror::Error;

use crate::error::StorageError;

pub use create::make_snapshot;
pub use folder::{SnapshotFolder, read_piece};
pub use joining::{Joining, clear_joining};
pub use restore::{RestoreProgress, SnapshotSource, check_extent};

/// Why a snapshot cannot be made or used. Nothing of it is in force after any of them.
#[derive(Debug, Error)]
pub enum SnapshotError {
    /// The store cannot be read, or something cannot be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A file of the snapshot cannot be read.
    #[error("{}: {source}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// There is no block yet that a snapshot could be taken after.
    #[error("no block is committed yet")]
    NoBlock,
    /// A node that joined from a snapshot does not hold the entries of the request window yet.
    #[error(
        "a snapshot needs the entries from {needed} on, and this node holds those from {held} on; \
         it can be made once twice the request window has passed since this node's own snapshot"
    )]
    NotYet {
        /// Index of the first entry that belongs into it.
        needed: u64,
        /// Index of the first entry that is here.
        held: u64,
    },
    /// There is something already where the snapshot is to stand.
    #[error("{0} is there already")]
    Exists(PathBuf),
    /// Another process makes a snapshot in the same place.
    #[error("another process makes {0}")]
    Busy(PathBuf),
    /// There is no room that it could take without taking it from the store.
    #[error("there is no room for a snapshot at {path}: {free_bytes} bytes are free, {needed_bytes} needed")]
    NoRoom {
        /// Where it was being made.
        path: PathBuf,
        /// Bytes that were free.
        free_bytes: u64,
        /// Bytes that had to be.
        needed_bytes: u64,
    },
    /// The ledger has outgrown the format.
    #[error("the snapshot cannot be described: {0}")]
    Manifest(DecodeError),
    /// The manifest is none.
    #[error("the manifest does not decode: {0}")]
    NoManifest(DecodeError),
    /// The manifest is of another header than the one that the proof leads to.
    #[error("the manifest is of another header than the proof")]
    OtherHeader,
    /// The proof does not lead from the genesis to a decided header.
    #[error("the proof does not hold: {0}")]
    Proof(String),
    /// It leads over a height by a version of the protocol that this program does not know.
    #[error(transparent)]
    UnknownProtocol(#[from] UnknownProtocol),
    /// The content has another length than the manifest says.
    #[error("the content has {found} bytes, the manifest says {expected}")]
    Length {
        /// Bytes that the manifest says.
        expected: u64,
        /// Bytes found.
        found: u64,
    },
    /// A chunk is not the one that the manifest names.
    #[error("chunk {chunk} is not the one that the manifest names")]
    Chunk {
        /// Its number, from 0.
        chunk: u32,
    },
    /// The content is not laid out as it must be.
    #[error("the content is not that of a snapshot: {0}")]
    Content(String),
    /// What the content holds does not lead to what the header says.
    #[error("{what} of the content is {found}, the header says {expected}")]
    OtherRoot {
        /// Which root.
        what: &'static str,
        /// What the header says.
        expected: Hash,
        /// What the content gives.
        found: Hash,
    },
    /// Requests of the window may be missing, or more is there than belongs into it.
    #[error("entry {index} has time {time}; those of the request window begin at {from}")]
    OtherWindow {
        /// Index of the entry.
        index: u64,
        /// Its time.
        time: BlockTime,
        /// The time from which entries belong into the content, the last one before it besides.
        from: BlockTime,
    },
}

impl SnapshotError {
    fn unreadable(path: &Path) -> impl FnOnce(io::Error) -> Self {
        move |source| Self::Unreadable { path: path.to_owned(), source }
    }

    /// The stable reason code, where it is not that of the store.
    #[must_use]
    pub fn reason(&self) -> Option<ReasonCode> {
        match self {
            Self::Storage(_) => None,
            Self::Unreadable { .. } => Some(ReasonCode::FileUnreadable),
            Self::Exists(_) => Some(ReasonCode::FileExists),
            Self::NoRoom { .. } => Some(ReasonCode::FileUnwritable),
            Self::NoBlock | Self::NotYet { .. } | Self::Busy(_) | Self::Manifest(_) => {
                Some(ReasonCode::SnapshotNotPossible)
            }
            Self::UnknownProtocol(_) => Some(ReasonCode::ProtocolVersionUnknown),
            Self::NoManifest(_)
            | Self::OtherHeader
            | Self::Proof(_)
            | Self::Length { .. }
            | Self::Chunk { .. }
            | Self::Content(_)
            | Self::OtherRoot { .. }
            | Self::OtherWindow { .. } => Some(ReasonCode::SnapshotInvalid),
        }
    }

    /// Whether it is for what the snapshot says, and not for this machine, that it cannot be used.
    #[must_use]
    pub fn is_of_the_snapshot(&self) -> bool {
        matches!(self.reason(), Some(ReasonCode::SnapshotInvalid | ReasonCode::ProtocolVersionUnknown))
    }
}

/// From where on a folder holds the blocks and entries of its ledger: one made from a snapshot does not hold what
/// was before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Base {
    /// Height of the snapshot: the newest block that is not here.
    pub height: Height,
    /// Index of the first entry that is here.
    pub first_entry: u64,
}

impl Base {
    /// The error for what is from before.
    pub(crate) fn lacks(self) -> StorageError {
        StorageError::BeforeSnapshot { height: self.height, first_entry: self.first_entry }
    }
}
