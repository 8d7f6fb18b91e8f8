//! Checking a backup: the manifest, every byte, and then what is in it, as in a data folder.

use std::{collections::BTreeSet, ffi::OsString, fs, os::unix::fs::symlink, path::Path};

use bulla_crypto::{Domain, framed};
use bulla_types::LedgerId;

use super::{
    BackupError, BackupFile, Doing, Manifest, Watch,
    files::{Files, read_small},
    manifest::{DATABASE, FILES_MAX, GENESIS, MANIFEST, TIP},
    shelf::read_manifest,
    work::{Content, Work, write_file},
};
use crate::{
    folder::Folder,
    fsck::{BlockHook, FsckReport, NEW_RECORD, fsck},
    options::StoreOptions,
    signed::SignedGuard,
    tip_file::{TipFile, TipRecord},
};

/// Bytes of a tip record, and of a genesis; longer ones are none.
const SMALL_BYTES_MAX: u64 = 16 << 20;

/// A backup in good order.
#[derive(Clone, Debug)]
pub struct SoundBackup {
    /// What it says of itself, all of it true.
    pub manifest: Manifest,
    /// What was checked, and notes.
    pub report: FsckReport,
}

/// Checks a backup without changing or adding a byte there: names, lengths and digests of all files, then all that
/// [`fsck`] checks in a data folder. `expected` is the ledger that it must be of, if the caller knows.
///
/// # Errors
/// [`BackupError`] says what is wrong with it.
pub fn check_backup(
    path: &Path,
    expected: Option<LedgerId>,
    options: &StoreOptions,
    hook: &mut dyn BlockHook,
    watch: Watch<'_>,
) -> Result<SoundBackup, BackupError> {
    let (files, manifest) = open(path, expected)?;
    let mut work = Work::new(&mut *watch, Vec::new(), options.free_space.clone(), 0);
    work.expect(manifest.bytes());
    for file in &manifest.files {
        let at = path.join(file.name.as_str());
        let mut source = files.file(&file.name).map_err(BackupError::file(&at))?;
        let content = work.digest(&at, &mut source)?;
        agrees(&at, file, content)?;
    }
    // A data folder made of what the backup has, without touching it: it may lie where nobody can write.
    let scratch = tempfile::tempdir().map_err(BackupError::io(std::env::temp_dir()))?;
    let real = path.canonicalize().map_err(BackupError::io(path))?.join(DATABASE);
    symlink(real, scratch.path().join(DATABASE)).map_err(BackupError::io(scratch.path()))?;
    let tip = small(&files, path, TIP)?;
    write_file(&scratch.path().join(TIP), &tip)?;
    let report = examine(path, scratch.path(), &manifest, options, hook, watch)?;
    Ok(SoundBackup { manifest, report })
}

/// Opens a backup and compares what it says with what lies there.
pub(super) fn open(path: &Path, expected: Option<LedgerId>) -> Result<(Files, Manifest), BackupError> {
    let (files, manifest) = read_manifest(path)?;
    let found = manifest.ledger_id;
    if let Some(expected) = expected.filter(|expected| *expected != found) {
        return Err(BackupError::OtherLedger { path: path.to_owned(), expected, found });
    }
    nothing_else(path, &manifest)?;
    let genesis = small(&files, path, GENESIS)?;
    let founded = LedgerId(framed(Domain::Genesis, &[&genesis]));
    if founded != found {
        return Err(BackupError::altered(path.join(GENESIS), format!("it founds ledger {founded}")));
    }
    Ok((files, manifest))
}

/// Whether a file is the one that the manifest names.
pub(super) fn agrees(path: &Path, file: &BackupFile, content: Content) -> Result<(), BackupError> {
    if content.bytes != file.bytes {
        let what = format!("it has {} bytes where the manifest says {}", content.bytes, file.bytes);
        return Err(BackupError::altered(path, what));
    }
    if content.blake3 != file.blake3 {
        return Err(BackupError::altered(path, "its digest is not the one in the manifest"));
    }
    Ok(())
}

/// Checks a data folder made from a backup: gives it a vote record that stands in for a lost one, and looks at
/// everything. Nothing that is wrong passes.
pub(super) fn examine(
    backup: &Path,
    data: &Path,
    manifest: &Manifest,
    options: &StoreOptions,
    hook: &mut dyn BlockHook,
    watch: Watch<'_>,
) -> Result<FsckReport, BackupError> {
    let folder = Folder::new(data);
    let stated =
        TipRecord { height: manifest.height, block_hash: manifest.block_hash, log_size: manifest.log_size };
    let tip = TipFile::open(&folder)?;
    if tip.as_ref().is_none_or(|tip| tip.newest() != Some(stated) || tip.ledger_id() != manifest.ledger_id) {
        return Err(BackupError::altered(backup.join(TIP), "it is not of the block that the manifest names"));
    }
    SignedGuard::create(&folder, manifest.ledger_id)?;
    let mut report = fsck(data, options, hook, &mut |progress| {
        // A check goes on to its end.
        let _ = watch(Doing::Checking(progress));
    })?;
    // It was just made so.
    report.notes.retain(|note| note != NEW_RECORD);
    // The tip record equals the manifest; a database behind it is found, one ahead of it only noted.
    if ahead(&report) {
        report.wrong("database", "it has blocks that the manifest does not name");
    }
    if !report.is_clean() {
        return Err(BackupError::Unsound { path: backup.to_owned(), report: Box::new(report) });
    }
    Ok(report)
}

/// Whether the database has blocks that the tip record does not know of: a node that crashed may be in that state, a
/// backup is not.
fn ahead(report: &FsckReport) -> bool {
    report.notes.iter().any(|note| note.starts_with("the tip record stands at"))
}

/// Refuses files that the manifest does not name: RocksDB would read some of them.
fn nothing_else(path: &Path, manifest: &Manifest) -> Result<(), BackupError> {
    let named: BTreeSet<OsString> = manifest.files.iter().map(|file| file.name.as_str().into()).collect();
    let beside = [DATABASE, MANIFEST].map(OsString::from);
    for (folder, prefix) in [(path.to_owned(), ""), (path.join(DATABASE), "db/")] {
        let entries = fs::read_dir(&folder).map_err(BackupError::io(&folder))?;
        for entry in entries.take(FILES_MAX + 1) {
            let name = entry.map_err(BackupError::io(&folder))?.file_name();
            let mut full = OsString::from(prefix);
            full.push(&name);
            let is_named = named.contains(&full) || (prefix.is_empty() && beside.contains(&name));
            if !is_named {
                return Err(BackupError::altered(folder.join(&name), "the manifest does not name it"));
            }
        }
    }
    Ok(())
}

fn small(files: &Files, path: &Path, name: &str) -> Result<Vec<u8>, BackupError> {
    let at = path.join(name);
    let file = files.beside(name).map_err(BackupError::file(&at))?;
    let bytes = read_small(&file, SMALL_BYTES_MAX).map_err(BackupError::io(&at))?;
    bytes.ok_or_else(|| BackupError::altered(&at, "it is longer than such a file can be"))
}
