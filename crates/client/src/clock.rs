//! The client's clock: for request ids and limits of validity. Nothing is verified by it.

use std::time::{SystemTime, UNIX_EPOCH};

use bulla_types::BlockTime;

/// The time now; the epoch if the clock stands before it.
pub(crate) fn now() -> BlockTime {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    BlockTime(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}
