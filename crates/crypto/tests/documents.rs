//! The streaming hasher agrees with the plain digests, however the document arrives.
#![allow(clippy::unwrap_used)]

use std::io::{self, Read};

use bulla_crypto::{DocumentHasher, blake3, sha256, sm3};
use proptest::prelude::*;

/// Yields at most `step` bytes at a time, interrupted before each.
struct Dribble<'a> {
    rest: &'a [u8],
    step: usize,
    interrupted: bool,
}

impl Read for Dribble<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.interrupted = !self.interrupted;
        if self.interrupted {
            return Err(io::ErrorKind::Interrupted.into());
        }
        let count = self.step.min(self.rest.len()).min(buffer.len());
        buffer[..count].copy_from_slice(&self.rest[..count]);
        self.rest = &self.rest[count..];
        Ok(count)
    }
}

proptest! {
    #[test]
    fn a_document_read_in_pieces_has_the_digests_of_the_whole(
        document in prop::collection::vec(any::<u8>(), 0..5000),
        step in 1_usize..700,
    ) {
        let reader = Dribble { rest: &document, step, interrupted: false };
        let digests = DocumentHasher::digest_reader(reader).unwrap();
        prop_assert_eq!(digests.sha256, sha256(&[&document]));
        prop_assert_eq!(digests.sm3, sm3(&[&document]));
        prop_assert_eq!(digests.blake3, blake3(&[&document]));
        prop_assert_eq!(digests.length_bytes, document.len() as u64);
    }

    #[test]
    fn parts_are_hashed_with_nothing_between_them(
        document in prop::collection::vec(any::<u8>(), 0..500),
        cut in 0_usize..500,
    ) {
        let (head, tail) = document.split_at(cut.min(document.len()));
        prop_assert_eq!(sha256(&[head, tail]), sha256(&[&document]));
        prop_assert_eq!(sm3(&[head, tail]), sm3(&[&document]));
        prop_assert_eq!(blake3(&[head, tail]), blake3(&[&document]));
    }
}

#[test]
fn a_reader_that_fails_gives_its_own_error() {
    struct Broken;
    impl Read for Broken {
        fn read(&mut self, _: &mut [u8]) -> io::Result<usize> {
            Err(io::ErrorKind::UnexpectedEof.into())
        }
    }
    assert_eq!(DocumentHasher::digest_reader(Broken).unwrap_err().kind(), io::ErrorKind::UnexpectedEof);
}
