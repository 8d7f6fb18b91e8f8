//! Building a block from what waits.

use std::sync::Arc;

use bulla_ledger::{BlockExecution, ExecutionError, ViewError};
use bulla_mempool::Pooled;
use bulla_types::limits::{ACTIONS_MAX, BLOCK_OPENINGS_BYTES_MAX, OUTCOME_BYTES_MAX};
use bulla_types::{Content, Entry, Equivocation, Height, Opening, SystemEvent, TransactionId};

use crate::assemble::{Frame, Leaves, assemble, context};
use crate::executed::Executed;
use crate::fault::{ChainError, Rejection};
use crate::tip::Tip;
use crate::view::Snapshot;

/// What an entry adds to its transaction at most: version, height, time, and an outcome for each action.
const ENTRY_FRAME_BYTES_MAX: u64 = 64 + (OUTCOME_BYTES_MAX * ACTIONS_MAX) as u64;

/// A block, and the transactions that the rules refused while it was built: they leave the mempool.
pub(crate) struct Built {
    pub(crate) executed: Executed,
    pub(crate) refused: Vec<(TransactionId, Rejection)>,
}

/// Executes the events of deadlines that are due, then proofs of equivocation, then transactions, in order until
/// a limit is met, leaving out what the rules refuse.
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
    if let Some(event) = founding(tip) {
        execution.event(&event).map_err(as_built)?;
        leaves.push(Entry::encode_event(height, frame.time, &event).into());
    }
    while let Some(event) = execution.due().map_err(unread)? {
        execution.event(&event).map_err(as_built)?;
        leaves.push(Entry::encode_event(height, frame.time, &event).into());
    }
    for event in proofs.iter().copied().map(SystemEvent::Equivocation) {
        if leaves.position() >= tip.parameters.block_entries_max {
            break;
        }
        match execution.event(&event) {
            Ok(()) => leaves.push(Entry::encode_event(height, frame.time, &event).into()),
            // Only what the rules would record is kept; should they refuse it all the same, it waits.
            Err(ExecutionError::Refused(_)) => {}
            Err(ExecutionError::View(error)) => return Err(unread(error)),
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
                refused.push((transaction.id(), Rejection::of_rules(&refusal)));
                continue;
            }
            Err(ExecutionError::View(error)) => return Err(unread(error)),
        };
        let content = Content::Transaction(transaction.clone());
        let entry = Entry { height, time: frame.time, content, outcomes };
        leaves.note_opened(transaction.body(), candidate.openings().len());
        if !candidate.openings().is_empty() {
            leaves.openings_bytes = openings_bytes;
            leaves.openings.push((leaves.position(), candidate.openings().to_vec()));
        }
        leaves.index.add(tip.log_size + u64::from(leaves.position()), &entry);
        leaves.push(entry.encode().into());
    }
    let changes = execution.finish().map_err(as_built)?;
    let executed = assemble(&snapshot.0, tip, frame, leaves, changes)?;
    Ok(Built { executed, refused })
}

/// The rules refuse what they asked for themselves, or the store cannot be read.
fn as_built(error: ExecutionError) -> ChainError {
    ChainError::Invariant(format!("the block as built: {error}"))
}

pub(crate) fn unread(error: ViewError) -> ChainError {
    ChainError::Invariant(error.to_string())
}

/// The first entry of every ledger, at height 1.
pub(crate) fn founding(tip: &Tip) -> Option<SystemEvent> {
    (tip.height == 0).then_some(SystemEvent::Founded { ledger_id: tip.ledger_id })
}
