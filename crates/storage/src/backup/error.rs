//! Why a backup is not made, not taken or not put back.

use std::{io, path::PathBuf};

use bulla_types::{LedgerId, ReasonCode};

use super::{files::NotAFile, manifest::ManifestError};
use crate::{error::StorageError, fsck::FsckReport, side_folder::SideFolderError, slots::SCHEMA_VERSION};

/// Why a backup is not made, not taken or not put back. Nothing is left of the attempt.
#[derive(Debug, thiserror::Error)]
pub enum BackupError {
    /// Another backup is being made into this folder.
    #[error("another backup is being made into {0}")]
    Running(PathBuf),
    /// The ledger has no block yet.
    #[error("the ledger has no block yet: there is nothing to back up")]
    NothingYet,
    /// The backups would lie in the very folder that they are to outlive.
    #[error("{folder} is within the data folder {data}, and would be lost with it")]
    WithinData {
        /// Where the backups were to lie.
        folder: PathBuf,
        /// The data folder.
        data: PathBuf,
    },
    /// Whoever asked for it, or the node, stopped it.
    #[error("it was stopped before its end")]
    Stopped,
    /// The manifest is missing, cut off, altered, or of later software.
    #[error("{path} is not a backup that can be used: {source}")]
    Manifest {
        /// The manifest.
        path: PathBuf,
        /// What is wrong with it.
        source: ManifestError,
    },
    /// A file is not what the manifest says.
    #[error("{path} is damaged: {what}")]
    Altered {
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        what: String,
    },
    /// It is of another ledger.
    #[error("{path} is of ledger {found}, not of {expected}")]
    OtherLedger {
        /// The backup.
        path: PathBuf,
        /// The ledger asked for.
        expected: LedgerId,
        /// The ledger found.
        found: LedgerId,
    },
    /// The files are as they were written, and what is in them does not hold together.
    #[error("{path} does not hold together: {}", first(.report))]
    Unsound {
        /// The backup.
        path: PathBuf,
        /// What is wrong.
        report: Box<FsckReport>,
    },
    /// Something stands where the data folder is to be made.
    #[error("{0} exists already, and a backup is only put where nothing is")]
    TargetExists(PathBuf),
    /// Too little room: nothing was left.
    #[error("the disk of {path} is full: {free_bytes} bytes free, {needed_bytes} needed")]
    DiskFull {
        /// Where.
        path: PathBuf,
        /// Bytes that were free.
        free_bytes: u64,
        /// Bytes that are to be free.
        needed_bytes: u64,
    },
    /// The operating system refused.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What it said.
        source: io::Error,
    },
    /// The store refused.
    #[error(transparent)]
    Store(#[from] StorageError),
}

fn first(report: &FsckReport) -> String {
    let first = report.findings.first().map(ToString::to_string).unwrap_or_default();
    match report.findings.len() {
        0 | 1 => first,
        more => format!("{first}, and {} more findings", more - 1),
    }
}

impl BackupError {
    pub(super) fn io(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }

    pub(super) fn altered(path: impl Into<PathBuf>, what: impl ToString) -> Self {
        Self::Altered { path: path.into(), what: what.to_string() }
    }

    /// What a file of a backup is not.
    pub(super) fn file(path: impl Into<PathBuf>) -> impl FnOnce(NotAFile) -> Self {
        let path = path.into();
        move |error| match error {
            NotAFile::Io(source) if source.kind() != io::ErrorKind::NotFound => Self::Io { path, source },
            NotAFile::Io(_) => Self::altered(path, "it is missing"),
            NotAFile::Other => Self::altered(path, "it is not a regular file"),
        }
    }

    pub(super) fn side_folder(place: impl Into<PathBuf>) -> impl FnOnce(SideFolderError) -> Self {
        let place = place.into();
        move |error| match error {
            SideFolderError::Occupied => Self::TargetExists(place),
            SideFolderError::Busy => Self::Running(place),
            SideFolderError::Io(source) => Self::Io { path: place, source },
        }
    }

    /// The stable reason code; none where the store's own error has it.
    #[must_use]
    pub fn reason(&self) -> Option<ReasonCode> {
        Some(match self {
            Self::Running(_) => ReasonCode::BackupRunning,
            Self::NothingYet | Self::Stopped => ReasonCode::BackupNotPossible,
            Self::WithinData { .. } => ReasonCode::ConfigInvalid,
            Self::Manifest { source: ManifestError::Version { .. }, .. } => ReasonCode::UnknownVersion,
            Self::Manifest { source: ManifestError::Schema { found }, .. } if *found < SCHEMA_VERSION => {
                ReasonCode::DataSchemaOlder
            }
            Self::Manifest { source: ManifestError::Schema { .. }, .. } => ReasonCode::DataSchemaNewer,
            Self::Manifest { .. } | Self::Altered { .. } | Self::Unsound { .. } => ReasonCode::BackupInvalid,
            Self::OtherLedger { .. } => ReasonCode::DataOfOtherLedger,
            Self::TargetExists(_) => ReasonCode::FileExists,
            // The disk need not be the node's.
            error if error.is_out_of_room() => ReasonCode::FileUnwritable,
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    ReasonCode::FileUnwritable
                }
                io::ErrorKind::NotFound | io::ErrorKind::NotADirectory => ReasonCode::FileUnreadable,
                _ => ReasonCode::StorageFailed,
            },
            Self::DiskFull { .. } => ReasonCode::FileUnwritable,
            Self::Store(_) => return None,
        })
    }

    /// Whether the operating system found no room.
    #[must_use]
    pub fn is_out_of_room(&self) -> bool {
        match self {
            Self::DiskFull { .. } => true,
            Self::Io { source, .. } => {
                matches!(source.kind(), io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded)
            }
            Self::Store(error) => error.is_out_of_room(),
            _ => false,
        }
    }
}
