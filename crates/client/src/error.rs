//! Why a call did not give what was asked.

use std::time::Duration;

use bulla_types::{DecodeError, ReasonCode, TransactionId};
use tonic::{Code, Status};
use tonic_types::StatusExt;

use crate::refused_step::RefusedStep;
use crate::transaction::BuildError;

/// Domain of the reason codes in `google.rpc.ErrorInfo`.
const ERROR_DOMAIN: &str = "bulla";

/// Why a call failed.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    /// No node was given, or an address or the transport security cannot be used.
    #[error("the node address \"{address}\" cannot be used: {detail}")]
    Address {
        /// As it was given.
        address: String,
        /// What is wrong with it.
        detail: String,
    },
    /// A node understood and said no.
    #[error(transparent)]
    Refused(#[from] NodeRefusal),
    /// The call did not get through, or something between answered in place of a node.
    #[error("no answer from the node at {address}: {detail} ({code:?})")]
    Transport {
        /// The node's address.
        address: String,
        /// The gRPC status code.
        code: Code,
        /// Whether the call can be expected to get through later, or to another node.
        transient: bool,
        /// What the transport says.
        detail: String,
    },
    /// A node's answer breaks its format.
    #[error("the node's answer breaks the format of {what}: {source}")]
    Malformed {
        /// What it should have been.
        what: &'static str,
        /// Where it is wrong.
        source: DecodeError,
    },
    /// A node's answer is well-formed but not an answer to the call.
    #[error("the node's answer is not to what was asked: {0}")]
    Unasked(String),
    /// A node's answer is not proved: the node is faulty or dishonest, or is of another ledger.
    #[error("the node's answer does not verify: {0}")]
    NotProved(#[from] bulla_verify::Refused),
    /// The time to wait is over. The transaction may still be recorded until it expires: submit the very same
    /// one again, or ask for its receipt.
    #[error("the outcome of transaction {transaction_id} is open: {last}")]
    Pending {
        /// The transaction.
        transaction_id: TransactionId,
        /// What the last attempt met.
        last: Box<ClientError>,
    },
    /// The transaction cannot be made.
    #[error(transparent)]
    Build(#[from] BuildError),
    /// A tag of a bulk stream that is already in use for a transaction that was not answered yet.
    #[error("tag {0} is in use")]
    TagInUse(u64),
    /// The bulk stream has ended; what was not answered goes on a new one.
    #[error("the stream has ended")]
    StreamEnded,
}

/// What a node refused, and why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message} [{reason}]")]
pub struct NodeRefusal {
    /// The stable reason code as the node wrote it.
    pub reason: String,
    /// One or two sentences in English with the data to act on.
    pub message: String,
    /// When to try again, if that can help.
    pub retry_after: Option<Duration>,
    /// Whether the same request can succeed later or at another node.
    pub transient: bool,
    /// When it is a step of a case.
    pub step: Option<Box<RefusedStep>>,
}

impl NodeRefusal {
    /// The reason code, unless the node is newer than this software. Gives the explanation in other
    /// languages.
    #[must_use]
    pub fn known_reason(&self) -> Option<ReasonCode> {
        self.reason.parse().ok()
    }
}

impl ClientError {
    /// The stable reason code, if there is one for it.
    #[must_use]
    pub fn reason(&self) -> Option<ReasonCode> {
        match self {
            Self::Refused(refusal) => refusal.known_reason(),
            Self::Transport { transient: true, .. } => Some(ReasonCode::Unreachable),
            Self::Malformed { source, .. } => Some(source.reason()),
            Self::NotProved(refused) => Some(refused.reason),
            Self::Pending { .. } => Some(ReasonCode::WaitTimedOut),
            Self::Build(error) => Some(error.reason()),
            Self::Address { .. }
            | Self::Transport { .. }
            | Self::Unasked(_)
            | Self::TagInUse(_)
            | Self::StreamEnded => None,
        }
    }

    /// When to try again, if the node said so.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// Whether the same call can succeed later or at another node.
    #[must_use]
    pub fn is_transient(&self) -> bool {
        match self {
            Self::Refused(refusal) => refusal.transient,
            Self::Transport { transient, .. } => *transient,
            Self::Pending { .. } | Self::StreamEnded => true,
            _ => false,
        }
    }

    /// Reads the status of a call to the node at this address.
    pub(crate) fn of_status(address: &str, status: &Status) -> Self {
        let details = status.get_error_details();
        if let Some(info) = details.error_info().filter(|info| info.domain == ERROR_DOMAIN) {
            // A receipt that has not come yet comes when asked for again.
            let pending = info.reason == ReasonCode::WaitTimedOut.as_str();
            return Self::Refused(NodeRefusal {
                reason: info.reason.clone(),
                message: status.message().to_owned(),
                retry_after: details.retry_info().and_then(|info| info.retry_delay),
                transient: pending || matches!(status.code(), Code::Unavailable | Code::ResourceExhausted),
                step: RefusedStep::of_metadata(&info.metadata).map(Box::new),
            });
        }
        // A connection that breaks within a call shows as an error of this side's making, of any code.
        let cause = root_cause(status);
        let broken = cause.is_some();
        let transient = matches!(
            status.code(),
            Code::Unavailable | Code::ResourceExhausted | Code::DeadlineExceeded | Code::Cancelled
        ) || broken;
        Self::Transport {
            address: address.to_owned(),
            code: status.code(),
            transient,
            detail: match cause {
                Some(cause) => format!("{}: {cause}", status.message()),
                None => status.message().to_owned(),
            },
        }
    }
}

/// What the operating system said, if the call broke on this side.
fn root_cause(status: &Status) -> Option<String> {
    let first = std::error::Error::source(status)?;
    let last = std::iter::successors(Some(first), |error| error.source()).last()?;
    Some(last.to_string())
}

/// Names what an answer should have been.
pub(crate) trait Answer<T> {
    fn into_answer(self, what: &'static str) -> Result<T, ClientError>;
}

impl<T, E: Into<DecodeError>> Answer<T> for Result<T, E> {
    fn into_answer(self, what: &'static str) -> Result<T, ClientError> {
        self.map_err(|error| ClientError::Malformed { what, source: error.into() })
    }
}

impl<T> Answer<T> for Option<T> {
    fn into_answer(self, what: &'static str) -> Result<T, ClientError> {
        self.ok_or(bulla_types::Fault::Missing).into_answer(what)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::collections::HashMap;

    use tonic_types::ErrorDetails;

    use super::*;

    fn refusal(code: Code, domain: &str, retry_after: Option<Duration>) -> ClientError {
        let mut details = ErrorDetails::with_error_info("QUEUE_FULL", domain, HashMap::new());
        details.set_retry_info(retry_after);
        ClientError::of_status("node", &Status::with_error_details(code, "The queue is full.", details))
    }

    #[test]
    fn a_refusal_carries_reason_message_and_time_to_retry() {
        let error = refusal(Code::ResourceExhausted, "bulla", Some(Duration::from_millis(250)));
        assert_eq!(error.reason(), Some(ReasonCode::QueueFull));
        assert_eq!(error.retry_after(), Some(Duration::from_millis(250)));
        assert_eq!(error.to_string(), "The queue is full. [QUEUE_FULL]");
        assert!(error.is_transient());
    }

    #[test]
    fn a_reason_of_a_newer_node_keeps_its_name() {
        let details = ErrorDetails::with_error_info("NOT_YET_INVENTED", "bulla", HashMap::new());
        let status = Status::with_error_details(Code::InvalidArgument, "No.", details);
        let ClientError::Refused(refusal) = ClientError::of_status("node", &status) else { panic!() };
        assert_eq!((refusal.reason.as_str(), refusal.known_reason()), ("NOT_YET_INVENTED", None));
    }

    #[test]
    fn what_is_wrong_with_the_request_is_not_tried_again() {
        assert!(!refusal(Code::InvalidArgument, "bulla", None).is_transient());
    }

    #[test]
    fn an_answer_of_another_domain_is_not_a_nodes() {
        let error = refusal(Code::PermissionDenied, "proxy.example", None);
        assert!(matches!(error, ClientError::Transport { transient: false, .. }), "{error}");
    }

    #[test]
    fn a_node_that_cannot_be_reached_is_tried_again() {
        let error = ClientError::of_status("node", &Status::unavailable("connection refused"));
        assert_eq!(error.reason(), Some(ReasonCode::Unreachable));
        assert!(error.is_transient());
    }
}
