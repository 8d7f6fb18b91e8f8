//! What a host is given, and every limit that it keeps.

use std::time::Duration;

use bulla_types::LedgerId;
use libp2p::Multiaddr;

use crate::address::PeerAddress;
use crate::key::NodeKey;
use crate::streams::StreamLimits;

/// Longest answer on the sync lane: the largest block, or a few blocks together, and their certificates.
pub const SYNC_ANSWER_BYTES_MAX: usize = 33 << 20;

/// What a host needs to start.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// This node's key.
    pub key: NodeKey,
    /// The ledger whose members meet here; lanes of other ledgers are not understood.
    pub ledger_id: LedgerId,
    /// Where to listen: `/ip4/…/tcp/…`, or `/ip4/…/udp/…/quic-v1` for QUIC, or the same with `ip6`; port 0 lets the system choose.
    pub listen: Multiaddr,
    /// The allowed peers. The node's own address among them is passed over.
    pub peers: Vec<PeerAddress>,
    /// Bounds of queues, frames and budgets.
    pub limits: Limits,
}

/// Bounds of a host. The defaults suit some dozens of peers on one continent.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Longest relay batch, in and out.
    pub relay_batch_bytes_max: usize,
    /// Relay batches that wait for one peer; over it the newest is dropped for that peer, counted.
    pub relay_queue_batches_max: usize,
    /// Bytes of relay batches that wait for one peer.
    pub relay_queue_bytes_max: usize,
    /// Relay batches sent to one peer and not yet answered.
    pub relay_in_flight_max: usize,
    /// Times that a batch is offered to a peer that answers "busy".
    pub relay_tries_max: u32,
    /// What one peer may send on the relay lane.
    pub relay_budget: Budget,
    /// Submissions of one peer's relay batches that may be of no use: known, committed, expired or refused already.
    /// Over it the peer's batches are answered "busy", unread, until time has made up for it.
    pub relay_useless: Allowance,
    /// Batches that a peer which was told "busy" may offer before its time, some being under way. Over it it is set
    /// aside.
    pub relay_batches_despite_busy_max: u32,
    /// What one peer may send on the status lane.
    pub status_budget: Budget,
    /// Bounds of the votes lane.
    pub votes: StreamLimits,
    /// Bounds of the parts lane.
    pub parts: StreamLimits,
    /// Longest request on the sync lane.
    pub sync_request_bytes_max: usize,
    /// Longest answer on the sync lane.
    pub sync_answer_bytes_max: usize,
    /// Requests of all peers on the sync lane that wait to be taken. Over it they are not answered.
    pub sync_requests_max: usize,
    /// Bytes of answers to questions under way to one peer. Over it the next is not sent: a peer that asks and does
    /// not read would hold them.
    pub answers_bytes_max: u64,
    /// Bytes of blocks, snapshots and openings that one peer is given. Over it its questions wait.
    pub serving: Allowance,
    /// What one peer may ask for on the sync lane.
    pub sync_budget: Budget,
    /// What one peer may ask for on the snapshot lane.
    pub snapshot_budget: Budget,
    /// What one peer may ask for on the openings lane.
    pub openings_budget: Budget,
    /// How long a peer that broke the rules is kept out.
    pub set_aside: Duration,
    /// Least time between two statuses sent to one peer.
    pub status_interval: Duration,
    /// Bytes of one TCP connection that the system may hold and not have sent. More would not be quicker, and
    /// a vote would wait behind them.
    pub unsent_bytes_max: u32,
    /// Connections in the middle of their handshake: of strangers together, and of each address at which a
    /// member is listed.
    pub handshakes_max: usize,
    /// Events that wait for the node. Over it relay batches are answered "busy".
    pub events_max: usize,
}

/// What one peer may send on one lane in a second. Whoever sends more is set aside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Budget {
    /// Frames in a second.
    pub frames_per_second_max: u32,
    /// Bytes of frames in a second.
    pub bytes_per_second_max: u64,
}

/// What one peer may cost, in a unit that goes with it. Whoever costs more waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Allowance {
    /// Units in a second, in the long run.
    pub per_second: u64,
    /// Units at once.
    pub at_once: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            relay_batch_bytes_max: 4 << 20,
            relay_queue_batches_max: 256,
            relay_queue_bytes_max: 16 << 20,
            relay_in_flight_max: 4,
            relay_tries_max: 8,
            relay_budget: Budget { frames_per_second_max: 2_000, bytes_per_second_max: 64 << 20 },
            relay_useless: Allowance { per_second: 8_192, at_once: 32_768 },
            relay_batches_despite_busy_max: 64,
            status_budget: Budget { frames_per_second_max: 50, bytes_per_second_max: 4 << 10 },
            votes: StreamLimits::VOTES,
            parts: StreamLimits::PARTS,
            sync_request_bytes_max: 1024,
            sync_answer_bytes_max: SYNC_ANSWER_BYTES_MAX,
            sync_requests_max: 64,
            answers_bytes_max: 2 * SYNC_ANSWER_BYTES_MAX as u64,
            serving: Allowance { per_second: 24 << 20, at_once: 48 << 20 },
            sync_budget: Budget { frames_per_second_max: 512, bytes_per_second_max: 64 << 10 },
            snapshot_budget: Budget { frames_per_second_max: 512, bytes_per_second_max: 32 << 10 },
            openings_budget: Budget { frames_per_second_max: 256, bytes_per_second_max: 512 << 10 },
            set_aside: Duration::from_secs(10),
            status_interval: Duration::from_millis(250),
            unsent_bytes_max: 128 << 10,
            handshakes_max: 64,
            events_max: 1_024,
        }
    }
}
