//! The transport, and taking the port.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use futures::StreamExt;
use libp2p::core::transport::TransportError;
use libp2p::core::upgrade;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::{self, SwarmEvent};
use libp2p::{Multiaddr, Swarm, Transport, dns, noise, tcp, yamux};
use tracing::warn;

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
    let transport = resolving(|| tcp::tokio::Transport::new(tcp::Config::default().nodelay(true)))
        .upgrade(upgrade::Version::V1Lazy)
        .authenticate(noise)
        .multiplex(yamux::Config::default())
        .timeout(HANDSHAKE_PATIENCE)
        .boxed();
    let swarm_config = swarm::Config::with_tokio_executor()
        .with_idle_connection_timeout(Duration::MAX)
        .with_max_negotiating_inbound_streams(NEGOTIATING_STREAMS_MAX);
    Ok(Swarm::new(transport, Behaviour::new(config), keypair.public().to_peer_id(), swarm_config))
}

/// Lets peers be named by host name. A machine without resolver configuration still reaches addresses.
fn resolving(tcp: impl Fn() -> tcp::tokio::Transport) -> dns::tokio::Transport<tcp::tokio::Transport> {
    dns::tokio::Transport::system(tcp()).unwrap_or_else(|error| {
        warn!(%error, "no system resolver: peers named by host name are out of reach");
        dns::tokio::Transport::custom(tcp(), dns::ResolverConfig::default(), dns::ResolverOpts::default())
    })
}

/// libp2p listens with `SO_REUSEPORT`, under which a second node on the same port would silently share
/// its connections. A plain listener finds the port taken.
fn check_port_is_free(address: &Multiaddr) -> Result<(), HostError> {
    let socket = socket_address(address)?;
    if socket.port() != 0 {
        TcpListener::bind(socket).map_err(|source| listen_error(address, source))?;
    }
    Ok(())
}

fn socket_address(address: &Multiaddr) -> Result<SocketAddr, HostError> {
    let mut parts = address.iter();
    match (parts.next(), parts.next(), parts.next()) {
        (Some(Protocol::Ip4(ip)), Some(Protocol::Tcp(port)), None) => Ok((ip, port).into()),
        (Some(Protocol::Ip6(ip)), Some(Protocol::Tcp(port)), None) => Ok((ip, port).into()),
        _ => Err(HostError::NotListenable { address: address.clone() }),
    }
}

fn listen_error(address: &Multiaddr, source: io::Error) -> HostError {
    if source.kind() == io::ErrorKind::AddrInUse {
        return HostError::PortInUse { address: address.clone() };
    }
    HostError::Listen { address: address.clone(), source }
}
