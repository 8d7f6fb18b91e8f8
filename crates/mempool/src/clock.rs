//! The clock of a node: block times are made and judged by it, and what has expired is refused by it before any block
//! does. What concerns the node alone (timeouts, heartbeat, pauses, health) goes by its machine's.

use std::time::{SystemTime, UNIX_EPOCH};

use bulla_types::BlockTime;

/// The node's clock. On a ledger for tests it may show any time and run at another speed, so nobody reads the
/// system's own.
pub trait Clock: Send + Sync + 'static {
    /// Milliseconds UTC since the Unix epoch.
    fn now(&self) -> BlockTime;

    /// Milliseconds that it goes on for one of the machine; 0 when it stands still.
    fn speed(&self) -> u32 {
        1
    }
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
