//! What goes out to the peers: submissions that clients brought, and again what stays uncommitted.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::time::{Instant, Interval, MissedTickBehavior, interval, sleep_until};

use crate::counters::{Counters, add};
use crate::limits::Limits;
use crate::pool::Pool;
use crate::relay_batch::RelayBatch;
use crate::sync::lock;

/// Batches of submissions that are announced again at one time; the rest waits for the next.
const AGAIN_BATCHES_MAX: usize = 4;

/// The relay batches of a mempool, one after the other. Whoever carries them asks for the next when the
/// last is on its way; what gathers meanwhile makes the next batch larger.
#[derive(Debug)]
pub struct Announcements {
    fresh: mpsc::Receiver<Bytes>,
    pool: Arc<Mutex<Pool>>,
    counters: Arc<Counters>,
    backlog: VecDeque<Bytes>,
    batch: RelayBatch,
    batch_bytes_max: usize,
    delay: Duration,
    send_at: Option<Instant>,
    again_every: Duration,
    again: Option<Interval>,
}

impl Announcements {
    pub(crate) fn new(
        fresh: mpsc::Receiver<Bytes>,
        pool: Arc<Mutex<Pool>>,
        counters: Arc<Counters>,
        limits: &Limits,
    ) -> Self {
        Self {
            fresh,
            pool,
            counters,
            backlog: VecDeque::new(),
            batch: RelayBatch::new(limits.relay_batch_bytes_max),
            batch_bytes_max: limits.relay_batch_bytes_max,
            delay: limits.relay_delay,
            send_at: None,
            again_every: limits.announce_again_after / 2,
            again: None,
        }
    }

    /// The next relay batch, see [`crate::relay_batch`]: full, or as old as [`Limits::relay_delay`].
    /// `None` when the mempool is gone. Nothing is lost when the future is dropped. Needs a tokio runtime.
    pub async fn next(&mut self) -> Option<Bytes> {
        let mut again = self.again.take().unwrap_or_else(|| ticks(self.again_every));
        let next = self.next_with(&mut again).await;
        self.again = Some(again);
        next
    }

    async fn next_with(&mut self, again: &mut Interval) -> Option<Bytes> {
        loop {
            if let Some(full) = self.fill() {
                return Some(full);
            }
            let send_at = self.send_at;
            tokio::select! {
                fresh = self.fresh.recv() => match fresh {
                    Some(submission) => self.backlog.push_back(submission),
                    None => return (!self.batch.is_empty()).then(|| self.finish()),
                },
                () = sleep_until(send_at.unwrap_or_else(Instant::now)), if send_at.is_some() => {
                    return Some(self.finish());
                }
                now = again.tick() => self.announce_again(now),
            }
        }
    }

    /// Moves the backlog into the batch and returns the batch when it is full.
    fn fill(&mut self) -> Option<Bytes> {
        while let Some(submission) = self.backlog.pop_front() {
            if !self.batch.has_room_for(&submission) {
                self.backlog.push_front(submission);
                return Some(self.finish());
            }
            self.batch.push(&submission);
            self.send_at.get_or_insert_with(|| Instant::now() + self.delay);
        }
        None
    }

    fn finish(&mut self) -> Bytes {
        self.send_at = None;
        self.batch.finish()
    }

    fn announce_again(&mut self, now: Instant) {
        let bytes_max = self.batch_bytes_max * AGAIN_BATCHES_MAX;
        let due = lock(&self.pool).due_announcements(now.into_std(), bytes_max);
        add(&self.counters.announced_again, due.len());
        self.backlog.extend(due);
    }
}

fn ticks(every: Duration) -> Interval {
    let mut ticks = interval(every);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    ticks
}
