//! The content of a snapshot: chunks from all that offer it, each compared with the manifest as it comes.

use std::collections::{BTreeMap, VecDeque};
use std::fs::File;
use std::os::unix::fs::FileExt;
use std::sync::Arc;
use std::time::Duration;

use bulla_network::{HostHandle, PeerId, SnapshotFile, SnapshotPiece, SyncFailure};
use bulla_storage::{SnapshotError, SnapshotFolder, StorageError};
use bulla_types::SnapshotManifest;
use bulla_types::limits::SNAPSHOT_CHUNK_BYTES;
use bytes::Bytes;
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio::sync::watch;
use tokio::time::Instant;
use tracing::{debug, info, warn};

use super::fetch::{Failed, Left};
use super::offers::Choice;
use super::pace::{LeastPace, Pace};
use super::progress::JoinProgress;

/// Chunks under way from one peer: one is on its way while the next is read there.
const IN_FLIGHT_PER_SOURCE: usize = 2;
/// Chunks under way in all; each is 1 MiB in memory.
const IN_FLIGHT_MAX: usize = 16;
/// A peer that so many times in a row gives no answer is not asked any more.
const SILENCES_MAX: u32 = 3;
/// How often it is said how far fetching is.
const SAY_EVERY: Duration = Duration::from_secs(5);

/// Fetches what is missing of the content.
pub(super) async fn fetch(
    host: &HostHandle,
    folder: &SnapshotFolder,
    manifest: &SnapshotManifest,
    choice: &Choice,
    least: LeastPace,
    progress: &watch::Sender<JoinProgress>,
) -> Result<(), Failed> {
    let file = Arc::new(open(folder, manifest)?);
    let missing = missing(folder, manifest);
    let found = u64::from(manifest.chunks()) - missing.len() as u64;
    if found > 0 {
        info!(found, chunks = manifest.chunks(), "chunks that were fetched before are taken again");
    }
    let sources = choice.sources.iter().map(|peer| (*peer, Source::default())).collect();
    let (left, pace) = (Left::default(), Pace::new(least, Instant::now()));
    let fetching = Fetching { host, file, manifest, choice, missing, sources, left, pace, progress };
    fetching.run().await
}

#[derive(Debug, Default)]
struct Source {
    in_flight: usize,
    silences: u32,
}

struct Fetching<'a> {
    host: &'a HostHandle,
    file: Arc<File>,
    manifest: &'a SnapshotManifest,
    choice: &'a Choice,
    missing: VecDeque<u32>,
    sources: BTreeMap<PeerId, Source>,
    left: Left,
    pace: Pace,
    progress: &'a watch::Sender<JoinProgress>,
}

impl Fetching<'_> {
    async fn run(mut self) -> Result<(), Failed> {
        let mut under_way = FuturesUnordered::new();
        let mut said = Instant::now();
        loop {
            self.report(under_way.len());
            while under_way.len() < IN_FLIGHT_MAX
                && let Some((peer, chunk)) = self.next()
            {
                let (host, id) = (self.host, self.choice.id);
                under_way.push(async move {
                    let asked = SnapshotPiece { id, file: SnapshotFile::Content, piece: chunk };
                    (peer, chunk, host.snapshot_piece(peer, asked).await)
                });
            }
            let Some((peer, chunk, answer)) = under_way.next().await else { break };
            self.take(peer, chunk, answer).await?;
            self.set_slow_ones_aside();
            if self.sources.is_empty() && !self.missing.is_empty() {
                // What they still owe is of no use.
                break;
            }
            if said.elapsed() >= SAY_EVERY {
                said = Instant::now();
                let (missing, chunks) = (self.missing.len() + under_way.len(), self.manifest.chunks());
                info!(missing, chunks, sources = self.sources.len(), "fetching the snapshot");
            }
        }
        if !self.missing.is_empty() {
            return Err(Failed::NobodyLeft(self.left));
        }
        let synced = self.file.sync_all();
        synced.map_err(|source| self.here(source))
    }

    /// The next chunk to ask for, and whom: the peer with the least under way.
    fn next(&mut self) -> Option<(PeerId, u32)> {
        let idle = self.sources.iter_mut().filter(|(_, source)| source.in_flight < IN_FLIGHT_PER_SOURCE);
        let (peer, source) = idle.min_by_key(|(_, source)| source.in_flight)?;
        let chunk = self.missing.pop_front()?;
        source.in_flight += 1;
        Some((*peer, chunk))
    }

    async fn take(
        &mut self,
        peer: PeerId,
        chunk: u32,
        answer: Result<Bytes, SyncFailure>,
    ) -> Result<(), Failed> {
        if let Some(source) = self.sources.get_mut(&peer) {
            source.in_flight -= 1;
        }
        match answer {
            Ok(bytes) if self.manifest.has_chunk(chunk, &bytes) => {
                if let Some(source) = self.sources.get_mut(&peer) {
                    source.silences = 0;
                }
                self.pace.brought(peer, bytes.len() as u64);
                return self.write(chunk, bytes).await;
            }
            Ok(_) => {
                warn!(%peer, chunk, "this peer gave a chunk that is not the one it offers: it is not asked again");
                self.left.liars.insert(peer);
                self.sources.remove(&peer);
            }
            Err(failure) => {
                debug!(%peer, chunk, %failure, "no chunk");
                self.silent(peer, failure);
            }
        }
        self.missing.push_front(chunk);
        Ok(())
    }

    /// As long as something is to be asked for.
    fn set_slow_ones_aside(&mut self) {
        if self.missing.is_empty() {
            return;
        }
        for peer in self.pace.too_slow(self.sources.keys().copied(), Instant::now()) {
            warn!(%peer, "this peer gives chunks too slowly: others come first");
            self.sources.remove(&peer);
            self.left.slow = true;
        }
    }

    fn silent(&mut self, peer: PeerId, failure: SyncFailure) {
        let Some(source) = self.sources.get_mut(&peer) else { return };
        source.silences += 1;
        if source.silences >= SILENCES_MAX {
            warn!(%peer, %failure, "this peer gives no more chunks");
            self.sources.remove(&peer);
        }
    }

    async fn write(&self, chunk: u32, bytes: Bytes) -> Result<(), Failed> {
        let file = Arc::clone(&self.file);
        let start = u64::from(chunk) * SNAPSHOT_CHUNK_BYTES;
        let written = tokio::task::spawn_blocking(move || file.write_all_at(&bytes, start)).await;
        let written = written.unwrap_or_else(|panic| Err(std::io::Error::other(panic.to_string())));
        written.map_err(|source| self.here(source))
    }

    fn here(&self, source: std::io::Error) -> Failed {
        Failed::Here(StorageError::Io { path: "the snapshot".into(), source }.into())
    }

    fn report(&self, under_way: usize) {
        let left = (self.missing.len() + under_way) as u64 * SNAPSHOT_CHUNK_BYTES;
        let total = self.manifest.content_bytes();
        let progress = JoinProgress::fetching(self.choice.height, total.saturating_sub(left), total);
        self.progress.send_replace(progress);
    }
}

/// The file, as long as the content.
fn open(folder: &SnapshotFolder, manifest: &SnapshotManifest) -> Result<File, SnapshotError> {
    let path = folder.content_path();
    let file = File::options().create(true).truncate(false).write(true).open(&path);
    let sized = file.and_then(|file| {
        file.set_len(manifest.content_bytes())?;
        Ok(file)
    });
    Ok(sized.map_err(|source| StorageError::Io { path, source })?)
}

/// The chunks that are not there yet: those that were fetched before are known by their digests.
fn missing(folder: &SnapshotFolder, manifest: &SnapshotManifest) -> VecDeque<u32> {
    (0..manifest.chunks()).filter(|chunk| folder.chunk(manifest, *chunk).is_err()).collect()
}
