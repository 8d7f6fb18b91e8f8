//! Making a backup while the node runs.

use std::{
    fs::{self, DirBuilder, File},
    os::unix::fs::DirBuilderExt,
    path::{Path, PathBuf},
};

use super::{
    BackupError, BackupFile, FileName, Manifest, Watch,
    files::Files,
    manifest::{DATABASE, FILES_MAX, GENESIS, MANIFEST, TIP},
    shelf::Shelf,
    work::{Content, Room, Work, write_file},
};
use crate::{
    bodies::Bodies,
    engine::Engine,
    error::StorageError,
    folder::Folder,
    options::StoreOptions,
    side_folder::{SideFolder, parent, sync_folder},
    slots::SCHEMA_VERSION,
    store::{Checkpoint, Store},
    tip_file::{TipFile, TipRecord},
    view::View,
};

/// Files that may be open while a checkpoint is looked at.
const OPEN_FILES_MAX: u32 = 64;

/// What the operator says about his backups.
#[derive(Clone, Debug)]
pub struct BackupSettings {
    /// The folder in which they lie; made if it is not there.
    pub folder: PathBuf,
    /// How many stay; the new one is one of them.
    pub keep: u32,
    /// Bytes read and written in a second at most; 0 for no limit.
    pub bytes_per_second_max: u64,
    /// What time it is, milliseconds UTC.
    pub now_ms: u64,
    /// Which program makes it, name and version: printable ASCII, at most 64 bytes.
    pub made_by: String,
}

/// A backup that was made.
#[derive(Clone, Debug)]
pub struct MadeBackup {
    /// Where it lies.
    pub path: PathBuf,
    /// What it says of itself.
    pub manifest: Manifest,
    /// Bytes of files that it shares with the one before.
    pub shared_bytes: u64,
    /// Older ones that went.
    pub removed: Vec<PathBuf>,
}

impl Store {
    /// Makes a backup as of the newest commit; commits go on meanwhile. It appears under its name when it is whole
    /// and synced.
    ///
    /// # Errors
    /// [`BackupError`]; nothing is left of the attempt.
    pub fn back_up(&self, settings: &BackupSettings, watch: Watch<'_>) -> Result<MadeBackup, BackupError> {
        if self.tip().height.0 == 0 {
            return Err(BackupError::NothingYet);
        }
        refuse_within(&settings.folder, self.data_folder())?;
        let shelf = Shelf::open(&settings.folder)?;
        let before = shelf.newest(self.ledger_id())?;
        let room = rooms(self, shelf.path())?;
        let mut work = Work::new(watch, room, self.free_space().clone(), settings.bytes_per_second_max);
        // The checkpoint writes out what is in memory.
        work.needs_room(self.data_folder(), self.memtable_bytes())?;
        let running = || BackupError::Running(self.data_folder().to_owned());
        let checkpoint = self.checkpoint()?.ok_or_else(running)?;
        let made = write(self, &checkpoint, &shelf, before.as_ref(), settings, &mut work);
        drop(checkpoint);
        let (path, manifest, shared_bytes) = made?;
        // The backup is made, whatever stands in the way of removing an old one.
        let removed = shelf.prune(settings.keep, &path).unwrap_or_else(|error| {
            tracing::warn!(%error, "older backups could not be removed");
            Vec::new()
        });
        Ok(MadeBackup { path, manifest, shared_bytes, removed })
    }
}

/// Backups within the data folder would go with it.
fn refuse_within(folder: &Path, data: &Path) -> Result<(), BackupError> {
    let real = |path: &Path| path.canonicalize().map_err(BackupError::io(path));
    // The folder itself may not be there yet.
    let place = if folder.exists() { real(folder)? } else { real(parent(folder))? };
    if place.starts_with(real(data)?) {
        return Err(BackupError::WithinData { folder: folder.to_owned(), data: data.to_owned() });
    }
    Ok(())
}

/// On the node's own disk a backup leaves it twice the floor below which it stops; the files that a checkpoint keeps
/// from going must not take that floor either.
fn rooms(store: &Store, shelf: &Path) -> Result<Vec<Room>, BackupError> {
    let data = Room { path: store.data_folder().to_owned(), floor_bytes: store.floor_bytes() };
    let shelf_floor = store.floor_beside(shelf)?;
    Ok(vec![data, Room { path: shelf.to_owned(), floor_bytes: shelf_floor }])
}

fn write(
    store: &Store,
    checkpoint: &Checkpoint<'_>,
    shelf: &Shelf,
    before: Option<&Files>,
    settings: &BackupSettings,
    work: &mut Work<'_>,
) -> Result<(PathBuf, Manifest, u64), BackupError> {
    let (tip, genesis) = newest(checkpoint.path())?;
    let place = shelf.place(tip.height, settings.now_ms);
    let side = SideFolder::begin(&place).map_err(BackupError::side_folder(&place))?;
    let database = side.path().join(DATABASE);
    DirBuilder::new().mode(0o700).create(&database).map_err(BackupError::io(&database))?;

    let sources = sources(checkpoint.path())?;
    let (total, new) = sizes(&sources, before);
    work.needs_room(shelf.path(), new)?;
    work.expect(total);
    let (mut files, mut shared_bytes) = (Vec::new(), 0);
    for source in sources {
        let (content, shared) = take(&source, before, side.path(), work)?;
        shared_bytes += if shared { content.bytes } else { 0 };
        files.push(entry(source.name, content));
    }
    let tip_file = {
        let folder = Folder::new(side.path());
        TipFile::create(&folder, store.ledger_id())?.advance(tip)?;
        fs::read(folder.tip()).map_err(BackupError::io(folder.tip()))?
    };
    files.push(named(TIP, content(&tip_file))?);
    files.push(named(GENESIS, write_file(&side.path().join(GENESIS), &genesis)?)?);
    files.sort_by(|a, b| a.name.cmp(&b.name));

    let manifest = Manifest {
        schema: SCHEMA_VERSION,
        ledger_id: store.ledger_id(),
        height: tip.height,
        block_hash: tip.block_hash,
        log_size: tip.log_size,
        made_at_ms: settings.now_ms,
        made_by: settings.made_by.clone(),
        files,
    };
    let encoded = manifest.encode();
    Manifest::decode(&encoded)
        .map_err(|source| BackupError::Manifest { path: side.path().join(MANIFEST), source })?;
    sync_folder(&database).map_err(BackupError::io(&database))?;
    write_file(&side.path().join(MANIFEST), &encoded)?;
    side.put_in_place().map_err(BackupError::side_folder(&place))?;
    Ok((place, manifest, shared_bytes))
}

/// The newest commit in a checkpoint, and the genesis: commits have gone on since it was asked for.
fn newest(checkpoint: &Path) -> Result<(TipRecord, bytes::Bytes), StorageError> {
    let options = StoreOptions { open_files_max: OPEN_FILES_MAX, ..StoreOptions::small() };
    let engine = Engine::open_read_only(checkpoint, &options)?;
    let bodies = Bodies::new(0);
    let view = View::new(&engine, &bodies)?;
    Ok((TipRecord::from(&view.tip()), view.genesis()?))
}

/// A file of the checkpoint.
struct Source {
    name: FileName,
    path: PathBuf,
    bytes: u64,
}

fn sources(checkpoint: &Path) -> Result<Vec<Source>, BackupError> {
    let mut sources = Vec::new();
    for entry in fs::read_dir(checkpoint).map_err(BackupError::io(checkpoint))? {
        let path = entry.map_err(BackupError::io(checkpoint))?.path();
        let bytes = fs::symlink_metadata(&path).map_err(BackupError::io(&path))?.len();
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        let name = FileName::of_database(&name).map_err(|what| BackupError::altered(&path, what))?;
        sources.push(Source { name, path, bytes });
    }
    if sources.len() + 2 > FILES_MAX {
        return Err(BackupError::altered(checkpoint, format!("it has more than {FILES_MAX} files")));
    }
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(sources)
}

/// Bytes of all files, and of those that the backup before does not have.
fn sizes(sources: &[Source], before: Option<&Files>) -> (u64, u64) {
    sources.iter().fold((0, 0), |(total, new), source| {
        let shared = before.and_then(|before| like(source, before)).is_some();
        (total + source.bytes, new + if shared { 0 } else { source.bytes })
    })
}

/// The file of this name and length in the backup before.
fn like(source: &Source, before: &Files) -> Option<File> {
    let file = before.file(&source.name).ok()?;
    (file.metadata().ok()?.len() == source.bytes).then_some(file)
}

/// Puts a file into the backup; tells whether it is shared with the one before.
fn take(
    source: &Source,
    before: Option<&Files>,
    side: &Path,
    work: &mut Work<'_>,
) -> Result<(Content, bool), BackupError> {
    let open = || File::open(&source.path).map_err(BackupError::io(&source.path));
    let to = side.join(source.name.as_str());
    if let Some((before, mut like)) = before.and_then(|before| Some((before, like(source, before)?)))
        && let Some(content) = work.same(&source.path, &mut open()?, &mut like)?
        // Some file systems have no links, others a limit on them.
        && fs::hard_link(before.path().join(source.name.as_str()), &to).is_ok()
    {
        return Ok((content, true));
    }
    Ok((work.copy(&source.path, &mut open()?, &to)?, false))
}

fn named(name: &str, content: Content) -> Result<BackupFile, BackupError> {
    let name = name.parse().map_err(|what: String| BackupError::altered(name, what))?;
    Ok(entry(name, content))
}

fn entry(name: FileName, content: Content) -> BackupFile {
    BackupFile { name, bytes: content.bytes, blake3: content.blake3 }
}

fn content(bytes: &[u8]) -> Content {
    Content { bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX), blake3: blake3::hash(bytes).into() }
}
