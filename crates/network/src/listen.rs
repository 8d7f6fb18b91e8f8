//! The transport, and taking the port.

use std::io;
use std::net::{SocketAddr, TcpListener, UdpSocket};
use std::time::Duration;

use futures::StreamExt;
use futures::future::Either;
use libp2p::core::muxing::StreamMuxerBox;
use libp2p::core::transport::{Boxed, OrTransport, TransportError};
use libp2p::core::upgrade;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::{self, SwarmEvent};
use libp2p::{Multiaddr, PeerId, Swarm, Transport, dns, noise, quic, tcp, yamux};
use socket2::SockRef;
use tracing::{debug, warn};

use crate::behaviour::Behaviour;
use crate::config::HostConfig;
use crate::error::HostError;

/// A connection must have finished its handshake within this, dialled or taken.
const HANDSHAKE_PATIENCE: Duration = Duration::from_secs(5);

/// Streams of a connection whose protocol is not agreed yet.
const NEGOTIATING_STREAMS_MAX: usize = 32;

/// Builds the swarm and listens. Returns the addresses that it listens on.
pub(crate) async fn listen(config: &HostConfig) -> Result<(Swarm<Behaviour>, Vec<Multiaddr>), HostError> {
    check_port_is_free(&config.listen)?;
    let mut swarm = swarm(config)?;
    swarm.listen_on(config.listen.clone()).map_err(|error| match error {
        TransportError::MultiaddrNotSupported(address) => HostError::NotListenable { address },
        TransportError::Other(source) => listen_error(&config.listen, source),
    })?;
    loop {
        match swarm.select_next_some().await {
            SwarmEvent::NewListenAddr { .. } => break,
            SwarmEvent::ListenerClosed { reason: Err(source), .. }
            | SwarmEvent::ListenerError { error: source, .. } => {
                return Err(listen_error(&config.listen, source));
            }
            _ => {}
        }
    }
    let addresses = swarm.listeners().cloned().collect();
    Ok((swarm, addresses))
}

fn swarm(config: &HostConfig) -> Result<Swarm<Behaviour>, HostError> {
    let keypair = config.key.keypair();
    let noise =
        noise::Config::new(keypair).map_err(|error| HostError::Noise { reason: error.to_string() })?;
    let mut quic = quic::Config::new(keypair);
    quic.handshake_timeout = HANDSHAKE_PATIENCE;
    let unsent_bytes_max = config.limits.unsent_bytes_max;
    let transport = resolving(|| tcp_or_quic(noise.clone(), quic.clone(), unsent_bytes_max));
    let swarm_config = swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(Duration::MAX)
        .with_max_negotiating_inbound_streams(NEGOTIATING_STREAMS_MAX);
    Ok(Swarm::new(transport.boxed(), Behaviour::new(config), keypair.public().to_peer_id(), swarm_config))
}

/// What an address asks for: TCP with Noise and yamux, or QUIC, which has of both its own.
fn tcp_or_quic(
    noise: noise::Config,
    quic: quic::Config,
    unsent_bytes_max: u32,
) -> Boxed<(PeerId, StreamMuxerBox)> {
    let tcp = tcp::tokio::Transport::new(tcp::Config::default().nodelay(true))
        .map(move |stream, _| {
            keep_little_unsent(&stream, unsent_bytes_max);
            stream
        })
        .upgrade(upgrade::Version::V1Lazy)
        .authenticate(noise)
        .multiplex(yamux::Config::default())
        .timeout(HANDSHAKE_PATIENCE)
        .boxed();
    OrTransport::new(tcp, quic::tokio::Transport::new(quic))
        .map(|connected, _| match connected {
            Either::Left(tcp) => tcp,
            Either::Right((peer, connection)) => (peer, StreamMuxerBox::new(connection)),
        })
        .boxed()
}

/// What stands in the system's buffer can be passed by nothing, so bulk must wait in its own streams and not
/// there: a vote would stand behind some megabytes of it.
fn keep_little_unsent(stream: &tcp::tokio::TcpStream, bytes_max: u32) {
    if let Err(error) = SockRef::from(&stream.0).set_tcp_notsent_lowat(bytes_max) {
        debug!(%error, "the system bounds unsent bytes its own way");
    }
}

/// Lets peers be named by host name. A machine without resolver configuration still reaches addresses.
fn resolving(
    transport: impl Fn() -> Boxed<(PeerId, StreamMuxerBox)>,
) -> dns::tokio::Transport<Boxed<(PeerId, StreamMuxerBox)>> {
    dns::tokio::Transport::system(transport()).unwrap_or_else(|error| {
        warn!(%error, "no system resolver: peers named by host name are out of reach");
        let (config, options) = (dns::ResolverConfig::default(), dns::ResolverOpts::default());
        dns::tokio::Transport::custom(transport(), config, options)
    })
}

/// libp2p listens with `SO_REUSEPORT`, under which a second node on the same port would silently share
/// its connections. A plain listener finds the port taken.
fn check_port_is_free(address: &Multiaddr) -> Result<(), HostError> {
    let socket = socket_of(address).ok_or_else(|| HostError::NotListenable { address: address.clone() })?;
    let taken = match socket {
        Socket::Tcp(socket) | Socket::Udp(socket) if socket.port() == 0 => Ok(()),
        Socket::Tcp(socket) => TcpListener::bind(socket).map(drop),
        Socket::Udp(socket) => UdpSocket::bind(socket).map(drop),
    };
    taken.map_err(|source| listen_error(address, source))
}

/// The socket of an address to listen on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Socket {
    /// `/ip4/…/tcp/…` or `/ip6/…/tcp/…`.
    Tcp(SocketAddr),
    /// `/ip4/…/udp/…/quic-v1` or `/ip6/…/udp/…/quic-v1`.
    Udp(SocketAddr),
}

/// The socket of an address, if a host can listen there.
#[must_use]
pub fn socket_of(address: &Multiaddr) -> Option<Socket> {
    let mut parts = address.iter();
    let ip = match parts.next()? {
        Protocol::Ip4(ip) => ip.into(),
        Protocol::Ip6(ip) => ip.into(),
        _ => return None,
    };
    match (parts.next()?, parts.next(), parts.next()) {
        (Protocol::Tcp(port), None, None) => Some(Socket::Tcp(SocketAddr::new(ip, port))),
        (Protocol::Udp(port), Some(Protocol::QuicV1), None) => Some(Socket::Udp(SocketAddr::new(ip, port))),
        _ => None,
    }
}

fn listen_error(address: &Multiaddr, source: io::Error) -> HostError {
    if source.kind() == io::ErrorKind::AddrInUse {
        return HostError::PortInUse { address: address.clone() };
    }
    HostError::Listen { address: address.clone(), source }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn tcp_and_quic_addresses_are_listened_at() {
        let found = |text: &str| socket_of(&text.parse().unwrap());
        let socket = |text: &str| text.parse().unwrap();
        assert_eq!(found("/ip4/127.0.0.1/tcp/7101"), Some(Socket::Tcp(socket("127.0.0.1:7101"))));
        assert_eq!(found("/ip6/::1/udp/7101/quic-v1"), Some(Socket::Udp(socket("[::1]:7101"))));
        for text in ["/ip4/127.0.0.1/udp/7101", "/dns4/example.org/tcp/7101", "/ip4/127.0.0.1/tcp/7101/ws"] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
