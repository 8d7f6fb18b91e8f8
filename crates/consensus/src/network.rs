//! The network layer that carries votes, parts and sync: for now the engine's own.
//!
//! This is the seam: whatever [`spawn`] returns carries the messages, and the rest of the crate knows only
//! the engine's message type for it. The engine's layer checks who a peer is after the connection stands
//! and can be bypassed by one that never says; the members-only host of `crates/network` is to take its
//! place here.
//!
//! The settings follow measurements: direct sends to each connected peer (`Broadcast`) instead of gossip,
//! which needs every validator connected with every other; peers pinned, no discovery; every kind of message
//! with its own limit. Topics and protocols carry the ledger's id, so that nodes of two ledgers that meet by
//! mistake share nothing.

use std::net::{SocketAddr, TcpListener};
use std::time::Duration;

use bulla_types::LedgerId;
use bytesize::ByteSize;
use malachitebft_app::engine::network::{NetworkIdentity, NetworkRef};
use malachitebft_app::metrics::SharedRegistry;
use malachitebft_app::spawn::spawn_network_actor;
use malachitebft_config::{
    ChannelNames, DiscoveryConfig, P2pConfig, ProtocolNames, PubSubMaxSizePerTopic, PubSubProtocol,
    ValueSyncConfig,
};
use tokio::time::Instant;

use crate::codec::{BullaCodec, encode};
use crate::config::{ConsensusConfig, Multiaddr};
use crate::context::Bulla;
use crate::engine;
use crate::error::ConsensusError;
use crate::limits::{
    CERTIFICATE_MESSAGE_BYTES_MAX, PART_MESSAGE_BYTES_MAX, PART_PEERS_MAX, PORT_WAIT, SYNC_ANSWER_BYTES_MAX,
    SYNC_ANSWERS_MAX, SYNC_BATCH_BLOCKS, SYNC_FRAMING_BYTES_MAX, SYNC_REQUEST_BYTES_MAX, SYNC_REQUESTS_MAX,
    SYNC_WAITING_MAX, VOTE_MESSAGE_BYTES_MAX,
};
use crate::signing::ValidatorKey;

/// Starts the network layer. It connects to its peers at once.
pub(crate) async fn spawn(
    config: &ConsensusConfig,
    key: Option<&ValidatorKey>,
    registry: &SharedRegistry,
) -> Result<NetworkRef<Bulla>, ConsensusError> {
    check_listen_address(&config.listen).await?;
    config.peers.iter().try_for_each(check_pinned)?;

    let identity = identity(config, key).await?;
    let (consensus, sync) = (engine::settings(config), sync_settings(config));
    spawn_network_actor(&consensus, &sync, identity, registry, BullaCodec)
        .await
        .map_err(|error| ConsensusError::Actor { actor: "network", reason: format!("{error:#}") })
}

/// A peer's address must say who has to answer there.
pub(crate) fn check_pinned(peer: &Multiaddr) -> Result<(), ConsensusError> {
    let text = peer.to_string();
    let pinned = text.rsplit_once("/p2p/").is_some_and(|(_, id)| !id.is_empty() && !id.contains('/'));
    if pinned { Ok(()) } else { Err(ConsensusError::PeerNotPinned(peer.clone())) }
}

/// Settings of the peer-to-peer layer.
pub(crate) fn p2p_settings(config: &ConsensusConfig) -> P2pConfig {
    P2pConfig {
        listen_addr: config.listen.clone(),
        persistent_peers: config.peers.clone(),
        persistent_peers_only: true,
        discovery: DiscoveryConfig {
            enabled: false,
            num_outbound_peers: PART_PEERS_MAX,
            num_inbound_peers: PART_PEERS_MAX,
            // Several nodes may stand behind one address; who they are is pinned.
            max_connections_per_ip: PART_PEERS_MAX,
            ip_throttle_duration: Duration::ZERO,
            ..DiscoveryConfig::default()
        },
        protocol: PubSubProtocol::Broadcast,
        pubsub_max_size: size(PART_MESSAGE_BYTES_MAX.max(CERTIFICATE_MESSAGE_BYTES_MAX)),
        pubsub_max_size_per_topic: PubSubMaxSizePerTopic {
            consensus: Some(size(VOTE_MESSAGE_BYTES_MAX)),
            proposal_parts: Some(size(PART_MESSAGE_BYTES_MAX)),
            liveness: Some(size(CERTIFICATE_MESSAGE_BYTES_MAX)),
        },
        rpc_max_size: size(SYNC_ANSWER_BYTES_MAX + SYNC_FRAMING_BYTES_MAX),
        protocol_names: protocol_names(&config.ledger_id),
        channel_names: channel_names(&config.ledger_id),
    }
}

/// Settings of the catching up.
pub(crate) fn sync_settings(config: &ConsensusConfig) -> ValueSyncConfig {
    ValueSyncConfig {
        enabled: true,
        status_update_interval: config.status_interval,
        max_request_size: size(SYNC_REQUEST_BYTES_MAX),
        max_response_size: size(SYNC_ANSWER_BYTES_MAX),
        batch_size: SYNC_BATCH_BLOCKS,
        parallel_requests: SYNC_REQUESTS_MAX,
        max_concurrent_inbound_requests: SYNC_ANSWERS_MAX,
        max_pending_inbound_requests: SYNC_WAITING_MAX,
        ..ValueSyncConfig::default()
    }
}

/// The engine only logs that it cannot listen, so the address is tried first: for a moment, since the system
/// may not be done yet with a socket that was just closed.
async fn check_listen_address(listen: &Multiaddr) -> Result<(), ConsensusError> {
    let address = socket_address(listen).ok_or_else(|| ConsensusError::ListenAddress(listen.clone()))?;
    let deadline = Instant::now() + PORT_WAIT;
    loop {
        match TcpListener::bind(address) {
            Ok(_) => return Ok(()),
            Err(error) if Instant::now() >= deadline => {
                return Err(ConsensusError::Listen { address: listen.clone(), reason: error.to_string() });
            }
            Err(_) => tokio::time::sleep(PORT_WAIT / 10).await,
        }
    }
}

fn socket_address(address: &Multiaddr) -> Option<SocketAddr> {
    let text = address.to_string();
    let mut pieces = text.strip_prefix('/')?.split('/');
    let (family, ip, transport, port) = (pieces.next()?, pieces.next()?, pieces.next()?, pieces.next()?);
    let ip = match family {
        "ip4" | "ip6" => ip.parse().ok()?,
        _ => return None,
    };
    (transport == "tcp" && pieces.next().is_none()).then_some(SocketAddr::new(ip, port.parse().ok()?))
}

async fn identity(
    config: &ConsensusConfig,
    key: Option<&ValidatorKey>,
) -> Result<NetworkIdentity, ConsensusError> {
    let keypair = config.identity.keypair()?;
    let Some(key) = key else { return Ok(NetworkIdentity::new(config.label.clone(), keypair, None)) };
    let proof = key.prove_validator(keypair.public().to_peer_id().to_bytes()).await?;
    let address = key.address().to_string();
    Ok(NetworkIdentity::new_validator(config.label.clone(), keypair, address, encode(&proof)))
}

fn protocol_names(ledger: &LedgerId) -> ProtocolNames {
    let name = |protocol: &str| name_on(ledger, protocol);
    ProtocolNames {
        consensus: name("consensus"),
        discovery_kad: name("discovery-kad"),
        discovery_regres: name("discovery"),
        sync: name("sync"),
        validator_proof: name("validator-proof"),
    }
}

fn channel_names(ledger: &LedgerId) -> ChannelNames {
    let name = |channel: &str| name_on(ledger, channel);
    ChannelNames {
        consensus: name("votes"),
        proposal_parts: name("parts"),
        sync: name("status"),
        liveness: name("certificates"),
    }
}

/// The transport allows 64 bytes; half of a ledger's id is more than enough to tell ledgers apart that meet
/// by mistake.
fn name_on(ledger: &LedgerId, what: &str) -> String {
    let id = ledger.to_string();
    format!("/bulla/{}/{what}/1", &id[..32])
}

fn size(bytes: usize) -> ByteSize {
    ByteSize::b(bytes as u64)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    fn address(text: &str) -> Multiaddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_peer_that_is_not_pinned_is_refused() {
        let pinned = "/ip4/192.0.2.7/tcp/7101/p2p/12D3KooWDpJ7As7BWAwRMfu1VU2WCqNjvq387JEYKDBj4kx6nXTN";
        assert!(check_pinned(&address(pinned)).is_ok());
        assert!(check_pinned(&address("/ip4/192.0.2.7/tcp/7101")).is_err());
    }

    #[test]
    fn topics_fit_the_transport() {
        let names = channel_names(&LedgerId::from_bytes([0xff; 32]));
        for name in [names.consensus, names.proposal_parts, names.sync, names.liveness] {
            assert!(name.len() <= 64, "{name}");
        }
    }

    #[test]
    fn only_tcp_addresses_are_listened_at() {
        let found = |text: &str| socket_address(&address(text));
        assert_eq!(found("/ip4/127.0.0.1/tcp/7101"), Some("127.0.0.1:7101".parse().unwrap()));
        assert_eq!(found("/ip6/::1/tcp/7101"), Some("[::1]:7101".parse().unwrap()));
        assert_eq!(found("/ip4/127.0.0.1/udp/7101/quic-v1"), None);
        assert_eq!(found("/dns4/example.org/tcp/7101"), None);
    }

    #[tokio::test]
    async fn a_port_in_use_is_said_to_be() {
        let taken = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = taken.local_addr().unwrap().port();
        let refused = check_listen_address(&address(&format!("/ip4/127.0.0.1/tcp/{port}"))).await;
        assert!(matches!(refused, Err(ConsensusError::Listen { .. })));
    }
}
