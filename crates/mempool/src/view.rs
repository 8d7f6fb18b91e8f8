//! What admission asks of the committed state.

use bulla_ledger::{ExecutionError, StateView};
use bulla_types::Transaction;

/// The committed state of the newest height, as admission sees it. Called from worker threads.
pub trait AdmissionView: StateView + Send + Sync + 'static {
    /// Tries each transaction alone on the committed state, as an entry of a next block whose time is now
    /// (see [`bulla_ledger::BlockExecution::dry_run`]). Changes nothing and checks no signature. There is
    /// one answer for each, in their order.
    fn check(&self, transactions: &[&Transaction]) -> Vec<Result<(), ExecutionError>>;
}
