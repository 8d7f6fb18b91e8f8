//! Serving: gRPC with health and reflection, and HTTP.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bulla_types::proto;
use thiserror::Error;
use tokio::net::TcpListener;
use tonic::service::Routes;
use tonic_health::ServingStatus;

use crate::grpc;
use crate::http;
use crate::listen::{self, Protocol};
use crate::node_api::NodeApi;

/// How often the standard health service learns of a change.
const HEALTH_INTERVAL: Duration = Duration::from_secs(1);

/// A TLS identity, PEM.
#[derive(Clone)]
pub struct Tls {
    /// Certificate chain.
    pub certificate: Vec<u8>,
    /// Private key.
    pub key: Vec<u8>,
}

/// Why a node cannot be reached.
#[derive(Debug, Error)]
pub enum ServeError {
    /// An address cannot be listened on, most often because another process has it.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: std::io::Error,
    },
    /// The TLS identity cannot be used, or the service not be put together.
    #[error("serving failed: {0}")]
    Serve(String),
}

/// Serves until `stop` resolves. Both addresses are taken before anything is answered.
///
/// # Errors
/// [`ServeError::Listen`] names the address in use.
pub async fn serve(
    api: Arc<NodeApi>,
    grpc: SocketAddr,
    http: SocketAddr,
    tls: Option<Tls>,
    stop: impl Future<Output = ()> + Clone + Send + 'static,
) -> Result<(), ServeError> {
    let grpc = listen(grpc).await?;
    let http = listen(http).await?;
    serve_on(api, grpc, http, tls, stop).await
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

/// As [`serve`], on listeners that are there.
///
/// # Errors
/// [`ServeError::Serve`] when the TLS identity cannot be used.
pub async fn serve_on(
    api: Arc<NodeApi>,
    grpc: TcpListener,
    http: TcpListener,
    tls: Option<Tls>,
    stop: impl Future<Output = ()> + Clone + Send + 'static,
) -> Result<(), ServeError> {
    let acceptor = |protocol| {
        tls.as_ref().map(|tls| listen::acceptor(tls, protocol)).transpose().map_err(ServeError::Serve)
    };
    let (grpc_tls, http_tls) = (acceptor(Protocol::Grpc)?, acceptor(Protocol::Http)?);
    let (reporter, health) = tonic_health::server::health_reporter();
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(|error| ServeError::Serve(error.to_string()))?;
    let routes = Routes::new(health).add_service(reflection).add_service(grpc::service(Arc::clone(&api)));
    let grpc_router: Router =
        routes.into_axum_router().layer(axum::middleware::map_response(grpc::with_reason));
    let http_router = http::router(Arc::clone(&api));
    let doors = &api.doors;
    let serving = async {
        tokio::join!(
            listen::serve(grpc, Arc::clone(&doors.grpc), grpc_tls, Protocol::Grpc, grpc_router, stop.clone()),
            listen::serve(http, Arc::clone(&doors.http), http_tls, Protocol::Http, http_router, stop.clone()),
        )
    };
    tokio::select! {
        _ = serving => {}
        () = report_health(&api, reporter) => {}
    }
    Ok(())
}

/// Keeps the standard health service true to the node's own assessment, for ever.
async fn report_health(api: &NodeApi, reporter: tonic_health::server::HealthReporter) {
    let mut interval = tokio::time::interval(HEALTH_INTERVAL);
    let mut last = None;
    loop {
        interval.tick().await;
        let health = api.vitals.assess().health;
        if last.replace(health) == Some(health) {
            continue;
        }
        let status = if health == proto::NodeHealth::Ready {
            ServingStatus::Serving
        } else {
            ServingStatus::NotServing
        };
        // The empty name is the server as a whole.
        reporter.set_service_status("", status).await;
        reporter.set_service_status("bulla.v1.LedgerService", status).await;
    }
}
