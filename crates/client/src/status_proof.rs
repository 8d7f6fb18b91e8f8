//! Status proofs that hold.

use bulla_types::{RecordKey, StatusProofFile, proto};
use bulla_verify::report::StatusReport;
use bulla_verify::{Asked, verify_status};

use crate::client::Client;
use crate::error::{Answer, ClientError};
use crate::node::Patience;

/// A status proof, verified against the client's genesis (状态证明). There is no other way to come by one.
#[derive(Debug, Clone)]
pub struct VerifiedStatus {
    file: StatusProofFile,
    report: StatusReport,
}

impl VerifiedStatus {
    /// The file to keep and to hand on: it verifies offline.
    #[must_use]
    pub fn file(&self) -> &StatusProofFile {
        &self.file
    }

    /// What it proves.
    #[must_use]
    pub fn report(&self) -> &StatusReport {
        &self.report
    }
}

impl Client {
    /// What a record is and was, proved as of the node's newest block; with the answer for a time, if one is
    /// asked about.
    ///
    /// # Errors
    /// `NOT_FOUND` when the node has no such record; [`ClientError::NotProved`] when the proof does not hold;
    /// otherwise those of a call.
    pub async fn status_proof(
        &self,
        record: RecordKey,
        asked: Option<Asked>,
    ) -> Result<VerifiedStatus, ClientError> {
        let request = proto::GetStatusProofRequest { record: record.encode().into() };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
            let request = self.authorized(request);
            async move { stub.get_status_proof(request).await }
        });
        let message = rpc.await?.status_proof.into_answer("a status proof")?;
        let file = StatusProofFile::from_message(message).into_answer("a status proof")?;
        if file.record() != record {
            return Err(ClientError::Unasked(format!("of {}, asked was {record}", file.record())));
        }
        let report = verify_status(&file.encode(), self.chain.anchor(), asked)?;
        Ok(VerifiedStatus { file, report })
    }
}
