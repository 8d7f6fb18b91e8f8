//! Snapshots that the node makes for others to join from: every so many blocks, and when its operator asks; it keeps
//! the newest few and gives them to whoever may ask.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};

use bulla_chain::{Chain, make_snapshot};
use bulla_network::{SnapshotFile, SnapshotOffer, SnapshotPiece, SnapshotQuestion, SnapshotReply};
use bulla_storage::{SnapshotError, SnapshotFolder};
use bulla_types::limits::SNAPSHOT_CHUNK_BYTES;
use bulla_types::{Height, ReasonCode, SnapshotManifest};
use bytes::Bytes;
use tokio::sync::Semaphore;
use tracing::{info, warn};

use crate::config::SnapshotConfig;
use crate::failure::storage_reason;

/// Pieces read from the disk at a time, for all peers together: each is 1 MiB in memory.
const READS_MAX: usize = 8;

/// The snapshots of one node.
#[derive(Debug)]
pub(crate) struct Snapshots {
    folder: PathBuf,
    config: SnapshotConfig,
    kept: Mutex<Vec<Arc<Kept>>>,
    making: AtomicBool,
    reads: Arc<Semaphore>,
}

/// A snapshot that lies in the folder.
#[derive(Debug)]
struct Kept {
    folder: SnapshotFolder,
    offer: SnapshotOffer,
    content_bytes: u64,
}

impl Snapshots {
    /// Those that lie in the data folder already.
    pub(crate) fn open(data: &Path, config: SnapshotConfig) -> Self {
        let folder = data.join("snapshots");
        let mut kept = in_folder(&folder);
        kept.sort_by_key(|kept| kept.offer.height);
        let snapshots = Self {
            folder,
            config,
            kept: Mutex::new(kept),
            making: AtomicBool::new(false),
            reads: Arc::new(Semaphore::new(READS_MAX)),
        };
        snapshots.prune();
        snapshots
    }

    /// Makes a snapshot of the block that was committed just now, if one is due. It is written in a thread of its own,
    /// out of a view that is taken before this returns: commits go on, and every node takes its snapshot of the same
    /// heights.
    pub(crate) fn committed(self: &Arc<Self>, chain: &Arc<Chain>, height: u64) {
        let every = self.config.every_blocks;
        let due = every > 0 && height.is_multiple_of(every);
        if !due || self.making.swap(true, Ordering::AcqRel) {
            return;
        }
        let (taken, is_taken) = mpsc::channel();
        let (snapshots, chain) = (Arc::clone(self), Arc::clone(chain));
        std::thread::spawn(move || {
            let tell = || {
                // Whoever waits does so until now.
                let _ = taken.send(());
            };
            let made = snapshots.make(&chain, tell);
            snapshots.making.store(false, Ordering::Release);
            if let Err(error) = made {
                warn!(%error, height, "no snapshot was made");
            }
        });
        // An error means that the thread has ended: there is no view to wait for.
        let _ = is_taken.recv();
    }

    /// Makes a snapshot of the newest block, if there is none, because the operator asks for it; gives where it lies,
    /// or why it is not made.
    pub(crate) async fn make_now(
        self: Arc<Self>,
        chain: Arc<Chain>,
    ) -> Result<PathBuf, (ReasonCode, String)> {
        let make = move || {
            let newest = Height(chain.tip().height);
            if let Some(kept) = lock(&self.kept).iter().find(|kept| kept.offer.height == newest) {
                return Ok(kept.folder.path().to_owned());
            }
            if self.making.swap(true, Ordering::AcqRel) {
                return Err(SnapshotError::Busy(self.folder.clone()));
            }
            let made = self.make(&chain, || ());
            self.making.store(false, Ordering::Release);
            made
        };
        match tokio::task::spawn_blocking(make).await {
            Ok(Ok(path)) => Ok(path),
            Ok(Err(SnapshotError::Storage(error))) => Err((storage_reason(&error), error.to_string())),
            Ok(Err(error)) => Err((error.reason().unwrap_or(ReasonCode::StorageFailed), error.to_string())),
            Err(panic) => Err((ReasonCode::Internal, panic.to_string())),
        }
    }

    /// Makes a snapshot of the newest block now. Blocking.
    fn make(&self, chain: &Chain, taken: impl FnOnce()) -> Result<PathBuf, SnapshotError> {
        let place = |height: Height| self.folder.join(height.to_string());
        fs::create_dir_all(&self.folder)
            .map_err(|source| bulla_storage::StorageError::Io { path: self.folder.clone(), source })?;
        let manifest = make_snapshot(chain.store(), place, taken)?;
        let place = place(manifest.header.height);
        info!(
            height = manifest.header.height.0,
            snapshot = %manifest.id(),
            bytes = manifest.content_bytes(),
            "a snapshot was made"
        );
        let kept = Kept::of(SnapshotFolder::new(&place), &manifest)?;
        lock(&self.kept).push(Arc::new(kept));
        self.prune();
        Ok(place)
    }

    /// Removes the oldest beyond those that are to be kept.
    fn prune(&self) {
        let beyond = {
            let mut kept = lock(&self.kept);
            let surplus =
                kept.len().saturating_sub(usize::try_from(self.config.keep.max(1)).unwrap_or(usize::MAX));
            kept.drain(..surplus).collect::<Vec<_>>()
        };
        for old in beyond {
            if let Err(error) = fs::remove_dir_all(old.folder.path()) {
                warn!(%error, folder = %old.folder.path().display(), "an old snapshot could not be removed");
            }
        }
    }

    /// Answers a peer.
    pub(crate) async fn answer(self: Arc<Self>, question: SnapshotQuestion, reply: SnapshotReply) {
        match question {
            SnapshotQuestion::Offers => {
                let offers: Vec<_> = lock(&self.kept).iter().rev().map(|kept| kept.offer).collect();
                reply.offers(&offers);
            }
            SnapshotQuestion::Piece(piece) => reply.piece(self.piece(piece).await),
        }
    }

    async fn piece(&self, asked: SnapshotPiece) -> Option<Bytes> {
        let kept = lock(&self.kept).iter().find(|kept| kept.offer.id == asked.id).cloned()?;
        let _permit = self.reads.acquire().await.ok()?;
        let read = tokio::task::spawn_blocking(move || kept.read(asked.file, asked.piece)).await;
        match read.ok()? {
            Ok(piece) => piece,
            Err(error) => {
                warn!(%error, "a snapshot cannot be read");
                None
            }
        }
    }
}

impl Kept {
    fn of(folder: SnapshotFolder, manifest: &SnapshotManifest) -> Result<Self, SnapshotError> {
        let length = |bytes: usize| u32::try_from(bytes).unwrap_or(u32::MAX);
        let offer = SnapshotOffer {
            height: manifest.header.height,
            id: manifest.id(),
            manifest_bytes: length(manifest.encode().len()),
            proof_bytes: length(folder.proof()?.len()),
        };
        Ok(Self { offer, content_bytes: manifest.content_bytes(), folder })
    }

    /// A piece of a file; `None` beyond its end.
    fn read(&self, file: SnapshotFile, piece: u32) -> bulla_storage::Result<Option<Bytes>> {
        let (path, length) = match file {
            SnapshotFile::Manifest => (self.folder.manifest_path(), self.offer.manifest_bytes.into()),
            SnapshotFile::Proof => (self.folder.proof_path(), self.offer.proof_bytes.into()),
            SnapshotFile::Content => (self.folder.content_path(), self.content_bytes),
        };
        let start = u64::from(piece) * SNAPSHOT_CHUNK_BYTES;
        if start >= length {
            return Ok(None);
        }
        bulla_storage::read_piece(&path, start, SNAPSHOT_CHUNK_BYTES).map(Bytes::from).map(Some)
    }
}

/// The snapshots that can be read in a folder. What else lies there is left alone.
fn in_folder(folder: &Path) -> Vec<Arc<Kept>> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let names = entries.flatten().filter(|entry| {
        let name = entry.file_name();
        name.to_str().is_some_and(|name| name.parse::<u64>().is_ok_and(|number| number.to_string() == name))
    });
    let read = |path: PathBuf| {
        let found = SnapshotFolder::new(&path);
        found.manifest().and_then(|manifest| Kept::of(found, &manifest)).map_err(|error| (path, error))
    };
    let kept = names.filter_map(|entry| {
        read(entry.path())
            .map_err(|(path, error)| warn!(%error, folder = %path.display(), "this snapshot is left alone"))
            .ok()
    });
    kept.map(Arc::new).collect()
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
