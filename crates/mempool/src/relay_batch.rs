//! Relay batches: submissions one after the other, each with its length before it as a big-endian `u32`.

use bulla_types::limits::SUBMISSION_BYTES_MAX;
use bytes::{BufMut, Bytes, BytesMut};
use thiserror::Error;

/// Submissions of one batch. A batch of the shortest valid submissions stays below it.
pub const ENTRIES_MAX: usize = 16_384;

const PREFIX_BYTES: usize = 4;

/// Why bytes are no relay batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum RelayBatchError {
    /// A length prefix or a submission is cut short.
    #[error("the batch ends within submission {position}")]
    CutShort {
        /// Which submission, from 0.
        position: usize,
    },
    /// A submission is longer than any valid one.
    #[error("submission {position} has {bytes} bytes, at most {SUBMISSION_BYTES_MAX} are allowed")]
    TooLong {
        /// Which submission, from 0.
        position: usize,
        /// Its length.
        bytes: usize,
    },
    /// More submissions than a batch holds.
    #[error("more than {ENTRIES_MAX} submissions in one batch")]
    TooMany,
}

/// Reads a batch. The submissions are slices of it; none has been looked at.
///
/// # Errors
/// [`RelayBatchError`], which no honest node gives cause for.
pub fn decode(mut batch: Bytes) -> Result<Vec<Bytes>, RelayBatchError> {
    let mut submissions = Vec::new();
    while !batch.is_empty() {
        let position = submissions.len();
        if position == ENTRIES_MAX {
            return Err(RelayBatchError::TooMany);
        }
        let cut_short = RelayBatchError::CutShort { position };
        let prefix = batch.first_chunk::<PREFIX_BYTES>().ok_or(cut_short)?;
        let bytes = usize::try_from(u32::from_be_bytes(*prefix)).unwrap_or(usize::MAX);
        if bytes > SUBMISSION_BYTES_MAX {
            return Err(RelayBatchError::TooLong { position, bytes });
        }
        if batch.len() - PREFIX_BYTES < bytes {
            return Err(cut_short);
        }
        let mut submission = batch.split_to(PREFIX_BYTES + bytes);
        submissions.push(submission.split_off(PREFIX_BYTES));
    }
    Ok(submissions)
}

/// A batch as it fills.
#[derive(Debug)]
pub(crate) struct RelayBatch {
    bytes: BytesMut,
    entries: usize,
    bytes_max: usize,
}

impl RelayBatch {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes: BytesMut::new(), entries: 0, bytes_max }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries == 0
    }

    /// Whether the submission still fits. Into an empty batch any does.
    pub(crate) fn has_room_for(&self, submission: &Bytes) -> bool {
        self.is_empty()
            || (self.entries < ENTRIES_MAX
                && self.bytes.len() + PREFIX_BYTES + submission.len() <= self.bytes_max)
    }

    pub(crate) fn push(&mut self, submission: &Bytes) {
        // A submission has far fewer bytes than a `u32` counts.
        self.bytes.put_u32(u32::try_from(submission.len()).unwrap_or(u32::MAX));
        self.bytes.put_slice(submission);
        self.entries += 1;
    }

    /// Takes the batch and starts a new one.
    pub(crate) fn finish(&mut self) -> Bytes {
        self.entries = 0;
        self.bytes.split().freeze()
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn filled(submissions: &[&'static [u8]]) -> Bytes {
        let mut batch = RelayBatch::new(1_000);
        for submission in submissions {
            batch.push(&Bytes::from_static(submission));
        }
        batch.finish()
    }

    #[test]
    fn a_batch_reads_back_as_it_was_filled() {
        assert_eq!(decode(filled(&[b"one", b"", b"three"])).unwrap(), ["one", "", "three"]);
        assert_eq!(decode(Bytes::new()).unwrap(), Vec::<Bytes>::new());
    }

    #[test]
    fn a_batch_that_is_cut_short_is_refused() {
        let batch = filled(&[b"one", b"two"]);
        for end in [1, 3, 6, 8, 13] {
            let position = usize::from(end > 7);
            assert_eq!(decode(batch.slice(..end)), Err(RelayBatchError::CutShort { position }));
        }
    }

    #[test]
    fn a_length_beyond_any_submission_is_refused() {
        let batch = Bytes::from_static(&[0xff; 8]);
        assert!(matches!(decode(batch), Err(RelayBatchError::TooLong { position: 0, .. })));
    }

    #[test]
    fn a_flood_of_empty_submissions_is_refused() {
        assert_eq!(decode(Bytes::from(vec![0; 4 * (ENTRIES_MAX + 1)])), Err(RelayBatchError::TooMany));
    }

    #[test]
    fn a_batch_takes_no_more_than_its_limit_unless_it_is_empty() {
        let mut batch = RelayBatch::new(10);
        let long = Bytes::from_static(b"longer than that");
        assert!(batch.has_room_for(&long));
        batch.push(&Bytes::from_static(b"ab"));
        assert!(batch.has_room_for(&Bytes::new()));
        assert!(!batch.has_room_for(&Bytes::from_static(b"c")));
    }
}
