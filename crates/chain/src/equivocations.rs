//! Which proofs of equivocation are worth keeping.

use bulla_ledger::{BlockExecution, ExecutionError};
use bulla_types::{BlockTime, Equivocation, SystemEvent};
use tracing::debug;

use crate::assemble::context;
use crate::builder::founding;
use crate::fault::ChainError;
use crate::tip::Tip;
use crate::view::Snapshot;

/// Those that the rules would record in the next block: proved, of a validator, and not recorded already.
pub(crate) fn recordable(
    snapshot: &Snapshot<'_>,
    tip: &Tip,
    now: BlockTime,
    proofs: impl IntoIterator<Item = Equivocation>,
) -> Result<Vec<Equivocation>, ChainError> {
    let mut execution = BlockExecution::new(snapshot, context(tip, now));
    if let Some(founding) = founding(tip) {
        accepts(&mut execution, &founding)?;
    }
    // In a block deadlines come first.
    while let Some(deadline) = execution.due().map_err(|error| ChainError::Invariant(error.to_string()))? {
        accepts(&mut execution, &deadline)?;
    }
    let mut accepted = Vec::new();
    for proof in proofs {
        if accepts(&mut execution, &SystemEvent::Equivocation(proof))? {
            accepted.push(proof);
        }
    }
    Ok(accepted)
}

fn accepts(
    execution: &mut BlockExecution<'_, Snapshot<'_>>,
    event: &SystemEvent,
) -> Result<bool, ChainError> {
    match execution.event(event) {
        Ok(()) => Ok(true),
        Err(ExecutionError::Refused(refusal)) => {
            debug!(?event, %refusal, "not kept for the next block");
            Ok(false)
        }
        Err(ExecutionError::View(error)) => Err(ChainError::Invariant(error.to_string())),
    }
}
