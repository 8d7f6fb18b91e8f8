//! What a host is given, and every limit that it keeps.

use std::time::Duration;

use bulla_types::LedgerId;
use libp2p::Multiaddr;

use crate::address::PeerAddress;
use crate::key::NodeKey;

/// What a host needs to start.
#[derive(Debug, Clone)]
pub struct HostConfig {
    /// This node's key.
    pub key: NodeKey,
    /// The ledger whose members meet here; lanes of other ledgers are not understood.
    pub ledger_id: LedgerId,
    /// Where to listen: `/ip4/…/tcp/…` or `/ip6/…/tcp/…`; port 0 lets the system choose.
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
    /// Frames that one peer may send in a second, over all lanes.
    pub inbound_frames_per_second_max: u32,
    /// Bytes that one peer may send in a second, over all lanes.
    pub inbound_bytes_per_second_max: u64,
    /// How long a peer that broke the rules is kept out.
    pub set_aside: Duration,
    /// Least time between two statuses sent to one peer.
    pub status_interval: Duration,
    /// Connections in the middle of their handshake.
    pub handshakes_max: u32,
    /// Events that wait for the node. Over it relay batches are answered "busy".
    pub events_max: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            relay_batch_bytes_max: 4 << 20,
            relay_queue_batches_max: 256,
            relay_queue_bytes_max: 16 << 20,
            relay_in_flight_max: 4,
            relay_tries_max: 8,
            inbound_frames_per_second_max: 2_000,
            inbound_bytes_per_second_max: 64 << 20,
            set_aside: Duration::from_secs(10),
            status_interval: Duration::from_millis(250),
            handshakes_max: 64,
            events_max: 1_024,
        }
    }
}
