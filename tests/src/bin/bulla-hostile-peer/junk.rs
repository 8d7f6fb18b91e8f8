//! Frames that are well formed and of no use. Their layouts stand in `docs/formats/network.md`.

use bulla_network::{NodeStatus, OPENINGS_ASKED_MAX, OpeningsQuestion};
use bytes::{BufMut, Bytes, BytesMut};

/// A prevote of somebody who does not exist, for a block that does not exist, at this height.
pub(crate) fn vote(height: u64, serial: u64) -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_slice(&[1, 1]);
    frame.put_slice(&[7; 64]);
    frame.put_u8(1);
    frame.put_u64(height);
    frame.put_u32(0);
    frame.put_u8(1);
    frame.put_slice(&[9; 32]);
    frame.put_slice(&[6; 24]);
    frame.put_u64(serial);
    frame.freeze()
}

/// Height of a vote that a node sent, to know where the ledger is.
pub(crate) fn height_of(frame: &[u8]) -> Option<u64> {
    let of_vote = frame.strip_prefix(&[1, 1])?.get(65..73)?;
    Some(u64::from_be_bytes(of_vote.try_into().ok()?))
}

/// A data part of a block that does not exist.
pub(crate) fn part(height: u64, serial: u64) -> Bytes {
    const DATA_BYTES: usize = 256 << 10;
    let mut frame = BytesMut::with_capacity(DATA_BYTES + 64);
    frame.put_u32(20);
    frame.put_u64(height);
    frame.put_u32(0);
    frame.put_u64(serial / 16);
    frame.put_u64(1 + serial % 16);
    frame.put_slice(&[1, 2]);
    frame.put_u32(u32::try_from(DATA_BYTES).unwrap());
    frame.put_bytes(5, DATA_BYTES);
    frame.freeze()
}

/// A question for all openings of a block.
pub(crate) fn openings_question(block: &NodeStatus) -> OpeningsQuestion {
    let positions = (0..u32::try_from(OPENINGS_ASKED_MAX).unwrap()).collect();
    OpeningsQuestion { height: block.height, block_hash: block.block_hash, positions }
}

/// A request for the first blocks of the ledger.
pub(crate) fn request() -> Bytes {
    let mut frame = BytesMut::new();
    frame.put_u64(1);
    frame.put_u64(8);
    frame.freeze()
}
