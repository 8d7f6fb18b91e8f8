//! Who is connected: the list, dials, connections that come and go.

use std::time::Instant;

use libp2p::allow_block_list::NotAllowed;
use libp2p::core::ConnectedPoint;
use libp2p::swarm::dial_opts::{DialOpts, PeerCondition};
use libp2p::swarm::{ConnectionId, DialError, ListenError, SwarmEvent};
use libp2p::{PeerId, ping};
use tracing::{debug, error, info, warn};

use super::{Host, QuestionLane};
use crate::behaviour::BehaviourEvent;
use crate::counters::{add, count};
use crate::doorway::TooMany;
use crate::duplicate::Dialer;
use crate::event::NetworkEvent;
use crate::link::{Caller, Link, Presence};

/// After so many failed dials in a row a peer's absence is worth a line for people.
const ABSENCE_SAID_AFTER: u32 = 6;

impl Host {
    pub(super) fn on_swarm_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        let now = Instant::now();
        match event {
            SwarmEvent::Behaviour(BehaviourEvent::Streams(event)) => self.on_stream(event, now),
            SwarmEvent::Behaviour(BehaviourEvent::Sync(event)) => {
                self.on_question_lane(QuestionLane::Sync, event, now);
            }
            SwarmEvent::Behaviour(BehaviourEvent::Snapshot(event)) => {
                self.on_question_lane(QuestionLane::Snapshot, event, now);
            }
            SwarmEvent::Behaviour(BehaviourEvent::Openings(event)) => {
                self.on_question_lane(QuestionLane::Openings, event, now);
            }
            SwarmEvent::Behaviour(BehaviourEvent::Relay(event)) => self.on_relay(event, now),
            SwarmEvent::Behaviour(BehaviourEvent::Status(event)) => self.on_status(event, now),
            SwarmEvent::Behaviour(BehaviourEvent::Ledger(event)) => self.on_ledger(event, now),
            SwarmEvent::Behaviour(BehaviourEvent::Ping(event)) => self.on_ping(&event),
            SwarmEvent::ConnectionEstablished { peer_id, connection_id, endpoint, .. } => {
                self.on_connected(peer_id, connection_id, &endpoint, now);
            }
            SwarmEvent::ConnectionClosed { peer_id, connection_id, .. } => {
                self.on_disconnected(peer_id, connection_id, now);
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), error, .. } => {
                self.on_dial_failed(peer, &error, now);
            }
            SwarmEvent::IncomingConnectionError { error, send_back_addr, .. } => {
                if is_denied_by::<NotAllowed>(&error) {
                    count(&self.counters.strangers_refused);
                } else if is_denied_by::<TooMany>(&error) {
                    count(&self.counters.handshakes_refused);
                }
                debug!(from = %send_back_addr, %error, "connection refused");
            }
            SwarmEvent::ListenerError { error, .. } => warn!(%error, "listener"),
            SwarmEvent::ListenerClosed { reason, .. } => error!(?reason, "the listener closed"),
            _ => {}
        }
    }

    /// Brings the links in line with the newest list.
    pub(super) fn apply_allowed(&mut self) {
        let now = Instant::now();
        let local = *self.swarm.local_peer_id();
        let mut list = self.allowed.borrow_and_update().clone();
        list.retain(|peer| peer.peer_id != local);
        let addresses = list.iter().filter_map(|peer| peer.address.as_ref());
        self.swarm.behaviour_mut().doorway.set_members(addresses);

        let removed: Vec<PeerId> =
            self.links.keys().filter(|id| list.iter().all(|peer| peer.peer_id != **id)).copied().collect();
        for peer in removed {
            info!(%peer, "peer removed from the list");
            self.swarm.behaviour_mut().allowed.disallow_peer(peer);
            if let Some(mut link) = self.links.remove(&peer) {
                self.close_accounts(peer, &mut link);
            }
        }
        for peer in list {
            let id = peer.peer_id;
            if let Some(link) = self.links.get_mut(&id) {
                link.address = peer.address;
            } else {
                self.links.insert(id, Link::new(peer.address, now, local < id, &self.limits));
                self.swarm.behaviour_mut().allowed.allow_peer(id);
            }
        }
        self.attend_to_all();
    }

    /// Counts what a removed peer leaves behind. Its connections close under the swarm's hands, and
    /// their events find no link any more.
    fn close_accounts(&mut self, peer: PeerId, link: &mut Link) {
        add(&self.counters.relay_batches_dropped, as_u64(link.relay.clear()));
        if link.is_connected() {
            count(&self.counters.connections_closed);
            self.end_session(peer);
        }
    }

    /// The peer is gone.
    fn end_session(&mut self, peer: PeerId) {
        self.outlets.remove(&peer);
        self.presence.disconnected(&peer);
        self.emit(NetworkEvent::Disconnected { peer });
    }

    pub(super) fn dial_if_due(&mut self, peer: PeerId, now: Instant) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        let Some(address) = link.dial_now(now) else { return };
        link.redial.started();
        // From a new port: a call from the listening port could meet the peer's own call to it in one
        // TCP connection that has no listener.
        let call = DialOpts::peer_id(peer)
            .condition(PeerCondition::DisconnectedAndNotDialing)
            .addresses(vec![address])
            .allocate_new_port()
            .build();
        if let Err(error) = self.swarm.dial(call) {
            self.on_dial_failed(peer, &error, now);
        }
    }

    fn on_dial_failed(&mut self, peer: PeerId, error: &DialError, now: Instant) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        count(&self.counters.dials_failed);
        let failures = link.redial.failed(now);
        if failures == ABSENCE_SAID_AFTER && !link.is_connected() {
            warn!(%peer, address = ?link.address, %error, "peer out of reach; dialling goes on");
        } else {
            debug!(%peer, failures, %error, "dial failed");
        }
    }

    fn on_connected(&mut self, peer: PeerId, id: ConnectionId, endpoint: &ConnectedPoint, now: Instant) {
        // A peer may have been removed while its handshake ran; the list then closes the connection.
        let Some(link) = self.links.get_mut(&peer) else { return };
        let we_are_smaller = *self.swarm.local_peer_id() < peer;
        let dialer =
            if endpoint.is_dialer() == we_are_smaller { Dialer::SmallerId } else { Dialer::LargerId };
        let caller = if endpoint.is_dialer() { Caller::Us } else { Caller::Peer };
        let (presence, redundant) = link.connected(id, dialer, caller, now);
        if let Some(redundant) = redundant {
            self.swarm.close_connection(redundant);
        }
        if presence == Presence::Changed {
            self.sessions += 1;
            link.session = self.sessions;
            self.outlets.add(peer, &self.limits);
            self.presence.connected(peer, self.sessions);
            count(&self.counters.connections_opened);
            info!(%peer, address = %endpoint.get_remote_address(), "peer connected");
            self.emit(NetworkEvent::Connected { peer });
            self.attend_to(peer, now);
        }
    }

    fn on_disconnected(&mut self, peer: PeerId, id: ConnectionId, now: Instant) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        if link.disconnected(id, now) == Presence::Unchanged {
            return self.attend_to(peer, now);
        }
        let dropped = as_u64(link.relay.clear());
        link.relay_dropped += dropped;
        add(&self.counters.relay_batches_dropped, dropped);
        count(&self.counters.connections_closed);
        info!(%peer, "peer disconnected");
        self.end_session(peer);
    }

    /// libp2p only reports a silent peer; closing the connection starts the redial.
    fn on_ping(&mut self, event: &ping::Event) {
        if let Err(ping::Failure::Timeout | ping::Failure::Other { .. }) = event.result {
            debug!(peer = %event.peer, "peer silent, closing its connection");
            self.swarm.close_connection(event.connection);
        }
    }
}

fn is_denied_by<T: std::error::Error + Send + Sync + 'static>(error: &ListenError) -> bool {
    matches!(error, ListenError::Denied { cause } if cause.downcast_ref::<T>().is_some())
}

pub(super) fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}
