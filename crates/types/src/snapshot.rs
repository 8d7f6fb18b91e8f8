//! What a snapshot says of itself. `docs/formats/snapshot.md`.

use bulla_crypto::{Domain, Hash, blake3, framed};

use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::header::Header;
use crate::ids::SnapshotId;
use crate::limits::{SNAPSHOT_CHUNK_BYTES, SNAPSHOT_CHUNKS_MAX, SNAPSHOT_MANIFEST_BYTES_MAX};

const MAGIC: &[u8; 8] = b"BULLASNP";
/// Format version of snapshots.
const VERSION: u16 = 1;
/// SHA-256 for what binds the content to the ledger, BLAKE3 for its chunks.
const SUITE: u16 = 1;

/// Bytes before the digests of the chunks.
const FIXED_BYTES: usize = 8 + 2 + 2 + Header::BYTES + 8 + 8 + 8;

/// The manifest of a snapshot (快照清单): the header that the content belongs to, and the digests of the content's
/// chunks.
///
/// Every node makes the same one at the same height. Nothing in it is verified by reading it: the header needs a
/// certificate, and that the content leads to the header's roots shows when all of it is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SnapshotManifest {
    /// Header of the block after which the snapshot was taken.
    pub header: Header,
    /// Records of the state map in the content.
    pub records: u64,
    /// Index of the first entry in the content. All to the end of the log follow it.
    pub first_entry: u64,
    content_bytes: u64,
    chunks: Vec<Hash>,
}

impl SnapshotManifest {
    /// The manifest of a content of this length with these chunks.
    ///
    /// # Errors
    /// When they contradict each other or the header, or pass a limit.
    pub fn new(
        header: Header,
        records: u64,
        first_entry: u64,
        content_bytes: u64,
        chunks: Vec<Hash>,
    ) -> Result<Self, DecodeError> {
        let manifest = Self { header, records, first_entry, content_bytes, chunks };
        // A log is never empty: it begins with the founding entry.
        let max = manifest.header.log_size_after - 1;
        if manifest.first_entry > max {
            return Err(Fault::OutOfRange { found: manifest.first_entry, min: 0, max }).at("first_entry");
        }
        let max = SNAPSHOT_CHUNK_BYTES * SNAPSHOT_CHUNKS_MAX as u64;
        if !(1..=max).contains(&manifest.content_bytes) {
            return Err(Fault::OutOfRange { found: manifest.content_bytes, min: 1, max }).at("content_bytes");
        }
        let expected = manifest.content_bytes.div_ceil(SNAPSHOT_CHUNK_BYTES);
        if manifest.chunks.len() as u64 != expected {
            return Err(Fault::OutOfRange {
                found: manifest.chunks.len() as u64,
                min: expected,
                max: expected,
            })
            .at("chunks");
        }
        Ok(manifest)
    }

    /// Reads an encoding from anywhere.
    ///
    /// # Errors
    /// Too long or short, an unknown version or suite, or the first field that breaks the format.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        if bytes.len() > SNAPSHOT_MANIFEST_BYTES_MAX {
            return Err(Fault::TooLong { bytes: bytes.len(), max: SNAPSHOT_MANIFEST_BYTES_MAX }.into());
        }
        let mut rest = bytes;
        if take::<8>(&mut rest)? != *MAGIC {
            return Err(Fault::Malformed("not the manifest of a snapshot".to_owned())).at("magic");
        }
        let version = u16::from_be_bytes(take(&mut rest)?);
        if version != VERSION {
            return Err(Fault::UnknownVersion(version.into())).at("version");
        }
        let suite = u16::from_be_bytes(take(&mut rest)?);
        if suite != SUITE {
            return Err(Fault::UnknownAlgorithm(suite.into())).at("suite");
        }
        let header = Header::decode(&take::<{ Header::BYTES }>(&mut rest)?).at("header")?;
        let mut number = || take(&mut rest).map(u64::from_be_bytes);
        let (records, first_entry, content_bytes) = (number()?, number()?, number()?);
        let (digests, surplus) = rest.as_chunks();
        if !surplus.is_empty() {
            return Err(Fault::Malformed("the digests are not 32 bytes each".to_owned())).at("chunks");
        }
        let chunks = digests.iter().copied().map(Hash::from_bytes).collect();
        Self::new(header, records, first_entry, content_bytes, chunks)
    }

    /// The encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(FIXED_BYTES + Hash::LENGTH * self.chunks.len());
        bytes.extend(MAGIC);
        bytes.extend(VERSION.to_be_bytes());
        bytes.extend(SUITE.to_be_bytes());
        bytes.extend(self.header.encode());
        bytes.extend(self.records.to_be_bytes());
        bytes.extend(self.first_entry.to_be_bytes());
        bytes.extend(self.content_bytes.to_be_bytes());
        bytes.extend(self.chunks.iter().flat_map(|digest| *digest.as_bytes()));
        bytes
    }

    /// framed(snapshot, manifest): what names the snapshot and, through the digests, every byte of its content.
    #[must_use]
    pub fn id(&self) -> SnapshotId {
        SnapshotId(framed(Domain::Snapshot, &[&self.encode()]))
    }

    /// Length of the content, bytes.
    #[must_use]
    pub fn content_bytes(&self) -> u64 {
        self.content_bytes
    }

    /// Number of chunks.
    #[must_use]
    pub fn chunks(&self) -> u32 {
        // At most SNAPSHOT_CHUNKS_MAX.
        u32::try_from(self.chunks.len()).unwrap_or(u32::MAX)
    }

    /// Length of a chunk, bytes; `None` beyond the last.
    #[must_use]
    pub fn chunk_bytes(&self, chunk: u32) -> Option<u64> {
        let before = u64::from(chunk) * SNAPSHOT_CHUNK_BYTES;
        let rest = self.content_bytes.checked_sub(before).filter(|rest| *rest > 0)?;
        Some(rest.min(SNAPSHOT_CHUNK_BYTES))
    }

    /// Whether these bytes are the chunk with this number.
    #[must_use]
    pub fn has_chunk(&self, chunk: u32, bytes: &[u8]) -> bool {
        let digest = usize::try_from(chunk).ok().and_then(|chunk| self.chunks.get(chunk));
        digest.is_some_and(|digest| *digest == blake3(&[bytes]))
    }
}

fn take<const N: usize>(rest: &mut &[u8]) -> Result<[u8; N], DecodeError> {
    let short = Fault::Length { found: rest.len(), expected: N };
    let (taken, after) = rest.split_first_chunk().ok_or(short)?;
    *rest = after;
    Ok(*taken)
}
