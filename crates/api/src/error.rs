//! Errors as callers see them: one reason code, one sentence in each language, and whether to try again.

use std::collections::HashMap;
use std::time::Duration;

use bulla_ledger::StepRefusal;
use bulla_types::{Lang, ReasonCode, proto};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// Domain of the reason codes in `google.rpc.ErrorInfo`.
pub const ERROR_DOMAIN: &str = "bulla";

/// Possible steps in the metadata of an error, bytes: it travels in the head of an answer, which clients take
/// 16 KiB of.
const POSSIBLE_BYTES_MAX: usize = 4 * 1024;

/// Why a call was refused.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{reason}: {detail}")]
pub struct ApiError {
    /// Stable code.
    pub reason: ReasonCode,
    /// What exactly, with the data to act on.
    pub detail: String,
    /// When a retry can help.
    pub retry_after: Option<Duration>,
    /// The step of a case that is refused, if it is one.
    pub step: Option<Box<StepRefusal>>,
}

impl ApiError {
    /// An error that a retry does not mend.
    pub fn new(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), retry_after: None, step: None }
    }

    /// Something with this name is not here.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(ReasonCode::NotFound, what)
    }

    /// A defect or a failing disk; the detail is for the operator.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(ReasonCode::Internal, detail)
    }

    /// The same, about a step of a case. What would be possible instead stands beside the detail, not in it.
    pub(crate) fn of_step(self, step: Option<&StepRefusal>) -> Self {
        let Some(step) = step else { return self };
        let bare = StepRefusal { possible: Vec::new(), ..step.clone() };
        Self { detail: bare.to_string(), step: Some(Box::new(step.clone())), ..self }
    }

    /// The refused step as a stream tells it.
    pub(crate) fn refused_step(&self) -> Option<proto::RefusedStep> {
        let step = self.step.as_deref()?;
        Some(proto::RefusedStep {
            case_number: step.case.map_or(0, |case| case.0),
            step: step.step.clone(),
            article: step.article.clone(),
            rule: step.rule.to_string(),
            possible: step.possible.iter().map(ToString::to_string).collect(),
        })
    }

    /// What `google.rpc.ErrorInfo` tells besides the reason.
    fn metadata(&self) -> HashMap<String, String> {
        let mut metadata = HashMap::from([("detail".to_owned(), self.detail.clone())]);
        if let Some(step) = self.refused_step() {
            let case = if step.case_number == 0 { String::new() } else { step.case_number.to_string() };
            let told = [
                ("case", case),
                ("step", step.step),
                ("article", step.article),
                ("rule", step.rule),
                ("possible", possible(&step.possible)),
            ];
            metadata.extend(told.map(|(key, value)| (key.to_owned(), value)));
        }
        metadata
    }

    /// The gRPC code that the reason falls under.
    #[must_use]
    pub fn code(&self) -> Code {
        code_of(self.reason)
    }
}

/// As many of the possible steps as fit into the head of an answer.
fn possible(steps: &[String]) -> String {
    let mut joined = String::new();
    for step in steps {
        if joined.len() + step.len() > POSSIBLE_BYTES_MAX {
            break;
        }
        if !joined.is_empty() {
            joined.push_str("; ");
        }
        joined.push_str(step);
    }
    joined
}

/// The gRPC code of a reason. This is the one place that maps them.
#[must_use]
pub fn code_of(reason: ReasonCode) -> Code {
    match reason {
        ReasonCode::NotFound => Code::NotFound,
        ReasonCode::QueueFull => Code::ResourceExhausted,
        ReasonCode::DiskFull
        | ReasonCode::NoQuorum
        | ReasonCode::Syncing
        | ReasonCode::NodeKeysNotInForce
        | ReasonCode::NodeMemberExpelled
        | ReasonCode::NodeMemberSuspended
        | ReasonCode::NodeNotLetIn
        | ReasonCode::NodeConsensusKeyEnded
        | ReasonCode::NoPeerConnected
        | ReasonCode::NoSnapshotOffered
        | ReasonCode::ProtocolVersionUnknown
        | ReasonCode::NodeFailed
        | ReasonCode::HeadDiffers
        | ReasonCode::HeadUnproved
        | ReasonCode::HeadUnconfirmed
        | ReasonCode::LedgerDiffers
        | ReasonCode::LedgerForked
        | ReasonCode::ShuttingDown => Code::Unavailable,
        ReasonCode::WaitTimedOut => Code::DeadlineExceeded,
        ReasonCode::Internal => Code::Internal,
        ReasonCode::RequestIdReused | ReasonCode::RequestRepeated => Code::AlreadyExists,
        ReasonCode::Expired | ReasonCode::RequestTimeOutOfWindow | ReasonCode::HistoryNotHeld => {
            Code::FailedPrecondition
        }
        ReasonCode::SignerUnknown
        | ReasonCode::KeyUnknown
        | ReasonCode::MemberUnknown
        | ReasonCode::SignatureInvalid
        | ReasonCode::Unauthenticated => Code::Unauthenticated,
        ReasonCode::MemberSuspended
        | ReasonCode::KeyRetired
        | ReasonCode::KeyCompromised
        | ReasonCode::KeyPurposeWrong
        | ReasonCode::RoleMissing
        | ReasonCode::ThresholdNotMet
        | ReasonCode::SignerMissing
        | ReasonCode::AccessDenied => Code::PermissionDenied,
        _ => Code::InvalidArgument,
    }
}

impl From<ApiError> for Status {
    fn from(error: ApiError) -> Self {
        let mut details =
            ErrorDetails::with_error_info(error.reason.as_str(), ERROR_DOMAIN, error.metadata());
        details.set_localized_message("zh-CN", error.reason.message(Lang::Zh));
        if let Some(after) = error.retry_after {
            details.set_retry_info(Some(after));
        }
        let message = format!("{} ({})", error.reason.message(Lang::En), error.detail);
        Status::with_error_details(error.code(), message, details)
    }
}
