//! TLS for HTTP: handshakes run beside the acceptor, so that a slow one holds up nobody.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::serve::Listener;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, mpsc};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::server::TlsStream;
use tracing::debug;

use crate::serve::Tls;

/// A client that has not finished its handshake by then is dropped.
const HANDSHAKE_MAX: Duration = Duration::from_secs(10);

/// Handshakes at a time.
const HANDSHAKES_MAX: usize = 256;

/// A listener whose connections have finished their handshake.
pub(crate) struct TlsListener {
    ready: mpsc::Receiver<(TlsStream<TcpStream>, SocketAddr)>,
    address: SocketAddr,
}

impl TlsListener {
    pub(crate) fn new(listener: TcpListener, tls: &Tls) -> Result<Self, String> {
        let acceptor = TlsAcceptor::from(Arc::new(server_config(tls)?));
        let address = listener.local_addr().map_err(|error| error.to_string())?;
        let (finished, ready) = mpsc::channel(HANDSHAKES_MAX);
        tokio::spawn(accept(listener, acceptor, finished));
        Ok(Self { ready, address })
    }
}

fn server_config(tls: &Tls) -> Result<ServerConfig, String> {
    let certificates = CertificateDer::pem_slice_iter(&tls.certificate)
        .collect::<Result<Vec<_>, _>>()
        .map_err(|error| format!("TLS certificate: {error}"))?;
    let key = PrivateKeyDer::from_pem_slice(&tls.key).map_err(|error| format!("TLS key: {error}"))?;
    let provider = Arc::new(tokio_rustls::rustls::crypto::ring::default_provider());
    ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .and_then(|config| config.with_no_client_auth().with_single_cert(certificates, key))
        .map_err(|error| format!("TLS: {error}"))
}

async fn accept(
    mut listener: TcpListener,
    acceptor: TlsAcceptor,
    finished: mpsc::Sender<(TlsStream<TcpStream>, SocketAddr)>,
) {
    let room = Arc::new(Semaphore::new(HANDSHAKES_MAX));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let accepted = tokio::select! {
            accepted = Listener::accept(&mut listener) => accepted,
            () = finished.closed() => return,
        };
        let (stream, address): (TcpStream, SocketAddr) = accepted;
        let (acceptor, finished) = (acceptor.clone(), finished.clone());
        tokio::spawn(async move {
            let _permit = permit;
            match tokio::time::timeout(HANDSHAKE_MAX, acceptor.accept(stream)).await {
                Ok(Ok(stream)) => {
                    // The server has stopped when nobody takes it.
                    let _ = finished.send((stream, address)).await;
                }
                Ok(Err(error)) => debug!(%address, %error, "TLS handshake failed"),
                Err(_) => debug!(%address, "TLS handshake timed out"),
            }
        });
    }
}

impl Listener for TlsListener {
    type Io = TlsStream<TcpStream>;
    type Addr = SocketAddr;

    async fn accept(&mut self) -> (Self::Io, Self::Addr) {
        match self.ready.recv().await {
            Some(ready) => ready,
            // The acceptor ends with the listener only.
            None => std::future::pending().await,
        }
    }

    fn local_addr(&self) -> io::Result<Self::Addr> {
        Ok(self.address)
    }
}
