//! Whether the engine still hears.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Open as long as the engine is to be told what arrives. Closed before its actors are stopped one by one: each
/// message to one that has stopped would be an error in the log.
#[derive(Debug, Default, Clone)]
pub(crate) struct Ears(Arc<AtomicBool>);

impl Ears {
    /// From now on nothing is told any more.
    pub(crate) fn close(&self) {
        self.0.store(true, Ordering::Release);
    }

    pub(super) fn are_closed(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}
