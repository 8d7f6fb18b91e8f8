//! The frames on their way to one peer on one lane.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};
use std::time::Instant;

use bytes::Bytes;
use libp2p::PeerId;
use tokio::sync::Notify;

use super::lane::{StreamLane, StreamLimits};
use crate::config::Limits;
use crate::counters::{Counters, add, count};

/// A frame that waits.
#[derive(Debug, Clone)]
pub(crate) struct Waiting {
    pub(crate) frame: Bytes,
    pub(crate) since: Instant,
    group: u64,
}

/// Frames for one peer on one lane, bounded. Anybody pushes; the writer of the lane's stream takes.
///
/// **What is dropped**: when it is full, the oldest group goes, with all its frames, also those that are yet
/// to come: a block of which one part is missing is of no use, and of votes the newest count most.
#[derive(Debug)]
pub(crate) struct Outlet {
    limits: StreamLimits,
    queue: Mutex<Queue>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Queue {
    /// Whether the peer hears; until it does, nothing is kept for it.
    open: bool,
    frames: VecDeque<Waiting>,
    bytes: usize,
    /// Frames of this group are not kept any more.
    dropped_group: Option<u64>,
}

impl Outlet {
    pub(crate) fn new(limits: StreamLimits) -> Self {
        Self { limits, queue: Mutex::default(), news: Notify::new() }
    }

    /// From now on frames are kept.
    pub(crate) fn open(&self) {
        *self.lock() = Queue { open: true, ..Queue::default() };
    }

    /// Forgets all frames, and keeps none from now on. Returns how many there were.
    pub(crate) fn close(&self) -> usize {
        std::mem::take(&mut *self.lock()).frames.len()
    }

    /// Forgets the frames that wait. Returns how many there were.
    fn empty(&self) -> usize {
        let mut queue = self.lock();
        queue.bytes = 0;
        std::mem::take(&mut queue.frames).len()
    }

    /// Adds a frame. Returns how many frames were dropped for it, itself included.
    pub(crate) fn push(&self, group: u64, frame: Bytes) -> usize {
        let dropped = {
            let mut queue = self.lock();
            if !queue.open {
                return 0;
            }
            queue.push(Waiting { frame, since: Instant::now(), group }, &self.limits)
        };
        self.news.notify_one();
        dropped
    }

    /// The next frame, as soon as there is one.
    pub(crate) async fn next(&self) -> Waiting {
        loop {
            if let Some(waiting) = self.try_next() {
                return waiting;
            }
            self.news.notified().await;
        }
    }

    /// The next frame, if there is one.
    pub(crate) fn try_next(&self) -> Option<Waiting> {
        let mut queue = self.lock();
        let waiting = queue.frames.pop_front()?;
        queue.bytes -= waiting.frame.len();
        Some(waiting)
    }

    #[cfg(test)]
    fn waiting(&self) -> usize {
        self.lock().frames.len()
    }

    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Every change under the lock is complete by itself.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    fn push(&mut self, waiting: Waiting, limits: &StreamLimits) -> usize {
        if self.dropped_group == Some(waiting.group) {
            return 1;
        }
        let mut dropped = 0;
        while self.frames.len() >= limits.queue_frames_max
            || self.bytes + waiting.frame.len() > limits.queue_bytes_max
        {
            let Some(oldest) = self.frames.front().map(|frame| frame.group) else { return 1 };
            dropped += self.drop_group(oldest);
            if oldest == waiting.group {
                return dropped + 1;
            }
        }
        self.bytes += waiting.frame.len();
        self.frames.push_back(waiting);
        dropped
    }

    fn drop_group(&mut self, group: u64) -> usize {
        let before = self.frames.len();
        self.frames.retain(|frame| frame.group != group);
        self.bytes = self.frames.iter().map(|frame| frame.frame.len()).sum();
        self.dropped_group = Some(group);
        before - self.frames.len()
    }
}

/// The outlets of all connected peers.
#[derive(Debug, Default)]
pub(crate) struct Outlets(RwLock<BTreeMap<PeerId, [Arc<Outlet>; StreamLane::ALL.len()]>>);

impl Outlets {
    /// Makes the outlets of a peer that has connected.
    pub(crate) fn add(&self, peer: PeerId, limits: &Limits) {
        let outlets = StreamLane::ALL.map(|lane| Arc::new(Outlet::new(*lane.limits(limits))));
        self.0.write().unwrap_or_else(PoisonError::into_inner).insert(peer, outlets);
    }

    /// Forgets a peer that is gone.
    pub(crate) fn remove(&self, peer: &PeerId) {
        self.0.write().unwrap_or_else(PoisonError::into_inner).remove(peer);
    }

    pub(crate) fn of(&self, peer: &PeerId, lane: StreamLane) -> Option<Arc<Outlet>> {
        let outlets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        outlets.get(peer).map(|outlets| Arc::clone(&outlets[lane.index()]))
    }

    /// Adds a frame for every peer that hears the lane and that it is meant for.
    pub(crate) fn push(
        &self,
        lane: StreamLane,
        is_meant_for: impl Fn(&PeerId) -> bool,
        group: u64,
        frame: &Bytes,
        counters: &Counters,
    ) {
        let outlets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (_, outlets) in outlets.iter().filter(|(peer, _)| is_meant_for(peer)) {
            let dropped = outlets[lane.index()].push(group, frame.clone());
            add(&lane.counters(counters).frames_dropped, dropped as u64);
        }
    }

    /// Drops what waits on a lane for some of the peers.
    pub(crate) fn empty(&self, lane: StreamLane, of: impl Fn(&PeerId) -> bool, counters: &Counters) {
        let outlets = self.0.read().unwrap_or_else(PoisonError::into_inner);
        for (_, outlets) in outlets.iter().filter(|(peer, _)| of(peer)) {
            add(&lane.counters(counters).frames_dropped, outlets[lane.index()].empty() as u64);
        }
    }

    /// Adds a frame for one peer.
    pub(crate) fn push_to(
        &self,
        peer: &PeerId,
        lane: StreamLane,
        group: u64,
        frame: Bytes,
        counters: &Counters,
    ) {
        let dropped = self.of(peer, lane).map_or(1, |outlet| outlet.push(group, frame));
        if dropped > 0 {
            count(&lane.counters(counters).frames_dropped);
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn outlet(frames: usize, bytes: usize) -> Outlet {
        let limits = StreamLimits { queue_frames_max: frames, queue_bytes_max: bytes, ..StreamLimits::VOTES };
        let outlet = Outlet::new(limits);
        outlet.open();
        outlet
    }

    fn frame(bytes: usize) -> Bytes {
        Bytes::from(vec![0; bytes])
    }

    fn groups(outlet: &Outlet) -> Vec<u64> {
        std::iter::from_fn(|| outlet.try_next()).map(|waiting| waiting.group).collect()
    }

    #[test]
    fn nothing_is_kept_for_a_peer_that_does_not_hear() {
        let outlet = outlet(2, 10);
        assert_eq!(outlet.push(1, frame(1)), 0);
        assert_eq!(outlet.close(), 1);
        assert_eq!(outlet.push(2, frame(1)), 0);
        assert_eq!(outlet.waiting(), 0);
    }

    #[test]
    fn what_waits_for_a_peer_that_may_no_longer_have_it_is_dropped() {
        let (outlets, limits, counters) = (Outlets::default(), Limits::default(), Counters::default());
        let [one, other] = [PeerId::random(), PeerId::random()];
        for peer in [one, other] {
            outlets.add(peer, &limits);
            outlets.of(&peer, StreamLane::Parts).unwrap().open();
        }
        outlets.push(StreamLane::Parts, |_| true, 1, &frame(10), &counters);
        outlets.empty(StreamLane::Parts, |peer| *peer == one, &counters);
        let waiting = |peer| outlets.of(&peer, StreamLane::Parts).unwrap().waiting();
        assert_eq!((waiting(one), waiting(other)), (0, 1));
    }

    #[test]
    fn over_either_limit_the_oldest_group_goes_whole() {
        let outlet = outlet(4, 100);
        for group in [1, 1, 2, 3] {
            assert_eq!(outlet.push(group, frame(10)), 0);
        }
        assert_eq!(outlet.push(4, frame(10)), 2, "both of the first group");
        assert_eq!(outlet.push(1, frame(10)), 1, "and what comes of it later");
        assert_eq!(outlet.push(5, frame(80)), 1);
        assert_eq!(groups(&outlet), [3, 4, 5]);
    }

    #[test]
    fn a_group_that_does_not_fit_goes_and_leaves_room() {
        let outlet = outlet(100, 25);
        for dropped in [0, 0, 3, 1] {
            assert_eq!(outlet.push(1, frame(10)), dropped);
        }
        assert_eq!(outlet.push(2, frame(25)), 0);
        assert_eq!(groups(&outlet), [2]);
    }
}
