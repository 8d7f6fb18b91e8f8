//! The folder that a snapshot lies in.

use std::{
    fs::{self, File},
    io::{self, Read, Seek, SeekFrom},
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
};

use bulla_types::{SnapshotManifest, limits};
use rustix::fs::OFlags;

use super::SnapshotError;
use crate::error::{Result, StorageError};

/// The three files of a snapshot. Bytes from anywhere: reading one says nothing of what it holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SnapshotFolder(PathBuf);

impl SnapshotFolder {
    /// The snapshot in this folder.
    #[must_use]
    pub fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The manifest: [`SnapshotManifest`].
    #[must_use]
    pub fn manifest_path(&self) -> PathBuf {
        self.0.join("manifest")
    }

    /// The proof: a canonical [`TrustBundle`](bulla_types::TrustBundle) without records.
    #[must_use]
    pub fn proof_path(&self) -> PathBuf {
        self.0.join("proof")
    }

    /// The content, chunk after chunk.
    #[must_use]
    pub fn content_path(&self) -> PathBuf {
        self.0.join("content")
    }

    /// Reads the manifest.
    ///
    /// # Errors
    /// [`SnapshotError::NoManifest`], or that it cannot be read.
    pub fn manifest(&self) -> Result<SnapshotManifest, SnapshotError> {
        let bytes = read_at_most(&self.manifest_path(), limits::SNAPSHOT_MANIFEST_BYTES_MAX)?;
        SnapshotManifest::decode(&bytes).map_err(SnapshotError::NoManifest)
    }

    /// Reads the proof, whatever it is; of a longer one than any proof is, the beginning.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn proof(&self) -> Result<Vec<u8>, SnapshotError> {
        read_at_most(&self.proof_path(), limits::BUNDLE_BYTES_MAX)
    }

    /// Reads a chunk and compares it with the manifest.
    ///
    /// # Errors
    /// [`SnapshotError::Chunk`], or that it cannot be read.
    pub fn chunk(&self, manifest: &SnapshotManifest, chunk: u32) -> Result<Vec<u8>, SnapshotError> {
        let length = manifest.chunk_bytes(chunk).ok_or(SnapshotError::Chunk { chunk })?;
        let start = u64::from(chunk) * limits::SNAPSHOT_CHUNK_BYTES;
        let path = self.content_path();
        let bytes = piece(&path, start, length).map_err(SnapshotError::unreadable(&path))?;
        if manifest.has_chunk(chunk, &bytes) { Ok(bytes) } else { Err(SnapshotError::Chunk { chunk }) }
    }

    /// Compares length and every chunk of the content with the manifest; `progress` is told the bytes compared.
    ///
    /// # Errors
    /// [`SnapshotError::Length`], [`SnapshotError::Chunk`], or that it cannot be read.
    pub fn check(
        &self,
        manifest: &SnapshotManifest,
        progress: &mut dyn FnMut(u64),
    ) -> Result<(), SnapshotError> {
        let path = self.content_path();
        let found = open(&path).and_then(|file| file.metadata());
        let found = found.map_err(SnapshotError::unreadable(&path))?.len();
        let expected = manifest.content_bytes();
        if found != expected {
            return Err(SnapshotError::Length { expected, found });
        }
        let mut compared = 0;
        for chunk in 0..manifest.chunks() {
            compared += self.chunk(manifest, chunk)?.len() as u64;
            progress(compared);
        }
        Ok(())
    }
}

/// Reads a piece of a file, as far as the file goes.
///
/// # Errors
/// When it cannot be read.
pub fn read_piece(path: &Path, start: u64, length: u64) -> Result<Vec<u8>> {
    piece(path, start, length).map_err(StorageError::io(path))
}

fn piece(path: &Path, start: u64, length: u64) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    let mut file = open(path)?;
    file.seek(SeekFrom::Start(start))?;
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

fn read_at_most(path: &Path, bytes_max: usize) -> Result<Vec<u8>, SnapshotError> {
    let mut bytes = Vec::new();
    // One byte more than the limit, so that the decoder refuses it.
    let read = open(path).and_then(|file| file.take(bytes_max as u64 + 1).read_to_end(&mut bytes));
    read.map_err(SnapshotError::unreadable(path))?;
    Ok(bytes)
}

/// Opens a regular file, whatever lies there: to open a pipe must not wait for a writer.
fn open(path: &Path) -> io::Result<File> {
    if !fs::metadata(path)?.is_file() {
        return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is not a regular file"));
    }
    File::options().read(true).custom_flags(i32::try_from(OFlags::NONBLOCK.bits()).unwrap_or(0)).open(path)
}
