//! Making a snapshot out of one view.

use std::{fs::File, io::Write, path::Path};

use bulla_merkle::log::{Edge, LogError};
use bulla_types::{BlockTime, Header, Height, SnapshotManifest};

use super::{
    SnapshotError, SnapshotFolder,
    content::{ContentWriter, Room},
};
use crate::{
    column::LogSuite,
    error::{Result, StorageError},
    request_window::RequestWindow,
    side_folder::{SideFolder, SideFolderError},
    store::Store,
    view::View,
};

/// Makes the folder `place` with the snapshot of the newest block of the view, one of `store`, of which `proof` is the
/// proof. It appears whole or not at all. The view is read a record and an entry at a time; what is committed meanwhile
/// does not show. A snapshot can wait: on the store's own disk it leaves twice the room below which the store stops.
///
/// # Errors
/// [`SnapshotError::NoBlock`], [`SnapshotError::NotYet`], [`SnapshotError::Exists`], [`SnapshotError::Busy`],
/// [`SnapshotError::NoRoom`], or what the disk says.
pub fn make_snapshot(
    store: &Store,
    view: &View<'_>,
    place: &Path,
    proof: &[u8],
) -> Result<SnapshotManifest, SnapshotError> {
    let failed = |error| match error {
        SideFolderError::Occupied => SnapshotError::Exists(place.to_owned()),
        SideFolderError::Busy => SnapshotError::Busy(place.to_owned()),
        SideFolderError::Io(error) => StorageError::io(place)(error).into(),
    };
    let side = SideFolder::begin(place).map_err(failed)?;
    let folder = SnapshotFolder::new(side.path());
    let room = Room::beside(store, side.path())?;
    let manifest = write_content(view, &folder, room)?;
    write(&folder.manifest_path(), &manifest.encode())?;
    write(&folder.proof_path(), proof)?;
    side.put_in_place().map_err(failed)?;
    Ok(manifest)
}

fn write_content(
    view: &View<'_>,
    folder: &SnapshotFolder,
    room: Room,
) -> Result<SnapshotManifest, SnapshotError> {
    let decided = view.decided(view.tip().height)?.ok_or(SnapshotError::NoBlock)?;
    let header = decided.header;
    let first_entry = first_entry(view, &header)?;
    let mut content = ContentWriter::create(&folder.content_path(), room)?;
    let records = put_records(view, &mut content)?;
    put_edge(view, LogSuite::Sha256, first_entry, &mut content)?;
    if header.second_log_root.is_some() {
        put_edge(view, LogSuite::Sm3, first_entry, &mut content)?;
    }
    for entry in view.entries(first_entry..header.log_size_after) {
        content.put_sized::<2>(&entry?.bytes)?;
    }
    let (bytes, chunks) = content.finish()?;
    SnapshotManifest::new(header, records, first_entry, bytes, chunks).map_err(SnapshotError::Manifest)
}

fn write(path: &Path, bytes: &[u8]) -> Result<()> {
    let written = File::create_new(path).and_then(|mut file| {
        file.write_all(bytes)?;
        file.sync_all()
    });
    written.map_err(StorageError::io(path))
}

/// The last entry from before the window; the first of all where there is none.
fn first_entry(view: &View<'_>, newest: &Header) -> Result<u64, SnapshotError> {
    let RequestWindow { entries_from, .. } = RequestWindow::after(newest, |key| view.state(key))?;
    let base = view.base()?;
    let held = base.map_or(0, |base| base.first_entry);
    let oldest = base.map_or(1, |base| base.height.0);
    let needed = match last_before(view, entries_from, oldest, newest.height.0)? {
        Some(block) => block.log_size_after.saturating_sub(1),
        None => 0,
    };
    if needed < held { Err(SnapshotError::NotYet { needed, held }) } else { Ok(needed) }
}

/// The newest of these blocks, the first of which is not below 1, whose time is before `time`. Times rise with
/// heights.
fn last_before(view: &View<'_>, time: BlockTime, oldest: u64, newest: u64) -> Result<Option<Header>> {
    let mut found = None;
    let (mut low, mut high) = (oldest, newest);
    while low <= high {
        let middle = low + (high - low) / 2;
        let decided = view.decided(Height(middle))?;
        let header = decided
            .ok_or_else(|| StorageError::corrupted(format!("block {middle}"), "it is missing"))?
            .header;
        if header.time < time {
            found = Some(header);
            low = middle + 1;
        } else {
            high = middle - 1;
        }
    }
    Ok(found)
}

fn put_records(view: &View<'_>, content: &mut ContentWriter) -> Result<u64, SnapshotError> {
    let mut records = 0;
    for record in view.state_records(&[], &[]) {
        let (key, value) = record?;
        content.put_sized::<1>(&key)?;
        content.put_sized::<4>(&value)?;
        records += 1;
    }
    Ok(records)
}

fn put_edge(
    view: &View<'_>,
    suite: LogSuite,
    size: u64,
    content: &mut ContentWriter,
) -> Result<(), SnapshotError> {
    let edge = Edge::read(&view.tiles(suite), size).map_err(|error| match error {
        LogError::Reader(error) => error,
        other => StorageError::corrupted("tiles", other),
    })?;
    content.put(&edge.encode())
}
