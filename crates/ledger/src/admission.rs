//! Whether a transaction would be accepted next: the rules of the ledger, asked before a block asks them.

use bulla_types::Transaction;

use crate::block::{BlockContext, BlockExecution};
use crate::refusal::ExecutionError;
use crate::view::StateView;

/// Runs a transaction on the committed state as if it came next, at the time of `context`, and keeps
/// nothing. A node's clock stands for block time here, so that a block may still decide otherwise. Does not
/// verify signatures.
///
/// For many transactions on one state, [`BlockExecution::dry_run`] saves decoding it anew for each.
///
/// # Errors
/// As [`BlockExecution::dry_run`].
pub fn admission<V: StateView>(
    view: &V,
    context: BlockContext,
    transaction: &Transaction,
) -> Result<(), ExecutionError> {
    BlockExecution::new(view, context).dry_run(transaction).map(drop)
}
