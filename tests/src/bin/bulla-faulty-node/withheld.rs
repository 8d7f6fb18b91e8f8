//! A proposer from whom nothing comes.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use bulla_consensus::{Application, ApplicationError, Proposed};
use bulla_tests::fault::PARTS_WITHHELD_UP_TO;

use crate::faulty::Misconduct;

/// Fails to build and never finishes, in turn, at heights where the parts are not withheld.
#[derive(Default)]
pub(crate) struct Withheld {
    turns: AtomicUsize,
}

#[async_trait]
impl Misconduct for Withheld {
    async fn build(
        &self,
        chain: &dyn Application,
        height: u64,
        round: u32,
        budget: Duration,
    ) -> Result<Proposed, ApplicationError> {
        if height <= PARTS_WITHHELD_UP_TO {
            return chain.build(height, round, budget).await;
        }
        if self.turns.fetch_add(1, Ordering::Relaxed).is_multiple_of(2) {
            return Err(ApplicationError::Transient("it will not build".into()));
        }
        std::future::pending().await
    }
}
