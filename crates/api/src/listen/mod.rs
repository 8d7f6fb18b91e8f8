//! Listening: who may connect, for how long, and what of a request is refused before it reaches the API.

mod connection;
mod door;
mod in_use;
mod tls;

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

pub(crate) use connection::Protocol;
pub(crate) use door::DoorCounters;
pub(crate) use in_use::Held;
pub(crate) use tls::acceptor;

use connection::Connection;
use door::Door;

/// Serves one protocol on one listener until `stop` resolves; then ends what is under way.
pub(crate) async fn serve(
    listener: TcpListener,
    counters: Arc<DoorCounters>,
    tls: Option<TlsAcceptor>,
    protocol: Protocol,
    router: Router,
    stop: impl Future<Output = ()> + Clone + Send + 'static,
) {
    let door = Door::new(listener, counters);
    let mut connections = JoinSet::new();
    let stopping = stop.clone();
    tokio::pin!(stopping);
    loop {
        let (stream, place) = tokio::select! {
            () = &mut stopping => break,
            accepted = door.accept() => accepted,
            Some(_) = connections.join_next() => continue,
        };
        let connection = Connection { protocol, router: router.clone() };
        let (tls, stop) = (tls.clone(), stop.clone());
        connections.spawn(async move {
            match tls {
                None => connection.run(stream, stop).await,
                Some(tls) => {
                    if let Some(stream) = tls::handshake(&tls, stream).await {
                        connection.run(stream, stop).await;
                    }
                }
            }
            drop(place);
        });
    }
    drop(door);
    while connections.join_next().await.is_some() {}
}
