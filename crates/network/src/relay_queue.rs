//! The relay batches on their way to one peer.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::time::{Duration, Instant};

use bytes::Bytes;

use crate::config::Limits;
use crate::relay::RelayAnswer;
use crate::relay_credit::PAUSE_MAX;

/// The shortest wait after "busy", whatever the peer asks for.
const PAUSE_MIN: Duration = Duration::from_millis(10);

/// A batch and how often it was offered.
#[derive(Debug, Clone)]
pub(crate) struct Batch {
    pub(crate) bytes: Bytes,
    tries: u32,
}

/// Batches waiting for one peer and under way to it, these by the `Id` of their request. All bounds are
/// those of [`Limits`].
#[derive(Debug)]
pub(crate) struct RelayQueue<Id> {
    waiting: VecDeque<Batch>,
    waiting_bytes: usize,
    in_flight: HashMap<Id, Batch>,
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

impl<Id> Default for RelayQueue<Id> {
    fn default() -> Self {
        Self { waiting: VecDeque::new(), waiting_bytes: 0, in_flight: HashMap::new(), paused_until: None }
    }
}

impl<Id: Eq + Hash> RelayQueue<Id> {
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
        if self.paused_until.is_some_and(|at| now < at) {
            return None;
        }
        self.paused_until = None;
        if self.in_flight.len() >= limits.relay_in_flight_max {
            return None;
        }
        let batch = self.waiting.pop_front()?;
        self.waiting_bytes -= batch.bytes.len();
        Some(batch)
    }

    /// The batch just popped is under way.
    pub(crate) fn sent(&mut self, id: Id, mut batch: Batch) {
        batch.tries += 1;
        self.in_flight.insert(id, batch);
    }

    pub(crate) fn answered(
        &mut self,
        id: Id,
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
                // Another answer may have named a later time.
                self.paused_until = self.paused_until.max(Some(now + pause));
                self.put_back(batch);
                Progress::Kept
            }
        }
    }

    /// The request failed. A batch whose connection closed as one of two goes out again on the other.
    pub(crate) fn failed(&mut self, id: Id, still_connected: bool) -> Progress {
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn limits() -> Limits {
        Limits {
            relay_queue_batches_max: 3,
            relay_queue_bytes_max: 100,
            relay_in_flight_max: 2,
            relay_tries_max: 2,
            ..Limits::default()
        }
    }

    fn filled(batches: u8) -> RelayQueue<u8> {
        let mut queue = RelayQueue::default();
        for number in 0..batches {
            assert!(queue.push(Bytes::from(vec![number]), &limits()));
        }
        queue
    }

    /// Sends what may be sent, with the batch's own number as the request's id.
    fn send(queue: &mut RelayQueue<u8>, now: Instant) -> Vec<u8> {
        let mut sent = Vec::new();
        while let Some(batch) = queue.pop(now, &limits()) {
            sent.push(batch.bytes[0]);
            queue.sent(batch.bytes[0], batch);
        }
        sent
    }

    #[test]
    fn a_full_queue_takes_no_more_by_count_or_by_bytes() {
        assert!(!filled(3).push(Bytes::from_static(b"x"), &limits()));
        let mut queue = filled(1);
        assert!(!queue.push(Bytes::from(vec![0; 100]), &limits()));
        assert!(queue.push(Bytes::from(vec![0; 99]), &limits()));
        send(&mut queue, Instant::now());
        assert!(queue.push(Bytes::from(vec![0; 100]), &limits()));
    }

    #[test]
    fn no_more_than_a_few_batches_are_under_way() {
        let now = Instant::now();
        let mut queue = filled(3);
        assert_eq!(send(&mut queue, now), [0, 1]);
        assert_eq!(queue.answered(0, RelayAnswer::Taken(5), now, &limits()), Progress::Taken(5));
        assert_eq!(queue.answered(0, RelayAnswer::Taken(5), now, &limits()), Progress::Unknown);
        assert_eq!(send(&mut queue, now), [2]);
    }

    #[test]
    fn after_busy_the_batch_waits_its_time_and_is_given_up_in_the_end() {
        let now = Instant::now();
        let mut queue = filled(3);
        send(&mut queue, now);
        let busy = RelayAnswer::Busy { retry_after: Duration::from_millis(50) };
        assert_eq!(queue.answered(0, busy, now, &limits()), Progress::Kept);
        let resume_at = queue.resume_at().unwrap();
        assert_eq!(resume_at, now + Duration::from_millis(50));
        assert_eq!(send(&mut queue, now), [0; 0]);
        assert_eq!(send(&mut queue, resume_at), [0]);
        assert_eq!(queue.answered(0, busy, now, &limits()), Progress::Dropped);
    }

    #[test]
    fn the_longest_of_several_pauses_holds() {
        let now = Instant::now();
        let mut queue = filled(2);
        send(&mut queue, now);
        let busy = |ms| RelayAnswer::Busy { retry_after: Duration::from_millis(ms) };
        queue.answered(0, busy(1_000), now, &limits());
        queue.answered(1, busy(100), now, &limits());
        assert_eq!(queue.resume_at(), Some(now + Duration::from_secs(1)));
    }

    #[test]
    fn a_pause_that_is_over_is_no_deadline_although_nothing_may_be_sent() {
        let now = Instant::now();
        let mut queue = filled(3);
        send(&mut queue, now);
        queue.answered(0, RelayAnswer::Busy { retry_after: Duration::ZERO }, now, &limits());
        let resume_at = queue.resume_at().unwrap();
        assert_eq!(send(&mut queue, resume_at), [0]);
        assert_eq!((queue.waiting(), queue.resume_at()), (1, None));
    }

    #[test]
    fn a_batch_whose_connection_was_one_of_two_goes_out_again() {
        let now = Instant::now();
        let mut queue = filled(2);
        send(&mut queue, now);
        assert_eq!(queue.failed(0, true), Progress::Kept);
        assert_eq!(queue.failed(1, false), Progress::Dropped);
        assert_eq!(send(&mut queue, now), [0]);
        assert_eq!(queue.clear(), 1);
    }
}
