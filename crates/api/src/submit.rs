//! Taking in transactions: admission, ticket, and waiting for the commit.

use std::sync::Arc;
use std::time::Duration;

use bulla_chain::{Answer, EntryRef, Fate};
use bulla_mempool::{AdmissionError, Admitted, Source};
use bulla_types::{BlockTime, Canonical, ReasonCode, Submission, TransactionId, proto};
use bytes::Bytes;
use tokio::sync::mpsc;

use crate::access::MayReadEntries;
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
    /// Admits submissions together; there is one answer for each, in their order. Waiters are registered
    /// first, so that no commit passes by.
    pub(crate) async fn admit(
        &self,
        submissions: Vec<(Bytes, Option<Waiter>)>,
    ) -> Vec<Result<Admission, ApiError>> {
        if let Some(refusal) = self.admits_nothing() {
            return submissions.iter().map(|_| Err(refusal.clone())).collect();
        }
        let registered: Vec<_> =
            submissions.iter().map(|(bytes, waiter)| self.wait_for(bytes, waiter.as_ref())).collect();
        let bytes = submissions.iter().map(|(bytes, _)| bytes.clone()).collect();
        let verdicts = self.chain.mempool().admit_batch(bytes, Source::Client).await;
        let waiters = submissions.iter().map(|(_, waiter)| waiter.as_ref());
        let judged = verdicts.into_iter().zip(registered).zip(waiters);
        judged.map(|((verdict, id), waiter)| self.judge(verdict, id, waiter)).collect()
    }

    /// Why this node must not promise anything now. One that only lacks a quorum may: it can come back in time.
    fn admits_nothing(&self) -> Option<ApiError> {
        if let Some(unknown) = self.chain.unknown_protocol() {
            return Some(unknown.into());
        }
        let assessment = self.vitals.assess();
        match assessment.reason {
            Some(reason @ ReasonCode::NodeKeysNotInForce) => {
                return Some(ApiError::new(reason, "nobody would believe this node's tickets"));
            }
            Some(
                reason @ (ReasonCode::NodeMemberExpelled
                | ReasonCode::NodeMemberSuspended
                | ReasonCode::NodeNotLetIn),
            ) => return Some(ApiError::new(reason, "what is admitted here would reach nobody")),
            _ => {}
        }
        match assessment.health {
            proto::NodeHealth::DiskFull => {
                Some(ApiError::new(ReasonCode::DiskFull, "nothing is admitted until there is room"))
            }
            proto::NodeHealth::Failed => {
                let reason = match assessment.reason {
                    Some(ReasonCode::LedgerForked) => ReasonCode::LedgerForked,
                    _ => ReasonCode::NodeFailed,
                };
                Some(ApiError::new(reason, "nothing is admitted here any more"))
            }
            _ => None,
        }
    }

    /// A submission without a readable id is malformed; admission says how.
    fn wait_for(&self, submission: &Bytes, waiter: Option<&Waiter>) -> Option<TransactionId> {
        let waiter = waiter?;
        let id = Submission::id_of(submission)?;
        // A request id's own time keeps its transaction out of every block later than this.
        let window_ms = self.chain.tip().parameters.request_window_ms;
        let not_after = BlockTime(self.chain.now().0.saturating_add(2 * window_ms));
        self.chain.waiters().register(id, not_after, waiter.tag, waiter.sender.clone());
        Some(id)
    }

    fn judge(
        &self,
        verdict: Result<Admitted, AdmissionError>,
        registered: Option<TransactionId>,
        waiter: Option<&Waiter>,
    ) -> Result<Admission, ApiError> {
        if let (Err(_), Some(id), Some(waiter)) = (&verdict, registered, waiter) {
            self.chain.waiters().forget(&id, waiter.tag, &waiter.sender);
        }
        match verdict {
            Ok(admitted) => {
                let ticket = self.tickets.issue(admitted.transaction_id, admitted.not_after);
                Ok(Admission::Taken(ticket.to_message()))
            }
            Err(AdmissionError::AlreadyCommitted { index, .. }) => Ok(Admission::Committed(index)),
            Err(error) => Err(admission_error(&error)),
        }
    }

    /// Admits a submission; waiting for a receipt, answers when it can be handed out. What is committed already
    /// has its receipt at once.
    pub(crate) async fn submit(
        self: &Arc<Self>,
        request: proto::SubmitRequest,
    ) -> Result<proto::SubmitResponse, ApiError> {
        let (sender, mut answers) = mpsc::unbounded_channel();
        let waiter = match request.wait_for() {
            proto::WaitFor::Unspecified => {
                return Err(ApiError::new(ReasonCode::Malformed, "wait_for: say a ticket or a receipt"));
            }
            proto::WaitFor::Ticket => None,
            proto::WaitFor::Receipt => Some(Waiter { tag: 0, sender }),
        };
        let waits = waiter.is_some();
        let own = MayReadEntries::of_own_transaction();
        let admitted = self.admit(vec![(request.submission, waiter)]).await;
        let admitted =
            admitted.into_iter().next().unwrap_or_else(|| Err(ApiError::internal("no verdict")))?;
        let (ticket, index) = match admitted {
            Admission::Committed(index) => (None, Some(index)),
            Admission::Taken(ticket) if !waits => (Some(ticket), None),
            Admission::Taken(ticket) => (Some(ticket), Some(committed(&mut answers).await?)),
        };
        let receipt_file = match index {
            Some(index) => {
                Some(self.read_in_turn(move |api| api.receipt(EntryRef::Index(index), 0, own)).await?)
            }
            None => None,
        };
        Ok(proto::SubmitResponse { ticket, receipt_file })
    }
}

async fn committed(answers: &mut mpsc::UnboundedReceiver<Answer>) -> Result<u64, ApiError> {
    match tokio::time::timeout(RECEIPT_WAIT, answers.recv()).await {
        Ok(Some(Answer { fate: Fate::Included { index, .. }, .. })) => Ok(index),
        Ok(Some(Answer { fate: Fate::Dropped(rejection), .. })) => {
            Err(ApiError::new(rejection.reason, rejection.detail).of_step(rejection.step.as_deref()))
        }
        Ok(None) | Err(_) => Err(ApiError::new(
            ReasonCode::WaitTimedOut,
            "the transaction is admitted and not yet committed; ask for its receipt later, or submit it again",
        )),
    }
}

pub(crate) fn admission_error(error: &AdmissionError) -> ApiError {
    let step = match error {
        AdmissionError::Refused(refusal) => refusal.step(),
        _ => None,
    };
    let told = ApiError::new(error.reason(), error.to_string()).of_step(step);
    ApiError { retry_after: error.retry_after(), ..told }
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
        // A copy: a slice would keep the whole block in memory as long as the answer waits to be taken.
        entry: Bytes::copy_from_slice(block.entry(index)?),
        inclusion_path: path.iter().map(|hash| Bytes::copy_from_slice(hash.as_bytes())).collect(),
    })
}
