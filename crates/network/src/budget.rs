//! What one peer may send in a second.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use thiserror::Error;

use crate::config::Budget;

const WINDOW: Duration = Duration::from_secs(1);

/// The frames and bytes that a peer sent on a lane in the window that runs.
#[derive(Debug)]
pub(crate) struct InboundBudget {
    budget: Budget,
    window_start: Instant,
    frames: u32,
    bytes: u64,
}

/// A budget that the readers of one stream after the other share: a new stream brings no new budget.
pub(crate) type SharedBudget = Arc<Mutex<InboundBudget>>;

/// A peer sent more than its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{frames} frames with {bytes} bytes in a second are over its budget")]
pub(crate) struct OverBudget {
    frames: u32,
    bytes: u64,
}

impl InboundBudget {
    pub(crate) fn new(now: Instant, budget: Budget) -> Self {
        Self { budget, window_start: now, frames: 0, bytes: 0 }
    }

    /// Counts one frame of `bytes`.
    pub(crate) fn spend(&mut self, now: Instant, bytes: u64) -> Result<(), OverBudget> {
        if now.duration_since(self.window_start) >= WINDOW {
            *self = Self::new(now, self.budget);
        }
        self.frames = self.frames.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        let Budget { frames_per_second_max, bytes_per_second_max } = self.budget;
        if self.frames > frames_per_second_max || self.bytes > bytes_per_second_max {
            return Err(OverBudget { frames: self.frames, bytes: self.bytes });
        }
        Ok(())
    }
}

/// As [`InboundBudget::spend`].
pub(crate) fn spend(budget: &SharedBudget, now: Instant, bytes: u64) -> Result<(), OverBudget> {
    budget.lock().unwrap_or_else(PoisonError::into_inner).spend(now, bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_and_comes_back_with_the_next_second() {
        let now = Instant::now();
        let limits = Budget { frames_per_second_max: 2, bytes_per_second_max: 100 };
        let mut budget = InboundBudget::new(now, limits);
        assert_eq!(budget.spend(now, 50), Ok(()));
        assert_eq!(budget.spend(now, 50), Ok(()));
        assert_eq!(budget.spend(now, 0), Err(OverBudget { frames: 3, bytes: 100 }));
        assert_eq!(budget.spend(now + WINDOW, 100), Ok(()));
        assert_eq!(budget.spend(now + WINDOW, 1), Err(OverBudget { frames: 2, bytes: 101 }));
    }
}
