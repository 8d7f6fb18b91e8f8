//! Status proofs: what a record is and was.

use bulla_chain::StatusProof;
use bulla_types::limits::STATUS_STEPS_MAX;
use bulla_types::{ReasonCode, RecordKey, proto};

use crate::access::MayReadEntries;
use crate::error::ApiError;
use crate::node_api::NodeApi;

impl NodeApi {
    pub(crate) fn status_proof(
        &self,
        record: RecordKey,
        _: MayReadEntries,
    ) -> Result<proto::StatusProofFile, ApiError> {
        match self.chain.status_proof(record)? {
            StatusProof::Proved(file) => Ok(file.to_message()),
            StatusProof::NoRecord => Err(ApiError::not_found(record.to_string())),
            StatusProof::TooLong { steps } => {
                let detail = format!("{record} has {steps} steps, a status proof holds {STATUS_STEPS_MAX}");
                Err(ApiError::new(ReasonCode::TooLarge, detail))
            }
        }
    }
}

/// Reads the key of a record.
pub(crate) fn record(key: &[u8]) -> Result<RecordKey, ApiError> {
    RecordKey::decode(key)
        .map_err(|error| ApiError::new(ReasonCode::Malformed, format!("state key: {error}")))
}
