//! What is counted of openings.

use std::sync::atomic::{AtomicU64, Ordering};

/// Counters since the node started. They only grow.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// Blocks that lacked openings and lack none any more.
    pub(super) completed: AtomicU64,
    /// Blocks some of whose fields nobody opens.
    pub(super) given_up: AtomicU64,
    /// Times that a peer sent openings that no honest node sends.
    pub(super) refused: AtomicU64,
    /// Questions of this node that had no answer.
    pub(super) unanswered: AtomicU64,
    /// Answers to peers with openings in them.
    pub(super) given: AtomicU64,
}

impl Tally {
    /// Names and values.
    pub(super) fn values(&self) -> [(&'static str, u64); 5] {
        [
            ("completed", &self.completed),
            ("given_up", &self.given_up),
            ("refused", &self.refused),
            ("unanswered", &self.unanswered),
            ("given", &self.given),
        ]
        .map(|(name, counter)| (name, counter.load(Ordering::Relaxed)))
    }
}

pub(super) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
