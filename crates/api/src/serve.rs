//! Listening: gRPC with health and reflection, and HTTP.

use std::future::Future;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bulla_types::proto;
use thiserror::Error;
use tokio::net::TcpListener;
use tonic::transport::server::TcpIncoming;
use tonic::transport::{Identity, Server, ServerTlsConfig};
use tonic_health::ServingStatus;

use crate::grpc::LedgerGrpc;
use crate::grpc::generated::ledger_service_server::LedgerServiceServer;
use crate::http;
use crate::node_api::NodeApi;
use crate::tls::TlsListener;

/// Longest message a caller may send: a submission with all its openings.
const MESSAGE_BYTES_MAX: usize = 1 << 20;

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
    /// A server ended by itself.
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
    let grpc_listener = listen(grpc).await?;
    let http_listener = listen(http).await?;
    let serve_http = serve_http(Arc::clone(&api), http_listener, tls.clone(), stop.clone());
    let serve_grpc = serve_grpc(api, grpc_listener, tls, stop);
    tokio::try_join!(serve_grpc, serve_http).map(|_| ())
}

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|source| ServeError::Listen { address, source })
}

async fn serve_http(
    api: Arc<NodeApi>,
    listener: TcpListener,
    tls: Option<Tls>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let router = http::router(api);
    let served = match tls {
        None => axum::serve(listener, router).with_graceful_shutdown(stop).await,
        Some(tls) => {
            let listener = TlsListener::new(listener, &tls).map_err(ServeError::Serve)?;
            axum::serve(listener, router).with_graceful_shutdown(stop).await
        }
    };
    served.map_err(|error| ServeError::Serve(error.to_string()))
}

async fn serve_grpc(
    api: Arc<NodeApi>,
    listener: TcpListener,
    tls: Option<Tls>,
    stop: impl Future<Output = ()> + Send + 'static,
) -> Result<(), ServeError> {
    let failed = |error: &dyn std::fmt::Display| ServeError::Serve(error.to_string());
    let (reporter, health) = tonic_health::server::health_reporter();
    let reports = tokio::spawn(report_health(Arc::clone(&api), reporter));
    let reflection = tonic_reflection::server::Builder::configure()
        .register_encoded_file_descriptor_set(proto::FILE_DESCRIPTOR_SET)
        .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
        .build_v1()
        .map_err(|error| failed(&error))?;
    let ledger = LedgerServiceServer::new(LedgerGrpc(api)).max_decoding_message_size(MESSAGE_BYTES_MAX);
    let mut server = Server::builder()
        .initial_stream_window_size(4 << 20)
        .initial_connection_window_size(16 << 20)
        .http2_keepalive_interval(Some(Duration::from_secs(30)));
    if let Some(tls) = tls {
        let identity = Identity::from_pem(tls.certificate, tls.key);
        server =
            server.tls_config(ServerTlsConfig::new().identity(identity)).map_err(|error| failed(&error))?;
    }
    // Without it an answer waits some 40 ms for the acknowledgement of what went before.
    let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
    let served = server
        .add_service(health)
        .add_service(reflection)
        .add_service(ledger)
        .serve_with_incoming_shutdown(incoming, stop)
        .await;
    reports.abort();
    served.map_err(|error| failed(&error))
}

/// Keeps the standard health service true to the node's own assessment.
async fn report_health(api: Arc<NodeApi>, reporter: tonic_health::server::HealthReporter) {
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
