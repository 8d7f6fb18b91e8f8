//! Blocks on the wire: a signed first part, then the data in pieces.
//!
//! A block travels as one stream of messages, numbered from 0. Message 0 is the [`FirstPart`]: what the
//! block is proposed for, its hash, its size and the BLAKE3 digest of its data, signed by the proposer.
//! Message `i` carries the `i`-th piece of [`PART_BYTES`](crate::PART_BYTES); only the last is shorter. The
//! size says how many there are, so nothing marks the end.
//!
//! Since the signature comes first and covers everything, a stream that the proposer of its round did not
//! sign is refused before its data takes memory, and the one who streams need not be the one who proposes:
//! a validator that locked a block sends it again under its proposer's signature. Messages may arrive in
//! any order as far as this module knows, so data may come before its first part; the limits per peer hold for
//! it all the same.

mod part;
mod reassembly;
mod stream;

pub(crate) use part::{FirstPart, Part};
pub(crate) use reassembly::{Held, Judgement, Reassembly, Whole};
pub(crate) use stream::{StreamKey, StreamKeys, digest_of, stream};
