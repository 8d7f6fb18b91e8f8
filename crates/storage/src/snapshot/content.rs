//! The content of a snapshot as a stream: written chunk by chunk, read with every chunk compared.

use std::{
    fs::File,
    io::{BufWriter, Write},
    path::{Path, PathBuf},
};

use bulla_crypto::Hash;
use bulla_types::{SnapshotManifest, limits};

use super::{SnapshotError, SnapshotFolder};
use crate::{
    error::{Result, StorageError},
    options::FreeSpace,
    store::Store,
};

/// The disk that content is written to, and what stays free on it.
pub(super) struct Room {
    folder: PathBuf,
    free: FreeSpace,
    floor_bytes: u64,
}

impl Room {
    /// That of a folder, as this store needs it.
    pub(super) fn beside(store: &Store, folder: &Path) -> Result<Self> {
        let floor_bytes = store.floor_beside(folder)?;
        Ok(Self { folder: folder.to_owned(), free: store.free_space().clone(), floor_bytes })
    }

    /// Refuses where so many bytes more do not fit.
    fn check(&self, bytes: u64) -> Result<(), SnapshotError> {
        let free_bytes = self.free.bytes(&self.folder).map_err(StorageError::io(&self.folder))?;
        let needed_bytes = self.floor_bytes.saturating_add(bytes);
        if free_bytes < needed_bytes {
            return Err(SnapshotError::NoRoom { path: self.folder.clone(), free_bytes, needed_bytes });
        }
        Ok(())
    }
}

/// Writes content and takes the digests of its chunks.
pub(super) struct ContentWriter {
    path: PathBuf,
    file: BufWriter<File>,
    room: Room,
    hasher: blake3::Hasher,
    in_chunk: u64,
    bytes: u64,
    chunks: Vec<Hash>,
}

impl ContentWriter {
    /// A new file. There must be room for each chunk before it is begun.
    pub(super) fn create(path: &Path, room: Room) -> Result<Self, SnapshotError> {
        let file = File::create_new(path).map_err(StorageError::io(path))?;
        Ok(Self {
            path: path.to_owned(),
            file: BufWriter::with_capacity(256 * 1024, file),
            room,
            hasher: blake3::Hasher::new(),
            in_chunk: 0,
            bytes: 0,
            chunks: Vec::new(),
        })
    }

    pub(super) fn put(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        self.bytes += bytes.len() as u64;
        let mut rest = bytes;
        while !rest.is_empty() {
            if self.in_chunk == 0 {
                self.room.check(limits::SNAPSHOT_CHUNK_BYTES)?;
            }
            let room = usize::try_from(limits::SNAPSHOT_CHUNK_BYTES - self.in_chunk).unwrap_or(usize::MAX);
            let (now, later) = rest.split_at(room.min(rest.len()));
            self.file.write_all(now).map_err(StorageError::io(&self.path))?;
            self.hasher.update(now);
            self.in_chunk += now.len() as u64;
            if self.in_chunk == limits::SNAPSHOT_CHUNK_BYTES {
                self.end_chunk();
            }
            rest = later;
        }
        Ok(())
    }

    /// Bytes before `bytes` say how many they are, in as many as `N`.
    pub(super) fn put_sized<const N: usize>(&mut self, bytes: &[u8]) -> Result<(), SnapshotError> {
        let length = (bytes.len() as u64).to_be_bytes();
        let (zeros, length) = length.split_at(8 - N);
        if zeros.iter().any(|byte| *byte != 0) {
            return Err(
                StorageError::corrupted("the store", "something in it is longer than it can be").into()
            );
        }
        self.put(length)?;
        self.put(bytes)
    }

    fn end_chunk(&mut self) {
        self.chunks.push(Hash::from_bytes(self.hasher.finalize().into()));
        self.hasher.reset();
        self.in_chunk = 0;
    }

    /// Ends the content, on the disk when it returns: its length and the digests of its chunks.
    pub(super) fn finish(mut self) -> Result<(u64, Vec<Hash>)> {
        if self.in_chunk > 0 {
            self.end_chunk();
        }
        let written = self.file.flush().and_then(|()| self.file.get_ref().sync_all());
        written.map_err(StorageError::io(&self.path))?;
        Ok((self.bytes, self.chunks))
    }
}

/// Reads content from its beginning. No byte is given out whose chunk is not the one that the manifest names.
pub(super) struct ContentReader<'a> {
    folder: &'a SnapshotFolder,
    manifest: &'a SnapshotManifest,
    next_chunk: u32,
    chunk: Vec<u8>,
    position: usize,
    bytes: u64,
}

impl<'a> ContentReader<'a> {
    pub(super) fn new(folder: &'a SnapshotFolder, manifest: &'a SnapshotManifest) -> Self {
        Self { folder, manifest, next_chunk: 0, chunk: Vec::new(), position: 0, bytes: 0 }
    }

    /// Bytes given out so far.
    pub(super) fn bytes(&self) -> u64 {
        self.bytes
    }

    /// The next `count` bytes.
    pub(super) fn take(&mut self, count: usize) -> Result<Vec<u8>, SnapshotError> {
        if count as u64 > self.manifest.content_bytes() - self.bytes {
            return Err(SnapshotError::Content("it ends too early".to_owned()));
        }
        let mut taken = Vec::with_capacity(count);
        while taken.len() < count {
            if self.position == self.chunk.len() {
                self.chunk = self.folder.chunk(self.manifest, self.next_chunk)?;
                self.next_chunk += 1;
                self.position = 0;
            }
            let available = &self.chunk[self.position..];
            let now = available.len().min(count - taken.len());
            taken.extend_from_slice(&available[..now]);
            self.position += now;
        }
        self.bytes += count as u64;
        Ok(taken)
    }

    /// What stands behind its own length of `N` bytes, which is not above `max`.
    pub(super) fn take_sized<const N: usize>(&mut self, max: usize) -> Result<Vec<u8>, SnapshotError> {
        let length = self.take(N)?.iter().fold(0_usize, |length, byte| (length << 8) | usize::from(*byte));
        if length > max {
            return Err(SnapshotError::Content(format!("{length} bytes where at most {max} can be")));
        }
        self.take(length)
    }

    /// Nothing may follow.
    pub(super) fn end(&self) -> Result<(), SnapshotError> {
        if self.bytes == self.manifest.content_bytes() {
            return Ok(());
        }
        Err(SnapshotError::Content(format!("it goes on after byte {}", self.bytes)))
    }
}
