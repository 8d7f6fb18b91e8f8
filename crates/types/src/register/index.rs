//! Rows of indexes over records: the key says all.

use crate::canonical::Canonical;
use crate::error::DecodeError;
use crate::field::At;
use crate::limits::RECORD_BYTES_MAX;
use crate::number::counted_from_one;
use crate::proto;

/// A row of an index.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IndexRecord {
    /// Log index of the entry that put it there, 1 or more.
    pub log_index: u64,
}

impl Canonical for IndexRecord {
    type Message = proto::IndexRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::IndexRecord) -> Result<Self, DecodeError> {
        Ok(Self { log_index: counted_from_one(message.log_index).at("log_index")? })
    }

    fn to_message(&self) -> proto::IndexRecord {
        proto::IndexRecord { log_index: self.log_index }
    }
}
