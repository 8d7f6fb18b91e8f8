//! Errors as callers see them: one reason code, one sentence in each language, and whether to try again.

use std::collections::HashMap;
use std::time::Duration;

use bulla_types::{Lang, ReasonCode};
use tonic::{Code, Status};
use tonic_types::{ErrorDetails, StatusExt};

/// Domain of the reason codes in `google.rpc.ErrorInfo`.
pub const ERROR_DOMAIN: &str = "bulla";

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
}

impl ApiError {
    /// An error that a retry does not mend.
    pub fn new(reason: ReasonCode, detail: impl Into<String>) -> Self {
        Self { reason, detail: detail.into(), retry_after: None }
    }

    /// Something with this name is not here.
    pub fn not_found(what: impl Into<String>) -> Self {
        Self::new(ReasonCode::NotFound, what)
    }

    /// A defect or a failing disk; the detail is for the operator.
    pub fn internal(detail: impl Into<String>) -> Self {
        Self::new(ReasonCode::Internal, detail)
    }

    /// The gRPC code that the reason falls under.
    #[must_use]
    pub fn code(&self) -> Code {
        code_of(self.reason)
    }
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
        | ReasonCode::NodeFailed
        | ReasonCode::ShuttingDown => Code::Unavailable,
        ReasonCode::WaitTimedOut => Code::DeadlineExceeded,
        ReasonCode::Internal => Code::Internal,
        ReasonCode::RequestIdReused | ReasonCode::RequestRepeated => Code::AlreadyExists,
        ReasonCode::Expired | ReasonCode::RequestTimeOutOfWindow => Code::FailedPrecondition,
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
        let mut details = ErrorDetails::with_error_info(
            error.reason.as_str(),
            ERROR_DOMAIN,
            HashMap::from([("detail".to_owned(), error.detail.clone())]),
        );
        details.set_localized_message("zh-CN", error.reason.message(Lang::Zh));
        if let Some(after) = error.retry_after {
            details.set_retry_info(Some(after));
        }
        let message = format!("{} ({})", error.reason.message(Lang::En), error.detail);
        Status::with_error_details(error.code(), message, details)
    }
}
