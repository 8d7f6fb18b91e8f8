//! The pace at which a snapshot must come.
//!
//! A source that gives each piece just before its time is over would draw joining out as long as it likes. So all
//! sources together must bring the content at a least pace; where they do not, those that brought less than their
//! share are set aside, and others come first for a while. Whoever is on a slow line would set everybody aside: each
//! time that it comes to that the least pace is halved.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use bulla_network::PeerId;
use tokio::time::Instant;

/// How long is looked at: longer than a peer has for one piece, so that whoever gives something gives it within.
const WINDOW: Duration = Duration::from_secs(30);

/// The least pace at first, of all sources together: twice what one source brings that gives each piece at the last
/// moment.
const LEAST_BYTES_PER_S: u64 = 256 * 1024;

/// How slow a fetch may be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct LeastPace {
    bytes_per_s: u64,
}

impl Default for LeastPace {
    fn default() -> Self {
        Self { bytes_per_s: LEAST_BYTES_PER_S }
    }
}

impl LeastPace {
    /// It was too much to ask for, maybe.
    pub(super) fn halve(&mut self) {
        self.bytes_per_s = (self.bytes_per_s / 2).max(1);
    }

    /// How long so many bytes may take from one source.
    pub(super) fn time_for(self, bytes: u64) -> Duration {
        WINDOW + Duration::from_secs(bytes / self.bytes_per_s)
    }

    fn in_a_window(self) -> u64 {
        self.bytes_per_s.saturating_mul(WINDOW.as_secs())
    }
}

/// What sources bring, window by window.
#[derive(Debug)]
pub(super) struct Pace {
    least: LeastPace,
    began: Instant,
    brought: BTreeMap<PeerId, u64>,
}

impl Pace {
    pub(super) fn new(least: LeastPace, now: Instant) -> Self {
        Self { least, began: now, brought: BTreeMap::new() }
    }

    pub(super) fn brought(&mut self, peer: PeerId, bytes: u64) {
        *self.brought.entry(peer).or_default() += bytes;
    }

    /// At the end of a window: of these sources those that brought less than their share of it, if all together were
    /// too slow.
    pub(super) fn too_slow(
        &mut self,
        sources: impl ExactSizeIterator<Item = PeerId>,
        now: Instant,
    ) -> BTreeSet<PeerId> {
        if now.duration_since(self.began) < WINDOW {
            return BTreeSet::new();
        }
        self.began = now;
        let brought = std::mem::take(&mut self.brought);
        let (all, least) = (brought.values().sum::<u64>(), self.least.in_a_window());
        if all >= least {
            return BTreeSet::new();
        }
        let share = least.div_ceil(sources.len().max(1) as u64);
        sources.filter(|peer| brought.get(peer).copied().unwrap_or(0) < share).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIB: u64 = 1024 * 1024;

    fn peers() -> [PeerId; 3] {
        [PeerId::random(), PeerId::random(), PeerId::random()]
    }

    #[test]
    fn whoever_drips_is_set_aside_when_the_whole_is_too_slow_and_the_others_are_not() {
        let ([dripping, honest, silent], began) = (peers(), Instant::now());
        let mut pace = Pace::new(LeastPace::default(), began);
        pace.brought(dripping, 2 * MIB);
        pace.brought(honest, 5 * MIB);
        let all = [dripping, honest, silent];
        let before = began + WINDOW - Duration::from_millis(1);
        assert_eq!(pace.too_slow(all.into_iter(), before), BTreeSet::new(), "the window is not over");
        assert_eq!(pace.too_slow(all.into_iter(), began + WINDOW), [dripping, silent].into());
        // The next window begins with nothing.
        assert_eq!(pace.too_slow([honest].into_iter(), began + 2 * WINDOW), [honest].into());
    }

    #[test]
    fn nobody_is_set_aside_while_the_whole_comes_at_its_pace() {
        let ([fast, slow, _], began) = (peers(), Instant::now());
        let mut pace = Pace::new(LeastPace::default(), began);
        pace.brought(fast, 8 * MIB);
        assert_eq!(pace.too_slow([fast, slow].into_iter(), began + WINDOW), BTreeSet::new());
    }

    #[test]
    fn the_least_pace_falls_below_any_line_and_is_never_nothing() {
        let (peer, began) = (PeerId::random(), Instant::now());
        let mut least = LeastPace::default();
        assert!(least.time_for(36 * MIB) > Duration::from_secs(144));
        least.halve();
        let mut pace = Pace::new(least, began);
        pace.brought(peer, 4 * MIB);
        assert_eq!(pace.too_slow([peer].into_iter(), began + WINDOW), BTreeSet::new());
        (0..100).for_each(|_| least.halve());
        assert_eq!(least, LeastPace { bytes_per_s: 1 });
    }
}
