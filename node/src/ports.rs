//! The ports of a node, taken or tried before it says that it is up.

use std::io;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use bulla_network::{Multiaddr, Socket, socket_of};
use tokio::net::{TcpListener, UdpSocket};
use tokio::time::Instant;

use crate::config::NodeConfig;
use crate::failure::NodeError;

/// How long a port may be in use before it is said to be: the system may not be done yet with a socket that was
/// just closed.
const PATIENCE: Duration = Duration::from_millis(200);

/// The listeners of the node's own servers. The port of the members' network was tried with them, and is taken
/// later, by the library that listens there.
pub(crate) struct Ports {
    pub(crate) grpc: TcpListener,
    pub(crate) http: TcpListener,
}

impl Ports {
    /// Takes every port of the configuration, all at a time, so that one that stands there twice is found too.
    pub(crate) async fn take(config: &NodeConfig) -> Result<Self, NodeError> {
        let grpc = take("api.grpc", config.api.grpc).await?;
        let http = take("api.http", config.api.http).await?;
        try_network(&config.network.listen).await?;
        Ok(Self { grpc, http })
    }
}

async fn try_network(text: &str) -> Result<(), NodeError> {
    let setting = "network.listen";
    match socket_of(&listen_address(text)?) {
        Some(Socket::Tcp(address)) => take(setting, address).await.map(drop),
        Some(Socket::Udp(address)) => {
            let tried = UdpSocket::bind(address).await.map(drop);
            tried.map_err(|source| NodeError::Port { setting, address, source })
        }
        None => Err(NodeError::Listen {
            text: text.to_owned(),
            reason: "it must be /ip4/…/tcp/… or /ip4/…/udp/…/quic-v1, or the same with ip6".to_owned(),
        }),
    }
}

async fn take(setting: &'static str, address: SocketAddr) -> Result<TcpListener, NodeError> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match TcpListener::bind(address).await {
            Ok(listener) => return Ok(listener),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && Instant::now() < deadline => {
                tokio::time::sleep(PATIENCE / 10).await;
            }
            Err(source) => return Err(NodeError::Port { setting, address, source }),
        }
    }
}

/// An address of the configuration.
pub(crate) fn listen_address(text: &str) -> Result<Multiaddr, NodeError> {
    Multiaddr::from_str(text)
        .map_err(|error| NodeError::Listen { text: text.to_owned(), reason: error.to_string() })
}
