//! The ports of a node, taken or tried before it says that it is up.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use bulla_consensus::Multiaddr;
use tokio::net::TcpListener;
use tokio::time::Instant;

use crate::config::NodeConfig;
use crate::failure::NodeError;

/// How long a port may be in use before it is said to be: the system may not be done yet with a socket that was
/// just closed.
const PATIENCE: Duration = Duration::from_millis(200);

/// The listeners of the node's own servers. The ports of the two networks were tried with them, and are taken
/// later, by the libraries that listen there.
pub(crate) struct Ports {
    pub(crate) grpc: TcpListener,
    pub(crate) http: TcpListener,
}

impl Ports {
    /// Takes every port of the configuration, all at a time, so that one that stands there twice is found too.
    pub(crate) async fn take(config: &NodeConfig) -> Result<Self, NodeError> {
        let grpc = take("api.grpc", config.api.grpc).await?;
        let http = take("api.http", config.api.http).await?;
        let network = socket_address(&config.network.listen)?;
        let consensus = socket_address(&config.consensus.listen)?;
        let _tried = (take("network.listen", network).await?, take("consensus.listen", consensus).await?);
        Ok(Self { grpc, http })
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

/// The socket of an address like `/ip4/192.0.2.7/tcp/7101`.
fn socket_address(text: &str) -> Result<SocketAddr, NodeError> {
    let unusable = |reason: String| NodeError::Listen { text: text.to_owned(), reason };
    let address: Multiaddr = text.parse().map_err(|error| unusable(format!("{error}")))?;
    let canonical = address.to_string();
    let socket = match canonical.split('/').collect::<Vec<_>>()[..] {
        ["", "ip4" | "ip6", ip, "tcp", port] => ip.parse().ok().zip(port.parse().ok()),
        _ => None,
    };
    let (ip, port): (std::net::IpAddr, u16) =
        socket.ok_or_else(|| unusable("it must be /ip4/…/tcp/… or /ip6/…/tcp/…".to_owned()))?;
    Ok((ip, port).into())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn only_tcp_addresses_are_listened_at() {
        assert_eq!(socket_address("/ip4/127.0.0.1/tcp/7101").unwrap(), "127.0.0.1:7101".parse().unwrap());
        assert_eq!(socket_address("/ip6/::1/tcp/7101").unwrap(), "[::1]:7101".parse().unwrap());
        for text in ["127.0.0.1:7101", "/ip4/127.0.0.1/udp/7101/quic-v1", "/dns4/example.org/tcp/7101"] {
            assert!(matches!(socket_address(text), Err(NodeError::Listen { .. })), "{text}");
        }
    }
}
