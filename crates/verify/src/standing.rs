//! The status of a member or key at an index of the log, and what was recorded of it later.
//!
//! A mutable record keeps its past: a head that holds the count of its steps, and one status record for each
//! step, rising in log index. Against one state root, the head, the step before the index and the step after
//! it show what was in force, and that no step lies between (`docs/formats/state-map.md`, History).

use bulla_types::{ReasonCode, RecordKey, RecordStatus, StatusRecord};

use crate::Refused;
use crate::record::Records;

/// A record's status at an index, and later steps.
#[derive(Debug)]
pub(crate) struct Standing<S: RecordStatus> {
    /// The step in force.
    pub(crate) then: StatusRecord<S>,
    /// Later steps that the records hold, oldest first.
    pub(crate) later: Vec<StatusRecord<S>>,
    /// Whether these are all later steps.
    pub(crate) complete: bool,
}

/// Reads the standing that a record with this many steps had for the entry at `index`: the last step set by
/// an earlier entry.
pub(crate) fn standing_at<S: RecordStatus>(
    records: &Records,
    record: RecordKey,
    count: u32,
    index: u64,
) -> Result<Standing<S>, Refused> {
    let steps = records.steps::<S>(record)?;
    if !steps.is_sorted_by_key(|(_, step)| step.log_index) {
        return refused(
            ReasonCode::StateProofInvalid,
            format!("the steps of {record} are not in the log's order"),
        );
    }
    let after = steps.partition_point(|(_, step)| step.log_index < index);
    let Some(&(seq, then)) = after.checked_sub(1).and_then(|last| steps.get(last)) else {
        return match steps.first() {
            Some((0, _)) => {
                refused(ReasonCode::SignerUnknown, format!("{record} was enrolled by entry {index} or later"))
            }
            _ => refused(ReasonCode::RecordMissing, format!("no step of {record} before entry {index}")),
        };
    };
    let later = &steps[after..];
    let following = count.saturating_sub(seq).saturating_sub(1);
    // The next step, if there is one, must be here to show that it came later.
    if following > 0 && later.first().is_none_or(|(next, _)| *next != seq + 1) {
        return refused(ReasonCode::RecordMissing, format!("step {} of {record}", u64::from(seq) + 1));
    }
    Ok(Standing {
        then,
        later: later.iter().map(|(_, step)| *step).collect(),
        complete: later.len() as u64 == u64::from(following),
    })
}

fn refused<T>(reason: ReasonCode, detail: String) -> Result<T, Refused> {
    Err(Refused::new(reason, "records", detail))
}
