//! When an absent peer is dialled next.
//!
//! Nodes of a network start and restart together, so the first attempts come quickly; a peer that stays
//! away is tried ever less often. Jitter keeps nodes from calling in step.

use std::time::{Duration, Instant};

use rand::Rng;

const QUICK_ATTEMPTS: u32 = 5;
const QUICK_DELAY: Duration = Duration::from_millis(200);
const FIRST_DELAY: Duration = Duration::from_secs(1);
const LAST_DELAY: Duration = Duration::from_secs(30);
/// A connection that lasted this long was a good one: the count of failures starts anew.
const GOOD_CONNECTION: Duration = Duration::from_secs(10);

/// The state of dialling one peer.
#[derive(Debug)]
pub(crate) struct Redial {
    failures: u32,
    step: Step,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    Due(Instant),
    UnderWay,
    Connected,
}

impl Redial {
    /// The side with the smaller peer id calls at once, the other a moment later: most pairs of nodes
    /// that start together then need only one call.
    pub(crate) fn new(now: Instant, we_call_first: bool) -> Self {
        let delay = if we_call_first { Duration::ZERO } else { QUICK_DELAY };
        Self { failures: 0, step: Step::Due(now + delay) }
    }

    /// When to dial, unless connected or a call is under way.
    pub(crate) fn due_at(&self) -> Option<Instant> {
        match self.step {
            Step::Due(at) => Some(at),
            Step::UnderWay | Step::Connected => None,
        }
    }

    pub(crate) fn started(&mut self) {
        self.step = Step::UnderWay;
    }

    pub(crate) fn connected(&mut self) {
        self.step = Step::Connected;
    }

    /// Returns how many attempts in a row have failed.
    pub(crate) fn failed(&mut self, now: Instant) -> u32 {
        if self.step == Step::UnderWay {
            self.failures = self.failures.saturating_add(1);
            self.step = Step::Due(now + with_jitter(delay(self.failures)));
        }
        self.failures
    }

    /// The last connection to the peer ended after `lasted`.
    pub(crate) fn lost(&mut self, now: Instant, lasted: Duration) {
        self.failures = if lasted >= GOOD_CONNECTION { 0 } else { self.failures.saturating_add(1) };
        self.step = Step::Due(now + with_jitter(delay(self.failures)));
    }
}

fn delay(failures: u32) -> Duration {
    match failures.checked_sub(QUICK_ATTEMPTS) {
        None => QUICK_DELAY,
        Some(slow) => FIRST_DELAY.saturating_mul(1 << slow.min(16)).min(LAST_DELAY),
    }
}

/// Between three and five quarters of the delay.
fn with_jitter(delay: Duration) -> Duration {
    delay * rand::thread_rng().gen_range(750..=1_250) / 1_000
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_attempts_come_quickly_and_the_last_every_half_minute() {
        let seconds: Vec<u64> = (0..12).map(|failures| delay(failures).as_secs()).collect();
        assert_eq!(seconds, [0, 0, 0, 0, 0, 1, 2, 4, 8, 16, 30, 30]);
        assert_eq!(delay(u32::MAX), LAST_DELAY);
    }

    #[test]
    fn a_peer_that_hangs_up_at_once_is_called_ever_less_often() {
        let now = Instant::now();
        let mut redial = Redial::new(now, true);
        assert_eq!(redial.due_at(), Some(now));
        for _ in 0..20 {
            redial.started();
            redial.connected();
            redial.lost(now, Duration::from_millis(3));
        }
        assert!(redial.due_at().is_some_and(|at| at > now + Duration::from_secs(20)));
        redial.lost(now, GOOD_CONNECTION);
        assert!(redial.due_at().is_some_and(|at| at < now + FIRST_DELAY));
    }
}
