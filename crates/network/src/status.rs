//! The status lane: what a node tells its peers about itself when it has changed.
//!
//! 53 bytes, big-endian: version `u8` = 2, height `u64`, block hash 32, entries waiting `u64`, newest version of the
//! ledger's protocol that the sender's program knows `u32`. The answer is empty. A peer's word: good for readiness and display, never for a decision on the ledger.

use bulla_types::{BlockHash, Height};
use bytes::{BufMut, Bytes, BytesMut};

/// Length of a status.
pub(crate) const STATUS_BYTES: usize = 53;

const VERSION: u8 = 2;

/// Where a node stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NodeStatus {
    /// Height of its newest committed block; 0 before any.
    pub height: Height,
    /// Hash of that block; the ledger id before any.
    pub block_hash: BlockHash,
    /// Entries that wait in its mempool. With equal tips and none waiting anywhere the ledger is idle.
    pub waiting: u64,
    /// The newest version of the protocol that its program knows: whether it can go past the height of another one.
    pub newest_protocol: u32,
}

impl NodeStatus {
    pub(crate) fn encode(&self) -> Bytes {
        let mut bytes = BytesMut::with_capacity(STATUS_BYTES);
        bytes.put_u8(VERSION);
        bytes.put_u64(self.height.0);
        bytes.put_slice(self.block_hash.as_bytes());
        bytes.put_u64(self.waiting);
        bytes.put_u32(self.newest_protocol);
        bytes.freeze()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&version, rest) = bytes.split_first()?;
        let (height, rest) = rest.split_first_chunk()?;
        let (block_hash, rest) = rest.split_first_chunk()?;
        let (waiting, newest_protocol) = rest.split_first_chunk()?;
        (version == VERSION).then_some(Self {
            height: Height(u64::from_be_bytes(*height)),
            block_hash: BlockHash::from_bytes(*block_hash),
            waiting: u64::from_be_bytes(*waiting),
            newest_protocol: u32::from_be_bytes(newest_protocol.try_into().ok()?),
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::{env, fs};

    use serde_json::{Value, json};

    use super::*;

    fn status() -> NodeStatus {
        let block_hash = BlockHash::from_bytes([9; 32]);
        NodeStatus { height: Height(7), block_hash, waiting: 3, newest_protocol: 2 }
    }

    #[test]
    fn a_status_reads_back_as_it_was_written() {
        let bytes = status().encode();
        assert_eq!(bytes.len(), STATUS_BYTES);
        assert_eq!(NodeStatus::decode(&bytes), Some(status()));
    }

    #[test]
    fn a_status_is_that_of_the_vectors() {
        const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/network.json");
        let mut longer = status().encode().to_vec();
        longer.push(0);
        let former = [&[1], &status().encode()[1..49]].concat();
        let refused = [
            ("a byte too many", longer),
            ("a byte too few", status().encode()[..52].to_vec()),
            ("version 1", former),
            ("version 1, as long as version 2", [&[1], &status().encode()[1..]].concat()),
        ];
        assert!(refused.iter().all(|(_, bytes)| NodeStatus::decode(bytes).is_none()));
        let refused = refused.map(|(what, bytes)| json!({ "what": what, "status": hex::encode(bytes) }));
        let vectors = json!({
            "statuses": [{
                "height": 7,
                "block_hash": status().block_hash.to_string(),
                "waiting": 3,
                "newest_protocol": 2,
                "status": hex::encode(status().encode()),
            }],
            "refused": refused,
        });
        if env::var_os("BULLA_WRITE_VECTORS").is_some() {
            fs::write(FILE, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
        }
        let found: Value = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
        assert!(found == vectors, "network.json differs from the code: run with BULLA_WRITE_VECTORS=1");
    }

    #[test]
    fn a_status_of_another_length_or_version_is_refused() {
        let mut bytes = status().encode().to_vec();
        assert_eq!(NodeStatus::decode(&bytes[..52]), None);
        bytes[0] = 1;
        assert_eq!(NodeStatus::decode(&bytes), None);
        bytes[0] = 2;
        bytes.push(0);
        assert_eq!(NodeStatus::decode(&bytes), None);
    }
}
