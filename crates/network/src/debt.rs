//! What a peer owes for work that it made this node do. Time pays it off.

use std::time::{Duration, Instant};

use crate::config::Allowance;

/// Parts of a unit in which debts are kept: a rate a second is then one of whole parts a millisecond.
const PARTS: u64 = 1_000;

/// A running debt of one peer, in units of its [`Allowance`].
#[derive(Debug)]
pub(crate) struct Debt {
    allowance: Allowance,
    owed_parts: u64,
    paid_until: Instant,
}

impl Debt {
    pub(crate) fn new(now: Instant, allowance: Allowance) -> Self {
        Self { allowance, owed_parts: 0, paid_until: now }
    }

    /// Adds to it.
    pub(crate) fn owe(&mut self, now: Instant, units: u64) {
        self.pay(now);
        self.owed_parts = self.owed_parts.saturating_add(units.saturating_mul(PARTS));
    }

    /// How long until no more is owed than may be at once; none when that is so.
    pub(crate) fn over(&mut self, now: Instant) -> Option<Duration> {
        self.pay(now);
        let over = self.owed_parts.saturating_sub(self.allowance.at_once.saturating_mul(PARTS));
        (over > 0).then(|| Duration::from_millis(over.div_ceil(self.allowance.per_second.max(1))))
    }

    fn pay(&mut self, now: Instant) {
        let ms =
            u64::try_from(now.saturating_duration_since(self.paid_until).as_millis()).unwrap_or(u64::MAX);
        self.owed_parts = self.owed_parts.saturating_sub(ms.saturating_mul(self.allowance.per_second));
        self.paid_until += Duration::from_millis(ms);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_owed_over_the_allowance_is_paid_off_by_time() {
        let now = Instant::now();
        let mut debt = Debt::new(now, Allowance { per_second: 100, at_once: 50 });
        debt.owe(now, 50);
        assert_eq!(debt.over(now), None);
        debt.owe(now, 100);
        assert_eq!(debt.over(now), Some(Duration::from_secs(1)));
        let later = now + Duration::from_millis(400);
        assert_eq!(debt.over(later), Some(Duration::from_millis(600)));
        assert_eq!(debt.over(now + Duration::from_secs(1)), None);
    }

    #[test]
    fn looking_often_pays_as_much_as_looking_once() {
        let now = Instant::now();
        let mut debt = Debt::new(now, Allowance { per_second: 3, at_once: 0 });
        debt.owe(now, 3);
        for microseconds in (0..1_000_000).step_by(300) {
            assert!(debt.over(now + Duration::from_micros(microseconds)).is_some());
        }
        assert_eq!(debt.over(now + Duration::from_secs(1)), None);
    }

    #[test]
    fn a_time_that_is_over_saves_nothing_up() {
        let now = Instant::now();
        let mut debt = Debt::new(now, Allowance { per_second: 100, at_once: 0 });
        let later = now + Duration::from_secs(60);
        debt.owe(later, 100);
        assert_eq!(debt.over(later), Some(Duration::from_secs(1)));
        assert_eq!(debt.over(now), Some(Duration::from_secs(1)), "time does not go back");
    }
}
