//! The clock by which an expired transaction is refused before any block does.

use std::time::{SystemTime, UNIX_EPOCH};

use bulla_types::BlockTime;

/// The node's clock. On a ledger for tests it may be scaled, so nobody reads the system's own.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds UTC since the Unix epoch.
    fn now(&self) -> BlockTime;
}

/// The clock of the operating system.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> BlockTime {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        BlockTime(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
    }
}

impl<F: Fn() -> BlockTime + Send + Sync + 'static> Clock for F {
    fn now(&self) -> BlockTime {
        self()
    }
}
