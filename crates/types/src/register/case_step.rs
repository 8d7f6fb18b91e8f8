//! The past of a case.

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::TransactionId;
use crate::limits::RECORD_BYTES_MAX;
use crate::proto;
use crate::rule_name::RuleName;
use crate::time::BlockTime;

use super::case::CaseStatus;
use super::rows;

/// One step in the past of a case, never deleted. One entry may make several, in the order of their places.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CaseStepRecord {
    /// Status of the case after it.
    pub status: CaseStatus,
    /// State after it.
    pub state: RuleName,
    /// The step that was taken; `None` when a deadline came and no step followed.
    pub step: Option<RuleName>,
    /// The deadline that came; `None` for a step of a member, and for what followed another step at once.
    pub deadline: Option<RuleName>,
    /// Log index of the entry.
    pub log_index: u64,
    /// Block time of the entry.
    pub time: BlockTime,
    /// The transaction; `None` for system events.
    pub transaction_id: Option<TransactionId>,
}

impl Canonical for CaseStepRecord {
    type Message = proto::CaseStepRecord;
    const BYTES_MAX: usize = RECORD_BYTES_MAX;

    fn from_message(message: proto::CaseStepRecord) -> Result<Self, DecodeError> {
        let step = RuleName::optional(message.step).at("step")?;
        let deadline = RuleName::optional(message.deadline).at("deadline")?;
        if step.is_none() && deadline.is_none() {
            return Err(Fault::Missing).at("step");
        }
        let id = &message.transaction_id;
        let transaction_id = if id.is_empty() { None } else { Some(TransactionId::from_wire(id)) };
        Ok(Self {
            status: CaseStatus::from_wire(message.status).at("status")?,
            state: rows::name(message.state, "state")?,
            step,
            deadline,
            log_index: message.log_index,
            time: BlockTime::from_wire(message.time_ms).at("time_ms")?,
            transaction_id: transaction_id.transpose().at("transaction_id")?,
        })
    }

    fn to_message(&self) -> proto::CaseStepRecord {
        proto::CaseStepRecord {
            status: self.status.to_wire(),
            state: self.state.to_wire(),
            step: RuleName::optional_to_wire(self.step.as_ref()),
            deadline: RuleName::optional_to_wire(self.deadline.as_ref()),
            log_index: self.log_index,
            time_ms: self.time.0,
            transaction_id: self.transaction_id.map(TransactionId::to_wire).unwrap_or_default(),
        }
    }
}
