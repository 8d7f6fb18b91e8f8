//! Locking.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks, also after another holder panicked: what is guarded here is changed in one assignment, after
/// everything that can fail.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
