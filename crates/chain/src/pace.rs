//! When the next height starts.
//!
//! The engine runs a height as soon as it may. An idle ledger must not: its reply to a finished height is
//! held back until an entry waits, a deadline falls due, another validator has started the next height, or the
//! heartbeat is due.
//! Under load heights follow each other with a least interval, so that blocks carry many entries each.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::{Instant, sleep_until};

/// Why a height starts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// An entry waits to be recorded.
    EntryWaits,
    /// A deadline has come, or is to be reckoned anew: the block begins with that.
    DeadlineDue,
    /// A validator already proposes for this height.
    Proposed,
    /// The heartbeat is due.
    Heartbeat,
}

/// The signals that a held height listens to.
#[derive(Debug)]
pub(crate) struct Pace {
    /// Number of entries that wait: the mempool's transactions and events.
    waiting: watch::Receiver<usize>,
    /// Highest height that another validator was heard to propose for.
    proposed: watch::Receiver<u64>,
}

impl Pace {
    pub(crate) fn new(waiting: watch::Receiver<usize>, proposed: watch::Receiver<u64>) -> Self {
        Self { waiting, proposed }
    }

    /// Resolves when `height` should start. `since` is when its parent was committed here; `due` resolves when the
    /// ledger's time has reached the next deadline.
    pub(crate) async fn until_due(
        &mut self,
        height: u64,
        since: Instant,
        interval: Duration,
        heartbeat: Duration,
        due: impl Future<Output = ()>,
    ) -> Start {
        let paced = async {
            // The sender lives as long as the chain; if it is gone, the heartbeat decides.
            if self.waiting.wait_for(|waiting| *waiting > 0).await.is_err() {
                std::future::pending::<()>().await;
            }
            sleep_until(since + interval).await;
        };
        let proposed = async {
            if self.proposed.wait_for(|proposed| *proposed >= height).await.is_err() {
                std::future::pending::<()>().await;
            }
        };
        let due = async {
            due.await;
            sleep_until(since + interval).await;
        };
        tokio::select! {
            () = proposed => Start::Proposed,
            () = paced => Start::EntryWaits,
            () = due => Start::DeadlineDue,
            () = sleep_until(since + heartbeat) => Start::Heartbeat,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    fn pace() -> (watch::Sender<usize>, watch::Sender<u64>, Pace) {
        let (waiting, waiting_receiver) = watch::channel(0);
        let (proposed, proposed_receiver) = watch::channel(0);
        (waiting, proposed, Pace::new(waiting_receiver, proposed_receiver))
    }

    const INTERVAL: Duration = Duration::from_millis(50);
    const HEARTBEAT: Duration = Duration::from_secs(60);

    /// How `height` starts when no deadline falls due.
    async fn starts(pace: &mut Pace, height: u64, since: Instant) -> Start {
        pace.until_due(height, since, INTERVAL, HEARTBEAT, std::future::pending()).await
    }

    #[tokio::test(start_paused = true)]
    async fn an_idle_ledger_waits_for_its_heartbeat() {
        let (_waiting, _proposed, mut pace) = pace();
        let since = Instant::now();
        assert_eq!(starts(&mut pace, 2, since).await, Start::Heartbeat);
        assert_eq!(since.elapsed(), HEARTBEAT);
    }

    #[tokio::test(start_paused = true)]
    async fn a_waiting_entry_starts_the_height_after_the_least_interval() {
        let (waiting, _proposed, mut pace) = pace();
        waiting.send(1).unwrap();
        let since = Instant::now();
        assert_eq!(starts(&mut pace, 2, since).await, Start::EntryWaits);
        assert_eq!(since.elapsed(), INTERVAL);
    }

    #[tokio::test(start_paused = true)]
    async fn a_proposal_of_another_validator_starts_the_height_at_once() {
        let (_waiting, proposed, mut pace) = pace();
        proposed.send(2).unwrap();
        let since = Instant::now();
        assert_eq!(starts(&mut pace, 2, since).await, Start::Proposed);
        assert_eq!(since.elapsed(), Duration::ZERO);
    }

    #[tokio::test(start_paused = true)]
    async fn a_proposal_for_an_earlier_height_starts_nothing() {
        let (_waiting, proposed, mut pace) = pace();
        proposed.send(1).unwrap();
        assert_eq!(starts(&mut pace, 2, Instant::now()).await, Start::Heartbeat);
    }

    #[tokio::test(start_paused = true)]
    async fn a_deadline_starts_the_height_when_it_falls_due_but_not_before_the_least_interval() {
        let (_waiting, _proposed, mut pace) = pace();
        for (due, starts) in [(Duration::from_secs(7), Duration::from_secs(7)), (Duration::ZERO, INTERVAL)] {
            let since = Instant::now();
            let start = pace.until_due(2, since, INTERVAL, HEARTBEAT, sleep_until(since + due)).await;
            assert_eq!((start, since.elapsed()), (Start::DeadlineDue, starts));
        }
    }
}
