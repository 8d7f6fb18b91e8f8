//! The folder in which the backups of a ledger lie beside each other.

use std::{
    ffi::OsStr,
    fs::{self, DirBuilder, File, TryLockError},
    io,
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use bulla_types::{Height, LedgerId};

use super::{
    BackupError,
    files::{Files, NotAFile, read_small},
    manifest::{MANIFEST, MANIFEST_BYTES_MAX, Manifest, ManifestError},
};
use crate::side_folder::{parent, sync_folder};

/// Entries of the folder that are looked at; nobody keeps as many.
const ENTRIES_MAX: usize = 10_000;

/// Put before the name of a backup that is being removed.
const GOING: &str = ".going-";

/// A backup in its folder.
#[derive(Debug)]
pub struct Shelved {
    /// Where it lies.
    pub path: PathBuf,
    /// The height in its name.
    pub height: Height,
    /// The time in its name, milliseconds UTC.
    pub made_at_ms: u64,
    /// What it says of itself.
    pub manifest: Result<Manifest, BackupError>,
}

/// The backups in a folder, the newest first. Looks at manifests alone.
///
/// # Errors
/// That the folder cannot be read.
pub fn backups_in(folder: &Path) -> Result<Vec<Shelved>, BackupError> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).map_err(BackupError::io(folder))?.take(ENTRIES_MAX) {
        let entry = entry.map_err(BackupError::io(folder))?;
        let Some((height, made_at_ms)) = parse_name(&entry.file_name()) else { continue };
        let path = entry.path();
        let manifest = read_manifest(&path).map(|(_, manifest)| manifest);
        found.push(Shelved { path, height, made_at_ms, manifest });
    }
    found.sort_by(|a, b| (b.made_at_ms, &b.path).cmp(&(a.made_at_ms, &a.path)));
    Ok(found)
}

/// Opens a backup as far as its manifest.
pub(super) fn read_manifest(path: &Path) -> Result<(Files, Manifest), BackupError> {
    let at = path.join(MANIFEST);
    let files = Files::open(path).map_err(|error| match error {
        NotAFile::Io(source)
            if ![io::ErrorKind::NotFound, io::ErrorKind::NotADirectory].contains(&source.kind()) =>
        {
            BackupError::Io { path: path.to_owned(), source }
        }
        _ => no_backup(&at, "there is no folder with a manifest and db"),
    })?;
    let file = match files.beside(MANIFEST) {
        Err(NotAFile::Io(error)) if error.kind() == io::ErrorKind::NotFound => {
            return Err(no_backup(&at, "there is no manifest"));
        }
        opened => opened.map_err(BackupError::file(&at))?,
    };
    let bytes = read_small(&file, MANIFEST_BYTES_MAX).map_err(BackupError::io(&at))?;
    let manifest = bytes.ok_or(ManifestError::TooLong).and_then(|bytes| Manifest::decode(&bytes));
    let manifest = manifest.map_err(|source| BackupError::Manifest { path: at, source })?;
    Ok((files, manifest))
}

fn no_backup(manifest: &Path, what: &str) -> BackupError {
    BackupError::Manifest { path: manifest.to_owned(), source: ManifestError::Form(what.to_owned()) }
}

/// The folder of the backups, for one process that adds to it.
#[derive(Debug)]
pub(super) struct Shelf {
    path: PathBuf,
    _lock: File,
}

impl Shelf {
    /// Takes the folder, and makes it if it is not there, for its owner alone. What a process that ended in the
    /// middle has left goes.
    pub(super) fn open(path: &Path) -> Result<Self, BackupError> {
        match DirBuilder::new().mode(0o700).create(path) {
            Ok(()) => sync_folder(parent(path)).map_err(BackupError::io(path))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(BackupError::io(path)(error)),
        }
        // The folder itself is locked, so that nothing lies in it but backups.
        let lock = File::open(path).map_err(BackupError::io(path))?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => return Err(BackupError::Running(path.to_owned())),
            Err(TryLockError::Error(error)) => return Err(BackupError::io(path)(error)),
        }
        let shelf = Self { path: path.to_owned(), _lock: lock };
        shelf.sweep()?;
        Ok(shelf)
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Where a backup comes to lie.
    pub(super) fn place(&self, height: Height, made_at_ms: u64) -> PathBuf {
        self.path.join(format!("backup-{:012}-{made_at_ms:013}", height.0))
    }

    /// The newest backup, to share files with; refuses a folder that has backups of another ledger.
    pub(super) fn newest(&self, ledger_id: LedgerId) -> Result<Option<Files>, BackupError> {
        let mut newest = None;
        for shelved in backups_in(&self.path)? {
            match shelved.manifest {
                Ok(manifest) if manifest.ledger_id != ledger_id => {
                    let (expected, found) = (ledger_id, manifest.ledger_id);
                    return Err(BackupError::OtherLedger { path: shelved.path, expected, found });
                }
                Ok(_) if newest.is_none() => newest = Files::open(&shelved.path).ok(),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "a backup cannot be used"),
            }
        }
        Ok(newest)
    }

    /// Removes all but the newest `keep` that have a good manifest; `made` stays in any case. Gives those removed.
    pub(super) fn prune(&self, keep: u32, made: &Path) -> Result<Vec<PathBuf>, BackupError> {
        let (mut kept, mut removed) = (1, Vec::new());
        for shelved in backups_in(&self.path)?.into_iter().filter(|shelved| shelved.path != made) {
            if kept < keep {
                kept += u32::from(shelved.manifest.is_ok());
                continue;
            }
            let Some(name) = shelved.path.file_name() else { continue };
            // A backup that is half removed must not be taken for one.
            let going = self.path.join(format!("{GOING}{}", name.to_string_lossy()));
            fs::rename(&shelved.path, &going).map_err(BackupError::io(&shelved.path))?;
            fs::remove_dir_all(&going).map_err(BackupError::io(&going))?;
            removed.push(shelved.path);
        }
        Ok(removed)
    }

    fn sweep(&self) -> Result<(), BackupError> {
        for entry in fs::read_dir(&self.path).map_err(BackupError::io(&self.path))?.take(ENTRIES_MAX) {
            let entry = entry.map_err(BackupError::io(&self.path))?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            let unfinished = name.strip_prefix('.').and_then(|name| name.strip_suffix(".bulla-partial"));
            let left = name.strip_prefix(GOING).or(unfinished);
            if left.is_some_and(|name| parse_name(OsStr::new(name)).is_some()) {
                fs::remove_dir_all(entry.path()).map_err(BackupError::io(entry.path()))?;
            }
        }
        Ok(())
    }
}

/// Height and time of a backup by its name.
fn parse_name(name: &OsStr) -> Option<(Height, u64)> {
    let (height, made_at_ms) = name.to_str()?.strip_prefix("backup-")?.split_once('-')?;
    let number = |text: &str, digits: usize| {
        let plain = text.len() >= digits && text.bytes().all(|byte| byte.is_ascii_digit());
        plain.then(|| text.parse().ok()).flatten()
    };
    Some((Height(number(height, 12)?), number(made_at_ms, 13)?))
}
