//! The status lane: what a node tells its peers about itself when it has changed.
//!
//! 49 bytes, big-endian: version `u8` = 1, height `u64`, block hash 32, entries waiting `u64`. The
//! answer is empty. A peer's word: good for readiness and display, never for a decision on the ledger.

use bulla_types::{BlockHash, Height};
use bytes::{BufMut, Bytes, BytesMut};

/// Length of a status.
pub(crate) const STATUS_BYTES: usize = 49;

const VERSION: u8 = 1;

/// Where a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeStatus {
    /// Height of its newest committed block; 0 before any.
    pub height: Height,
    /// Hash of that block; the ledger id before any.
    pub block_hash: BlockHash,
    /// Entries that wait in its mempool. With equal tips and none waiting anywhere the ledger is idle.
    pub waiting: u64,
}

impl NodeStatus {
    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(STATUS_BYTES);
        bytes.put_u8(VERSION);
        bytes.put_u64(self.height.0);
        bytes.put_slice(self.block_hash.as_bytes());
        bytes.put_u64(self.waiting);
        bytes.freeze()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&version, rest) = bytes.split_first()?;
        let (height, rest) = rest.split_first_chunk()?;
        let (block_hash, waiting) = rest.split_first_chunk()?;
        (version == VERSION).then_some(Self {
            height: Height(u64::from_be_bytes(*height)),
            block_hash: BlockHash::from_bytes(*block_hash),
            waiting: u64::from_be_bytes(waiting.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status() -> NodeStatus {
        NodeStatus { height: Height(7), block_hash: BlockHash::from_bytes([9; 32]), waiting: 3 }
    }

    #[test]
    fn a_status_reads_back_as_it_was_written() {
        let bytes = status().encode();
        assert_eq!(bytes.len(), STATUS_BYTES);
        assert_eq!(NodeStatus::decode(&bytes), Some(status()));
    }

    #[test]
    fn a_status_of_another_length_or_version_is_refused() {
        let mut bytes = status().encode().to_vec();
        assert_eq!(NodeStatus::decode(&bytes[..48]), None);
        bytes[0] = 2;
        assert_eq!(NodeStatus::decode(&bytes), None);
        bytes[0] = 1;
        bytes.push(0);
        assert_eq!(NodeStatus::decode(&bytes), None);
    }
}
