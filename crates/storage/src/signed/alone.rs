//! A record of votes in a folder of its own: that of a signer apart from its node.

use std::path::Path;

use bulla_types::LedgerId;

use super::SignedGuard;
use crate::{
    error::{Result, StorageError},
    folder::{Folder, FolderLock},
};

/// The `signed` file of a signer, and the lock that gives it to one process.
///
/// There is no store beside it to compare it with. So whatever casts doubt on it has one answer: nothing is signed
/// before the network's height is heard ([`SignedGuard::settle`]), and then only above it.
#[derive(Debug)]
pub struct SignedRecord {
    guard: SignedGuard,
    doubt: Option<RecordDoubt>,
    _lock: FolderLock,
}

/// Why a record may lack votes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RecordDoubt {
    /// It is new: the first of its ledger, or in the place of one that is lost.
    #[error("the record of votes is new")]
    New,
    /// It is not the file last written, but a copy of it.
    #[error("the record of votes is a copy")]
    Copied,
    /// A part of it is damaged, in which the newest vote may have stood.
    #[error("the newest vote of the record may be lost")]
    VoteLost,
}

impl SignedRecord {
    /// Opens the record in a folder; makes both when they are not there.
    ///
    /// # Errors
    /// [`StorageError::Locked`] when another process has it, [`StorageError::OtherLedger`] when it is another
    /// ledger's, [`StorageError::Corrupted`] when its first page is damaged, and what the system says.
    pub fn open(path: &Path, ledger_id: LedgerId) -> Result<Self> {
        let folder = Folder::new(path);
        folder.check_is_folder()?;
        folder.make()?;
        let lock = folder.lock()?;
        let (guard, made) = match SignedGuard::open(&folder)? {
            Some(guard) => (guard, false),
            None => (SignedGuard::create(&folder, ledger_id)?, true),
        };
        if made {
            folder.sync()?;
        }
        let found = guard.ledger_id();
        if found != ledger_id {
            return Err(StorageError::OtherLedger { path: folder.signed(), expected: ledger_id, found });
        }
        let doubt = if guard.is_new() {
            Some(RecordDoubt::New)
        } else if !guard.is_settled() {
            Some(RecordDoubt::Copied)
        } else if guard.damage().newest_may_be_lost {
            Some(RecordDoubt::VoteLost)
        } else {
            None
        };
        // Whatever the lost vote was for, its height was at most the one after the network's. What else is known
        // keeps its force.
        if let (Some(RecordDoubt::VoteLost), Some(last)) = (doubt, guard.last()) {
            guard.raise_floor(last.height)?;
        }
        if doubt == Some(RecordDoubt::VoteLost) {
            guard.unsettle()?;
        }
        Ok(Self { guard, doubt, _lock: lock })
    }

    /// What stands before the key.
    #[must_use]
    pub fn guard(&self) -> &SignedGuard {
        &self.guard
    }

    /// What was found on opening.
    #[must_use]
    pub fn doubt(&self) -> Option<RecordDoubt> {
        self.doubt
    }
}
