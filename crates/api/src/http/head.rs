//! Limits of a request's head, refused with a reason.

use axum::extract::Request;
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use bulla_types::ReasonCode;

use crate::error::ApiError;
use crate::limits::{HEADERS_BYTES_MAX, HEADERS_MAX, URI_BYTES_MAX};

/// Passes on what has a head of modest size.
pub(super) async fn within_limits(request: Request, next: Next) -> Response {
    let uri = request.uri().path_and_query().map_or(0, |path| path.as_str().len());
    if uri > URI_BYTES_MAX {
        let detail = format!("the path and query have {uri} bytes, at most {URI_BYTES_MAX} are allowed");
        return (StatusCode::URI_TOO_LONG, ApiError::new(ReasonCode::TooLarge, detail)).into_response();
    }
    let fields = request.headers();
    let (count, bytes) =
        (fields.len(), fields.iter().map(|(name, value)| name.as_str().len() + value.len()).sum::<usize>());
    if count > HEADERS_MAX || bytes > HEADERS_BYTES_MAX {
        let detail = format!(
            "{count} header fields with {bytes} bytes, at most {HEADERS_MAX} with {HEADERS_BYTES_MAX} are allowed"
        );
        let error = ApiError::new(ReasonCode::TooLarge, detail);
        return (StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, error).into_response();
    }
    next.run(request).await
}
