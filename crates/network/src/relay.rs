//! The relay lane: a batch of submissions goes out, and the receiver says what it took.
//!
//! The batch is opaque here; the mempool writes and reads it. The answer is five bytes: a kind (`1`
//! taken, `2` busy) and a big-endian `u32`, the number of submissions taken or the milliseconds to wait.

use std::time::Duration;

use bytes::{BufMut, Bytes, BytesMut};

/// Length of an answer.
pub(crate) const ANSWER_BYTES: usize = 5;

const KIND_TAKEN: u8 = 1;
const KIND_BUSY: u8 = 2;

/// What the receiver of a batch says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RelayAnswer {
    /// It looked at the whole batch and newly took this many of its submissions.
    Taken(u32),
    /// It took nothing now and asks for the batch again later.
    Busy { retry_after: Duration },
}

impl RelayAnswer {
    pub(crate) fn encode(self) -> Bytes {
        let (kind, value) = match self {
            Self::Taken(entries) => (KIND_TAKEN, entries),
            Self::Busy { retry_after } => {
                (KIND_BUSY, u32::try_from(retry_after.as_millis()).unwrap_or(u32::MAX))
            }
        };
        let mut bytes = BytesMut::with_capacity(ANSWER_BYTES);
        bytes.put_u8(kind);
        bytes.put_u32(value);
        bytes.freeze()
    }

    pub(crate) fn decode(bytes: &[u8]) -> Option<Self> {
        let (&kind, value) = bytes.split_first()?;
        let value = u32::from_be_bytes(value.try_into().ok()?);
        match kind {
            KIND_TAKEN => Some(Self::Taken(value)),
            KIND_BUSY => Some(Self::Busy { retry_after: Duration::from_millis(value.into()) }),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_read_back_as_they_were_written() {
        for answer in
            [RelayAnswer::Taken(2_000), RelayAnswer::Busy { retry_after: Duration::from_millis(100) }]
        {
            assert_eq!(RelayAnswer::decode(&answer.encode()), Some(answer));
        }
    }

    #[test]
    fn a_malformed_answer_is_refused() {
        for bytes in [&[][..], &[1, 0, 0, 0], &[3, 0, 0, 0, 0], &[1, 0, 0, 0, 0, 0]] {
            assert_eq!(RelayAnswer::decode(bytes), None);
        }
    }
}
