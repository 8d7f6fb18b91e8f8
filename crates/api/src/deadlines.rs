//! What falls due, over all cases and certificates.

use bulla_chain::{ChainError, StateReader};
use bulla_storage::{DueRow, StorageError};
use bulla_types::{
    BlockTime, CaseRecord, CertificateRecord, DeadlineStanding, ProfileDigest, ReasonCode, RuleName,
    StateKey, Subject, proto,
};
use bytes::Bytes;

use crate::access::MayReadEntries;
use crate::error::ApiError;
use crate::limits::{DEADLINES_MAX, limit};
use crate::node_api::NodeApi;

impl NodeApi {
    pub(crate) fn deadlines(
        &self,
        request: &proto::ListDeadlinesRequest,
        _: MayReadEntries,
    ) -> Result<proto::ListDeadlinesResponse, ApiError> {
        let state = self.chain.state_reader()?;
        let indexes = state.indexes();
        let first: Box<dyn Iterator<Item = Result<DueRow, StorageError>>> = if request.continuation.is_empty()
        {
            Box::new(indexes.due_from(BlockTime(request.from_ms)))
        } else {
            let row = DueRow::decode(&request.continuation).filter(|row| row.due.0 >= request.from_ms);
            let row = row.ok_or_else(|| {
                ApiError::new(ReasonCode::Malformed, "the continuation is not of an answer to this question")
            })?;
            Box::new(indexes.due_from_row(&row))
        };
        let limit = limit(request.limit, DEADLINES_MAX);
        let at = self.now();
        let mut list = proto::ListDeadlinesResponse::default();
        for row in first {
            let row = row.map_err(ChainError::from)?;
            if request.until_ms != 0 && row.due.0 >= request.until_ms {
                break;
            }
            if list.deadlines.len() == limit {
                list.next = row.encode().into();
                break;
            }
            list.deadlines.push(describe(&state, row, at)?);
        }
        Ok(list)
    }
}

fn describe(state: &StateReader<'_>, row: DueRow, at: BlockTime) -> Result<proto::DueDeadline, ApiError> {
    let missing = || ApiError::internal(format!("{} falls due and is missing", row.subject));
    let mut moved = None;
    let (procedure, profile, standing): (RuleName, ProfileDigest, _) = match (row.subject, &row.deadline) {
        (Subject::Case(number), Some(name)) => {
            let case: CaseRecord = state.record(&StateKey::Case(number))?.ok_or_else(missing)?;
            let mut standing = case.deadlines.get(name).ok_or_else(missing)?.standing;
            let running = state.running_deadlines([number], at)?;
            let now = running.into_iter().flatten().find(|running| running.deadline == name.as_str());
            if let Some(now) = now.filter(|now| now.due != row.due) {
                (moved, standing) = (Some(now.due), now.standing);
            }
            (case.procedure, case.profile, standing)
        }
        (Subject::Certificate(number), None) => {
            let certificate: CertificateRecord =
                state.record(&StateKey::Certificate(number))?.ok_or_else(missing)?;
            (certificate.kind, certificate.profile, DeadlineStanding::Settled)
        }
        _ => return Err(missing()),
    };
    Ok(proto::DueDeadline {
        due_ms: row.due.0,
        subject: Some(row.subject.to_message()),
        deadline: row.deadline.map(|name| name.to_string()).unwrap_or_default(),
        standing: standing.to_wire(),
        procedure: procedure.to_string(),
        profile: Bytes::copy_from_slice(profile.as_bytes()),
        moved_ms: moved.map_or(0, |moved| moved.0),
    })
}
