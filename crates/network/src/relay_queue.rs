//! The relay batches on their way to one peer.

use std::collections::{HashMap, VecDeque};
use std::time::{Duration, Instant};

use bytes::Bytes;
use libp2p::request_response::OutboundRequestId;

use crate::config::Limits;
use crate::relay::RelayAnswer;

/// Bounds of the wait after "busy", whatever the peer asks for.
const PAUSE_MIN: Duration = Duration::from_millis(10);
const PAUSE_MAX: Duration = Duration::from_secs(2);

/// A batch and how often it was offered.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) bytes: Bytes,
    tries: u32,
}

/// Batches waiting for one peer and under way to it. All bounds are those of [`Limits`].
#[derive(Debug, Default)]
pub(crate) struct RelayQueue {
    waiting: VecDeque<Batch>,
    waiting_bytes: usize,
    in_flight: HashMap<OutboundRequestId, Batch>,
    paused_until: Option<Instant>,
}

/// What an answer came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Progress {
    /// The peer took this many submissions of the batch.
    Taken(u32),
    /// The batch waits to be offered again.
    Kept,
    /// The batch is given up for this peer.
    Dropped,
    /// The answer belongs to no batch under way: the connection had been given up.
    Unknown,
}

impl RelayQueue {
    /// Adds a batch, or returns `false` when the peer has too much waiting.
    #[must_use]
    pub(crate) fn push(&mut self, bytes: Bytes, limits: &Limits) -> bool {
        let fits = self.waiting.len() < limits.relay_queue_batches_max
            && self.waiting_bytes + bytes.len() <= limits.relay_queue_bytes_max;
        if fits {
            self.waiting_bytes += bytes.len();
            self.waiting.push_back(Batch { bytes, tries: 0 });
        }
        fits
    }

    /// The next batch to send, if the peer may be sent one now.
    pub(crate) fn pop(&mut self, now: Instant, limits: &Limits) -> Option<Batch> {
        if self.in_flight.len() >= limits.relay_in_flight_max || self.paused_until.is_some_and(|at| now < at)
        {
            return None;
        }
        self.paused_until = None;
        let batch = self.waiting.pop_front()?;
        self.waiting_bytes -= batch.bytes.len();
        Some(batch)
    }

    /// The batch just popped is under way.
    pub(crate) fn sent(&mut self, id: OutboundRequestId, mut batch: Batch) {
        batch.tries += 1;
        self.in_flight.insert(id, batch);
    }

    pub(crate) fn answered(
        &mut self,
        id: OutboundRequestId,
        answer: RelayAnswer,
        now: Instant,
        limits: &Limits,
    ) -> Progress {
        let Some(batch) = self.in_flight.remove(&id) else { return Progress::Unknown };
        match answer {
            RelayAnswer::Taken(entries) => Progress::Taken(entries),
            RelayAnswer::Busy { .. } if batch.tries >= limits.relay_tries_max => Progress::Dropped,
            RelayAnswer::Busy { retry_after } => {
                let pause =
                    retry_after.clamp(PAUSE_MIN, PAUSE_MAX).saturating_mul(batch.tries).min(PAUSE_MAX);
                self.paused_until = Some(now + pause);
                self.put_back(batch);
                Progress::Kept
            }
        }
    }

    /// The request failed. A batch whose connection closed as one of two goes out again on the other.
    pub(crate) fn failed(&mut self, id: OutboundRequestId, still_connected: bool) -> Progress {
        match self.in_flight.remove(&id) {
            None => Progress::Unknown,
            Some(batch) if still_connected => {
                self.put_back(batch);
                Progress::Kept
            }
            Some(_) => Progress::Dropped,
        }
    }

    /// Gives everything up and returns how many batches that were.
    pub(crate) fn clear(&mut self) -> usize {
        let dropped = self.waiting.len() + self.in_flight.len();
        *self = Self::default();
        dropped
    }

    /// When a pause ends that holds batches back.
    pub(crate) fn resume_at(&self) -> Option<Instant> {
        self.paused_until.filter(|_| !self.waiting.is_empty())
    }

    pub(crate) fn waiting(&self) -> usize {
        self.waiting.len()
    }

    /// Batches under way are few, so putting them back may exceed the bound of waiting ones by as few.
    fn put_back(&mut self, batch: Batch) {
        self.waiting_bytes += batch.bytes.len();
        self.waiting.push_front(batch);
    }
}
