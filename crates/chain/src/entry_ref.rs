//! The ways to name an entry.

use std::fmt;

use bulla_types::{EvidenceNumber, TransactionId};

/// One entry of the log, by any of its names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryRef {
    /// Its place in the log.
    Index(u64),
    /// The transaction in it.
    Transaction(TransactionId),
    /// A deposit that it made.
    Evidence(EvidenceNumber),
}

impl fmt::Display for EntryRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Index(index) => write!(f, "{index}"),
            Self::Transaction(id) => write!(f, "of transaction {id}"),
            Self::Evidence(number) => write!(f, "of evidence number {number}"),
        }
    }
}
