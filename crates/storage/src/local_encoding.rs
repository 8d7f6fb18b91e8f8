//! Rows that only this node reads: the one place that names `bincode`.
//!
//! Nothing that is signed, hashed or exchanged is encoded here. `bincode` is no longer maintained; replacing
//! it means a new schema version and another body for the two functions below.

use bincode::{Decode, Encode, config};

/// What `blocks` holds for a height. The rest follows from the header.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct BlockRow {
    pub(crate) block_hash: [u8; 32],
    /// 360 bytes. The body has them too; but bodies may be dropped one day, headers never.
    pub(crate) header: Vec<u8>,
    /// Canonical certificate.
    pub(crate) certificate: Vec<u8>,
}

/// What `proposals` holds; the rest is in the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct ProposalRow {
    pub(crate) valid: bool,
}

/// What `equivocations` holds of a proof; the rest is in the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EquivocationRow {
    /// Value, none for nil, and signature of each vote.
    pub(crate) votes: [(Option<[u8; 32]>, [u8; 64]); 2],
}

/// What `requests` holds for a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct RequestRow {
    pub(crate) transaction_id: [u8; 32],
    pub(crate) log_index: u64,
}

/// What `by_transaction` holds for a transaction id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct TransactionRow {
    pub(crate) log_index: u64,
}

/// What `by_evidence` holds for an evidence number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct EvidenceRow {
    pub(crate) log_index: u64,
    pub(crate) action: u32,
}

/// What `by_first_index` holds for the index of a block's first entry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct FirstIndexRow {
    pub(crate) height: u64,
}

/// What `meta` holds of the newest commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct TipRow {
    pub(crate) height: u64,
    pub(crate) block_hash: [u8; 32],
    pub(crate) log_size: u64,
    pub(crate) state_root: [u8; 32],
    pub(crate) state_version: u64,
    /// Requests whose own time is before this are forgotten, whether their rows are gone or not.
    pub(crate) requests_from_ms: u64,
    /// Rows before this are gone.
    pub(crate) requests_swept_ms: u64,
}

/// What `lacking` holds for a height.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct LackingRow {
    pub(crate) entries: u32,
    pub(crate) rounds: u32,
}

/// What `meta` holds of the look through the blocks for openings that lack.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct LookedRow {
    pub(crate) height: u64,
    pub(crate) member: Option<u64>,
    pub(crate) reads_all: bool,
}

/// What `meta` holds of the snapshot that the database was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub(crate) struct BaseRow {
    pub(crate) height: u64,
    pub(crate) first_entry: u64,
}

/// Anything that can stand in a row.
pub(crate) trait Row: Encode + Decode<()> {}

impl<R: Encode + Decode<()>> Row for R {}

/// A row that does not decode.
#[derive(Debug, thiserror::Error)]
pub(crate) enum RowError {
    #[error("the row does not decode: {0}")]
    Decode(#[from] bincode::error::DecodeError),
    #[error("{0} bytes follow the row")]
    Trailing(usize),
}

/// The row's bytes.
pub(crate) fn encode<R: Row>(row: &R) -> Vec<u8> {
    #[allow(clippy::expect_used, reason = "a Vec takes all bytes, and derived encoders refuse nothing")]
    bincode::encode_to_vec(row, config::standard()).expect("invariant: rows encode")
}

/// Reads a row, and nothing but a row.
pub(crate) fn decode<R: Row>(bytes: &[u8]) -> Result<R, RowError> {
    // No row is longer than a header and a certificate; a damaged length must not ask for gigabytes.
    let limited = config::standard().with_limit::<{ 64 * 1024 }>();
    let (row, read) = bincode::decode_from_slice(bytes, limited)?;
    match bytes.len() - read {
        0 => Ok(row),
        trailing => Err(RowError::Trailing(trailing)),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_bytes_of_a_row_are_pinned() {
        let row = EvidenceRow { log_index: 300, action: 2 };
        assert_eq!(encode(&row), [251, 44, 1, 2]);
        assert_eq!(decode::<EvidenceRow>(&[251, 44, 1, 2]).unwrap(), row);
    }

    #[test]
    fn bytes_after_a_row_and_rows_cut_short_are_refused() {
        assert!(matches!(decode::<EvidenceRow>(&[1, 2, 3]), Err(RowError::Trailing(1))));
        assert!(matches!(decode::<EvidenceRow>(&[1]), Err(RowError::Decode(_))));
        let row = BlockRow { block_hash: [1; 32], header: vec![2; 360], certificate: vec![3; 500] };
        assert_eq!(decode::<BlockRow>(&encode(&row)).unwrap(), row);
    }
}
