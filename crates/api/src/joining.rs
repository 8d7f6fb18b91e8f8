//! What a node answers that has no ledger yet: how far joining has come. Everything else is not yet to be had.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::extract::Request;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use bulla_types::{ReasonCode, proto};
use serde_json::json;
use tokio::net::TcpListener;
use tonic::codegen::BoxFuture;
use tonic::server::{Grpc, UnaryService};
use tonic::{Request as Call, Response as Answer, Status};
use tonic_prost::ProstCodec;

use crate::error::ApiError;
use crate::http::to_json;
use crate::listen::{self, DoorCounters, Protocol};
use crate::serve::{ServeError, Tls};

/// Gives the status of a node that joins.
pub type JoinStatus = Arc<dyn Fn() -> proto::GetStatusResponse + Send + Sync>;

/// Serves that status, over gRPC and HTTP, until `stop` resolves.
///
/// # Errors
/// [`ServeError::Serve`] when the TLS identity cannot be used.
pub async fn serve_joining(
    status: JoinStatus,
    grpc: TcpListener,
    http: TcpListener,
    tls: Option<Tls>,
    stop: impl Future<Output = ()> + Clone + Send + 'static,
) -> Result<(), ServeError> {
    let acceptor = |protocol| {
        tls.as_ref().map(|tls| listen::acceptor(tls, protocol)).transpose().map_err(ServeError::Serve)
    };
    let (grpc_tls, http_tls) = (acceptor(Protocol::Grpc)?, acceptor(Protocol::Http)?);
    let counters = || Arc::new(DoorCounters::default());
    let (over_grpc, over_http) = (grpc_router(Arc::clone(&status)), http_router(status));
    tokio::join!(
        listen::serve(grpc, counters(), grpc_tls, Protocol::Grpc, over_grpc, stop.clone()),
        listen::serve(http, counters(), http_tls, Protocol::Http, over_http, stop.clone()),
    );
    Ok(())
}

fn not_yet() -> ApiError {
    ApiError::new(ReasonCode::Syncing, "this node joins the ledger from a snapshot, and has none of it yet")
}

fn grpc_router(status: JoinStatus) -> Router {
    let get_status = post(move |request: Request| async move {
        let codec = ProstCodec::<proto::GetStatusResponse, proto::GetStatusRequest>::default();
        Grpc::new(codec).unary(GetStatus(status), request).await
    });
    Router::new()
        .route("/bulla.v1.LedgerService/GetStatus", get_status)
        .fallback(async || Status::from(not_yet()).into_http::<axum::body::Body>())
}

fn http_router(status: JoinStatus) -> Router {
    let of_health = Arc::clone(&status);
    let get_status = get(async move || -> Result<Response, ApiError> {
        Ok(axum::Json(to_json("GetStatusResponse", &status())?).into_response())
    });
    let health = async move || {
        let status = of_health();
        let health = status.health().as_str_name();
        let body = json!({ "ready": false, "health": health, "reason": status.health_reason });
        (StatusCode::SERVICE_UNAVAILABLE, axum::Json(body))
    };
    Router::new().route("/v1/status", get_status).route("/healthz", get(health)).fallback(async || not_yet())
}

/// The one method.
struct GetStatus(JoinStatus);

impl UnaryService<proto::GetStatusRequest> for GetStatus {
    type Response = proto::GetStatusResponse;
    type Future = BoxFuture<Answer<Self::Response>, Status>;

    fn call(&mut self, _: Call<proto::GetStatusRequest>) -> Self::Future {
        let status = (self.0)();
        Box::pin(async move { Ok(Answer::new(status)) })
    }
}
