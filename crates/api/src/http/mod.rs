//! HTTP: the reads of the contract as JSON, the log as C2SP tiles, and metrics.

mod cases;
mod extract;
mod head;
mod json;
mod metrics;
mod named;
mod proposals;
mod reads;
mod register;
mod rules;
mod tiles;

use std::sync::Arc;

use axum::Router;
use axum::http::{Method, StatusCode, Uri, header};
use axum::middleware;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use bulla_types::{Lang, ReasonCode};
use serde_json::json;
use tonic::Code;

pub(crate) use json::to_json;

use crate::error::ApiError;
use crate::node_api::NodeApi;

/// All routes of a node.
pub(crate) fn router(api: Arc<NodeApi>) -> Router {
    Router::new()
        .route("/v1/status", get(reads::status))
        .route("/v1/genesis", get(reads::genesis))
        .route("/v1/entries/{index}", get(reads::entry))
        .route("/v1/transactions/{id}", get(reads::transaction))
        .route("/v1/receipts/{index}", get(reads::receipt))
        .route("/v1/records/{key}", get(reads::record))
        .route("/v1/status-proofs/{record}", get(reads::status_proof))
        .route("/v1/evidence", get(reads::evidence))
        .route("/v1/members", get(reads::members))
        .route("/v1/profiles", get(rules::profiles))
        .route("/v1/profiles/{name}", get(rules::profile))
        .route("/v1/calendar", get(rules::calendar))
        .route("/v1/calendar/{year}", get(rules::year))
        .route("/v1/cases", get(cases::cases))
        .route("/v1/cases/{number}", get(cases::case))
        .route("/v1/deadlines", get(cases::deadlines))
        .route("/v1/accounts", get(register::accounts))
        .route("/v1/accounts/{number}", get(register::account))
        .route("/v1/objects", get(register::objects))
        .route("/v1/objects/{number}", get(register::object))
        .route("/v1/registrations", get(register::registrations))
        .route("/v1/registrations/{number}", get(register::registration))
        .route("/v1/certificates", get(register::certificates))
        .route("/v1/certificates/{number}", get(register::certificate))
        .route("/v1/proposals", get(proposals::proposals))
        .route("/v1/proposals/{number}", get(proposals::proposal))
        .route("/v1/proofs/inclusion", get(reads::inclusion))
        .route("/v1/proofs/consistency", get(reads::consistency))
        .route("/healthz", get(reads::health))
        .route("/metrics", get(reads::metrics))
        .route("/checkpoint", get(tiles::checkpoint))
        .route("/tile/{*path}", get(tiles::tile))
        .fallback(nothing_there)
        .method_not_allowed_fallback(only_reads)
        .layer(middleware::from_fn(head::within_limits))
        .with_state(api)
}

async fn nothing_there(uri: Uri) -> ApiError {
    ApiError::not_found(format!("nothing is served at {}", uri.path()))
}

async fn only_reads(method: Method) -> (StatusCode, ApiError) {
    let error =
        ApiError::new(ReasonCode::Malformed, format!("{method}: over HTTP there are only reads, by GET"));
    (StatusCode::METHOD_NOT_ALLOWED, error)
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let status = match self.code() {
            Code::NotFound => StatusCode::NOT_FOUND,
            Code::PermissionDenied | Code::Unauthenticated => StatusCode::FORBIDDEN,
            Code::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Code::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Code::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            _ => StatusCode::BAD_REQUEST,
        };
        let mut body = json!({
            "reason": self.reason.as_str(),
            "message": { "en": self.reason.message(Lang::En), "zh": self.reason.message(Lang::Zh) },
            "detail": self.detail,
        });
        if let Some(step) = self.refused_step().and_then(|step| to_json("RefusedStep", &step).ok()) {
            body["step"] = step;
        }
        (status, [(header::CONTENT_TYPE, "application/json")], body.to_string()).into_response()
    }
}
