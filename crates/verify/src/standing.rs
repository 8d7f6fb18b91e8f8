//! The status of a member or key at an index of the log, and what was recorded of it later.
//!
//! A mutable record keeps its past: a head that holds the count, and one status record for each step. Proofs
//! against one header therefore show the status at any index before it, and that no step lies between: the
//! steps are read from the newest down to the one in force, and none may be missing.

use bulla_types::{ReasonCode, RecordKey, RecordStatus, StatusRecord};

use crate::Refused;
use crate::record::Records;

/// A record's status at an index, and all later steps.
#[derive(Debug)]
pub(crate) struct Standing<S: RecordStatus> {
    /// The step in force.
    pub(crate) then: StatusRecord<S>,
    /// Later steps, oldest first.
    pub(crate) later: Vec<StatusRecord<S>>,
}

/// Reads the standing that a record with this many steps had for the entry at `index`: the last step set by
/// an earlier entry.
pub(crate) fn standing_at<S: RecordStatus>(
    records: &Records,
    record: RecordKey,
    steps: u32,
    index: u64,
) -> Result<Standing<S>, Refused> {
    let mut later: Vec<StatusRecord<S>> = Vec::new();
    for seq in (0..steps).rev() {
        let step = records.status(record, seq)?;
        if later.last().is_some_and(|newer| newer.log_index < step.log_index) {
            let detail = format!("the steps of {record:?} are not in the order of the log");
            return Err(Refused::new(ReasonCode::StateProofInvalid, "records", detail));
        }
        if step.log_index < index {
            later.reverse();
            return Ok(Standing { then: step, later });
        }
        later.push(step);
    }
    let detail = format!("{record:?} was enrolled by entry {index} or later");
    Err(Refused::new(ReasonCode::SignerUnknown, "entry.transaction.body.signers", detail))
}
