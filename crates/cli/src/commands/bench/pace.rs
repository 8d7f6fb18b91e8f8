//! When each deposit is sent.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep_until};

const NANOS_PER_SECOND: u64 = 1_000_000_000;

/// What decides when deposits are sent.
#[derive(Clone)]
pub(super) enum Pace {
    /// The clock: so many a second, whatever becomes of them.
    Rate(u32),
    /// Answers: so many are on their way at a time.
    Window(Arc<Semaphore>),
}

impl Pace {
    pub(super) fn rate(per_second: u32) -> Self {
        Self::Rate(per_second.max(1))
    }

    pub(super) fn window(in_flight: u32) -> Self {
        Self::Window(Arc::new(Semaphore::new(usize::try_from(in_flight).unwrap_or(usize::MAX))))
    }

    /// Time between two deposits, as far as it is known beforehand.
    pub(super) fn interval(&self) -> Duration {
        match self {
            Self::Rate(per_second) => Duration::from_secs(1) / *per_second,
            Self::Window(_) => Duration::ZERO,
        }
    }

    /// Waits until a deposit is due.
    pub(super) async fn wait(&self, position: usize, start: Instant, schedule: &Schedule) {
        match self {
            Self::Rate(per_second) => {
                let due = after(position, *per_second);
                schedule.set(position, due);
                let due = start + due;
                // Asking the clock is cheaper than the timer, and most deposits of a busy run are due.
                if Instant::now() < due {
                    sleep_until(due).await;
                }
            }
            Self::Window(room) => {
                // The semaphore is never closed.
                if let Ok(permit) = room.acquire().await {
                    permit.forget();
                }
                schedule.set(position, start.elapsed());
            }
        }
    }

    /// A deposit has its last answer.
    pub(super) fn answered(&self) {
        if let Self::Window(room) = self {
            room.add_permits(1);
        }
    }
}

/// Time from the start to the deposit at this position.
fn after(position: usize, per_second: u32) -> Duration {
    let (position, per_second) = (u64::try_from(position).unwrap_or(u64::MAX), u64::from(per_second));
    let seconds = position / per_second;
    Duration::from_secs(seconds) + Duration::from_nanos(position % per_second * NANOS_PER_SECOND / per_second)
}

/// When each deposit was to be sent, in nanoseconds from the start: what latency counts from.
pub(super) struct Schedule(Vec<AtomicU64>);

impl Schedule {
    pub(super) fn new(count: usize) -> Self {
        Self((0..count).map(|_| AtomicU64::new(0)).collect())
    }

    fn set(&self, position: usize, due: Duration) {
        if let Some(slot) = self.0.get(position) {
            slot.store(u64::try_from(due.as_nanos()).unwrap_or(u64::MAX), Ordering::Relaxed);
        }
    }

    pub(super) fn get(&self, tag: u64) -> Duration {
        let slot = usize::try_from(tag).ok().and_then(|position| self.0.get(position));
        Duration::from_nanos(slot.map_or(0, |slot| slot.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn send_times_are_spread_evenly_and_do_not_drift() {
        assert_eq!(after(0, 2000), Duration::ZERO);
        assert_eq!(after(1, 2000), Duration::from_micros(500));
        assert_eq!(after(3 * 60 * 2000, 2000), Duration::from_secs(180));
        assert_eq!(after(2, 3), Duration::from_nanos(666_666_666));
    }

    #[tokio::test]
    async fn a_window_lets_through_as_many_as_it_holds_until_one_is_answered() {
        let (pace, start, schedule) = (Pace::window(2), Instant::now(), Schedule::new(3));
        pace.wait(0, start, &schedule).await;
        pace.wait(1, start, &schedule).await;
        let third = tokio::time::timeout(Duration::from_millis(20), pace.wait(2, start, &schedule));
        assert!(third.await.is_err());
        pace.answered();
        pace.wait(2, start, &schedule).await;
    }
}
