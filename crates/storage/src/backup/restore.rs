//! Putting a backup back: into a new folder, checked whole before it gets its name.

use std::{fs::DirBuilder, os::unix::fs::DirBuilderExt, path::Path};

use bulla_types::LedgerId;

use super::{
    BackupError, SoundBackup, Watch,
    check::{agrees, examine, open},
    manifest::{DATABASE, GENESIS},
    work::{Room, Work},
};
use crate::{
    fsck::BlockHook,
    options::StoreOptions,
    side_folder::{SideFolder, parent, sync_folder},
};

/// Makes the data folder `data` from a backup. It is built beside its place, every byte checked as it is copied, then
/// checked as by [`fsck`](crate::fsck), and only then gets its name; a crash in the middle leaves nothing there.
///
/// The folder has a new vote record that stands in for a lost one: a validator that starts on it observes first.
///
/// # Errors
/// [`BackupError`]; nothing stands at `data` then that did not before.
pub fn restore_backup(
    backup: &Path,
    data: &Path,
    expected: Option<LedgerId>,
    options: &StoreOptions,
    hook: &mut dyn BlockHook,
    watch: Watch<'_>,
) -> Result<SoundBackup, BackupError> {
    let (files, manifest) = open(backup, expected)?;
    let side = SideFolder::begin(data).map_err(BackupError::side_folder(data))?;
    let database = side.path().join(DATABASE);
    DirBuilder::new().mode(0o700).create(&database).map_err(BackupError::io(&database))?;

    let room = Room { path: parent(data).to_owned(), floor_bytes: 0 };
    let mut work = Work::new(&mut *watch, vec![room], options.free_space.clone(), 0);
    work.needs_room(parent(data), manifest.bytes())?;
    work.expect(manifest.bytes());
    for file in manifest.files.iter().filter(|file| file.name.as_str() != GENESIS) {
        let at = backup.join(file.name.as_str());
        let mut source = files.file(&file.name).map_err(BackupError::file(&at))?;
        let content = work.copy(&at, &mut source, &side.path().join(file.name.as_str()))?;
        agrees(&at, file, content)?;
    }
    sync_folder(&database).map_err(BackupError::io(&database))?;
    let report = examine(backup, side.path(), &manifest, options, hook, watch)?;
    side.put_in_place().map_err(BackupError::side_folder(data))?;
    Ok(SoundBackup { manifest, report })
}
