//! Every limit of the mempool.

use std::time::Duration;

/// Bounds of a mempool. These are a node's own: no other node can tell which it has.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Transactions that wait for a block.
    pub entries_max: usize,
    /// Bytes that they hold, as [`crate::Pooled::footprint_bytes`] counts them.
    pub bytes_max: usize,
    /// Submissions that wait for admission.
    pub queue_entries_max: usize,
    /// Bytes of submissions that wait for admission.
    pub queue_bytes_max: usize,
    /// Threads that admit.
    pub workers: usize,
    /// Submissions that a worker takes on at once. 512 is where batches of signatures stop getting cheaper.
    pub gather_max: usize,
    /// Keys kept ready for verification.
    pub keys_max: usize,
    /// Longest relay batch. Must be less than what the network carries, by one submission.
    pub relay_batch_bytes_max: usize,
    /// How long a relay batch waits for company.
    pub relay_delay: Duration,
    /// Freshly admitted submissions that wait for the relay; over it they wait for the next announcement.
    pub relay_backlog_max: usize,
    /// A client's transaction that is still uncommitted after this is announced again, one that came from
    /// a peer after three times as long: its own node does so first, if it lives.
    pub announce_again_after: Duration,
    /// What a sender is told to wait when there is no room.
    pub retry_after: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            entries_max: 100_000,
            bytes_max: 256 << 20,
            queue_entries_max: 16_384,
            queue_bytes_max: 64 << 20,
            workers: 1,
            gather_max: 512,
            keys_max: 65_536,
            relay_batch_bytes_max: 1 << 20,
            relay_delay: Duration::from_millis(8),
            relay_backlog_max: 16_384,
            announce_again_after: Duration::from_secs(5),
            retry_after: Duration::from_millis(500),
        }
    }
}
