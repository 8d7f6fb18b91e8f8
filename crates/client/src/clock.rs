//! The client's clock: for request ids and limits of validity. Nothing is verified by it.
//!
//! It is the machine's, except for a ledger for tests that permits another: there a node says what time it is.

use std::sync::{PoisonError, RwLock};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bulla_types::{BlockTime, proto};

/// The machine's time; the epoch if its clock stands before it.
pub(crate) fn now() -> BlockTime {
    BlockTime(as_ms(SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()))
}

/// The time of a ledger.
#[derive(Debug, Default)]
pub(crate) struct LedgerClock(RwLock<Option<Reading>>);

/// What a node said of its clock.
#[derive(Debug, Clone, Copy)]
struct Reading {
    shown_ms: u64,
    speed: u32,
    /// No block is of an earlier time than this.
    earliest_ms: u64,
    read: Instant,
}

impl LedgerClock {
    /// From now on it is what this node says.
    pub(crate) fn set(&self, status: &proto::GetStatusResponse) {
        let reading = Reading {
            shown_ms: status.clock_ms,
            speed: status.clock_speed,
            earliest_ms: status.block_time_ms.saturating_add(1),
            read: Instant::now(),
        };
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = Some(reading);
    }

    /// The time now.
    pub(crate) fn now(&self) -> BlockTime {
        let Some(reading) = self.reading() else { return now() };
        let passed_ms = as_ms(reading.read.elapsed()).saturating_mul(reading.speed.into());
        BlockTime(reading.shown_ms.saturating_add(passed_ms).max(reading.earliest_ms))
    }

    /// How far the clock comes in this time of the machine, milliseconds; as far as the time itself when it stands
    /// still.
    pub(crate) fn within(&self, time: Duration) -> u64 {
        as_ms(time).saturating_mul(self.speed())
    }

    /// How long it takes to reach this time.
    pub(crate) fn until(&self, time: BlockTime) -> Duration {
        Duration::from_millis(time.0.saturating_sub(self.now().0).div_ceil(self.speed()))
    }

    fn speed(&self) -> u64 {
        self.reading().map_or(1, |reading| reading.speed.max(1).into())
    }

    fn reading(&self) -> Option<Reading> {
        *self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(crate) fn as_ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(clock_ms: u64, clock_speed: u32, block_time_ms: u64) -> LedgerClock {
        let clock = LedgerClock::default();
        clock.set(&proto::GetStatusResponse { clock_ms, clock_speed, block_time_ms, ..Default::default() });
        clock
    }

    #[test]
    fn without_a_word_of_a_node_it_is_the_machines() {
        let clock = LedgerClock::default();
        assert!(clock.now().distance_ms(now()) < 10_000);
        assert_eq!(clock.within(Duration::from_secs(1)), 1_000);
    }

    #[test]
    fn a_day_a_second_leaves_as_long_by_the_machine() {
        let clock = said(1_000_000, 86_400, 0);
        assert!(clock.now().0 >= 1_000_000);
        assert_eq!(clock.within(Duration::from_secs(1)), 86_400_000);
        let left = clock.until(BlockTime(clock.now().0 + 86_400_000));
        assert!(left <= Duration::from_secs(1) && left > Duration::from_millis(500), "{left:?}");
    }

    #[test]
    fn a_clock_that_was_set_back_is_not_before_the_newest_block() {
        assert_eq!(said(1_000_000, 0, 2_000_000).now(), BlockTime(2_000_001));
        assert_eq!(said(1_000_000, 0, 500_000).now(), BlockTime(1_000_000));
    }
}
