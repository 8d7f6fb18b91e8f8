//! The three digests, over byte strings and over documents of any size.

use std::io::{self, Read};

use sha2::{Digest, Sha256};
use sm3::Sm3;

use crate::Hash;

/// Bytes read from a document at a time.
const READ_CHUNK_BYTES: usize = 64 * 1024;

/// SHA-256 (FIPS 180-4) of the parts, one after the other with nothing between them.
#[must_use]
pub fn sha256(parts: &[&[u8]]) -> Hash {
    digest_parts::<Sha256>(parts)
}

/// SM3 (GB/T 32905-2016) of the parts, one after the other with nothing between them.
#[must_use]
pub fn sm3(parts: &[&[u8]]) -> Hash {
    digest_parts::<Sm3>(parts)
}

/// BLAKE3, 32 bytes, of the parts, one after the other with nothing between them.
#[must_use]
pub fn blake3(parts: &[&[u8]]) -> Hash {
    let mut hasher = blake3::Hasher::new();
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

fn digest_parts<D>(parts: &[&[u8]]) -> Hash
where
    D: Digest,
    [u8; Hash::LENGTH]: From<sha2::digest::Output<D>>,
{
    let mut hasher = D::new();
    for part in parts {
        hasher.update(part);
    }
    Hash(hasher.finalize().into())
}

/// What names a document: its three digests and its length.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DocumentDigests {
    /// SHA-256 (FIPS 180-4).
    pub sha256: Hash,
    /// SM3 (GB/T 32905-2016).
    pub sm3: Hash,
    /// BLAKE3, 32 bytes.
    pub blake3: Hash,
    /// Length of the document in bytes.
    pub length_bytes: u64,
}

/// Computes all digests of a document in one pass.
#[derive(Debug, Clone, Default)]
pub struct DocumentHasher {
    sha256: Sha256,
    sm3: Sm3,
    blake3: blake3::Hasher,
    length_bytes: u64,
}

impl DocumentHasher {
    /// A hasher that has seen nothing yet.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The digests of all that `reader` yields until its end, read in pieces of 64 KiB.
    ///
    /// # Errors
    /// The reader's own error.
    pub fn digest_reader(mut reader: impl Read) -> io::Result<DocumentDigests> {
        let mut hasher = Self::new();
        let mut chunk = vec![0; READ_CHUNK_BYTES];
        loop {
            match reader.read(&mut chunk) {
                Ok(0) => return Ok(hasher.finish()),
                Ok(count) => hasher.update(&chunk[..count]),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(error),
            }
        }
    }

    /// Takes the next bytes of the document.
    pub fn update(&mut self, bytes: &[u8]) {
        self.sha256.update(bytes);
        self.sm3.update(bytes);
        self.blake3.update(bytes);
        self.length_bytes += bytes.len() as u64;
    }

    /// The digests of all bytes taken.
    #[must_use]
    pub fn finish(self) -> DocumentDigests {
        DocumentDigests {
            sha256: Hash(self.sha256.finalize().into()),
            sm3: Hash(self.sm3.finalize().into()),
            blake3: Hash(self.blake3.finalize().into()),
            length_bytes: self.length_bytes,
        }
    }
}
