//! Fields that say the same as an earlier one that nobody may read: they take over its commitment
//! (`docs/profiles.md`, `same`). It is opened where it was made, so that nothing lacks here once it is open there.

use bulla_storage::OpenedField;
use bulla_types::{CaseNumber, CaseRecord, Commitment, Content, Entry, FieldContent, StateKey, Subject};

use super::lacking::{Placed, located, opens, steps};
use super::record;
use crate::fault::ChainError;
use crate::view::Snapshot;

/// Steps of a case that are looked through, the newest.
const STEPS_MAX: usize = 128;

/// Strikes those commitments of an entry's step in a case that stand in an earlier entry and are opened there. The
/// earlier field is one of this case, or of the one that it is about, and still what that case says.
pub(super) fn strike(
    snapshot: &Snapshot<'_>,
    case: CaseNumber,
    placed: &Placed,
    opened: &[OpenedField],
    unopened: &mut Vec<Commitment>,
) -> Result<(), ChainError> {
    let Some(head) = record::<CaseRecord>(snapshot, &StateKey::Case(case))? else { return Ok(()) };
    // The field itself stands in the record as well.
    if unopened.iter().any(|commitment| said(&head, *commitment) > 1) {
        strike_opened(&placed.entry, opened, unopened);
        strike_in(snapshot, &head, placed, unopened)?;
    }
    let Some(Subject::Case(parent)) = head.about else { return Ok(()) };
    let Some(parent) = record::<CaseRecord>(snapshot, &StateKey::Case(parent))? else { return Ok(()) };
    if unopened.iter().any(|commitment| said(&parent, *commitment) > 0) {
        strike_in(snapshot, &parent, placed, unopened)?;
    }
    Ok(())
}

/// How many fields of a case hold a commitment.
fn said(case: &CaseRecord, commitment: Commitment) -> usize {
    case.fields.values().filter(|content| **content == FieldContent::Committed(commitment)).count()
}

fn strike_in(
    snapshot: &Snapshot<'_>,
    case: &CaseRecord,
    placed: &Placed,
    unopened: &mut Vec<Commitment>,
) -> Result<(), ChainError> {
    for step in steps(snapshot, case, STEPS_MAX)? {
        if unopened.is_empty() {
            return Ok(());
        }
        if step.log_index >= placed.index || step.transaction_id.is_none() {
            continue;
        }
        if let Some(earlier) = located(snapshot, step.log_index)? {
            strike_opened(&earlier.placed.entry, &earlier.opened, unopened);
        }
    }
    Ok(())
}

fn strike_opened(entry: &Entry, opened: &[OpenedField], unopened: &mut Vec<Commitment>) {
    let Content::Transaction(transaction) = &entry.content else { return };
    for (index, action) in (0_u32..).zip(&transaction.body().actions) {
        for (path, commitment) in action.commitments() {
            if opens(opened, index, &path) {
                unopened.retain(|unopened| *unopened != commitment);
            }
        }
    }
}
