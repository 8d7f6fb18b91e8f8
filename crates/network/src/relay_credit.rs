//! What one peer's relay batches are worth: whose submissions are known or refused already is looked at less.

use std::time::{Duration, Instant};

use crate::config::Limits;
use crate::debt::Debt;

/// The longest that a peer waits that is told to: whoever sends waits no longer either, see `relay_queue`.
pub(crate) const PAUSE_MAX: Duration = Duration::from_secs(2);

/// One peer's standing on the relay lane. It outlives the peer's connections.
#[derive(Debug)]
pub(crate) struct RelayCredit {
    useless: Debt,
    /// Submissions that were taken of batches that the peer was told to offer again: it need not know which.
    to_come_again: u32,
    pause: Option<Pause>,
}

/// The peer was told to wait.
#[derive(Debug)]
struct Pause {
    until: Instant,
    /// Offered nevertheless. Those that were under way are few.
    batches: u32,
}

/// What to do with a batch.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Offer {
    /// It is worth a look.
    LookAt,
    /// It comes before its time.
    TooEarly {
        /// What is left of it.
        retry_after: Duration,
    },
    /// The peer does not wait.
    DoesNotWait {
        /// Batches that it offered meanwhile.
        batches: u32,
    },
}

impl RelayCredit {
    pub(crate) fn new(now: Instant, limits: &Limits) -> Self {
        Self { useless: Debt::new(now, limits.relay_useless), to_come_again: 0, pause: None }
    }

    /// The peer offers a batch.
    pub(crate) fn offered(&mut self, now: Instant, limits: &Limits) -> Offer {
        self.pause.take_if(|pause| pause.until <= now);
        if self.pause.is_none()
            && let Some(over) = self.useless.over(now)
        {
            self.busy(now, over);
        }
        let Some(pause) = &mut self.pause else { return Offer::LookAt };
        pause.batches = pause.batches.saturating_add(1);
        if pause.batches > limits.relay_batches_despite_busy_max {
            return Offer::DoesNotWait { batches: pause.batches };
        }
        Offer::TooEarly { retry_after: pause.until - now }
    }

    /// So many submissions of a batch were of no use. Says how many of them may have [come
    /// again](Self::comes_again), which are not owed.
    pub(crate) fn useless(&mut self, now: Instant, submissions: u32) -> u32 {
        let repeated = submissions.min(self.to_come_again);
        self.to_come_again -= repeated;
        self.useless.owe(now, (submissions - repeated).into());
        repeated
    }

    /// So many submissions were taken of a batch that the peer is told to offer again, since others were not.
    pub(crate) fn comes_again(&mut self, submissions: u32, limits: &Limits) {
        let most = u32::try_from(limits.relay_useless.at_once).unwrap_or(u32::MAX);
        self.to_come_again = self.to_come_again.saturating_add(submissions).min(most);
    }

    /// The peer is told to wait.
    pub(crate) fn busy(&mut self, now: Instant, retry_after: Duration) {
        let until = now + retry_after.min(PAUSE_MAX);
        let pause = self.pause.get_or_insert(Pause { until, batches: 0 });
        pause.until = pause.until.max(until);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::Allowance;

    fn limits() -> Limits {
        Limits {
            relay_useless: Allowance { per_second: 100, at_once: 50 },
            relay_batches_despite_busy_max: 2,
            ..Limits::default()
        }
    }

    #[test]
    fn a_peer_whose_submissions_are_useless_is_told_to_wait_until_it_is_paid_off() {
        let now = Instant::now();
        let mut credit = RelayCredit::new(now, &limits());
        credit.useless(now, 50);
        assert_eq!(credit.offered(now, &limits()), Offer::LookAt);
        credit.useless(now, 100);
        let retry_after = Duration::from_secs(1);
        assert_eq!(credit.offered(now, &limits()), Offer::TooEarly { retry_after });
        assert_eq!(credit.offered(now + retry_after, &limits()), Offer::LookAt);
    }

    #[test]
    fn a_peer_that_was_told_to_wait_and_does_not_is_found_out() {
        let now = Instant::now();
        let mut credit = RelayCredit::new(now, &limits());
        credit.busy(now, Duration::from_millis(500));
        for _ in 0..2 {
            assert!(matches!(credit.offered(now, &limits()), Offer::TooEarly { .. }));
        }
        assert_eq!(credit.offered(now, &limits()), Offer::DoesNotWait { batches: 3 });
    }

    #[test]
    fn what_a_peer_repeats_because_it_was_told_to_is_not_owed() {
        let now = Instant::now();
        let mut credit = RelayCredit::new(now, &limits());
        credit.comes_again(50, &limits());
        for _ in 0..10 {
            let repeated = credit.useless(now, 50);
            credit.comes_again(repeated, &limits());
        }
        assert_eq!(credit.offered(now, &limits()), Offer::LookAt);
        assert_eq!((credit.useless(now, 100), credit.useless(now, 50)), (50, 0), "each once");
        let retry_after = Duration::from_millis(500);
        assert_eq!(credit.offered(now, &limits()), Offer::TooEarly { retry_after });
    }

    #[test]
    fn a_peer_that_waits_may_be_told_so_over_and_over() {
        let mut now = Instant::now();
        let mut credit = RelayCredit::new(now, &limits());
        for _ in 0..10 {
            credit.busy(now, Duration::from_secs(60));
            assert_eq!(credit.offered(now, &limits()), Offer::TooEarly { retry_after: PAUSE_MAX });
            now += PAUSE_MAX;
            assert_eq!(credit.offered(now, &limits()), Offer::LookAt);
        }
    }
}
