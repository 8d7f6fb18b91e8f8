//! Taking in transactions: admission, ticket, and waiting for the commit.

use std::sync::Arc;
use std::time::Duration;

use bulla_chain::{EntryRef, Inclusion};
use bulla_mempool::{AdmissionError, Source};
use bulla_types::{ReasonCode, Submission, TransactionId, proto};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::error::ApiError;
use crate::node_api::NodeApi;

/// How long a call waits for its receipt before it answers that the outcome is open. The transaction may
/// still be committed until it expires; the same request can be asked again.
pub(crate) const RECEIPT_WAIT: Duration = Duration::from_secs(60);

/// A transaction that was taken in.
pub(crate) struct Taken {
    pub(crate) id: TransactionId,
    pub(crate) ticket: proto::AdmissionTicket,
}

/// What became of a submission.
pub(crate) enum Admission {
    /// It waits to be committed.
    Taken(Taken),
    /// The same request was committed before: its entry's index.
    Committed(u64),
}

impl NodeApi {
    /// Admits one submission and registers `waiter` for its commit first, so that none passes by.
    pub(crate) async fn admit(
        &self,
        submission: Option<proto::SubmittedTransaction>,
        waiter: Option<(u64, mpsc::UnboundedSender<Inclusion>)>,
    ) -> Result<Admission, ApiError> {
        let message = submission.ok_or_else(|| ApiError::new(ReasonCode::Malformed, "the submission is missing"))?;
        let submission = Submission::from_message(message)
            .map_err(|error| ApiError::new(error.reason(), error.to_string()))?;
        let id = submission.transaction().id();
        let expires_at = submission.transaction().body().not_after;
        if let Some((tag, sender)) = waiter {
            self.chain.waiters().register(id, tag, sender);
        }
        match self.chain.mempool().admit(submission, Source::Client).await {
            Ok(_) => {
                let ticket = self.tickets.issue(id, expires_at).to_message();
                Ok(Admission::Taken(Taken { id, ticket }))
            }
            Err(AdmissionError::AlreadyCommitted { index }) => {
                self.chain.waiters().forget(&id);
                Ok(Admission::Committed(index))
            }
            Err(error) => {
                self.chain.waiters().forget(&id);
                Err(admission_error(&error))
            }
        }
    }

    /// Admits a submission; with `wait`, answers when its receipt can be handed out.
    pub(crate) async fn submit(self: &Arc<Self>, request: proto::SubmitRequest) -> Result<proto::SubmitResponse, ApiError> {
        let wait = match request.wait_for() {
            proto::WaitFor::Unspecified => {
                return Err(ApiError::new(ReasonCode::Malformed, "wait_for: say a ticket or a receipt"));
            }
            proto::WaitFor::Ticket => false,
            proto::WaitFor::Receipt => true,
        };
        let (sender, mut committed) = mpsc::unbounded_channel();
        let admission = self.admit(request.submission, wait.then_some((0, sender))).await?;
        let (ticket, index) = match admission {
            Admission::Committed(index) => (None, Some(index)),
            Admission::Taken(taken) if !wait => (Some(taken.ticket), None),
            Admission::Taken(taken) => {
                let inclusion = tokio::time::timeout(RECEIPT_WAIT, committed.recv()).await;
                let Ok(Some(inclusion)) = inclusion else {
                    drop(committed);
                    self.chain.waiters().forget(&taken.id);
                    return Err(ApiError::new(
                        ReasonCode::ReceiptPending,
                        format!("transaction {} is admitted and not yet committed", taken.id),
                    ));
                };
                (Some(taken.ticket), Some(inclusion.block.index(inclusion.position)))
            }
        };
        let receipt_file = match index {
            None => None,
            Some(index) => Some(self.read(move |api| api.receipt(EntryRef::Index(index), 0)).await?),
        };
        Ok(proto::SubmitResponse { ticket, receipt_file })
    }
}

pub(crate) fn admission_error(error: &AdmissionError) -> ApiError {
    ApiError { reason: error.reason(), detail: error.to_string(), retry_after: error.retry_after() }
}

/// The certified header of a block, as a stream sends it once.
pub(crate) fn certified_header(block: &bulla_chain::CommittedBlock) -> proto::CertifiedHeader {
    proto::CertifiedHeader {
        header: Bytes::copy_from_slice(&block.header().encode()),
        certificate: Some(block.certificate().to_message()),
    }
}

/// One entry of a committed block, as a stream sends it after the header.
pub(crate) fn included(inclusion: &Inclusion) -> Option<proto::Included> {
    let block = &inclusion.block;
    let path = block.inclusion_path(inclusion.position)?;
    Some(proto::Included {
        tag: inclusion.tag,
        height: block.header().height.0,
        index: block.index(inclusion.position),
        entry: block.entries().get(inclusion.position)?.clone(),
        inclusion_path: path.iter().map(|hash| Bytes::copy_from_slice(hash.as_bytes())).collect(),
    })
}
