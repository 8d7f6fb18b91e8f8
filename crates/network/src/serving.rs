//! One peer's turn at what this node gives to those who ask: blocks, snapshots, openings.

use std::sync::Arc;
use std::time::Instant;

use tokio::sync::{Mutex, OwnedMutexGuard};
use tokio::time::sleep;

use crate::config::Allowance;
use crate::debt::Debt;

/// What a question costs at least, in bytes of answers: to look for what is not there is work too.
const QUESTION_COST_BYTES: u64 = 64 << 10;

/// The questions of one peer, on all lanes, one after the other, and within its allowance of bytes. It outlives the
/// peer's connections.
#[derive(Debug, Clone)]
pub(crate) struct Serving(Arc<Mutex<Debt>>);

/// A question's turn. Until it is dropped the peer's other questions wait.
#[derive(Debug)]
pub(crate) struct Turn {
    debt: OwnedMutexGuard<Debt>,
    cost_bytes: u64,
}

impl Serving {
    pub(crate) fn new(now: Instant, allowance: Allowance) -> Self {
        Self(Arc::new(Mutex::new(Debt::new(now, allowance))))
    }

    /// Waits for the turn of a question, in the order in which they came.
    pub(crate) async fn turn(self) -> Turn {
        let mut debt = self.0.lock_owned().await;
        while let Some(wait) = debt.over(Instant::now()) {
            sleep(wait).await;
        }
        Turn { debt, cost_bytes: QUESTION_COST_BYTES }
    }
}

impl Turn {
    /// The question has cost an answer of so many bytes, whether it is sent or not.
    pub(crate) fn costs(&mut self, bytes: u64) {
        self.cost_bytes = self.cost_bytes.max(bytes);
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.debt.owe(Instant::now(), self.cost_bytes);
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::Duration;

    use futures::FutureExt;

    use super::*;

    fn serving(per_second: u64) -> Serving {
        Serving::new(Instant::now(), Allowance { per_second, at_once: 2 * QUESTION_COST_BYTES })
    }

    #[tokio::test]
    async fn one_question_waits_for_the_other() {
        let serving = serving(1 << 30);
        let first = serving.clone().turn().now_or_never().unwrap();
        let mut second = Box::pin(serving.turn());
        assert!((&mut second).now_or_never().is_none());
        drop(first);
        assert!(second.now_or_never().is_some());
    }

    #[tokio::test]
    async fn who_has_been_given_its_fill_waits() {
        let serving = serving(1 << 10);
        serving.clone().turn().await.costs(2 * QUESTION_COST_BYTES);
        serving.clone().turn().now_or_never().unwrap().costs(1 << 20);
        assert!(serving.turn().now_or_never().is_none());
    }

    #[tokio::test]
    async fn a_question_without_an_answer_has_its_price() {
        let serving = serving(1);
        for _ in 0..3 {
            drop(serving.clone().turn().now_or_never().unwrap());
        }
        assert!(serving.turn().now_or_never().is_none());
    }

    #[tokio::test]
    async fn the_wait_ends() {
        let serving = serving(1 << 24);
        serving.clone().turn().await.costs(1 << 20);
        let patience = Duration::from_secs(20);
        tokio::time::timeout(patience, serving.turn()).await.unwrap();
    }
}
