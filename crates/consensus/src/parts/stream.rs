use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{SystemTime, UNIX_EPOCH};

use bulla_crypto::Hash;
use bytes::{Buf, BufMut, Bytes, BytesMut};
use malachitebft_app::streaming::{StreamContent, StreamId, StreamMessage};

use super::{FirstPart, Part};
use crate::limits::PART_BYTES;

/// The name of a stream: what it is for, and a number that its sender uses once. The height and round only
/// help to judge data that comes before its first part; what counts is what the first part says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct StreamKey {
    pub(crate) height: u64,
    pub(crate) round: u32,
    pub(crate) serial: u64,
}

impl StreamKey {
    /// Encoded length: 8 + 4 + 8.
    pub(crate) const BYTES: usize = 20;

    pub(crate) fn to_id(self) -> StreamId {
        let mut bytes = BytesMut::with_capacity(Self::BYTES);
        bytes.put_u64(self.height);
        bytes.put_u32(self.round);
        bytes.put_u64(self.serial);
        StreamId::new(bytes.freeze())
    }

    /// `None` for an id that no node of ours gives.
    pub(crate) fn from_id(id: &StreamId) -> Option<Self> {
        let mut bytes = id.to_bytes();
        (bytes.len() == Self::BYTES).then(|| Self {
            height: bytes.get_u64(),
            round: bytes.get_u32(),
            serial: bytes.get_u64(),
        })
    }
}

/// Gives each stream of this process its own number.
pub(crate) struct StreamKeys(AtomicU64);

impl StreamKeys {
    /// Starts at the clock, so that streams of an earlier process are not met again. A clock that was set
    /// back could at worst make peers ignore a stream, which costs a round.
    pub(crate) fn new() -> Self {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Self(AtomicU64::new(u64::try_from(since_epoch.as_nanos()).unwrap_or(0)))
    }

    pub(crate) fn next(&self, height: u64, round: u32) -> StreamKey {
        StreamKey { height, round, serial: self.0.fetch_add(1, Ordering::Relaxed) }
    }
}

/// BLAKE3 of a block's bytes, which its first part states.
pub(crate) fn digest_of(bytes: &[u8]) -> Hash {
    bulla_crypto::blake3(&[bytes])
}

/// The messages of a stream, in order. The data is shared, not copied.
pub(crate) fn stream(
    key: StreamKey,
    first: FirstPart,
    block: &Bytes,
) -> impl Iterator<Item = StreamMessage<Part>> + '_ {
    let data = (0..block.len()).step_by(PART_BYTES).map(|from| {
        let to = block.len().min(from + PART_BYTES);
        Part::Data(block.slice(from..to))
    });
    let id = key.to_id();
    std::iter::once(Part::First(first))
        .chain(data)
        .zip(0..)
        .map(move |(part, sequence)| StreamMessage::new(id.clone(), sequence, StreamContent::Data(part)))
}
