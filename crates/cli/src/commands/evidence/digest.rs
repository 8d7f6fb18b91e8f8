//! A digest as it is told.

use bulla_types::{Digests, DocumentDigest};
use serde::Serialize;

/// A digest of a document.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Digest {
    /// `SHA-256`, `SM3` or `BLAKE3`.
    pub(crate) algorithm: String,
    /// Lower-case hexadecimal.
    pub(crate) value: String,
}

impl Digest {
    pub(crate) fn list(digests: &Digests) -> Vec<Self> {
        digests.as_slice().iter().map(Self::from).collect()
    }

    /// One digest a line, for a person.
    pub(crate) fn lines(digests: &[Self]) -> String {
        let lines: Vec<_> =
            digests.iter().map(|digest| format!("{:8} {}", digest.algorithm, digest.value)).collect();
        lines.join("\n")
    }
}

impl From<&DocumentDigest> for Digest {
    fn from(digest: &DocumentDigest) -> Self {
        Self { algorithm: digest.algorithm.to_string(), value: digest.value.to_string() }
    }
}
