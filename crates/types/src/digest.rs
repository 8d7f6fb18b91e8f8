//! Digests of documents.

use std::fmt;

use bulla_crypto::Hash;

use crate::error::{DecodeError, Fault};
use crate::field::{At, list};
use crate::ids::{hash_from_wire, hash_to_wire};
use crate::limits::DIGESTS_MAX;
use crate::proto;
use crate::wire_enum::wire_enum;

wire_enum! {
    /// An algorithm of document digests; each gives 32 bytes.
    pub enum DigestAlgorithm: Fault::UnknownAlgorithm => {
        /// SHA-256, FIPS 180-4.
        Sha256 = 1,
        /// SM3, GB/T 32905-2016.
        Sm3 = 2,
        /// BLAKE3 with its default output.
        Blake3 = 3,
    }
}

impl fmt::Display for DigestAlgorithm {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Sha256 => "SHA-256",
            Self::Sm3 => "SM3",
            Self::Blake3 => "BLAKE3",
        })
    }
}

/// The digest of a document (电子数据摘要) under one algorithm.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct DocumentDigest {
    /// The algorithm.
    pub algorithm: DigestAlgorithm,
    /// Its output over the document's bytes.
    pub value: Hash,
}

impl DocumentDigest {
    fn from_message(message: &proto::Digest) -> Result<Self, DecodeError> {
        Ok(Self {
            algorithm: DigestAlgorithm::from_wire(message.algorithm).at("algorithm")?,
            value: hash_from_wire(&message.value).at("value")?,
        })
    }
}

/// One to four digests of the same bytes, at most one under each algorithm, in rising number of algorithm.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Digests(Vec<DocumentDigest>);

impl Digests {
    /// Sorts digests by algorithm.
    ///
    /// # Errors
    /// None, or two under one algorithm.
    pub fn new(mut digests: Vec<DocumentDigest>) -> Result<Self, Fault> {
        digests.sort();
        Self::of_rising(digests)
    }

    /// The digests, in rising number of algorithm.
    #[must_use]
    pub fn as_slice(&self) -> &[DocumentDigest] {
        &self.0
    }

    /// The digest under this algorithm, if there is one.
    #[must_use]
    pub fn get(&self, algorithm: DigestAlgorithm) -> Option<&Hash> {
        self.0.iter().find(|digest| digest.algorithm == algorithm).map(|digest| &digest.value)
    }

    fn of_rising(digests: Vec<DocumentDigest>) -> Result<Self, Fault> {
        if digests.is_empty() {
            return Err(Fault::Missing);
        }
        if digests.len() > DIGESTS_MAX {
            return Err(Fault::TooMany { max: DIGESTS_MAX });
        }
        if digests.windows(2).any(|pair| pair[0].algorithm == pair[1].algorithm) {
            return Err(Fault::Duplicate);
        }
        if !digests.is_sorted_by_key(|digest| digest.algorithm) {
            return Err(Fault::NotRising);
        }
        Ok(Self(digests))
    }

    pub(crate) fn from_messages(messages: &[proto::Digest]) -> Result<Self, DecodeError> {
        let digests = list(messages, "digests", 1..=DIGESTS_MAX, DocumentDigest::from_message)?;
        Self::of_rising(digests).at("digests")
    }

    pub(crate) fn to_messages(&self) -> Vec<proto::Digest> {
        let message = |digest: &DocumentDigest| proto::Digest {
            algorithm: digest.algorithm.to_wire(),
            value: hash_to_wire(&digest.value),
        };
        self.0.iter().map(message).collect()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn digest(algorithm: DigestAlgorithm, fill: u8) -> DocumentDigest {
        DocumentDigest { algorithm, value: Hash::from_bytes([fill; 32]) }
    }

    #[test]
    fn digests_are_sorted_by_algorithm() {
        let digests =
            Digests::new(vec![digest(DigestAlgorithm::Sm3, 1), digest(DigestAlgorithm::Sha256, 2)]).unwrap();
        assert_eq!(digests.as_slice()[0].algorithm, DigestAlgorithm::Sha256);
        assert_eq!(digests.get(DigestAlgorithm::Sm3), Some(&Hash::from_bytes([1; 32])));
        assert_eq!(digests.get(DigestAlgorithm::Blake3), None);
    }

    #[test]
    fn one_algorithm_gives_one_digest() {
        let twice = vec![digest(DigestAlgorithm::Sm3, 1), digest(DigestAlgorithm::Sm3, 2)];
        assert_eq!(Digests::new(twice), Err(Fault::Duplicate));
        assert_eq!(Digests::new(vec![]), Err(Fault::Missing));
    }
}
