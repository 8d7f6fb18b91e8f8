//! What one peer may send in a second.

use std::time::{Duration, Instant};

use thiserror::Error;

use crate::config::Limits;

const WINDOW: Duration = Duration::from_secs(1);

/// The frames and bytes that a peer sent in the window that runs.
#[derive(Debug)]
pub(crate) struct InboundBudget {
    window_start: Instant,
    frames: u32,
    bytes: u64,
}

/// A peer sent more than its budget.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{frames} frames with {bytes} bytes in a second are over its budget")]
pub(crate) struct OverBudget {
    frames: u32,
    bytes: u64,
}

impl InboundBudget {
    pub(crate) fn new(now: Instant) -> Self {
        Self { window_start: now, frames: 0, bytes: 0 }
    }

    /// Counts one frame of `bytes`.
    pub(crate) fn spend(&mut self, now: Instant, bytes: u64, limits: &Limits) -> Result<(), OverBudget> {
        if now.duration_since(self.window_start) >= WINDOW {
            *self = Self::new(now);
        }
        self.frames = self.frames.saturating_add(1);
        self.bytes = self.bytes.saturating_add(bytes);
        if self.frames > limits.inbound_frames_per_second_max
            || self.bytes > limits.inbound_bytes_per_second_max
        {
            return Err(OverBudget { frames: self.frames, bytes: self.bytes });
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_budget_is_spent_and_comes_back_with_the_next_second() {
        let limits = Limits {
            inbound_frames_per_second_max: 2,
            inbound_bytes_per_second_max: 100,
            ..Limits::default()
        };
        let now = Instant::now();
        let mut budget = InboundBudget::new(now);
        assert_eq!(budget.spend(now, 50, &limits), Ok(()));
        assert_eq!(budget.spend(now, 50, &limits), Ok(()));
        assert_eq!(budget.spend(now, 0, &limits), Err(OverBudget { frames: 3, bytes: 100 }));
        assert_eq!(budget.spend(now + WINDOW, 100, &limits), Ok(()));
        assert_eq!(budget.spend(now + WINDOW, 1, &limits), Err(OverBudget { frames: 2, bytes: 101 }));
    }
}
