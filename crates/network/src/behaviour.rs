//! The behaviours of the host, in the order in which they are asked about a connection.

use std::time::Duration;

use libp2p::allow_block_list::AllowedPeers;
use libp2p::connection_limits::ConnectionLimits;
use libp2p::swarm::NetworkBehaviour;
use libp2p::{allow_block_list, connection_limits, ping, request_response};

use crate::codec::FrameCodec;
use crate::config::HostConfig;
use crate::lane::Lane;
use crate::{doorway, streams};

/// Two for calls that cross, one for a peer that restarted before this node noticed.
const CONNECTIONS_PER_PEER_MAX: u32 = 3;

/// Often enough to notice a silent peer, seldom enough to cost nothing.
const PING_INTERVAL: Duration = Duration::from_secs(15);
const PING_PATIENCE: Duration = Duration::from_secs(10);

#[derive(NetworkBehaviour)]
pub(crate) struct Behaviour {
    /// First: the derived code asks in this order and stops at the first refusal, so a stranger's
    /// connection reaches nothing below.
    pub(crate) allowed: allow_block_list::Behaviour<AllowedPeers>,
    pub(crate) doorway: doorway::Behaviour,
    limits: connection_limits::Behaviour,
    ping: ping::Behaviour,
    pub(crate) streams: streams::Behaviour,
    pub(crate) sync: request_response::Behaviour<FrameCodec>,
    pub(crate) snapshot: request_response::Behaviour<FrameCodec>,
    pub(crate) openings: request_response::Behaviour<FrameCodec>,
    pub(crate) relay: request_response::Behaviour<FrameCodec>,
    pub(crate) status: request_response::Behaviour<FrameCodec>,
    pub(crate) ledger: request_response::Behaviour<FrameCodec>,
}

impl Behaviour {
    pub(crate) fn new(config: &HostConfig) -> Self {
        let limits =
            ConnectionLimits::default().with_max_established_per_peer(Some(CONNECTIONS_PER_PEER_MAX));
        let ping = ping::Config::new().with_interval(PING_INTERVAL).with_timeout(PING_PATIENCE);
        Self {
            allowed: allow_block_list::Behaviour::default(),
            doorway: doorway::Behaviour::new(config.limits.handshakes_max),
            limits: connection_limits::Behaviour::new(limits),
            ping: ping::Behaviour::new(ping),
            streams: streams::Behaviour::new(&config.ledger_id),
            sync: Lane::sync(&config.limits).behaviour(&config.ledger_id),
            snapshot: Lane::SNAPSHOT.behaviour(&config.ledger_id),
            openings: Lane::OPENINGS.behaviour(&config.ledger_id),
            relay: Lane::relay(config.limits.relay_batch_bytes_max).behaviour(&config.ledger_id),
            status: Lane::STATUS.behaviour(&config.ledger_id),
            ledger: Lane::LEDGER.behaviour_of_any(),
        }
    }
}
