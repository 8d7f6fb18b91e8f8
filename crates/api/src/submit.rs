//! Taking in transactions: admission, ticket, and waiting for the commit.

use std::sync::Arc;
use std::time::Duration;

use bulla_chain::{Answer, EntryRef, Fate};
use bulla_mempool::{AdmissionError, Source};
use bulla_types::{BlockTime, Canonical, ReasonCode, Submission, TransactionId, proto};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::error::ApiError;
use crate::node_api::NodeApi;

/// How long a call waits for its receipt before it answers that the outcome is open. The transaction may
/// still be committed until it expires; the same request can be asked again.
pub(crate) const RECEIPT_WAIT: Duration = Duration::from_secs(60);

/// What became of a submission.
pub(crate) enum Admission {
    /// It waits to be committed.
    Taken(proto::AdmissionTicket),
    /// The same request was committed before: its entry's index.
    Committed(u64),
}

/// A caller that wants to know the fate of what it submits.
#[derive(Clone)]
pub(crate) struct Waiter {
    pub(crate) tag: u64,
    pub(crate) sender: mpsc::UnboundedSender<Answer>,
}

impl NodeApi {
    /// Admits one submission. The waiter is registered first, so that no commit passes by.
    pub(crate) async fn admit(&self, submission: Bytes, waiter: Option<Waiter>) -> Result<Admission, ApiError> {
        if self.vitals.assess().health == proto::NodeHealth::DiskFull {
            return Err(ApiError::new(ReasonCode::DiskFull, "nothing is admitted until there is room"));
        }
        let registered = match waiter {
            Some(waiter) => Some((self.register(&submission, &waiter)?, waiter)),
            None => None,
        };
        let forget = || {
            if let Some((id, waiter)) = &registered {
                self.chain.waiters().forget(id, waiter.tag, &waiter.sender);
            }
        };
        match self.chain.mempool().admit(submission, Source::Client).await {
            Ok(admitted) => {
                let ticket = self.tickets.issue(admitted.transaction_id, admitted.not_after);
                Ok(Admission::Taken(ticket.to_message()))
            }
            Err(AdmissionError::AlreadyCommitted { index, .. }) => {
                forget();
                Ok(Admission::Committed(index))
            }
            Err(error) => {
                forget();
                Err(admission_error(&error))
            }
        }
    }

    fn register(&self, submission: &Bytes, waiter: &Waiter) -> Result<TransactionId, ApiError> {
        let id = Submission::id_of(submission)
            .ok_or_else(|| ApiError::new(ReasonCode::Malformed, "the submission holds no transaction"))?;
        // A request id's own time keeps its transaction out of every block later than this.
        let not_after = BlockTime(self.clock.now().0.saturating_add(2 * self.genesis.parameters().request_window_ms));
        self.chain.waiters().register(id, not_after, waiter.tag, waiter.sender.clone());
        Ok(id)
    }

    /// Admits a submission; waiting for a receipt, answers when it can be handed out.
    pub(crate) async fn submit(self: &Arc<Self>, request: proto::SubmitRequest) -> Result<proto::SubmitResponse, ApiError> {
        let (sender, mut answers) = mpsc::unbounded_channel();
        let waiter = match request.wait_for() {
            proto::WaitFor::Unspecified => {
                return Err(ApiError::new(ReasonCode::Malformed, "wait_for: say a ticket or a receipt"));
            }
            proto::WaitFor::Ticket => None,
            proto::WaitFor::Receipt => Some(Waiter { tag: 0, sender }),
        };
        let waits = waiter.is_some();
        let (ticket, index) = match self.admit(request.submission, waiter).await? {
            Admission::Committed(index) => (None, Some(index)),
            Admission::Taken(ticket) if !waits => (Some(ticket), None),
            Admission::Taken(ticket) => (Some(ticket), Some(committed(&mut answers).await?)),
        };
        let receipt_file = match index {
            Some(index) if waits => Some(self.read(move |api| api.receipt(EntryRef::Index(index), 0)).await?),
            _ => None,
        };
        Ok(proto::SubmitResponse { ticket, receipt_file })
    }
}

async fn committed(answers: &mut mpsc::UnboundedReceiver<Answer>) -> Result<u64, ApiError> {
    match tokio::time::timeout(RECEIPT_WAIT, answers.recv()).await {
        Ok(Some(Answer { fate: Fate::Included { index, .. }, .. })) => Ok(index),
        Ok(Some(Answer { fate: Fate::Dropped(rejection), .. })) => {
            Err(ApiError::new(rejection.reason, rejection.detail))
        }
        Ok(None) | Err(_) => Err(ApiError::new(
            ReasonCode::WaitTimedOut,
            "the transaction is admitted and not yet committed; ask for its receipt later, or submit it again",
        )),
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
pub(crate) fn included(tag: u64, block: &bulla_chain::CommittedBlock, index: u64) -> Option<proto::Included> {
    let path = block.inclusion_path(index)?;
    Some(proto::Included {
        tag,
        height: block.header().height.0,
        index,
        entry: block.entry(index)?.clone(),
        inclusion_path: path.iter().map(|hash| Bytes::copy_from_slice(hash.as_bytes())).collect(),
    })
}
