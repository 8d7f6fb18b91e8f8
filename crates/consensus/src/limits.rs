//! Limits of the adapter, each with its unit last. Limits of formats stand in [`bulla_types::limits`].

use std::time::Duration;

use bulla_network::{PARTS_FRAME_BYTES_MAX, PARTS_QUEUE_BYTES_MAX, VOTES_FRAME_BYTES_MAX};
use bulla_types::limits::{BLOCK_ENCODED_BYTES_MAX, VALIDATORS_MAX};

/// Bytes of a block that one part carries. Every data part of a stream but the last has exactly this size.
pub const PART_BYTES: usize = 256 * 1024;
/// A part on the wire: its data and the framing around it.
const PART_MESSAGE_BYTES_MAX: usize = PART_BYTES + 1024;
/// Data parts of the largest block.
pub(crate) const PARTS_MAX: usize = BLOCK_ENCODED_BYTES_MAX.div_ceil(PART_BYTES);
/// A certificate on the wire: two signatures for each validator with what each signs.
const CERTIFICATE_MESSAGE_BYTES_MAX: usize = 512 + 2 * VALIDATORS_MAX * 192;

/// Streams of parts that are kept for one peer. An honest validator has one or two under way.
pub(crate) const STREAMS_PER_PEER_MAX: usize = 8;
/// Bytes of parts that are kept for one peer: two of the largest blocks.
pub(crate) const PART_BYTES_PER_PEER_MAX: usize = 2 * BLOCK_ENCODED_BYTES_MAX;
/// Peers whose parts are kept at the same time: more than a ledger has validators.
pub(crate) const PART_PEERS_MAX: usize = 2 * VALIDATORS_MAX;
/// Heights after the running one whose parts are kept.
pub(crate) const HEIGHTS_AHEAD_MAX: u64 = 2;
/// Different blocks of one round that are checked. An honest proposer signs one.
pub(crate) const BLOCKS_PER_ROUND_MAX: usize = 4;
/// Blocks of one round for which the proposer's word on their lock is remembered.
pub(crate) const CLAIMS_PER_ROUND_MAX: usize = 16;

/// Proofs of equivocation that wait to be handed on.
pub(crate) const EVIDENCE_QUEUE_MAX: usize = 64;

/// Messages of the engine that wait for the application loop, which answers each without delay.
pub(crate) const INPUT_QUEUE_MAX: usize = 256;

/// Decided blocks in one answer to a node that catches up.
pub(crate) const SYNC_BATCH_BLOCKS: usize = 8;
/// Such answers that a node that catches up asks for at the same time. With their blocks it is as far ahead of itself
/// as it ever gets.
pub(crate) const SYNC_REQUESTS_MAX: usize = 4;
/// Answers that wait to be looked at before the turn of their blocks.
pub(crate) const AHEAD_ANSWERS_MAX: usize = 2 * SYNC_REQUESTS_MAX;
/// Votes of certificates of later heights that are remembered as verified.
pub(crate) const AHEAD_VOTES_MAX: usize = 4 * SYNC_REQUESTS_MAX * SYNC_BATCH_BLOCKS * VALIDATORS_MAX;
/// Bytes of one such answer; more than the largest block, or it could never be handed on.
pub(crate) const SYNC_ANSWER_BYTES_MAX: usize = 32 * 1024 * 1024;
/// What an answer needs beside its blocks.
pub(crate) const SYNC_FRAMING_BYTES_MAX: usize = 1024 * 1024;
/// A request to catch up, on the wire.
pub(crate) const SYNC_REQUEST_BYTES_MAX: usize = 1024;
/// Answers that are prepared at the same time.
pub(crate) const SYNC_ANSWERS_MAX: usize = 2;
/// Requests that wait for their answer to be prepared.
pub(crate) const SYNC_WAITING_MAX: usize = 16;

/// How far a step's timeout grows with the round, unless the ledger's own first timeout is longer.
pub(crate) const TIMEOUT_GROWTH_MAX: Duration = Duration::from_secs(60);
/// How often a stopping node looks whether its log is free.
pub(crate) const LOG_POLL: Duration = Duration::from_millis(2);
/// How long each actor of the engine may take to stop.
pub(crate) const STOP_WAIT: Duration = Duration::from_secs(5);
/// How long a stopping node waits for a commit under way.
pub(crate) const COMMIT_WAIT: Duration = Duration::from_secs(30);

const _: () = assert!(SYNC_ANSWER_BYTES_MAX >= BLOCK_ENCODED_BYTES_MAX + SYNC_FRAMING_BYTES_MAX);
// The lanes carry what this crate sends, and hold two of the largest blocks for a peer that is behind.
const _: () = assert!(CERTIFICATE_MESSAGE_BYTES_MAX < VOTES_FRAME_BYTES_MAX);
const _: () = assert!(PART_MESSAGE_BYTES_MAX <= PARTS_FRAME_BYTES_MAX);
const _: () = assert!(2 * BLOCK_ENCODED_BYTES_MAX <= PARTS_QUEUE_BYTES_MAX);
const _: () = assert!(SYNC_ANSWER_BYTES_MAX + SYNC_FRAMING_BYTES_MAX <= bulla_network::SYNC_ANSWER_BYTES_MAX);
