//! One connection, from its first byte to its end.

use std::convert::Infallible;
use std::future::Future;

use axum::Router;
use axum::response::{IntoResponse, Response};
use bulla_types::ReasonCode;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulConnection;
use tokio::io::{AsyncRead, AsyncWrite};
use tonic::Status;
use tower::ServiceExt;

use super::in_use::InUse;
use crate::error::ApiError;
use crate::limits::{
    ANSWER_BEGINS_MAX, CALLS_MAX, CLOSING_MAX, HEADERS_BYTES_MAX, HEADERS_MAX, IDLE_MAX, PING_INTERVAL,
    PING_MAX, REQUEST_HEAD_MAX,
};

/// Bytes of one HTTP/2 call, and of a whole connection, that may be on the way to us: bulk streams over long
/// lines need them.
const CALL_WINDOW_BYTES: u32 = 4 << 20;
const CONNECTION_WINDOW_BYTES: u32 = 16 << 20;

/// Beyond these hyper answers by itself, without a reason; up to them we do.
const HEADERS_PARSED_MAX: usize = 4 * HEADERS_MAX;
const HEAD_BYTES_PARSED_MAX: usize = 8 * HEADERS_BYTES_MAX;

/// What is spoken at a listener.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Protocol {
    /// HTTP/1.1.
    Http,
    /// gRPC, which is HTTP/2.
    Grpc,
}

pub(super) struct Connection {
    pub(super) protocol: Protocol,
    pub(super) router: Router,
}

impl Connection {
    /// Answers requests until the caller goes, has nothing to ask for [`IDLE_MAX`], or `stop` resolves.
    pub(super) async fn run(
        self,
        stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
        stop: impl Future<Output = ()>,
    ) {
        let in_use = InUse::new();
        let Self { protocol, router } = self;
        let calls = in_use.clone();
        let service = service_fn(move |request| answer(protocol, router.clone(), calls.clone(), request));
        let io = TokioIo::new(stream);
        match protocol {
            Protocol::Http => {
                let mut builder = http1::Builder::new();
                builder
                    .timer(TokioTimer::new())
                    .header_read_timeout(REQUEST_HEAD_MAX)
                    .max_headers(HEADERS_PARSED_MAX)
                    .max_buf_size(HEAD_BYTES_PARSED_MAX);
                attend(builder.serve_connection(io, service), &in_use, stop).await;
            }
            Protocol::Grpc => {
                let mut builder = http2::Builder::new(TokioExecutor::new());
                builder
                    .timer(TokioTimer::new())
                    .initial_stream_window_size(CALL_WINDOW_BYTES)
                    .initial_connection_window_size(CONNECTION_WINDOW_BYTES)
                    .max_concurrent_streams(CALLS_MAX)
                    .max_header_list_size(u32::try_from(HEADERS_BYTES_MAX).unwrap_or(u32::MAX))
                    .keep_alive_interval(PING_INTERVAL)
                    .keep_alive_timeout(PING_MAX);
                attend(builder.serve_connection(io, service), &in_use, stop).await;
            }
        }
    }
}

/// Lets a connection run, and closes it when it is time to.
async fn attend(connection: impl GracefulConnection, in_use: &InUse, stop: impl Future<Output = ()>) {
    tokio::pin!(connection);
    tokio::select! {
        // How it ended concerns the caller alone.
        _ = connection.as_mut() => return,
        () = in_use.is_idle_for(IDLE_MAX) => {}
        () = stop => {}
    }
    connection.as_mut().graceful_shutdown();
    tokio::select! {
        _ = connection => {}
        () = in_use.is_idle_for(CLOSING_MAX) => {}
    }
}

async fn answer(
    protocol: Protocol,
    router: Router,
    in_use: InUse,
    request: hyper::Request<Incoming>,
) -> Result<Response, Infallible> {
    let _waiting = in_use.wait();
    let response = match tokio::time::timeout(ANSWER_BEGINS_MAX, router.oneshot(request)).await {
        Ok(Ok(response)) => response,
        Ok(Err(never)) => match never {},
        Err(_) => too_late(protocol),
    };
    Ok(in_use.watch(response))
}

/// To a request of which a part never came.
fn too_late(protocol: Protocol) -> Response {
    let error = ApiError::new(ReasonCode::WaitTimedOut, "the request was not complete in time");
    match protocol {
        Protocol::Http => error.into_response(),
        Protocol::Grpc => Status::from(error).into_http(),
    }
}
