//! Building a block from what waits.

use std::sync::Arc;

use bulla_ledger::{BlockExecution, ExecutionError};
use bulla_mempool::Pooled;
use bulla_types::limits::BLOCK_OPENINGS_BYTES_MAX;
use bulla_types::{Content, Entry, Equivocation, Height, Opening, SystemEvent, TransactionId};

use crate::assemble::{Frame, Leaves, assemble, context};
use crate::executed::Executed;
use crate::fault::{ChainError, Rejection};
use crate::tip::Tip;
use crate::view::Snapshot;

/// What an entry adds to its transaction at most: version, height, time, and 16 outcomes of 36 bytes.
const ENTRY_FRAME_BYTES_MAX: u64 = 1_024;

/// A block, and the transactions that the rules refused while it was built: they leave the mempool.
pub(crate) struct Built {
    pub(crate) executed: Executed,
    pub(crate) refused: Vec<(TransactionId, Rejection)>,
}

/// Executes proofs of equivocation, then transactions, in order until a limit is met, leaving out what the
/// rules refuse.
pub(crate) fn build(
    snapshot: &Snapshot<'_>,
    tip: &Tip,
    frame: Frame,
    proofs: &[Equivocation],
    pooled: &[Arc<Pooled>],
) -> Result<Built, ChainError> {
    let mut execution = BlockExecution::new(snapshot, context(tip, frame.time));
    let mut leaves = Leaves::default();
    let mut refused = Vec::new();
    let height = Height(tip.next_height());
    let proofs = proofs.iter().copied().map(SystemEvent::Equivocation);
    let entries_max = usize::try_from(tip.parameters.block_entries_max).unwrap_or(usize::MAX);
    for event in founding(tip).into_iter().chain(proofs).take(entries_max) {
        match execution.event(&event) {
            Ok(()) => leaves.push(Entry::encode_event(height, frame.time, &event).into()),
            // Only what the rules would record is kept; should they refuse it all the same, it waits.
            Err(ExecutionError::Refused(_)) => {}
            Err(ExecutionError::View(error)) => return Err(ChainError::Invariant(error.to_string())),
        }
    }
    for candidate in pooled {
        let transaction = candidate.transaction();
        let bytes = leaves.bytes + transaction.encode().len() as u64 + ENTRY_FRAME_BYTES_MAX;
        let openings_bytes =
            leaves.openings_bytes + candidate.openings().iter().map(Opening::encoded_len).sum::<usize>();
        if leaves.position() >= tip.parameters.block_entries_max
            || bytes > tip.parameters.block_bytes_max
            || openings_bytes > BLOCK_OPENINGS_BYTES_MAX
        {
            break;
        }
        let outcomes = match execution.transaction(transaction) {
            Ok(outcomes) => outcomes,
            Err(ExecutionError::Refused(refusal)) => {
                refused.push((transaction.id(), Rejection::new(refusal.reason(), refusal.to_string())));
                continue;
            }
            Err(ExecutionError::View(error)) => return Err(ChainError::Invariant(error.to_string())),
        };
        let content = Content::Transaction(transaction.clone());
        let entry = Entry { height, time: frame.time, content, outcomes };
        if !candidate.openings().is_empty() {
            leaves.openings_bytes = openings_bytes;
            leaves.openings.push((leaves.position(), candidate.openings().to_vec()));
        }
        leaves.index.add(tip.log_size + u64::from(leaves.position()), &entry);
        leaves.push(entry.encode().into());
    }
    let changes =
        execution.finish().map_err(|error| ChainError::Invariant(format!("the block as built: {error}")))?;
    let executed = assemble(&snapshot.0, tip, frame, leaves, changes)?;
    Ok(Built { executed, refused })
}

/// The first entry of every ledger, at height 1.
pub(crate) fn founding(tip: &Tip) -> Option<SystemEvent> {
    (tip.height == 0).then_some(SystemEvent::Founded { ledger_id: tip.ledger_id })
}
