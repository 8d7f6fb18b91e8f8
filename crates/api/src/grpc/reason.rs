//! Reasons for what the gRPC library refuses by itself, before a call reaches us.

use axum::response::Response;
use bulla_types::ReasonCode;
use tonic::{Code, Status};

use crate::error::ApiError;
use crate::limits::MESSAGE_BYTES_MAX;

/// Gives an answer that holds nothing but a status its reason, if the library made it.
pub(crate) async fn with_reason(response: Response) -> Response {
    match Status::from_header_map(response.headers()) {
        Some(status) if is_too_large(&status) => too_large(status.message()).into_http(),
        _ => response,
    }
}

/// The same for the end of a stream of requests.
pub(super) fn of_status(status: Status) -> Status {
    if is_too_large(&status) { too_large(status.message()) } else { status }
}

/// The library says so of a message over the limit, and we of nothing.
fn is_too_large(status: &Status) -> bool {
    status.code() == Code::OutOfRange && status.details().is_empty()
}

fn too_large(detail: &str) -> Status {
    let detail = format!("a message has at most {MESSAGE_BYTES_MAX} bytes: {detail}");
    ApiError::new(ReasonCode::TooLarge, detail).into()
}
