//! Segments: the log's entries in files of 65,536, each of which proves itself.
//!
//! A segment carries, besides its entries, a header of the ledger that covers them, the certificate of that
//! header, and the inclusion path of the first entry. As the segment is a complete subtree of the log, the
//! lowest 16 hashes of that path are determined by its own entries, and so the path ties all of them to the
//! root in the header. `docs/formats/segment.md` has the layout.
//!
//! Entries are stored once, in the bodies of blocks; a segment is a view of them.

mod export;
mod verify;

use std::io;

use bulla_crypto::Hash;
use bulla_merkle::log::LogProofError;
use bulla_types::{CertificateError, LedgerId};
use thiserror::Error;

use crate::error::StorageError;

pub use export::export_segment;
pub use verify::{Segment, verify_segment};

/// Entries of a segment; 2^16, so that it is a subtree of the log and a whole number of tiles.
pub const SEGMENT_ENTRIES: u32 = 65_536;

/// Levels of the log below the root of a segment.
const SEGMENT_LEVELS: usize = 16;

const MAGIC: &[u8; 8] = b"BULLASEG";
const VERSION: u16 = 1;
/// SHA-256.
const SUITE: u16 = 1;

/// Why a segment cannot be exported.
#[derive(Debug, Error)]
pub enum ExportError {
    /// The log does not have all of its entries yet.
    #[error("segment {number} is complete at {needed} entries; the log has {size}")]
    Incomplete {
        /// The segment asked for.
        number: u64,
        /// Log size at which it is complete.
        needed: u64,
        /// Log size now.
        size: u64,
    },
    /// The store could not be read.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The segment could not be written out.
    #[error("the segment could not be written: {0}")]
    Write(#[from] io::Error),
}

/// Why a file is not a segment of this ledger.
#[derive(Debug, Error)]
pub enum SegmentError {
    /// It cannot be read, or ends too early.
    #[error("the segment could not be read: {0}")]
    Read(#[from] io::Error),
    /// It does not begin as a segment does.
    #[error("not a segment")]
    NotASegment,
    /// A version or suite that this software does not know.
    #[error("segment version {version} with suite {suite} is not known")]
    Unknown {
        /// Version found.
        version: u16,
        /// Suite found.
        suite: u16,
    },
    /// It is of another ledger.
    #[error("the segment belongs to ledger {found}, not to {expected}")]
    OtherLedger {
        /// Ledger asked about.
        expected: LedgerId,
        /// Ledger found.
        found: LedgerId,
    },
    /// A field has a value that it cannot have.
    #[error("{0}")]
    Malformed(&'static str),
    /// Its header names other validators.
    #[error("the header names the validators with hash {named}, not those given")]
    OtherValidators {
        /// Their hash in the header.
        named: Hash,
    },
    /// Its header is not decided.
    #[error("the certificate does not hold: {0}")]
    Certificate(#[from] CertificateError),
    /// Its first entry is not in the log of the header.
    #[error("the first entry is not in the log: {0}")]
    NotInLog(#[from] LogProofError),
    /// Its entries are not those of the log.
    #[error("the entries have root {computed}; the log has {expected} there")]
    OtherEntries {
        /// Root of this part of the log.
        expected: Hash,
        /// Root over the entries found.
        computed: Hash,
    },
    /// Something follows the last entry.
    #[error("bytes follow the last entry")]
    Trailing,
}
