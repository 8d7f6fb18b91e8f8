//! When the ledger has something to do of itself.

use std::time::Duration;

use bulla_ledger::{BlockExecution, StateView};
use bulla_mempool::Clock;
use bulla_types::{BlockTime, Canonical, Cycle, Due, KeyRange, OutageRecord, StateKey, SystemEvent};
use tokio::time::sleep;

use crate::assemble::context;
use crate::builder::unread;
use crate::fault::ChainError;
use crate::tip::Tip;
use crate::view::Snapshot;

/// How long a wait for the clock goes on without looking at it: somebody may set it.
const LOOK_EVERY: Duration = Duration::from_millis(200);

/// The block time from which a block begins with an event of a deadline, if nothing is recorded before. It has
/// passed by `now` when such an event is due already.
pub(crate) fn next_due(
    snapshot: &Snapshot<'_>,
    tip: &Tip,
    now: BlockTime,
) -> Result<Option<BlockTime>, ChainError> {
    let mut execution = BlockExecution::new(snapshot, context(tip, now));
    if let Some(event) = execution.due().map_err(unread)? {
        return Ok(Some(match event {
            SystemEvent::DeadlineReached(reached) => reached.due,
            SystemEvent::CycleEnded(ended) => ended.due,
            // What is to be reckoned anew has no time of its own.
            _ => tip.earliest_next(),
        }));
    }
    let first = |range: &KeyRange| Ok::<_, ChainError>(snapshot.keys(range, 1).map_err(unread)?.pop());
    let come = first(&KeyRange::due_by(now))?.is_some();
    let to_come = [
        first(&KeyRange::due_between(now, BlockTime(u64::MAX)))?.and_then(time_of),
        first(&KeyRange::cycles_by(BlockTime(u64::MAX)))?.and_then(time_of),
        // What has come and is no event now waits for a decision on an outage.
        if come { held_until(snapshot)? } else { None },
    ];
    Ok(to_come.into_iter().flatten().filter(|time| *time > now).min())
}

fn time_of(row: StateKey) -> Option<BlockTime> {
    match row {
        StateKey::Due(Due { due, .. }) | StateKey::Cycle(Cycle { due, .. }) => Some(due),
        _ => None,
    }
}

fn held_until(snapshot: &Snapshot<'_>) -> Result<Option<BlockTime>, ChainError> {
    let Some(bytes) = snapshot.get(&StateKey::Outage).map_err(unread)? else { return Ok(None) };
    let outage = OutageRecord::decode(&bytes)
        .map_err(|error| ChainError::Invariant(format!("the record of the last outage: {error}")))?;
    Ok(Some(outage.held_until))
}

/// Resolves when the clock shows this time; never without one.
pub(crate) async fn reached(clock: &dyn Clock, time: Option<BlockTime>) {
    let Some(time) = time else { return std::future::pending().await };
    loop {
        let left_ms = time.0.saturating_sub(clock.now().0);
        if left_ms == 0 {
            return;
        }
        let machine_ms = left_ms.div_ceil(u64::from(clock.speed()).max(1));
        sleep(Duration::from_millis(machine_ms).min(LOOK_EVERY)).await;
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::sync::Arc;
    use std::sync::atomic::{AtomicU64, Ordering};

    use tokio::time::Instant;

    use super::*;

    /// A clock that the test sets, and that runs a thousand times as fast as tokio's.
    struct Fast {
        ahead_ms: Arc<AtomicU64>,
        since: Instant,
    }

    impl Clock for Fast {
        fn now(&self) -> BlockTime {
            let passed_ms = u64::try_from(self.since.elapsed().as_millis()).unwrap();
            BlockTime(self.ahead_ms.load(Ordering::Relaxed) + 1000 * passed_ms)
        }

        fn speed(&self) -> u32 {
            1000
        }
    }

    fn fast() -> (Arc<AtomicU64>, Fast) {
        let ahead_ms = Arc::new(AtomicU64::new(0));
        (Arc::clone(&ahead_ms), Fast { ahead_ms, since: Instant::now() })
    }

    #[tokio::test(start_paused = true)]
    async fn a_time_is_waited_for_at_the_speed_of_the_clock() {
        let (_, clock) = fast();
        reached(&clock, Some(BlockTime(3_600_000))).await;
        assert_eq!(clock.since.elapsed(), Duration::from_millis(3_600));
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_forward_is_seen_soon() {
        let (ahead_ms, clock) = fast();
        let since = clock.since;
        let waiting = tokio::spawn(async move { reached(&clock, Some(BlockTime(94_608_000_000))).await });
        sleep(Duration::from_secs(5)).await;
        ahead_ms.store(94_608_000_000, Ordering::Relaxed);
        waiting.await.unwrap();
        assert!(since.elapsed() <= Duration::from_secs(5) + LOOK_EVERY, "{:?}", since.elapsed());
    }
}
