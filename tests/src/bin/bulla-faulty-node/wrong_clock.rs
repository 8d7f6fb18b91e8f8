//! A clock that is wrong.

use bulla_mempool::{Clock, SystemClock};
use bulla_types::BlockTime;

/// The clock of this machine, set forward by so much.
pub(crate) struct WrongClock {
    pub(crate) ahead_ms: i64,
}

impl Clock for WrongClock {
    fn now(&self) -> BlockTime {
        BlockTime(SystemClock.now().0.saturating_add_signed(self.ahead_ms))
    }
}
