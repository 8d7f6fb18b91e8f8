//! What the host knows about one allowed peer.

use std::time::{Duration, Instant, SystemTime};

use libp2p::request_response::OutboundRequestId;
use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};

use crate::budget::InboundBudget;
use crate::duplicate::{self, Connection, Dialer};
use crate::handle::PeerSnapshot;
use crate::redial::Redial;
use crate::relay_queue::RelayQueue;
use crate::status::NodeStatus;

/// Wait after a status that did not arrive, by a peer of another ledger or version for example.
const STATUS_RETRY: Duration = Duration::from_secs(5);

/// One allowed peer.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) address: Option<Multiaddr>,
    pub(crate) redial: Redial,
    pub(crate) relay: RelayQueue<OutboundRequestId>,
    pub(crate) relay_dropped: u64,
    pub(crate) budget: InboundBudget,
    pub(crate) status: StatusExchange,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    set_aside_until: Option<Instant>,
    connections: Vec<Connection>,
    connected_since: Option<SystemTime>,
}

/// Statuses heard from and told to the peer.
#[derive(Debug)]
pub(crate) struct StatusExchange {
    pub(crate) heard: Option<NodeStatus>,
    told: Option<NodeStatus>,
    under_way: Option<OutboundRequestId>,
    not_before: Instant,
}

/// A first connection came, or the last one went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Presence {
    Changed,
    Unchanged,
}

impl Link {
    pub(crate) fn new(address: Option<Multiaddr>, now: Instant, we_call_first: bool) -> Self {
        Self {
            address,
            redial: Redial::new(now, we_call_first),
            relay: RelayQueue::default(),
            relay_dropped: 0,
            budget: InboundBudget::new(now),
            status: StatusExchange { heard: None, told: None, under_way: None, not_before: now },
            bytes_in: 0,
            bytes_out: 0,
            set_aside_until: None,
            connections: Vec::new(),
            connected_since: None,
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        !self.connections.is_empty()
    }

    /// Adds a connection, and names the one to close when the peer now has two.
    pub(crate) fn connected(
        &mut self,
        id: ConnectionId,
        dialer: Dialer,
        now: Instant,
    ) -> (Presence, Option<ConnectionId>) {
        let new = Connection { id, dialer, since: now };
        let redundant = self.connections.last().map(|old| duplicate::redundant(old, &new));
        self.connections.push(new);
        self.redial.connected();
        if self.connections.len() > 1 {
            return (Presence::Unchanged, redundant);
        }
        self.connected_since = Some(SystemTime::now());
        self.status.told = None;
        self.status.under_way = None;
        self.status.not_before = now;
        (Presence::Changed, redundant)
    }

    pub(crate) fn disconnected(&mut self, id: ConnectionId, now: Instant) -> Presence {
        let Some(at) = self.connections.iter().position(|connection| connection.id == id) else {
            return Presence::Unchanged;
        };
        let closed = self.connections.remove(at);
        if self.is_connected() {
            return Presence::Unchanged;
        }
        self.connected_since = None;
        self.redial.lost(now, now.duration_since(closed.since));
        Presence::Changed
    }

    pub(crate) fn set_aside(&mut self, until: Instant) {
        self.set_aside_until = Some(until);
    }

    pub(crate) fn is_set_aside(&self) -> bool {
        self.set_aside_until.is_some()
    }

    /// Whether the time of a peer set aside is over; true once.
    pub(crate) fn readmitted(&mut self, now: Instant) -> bool {
        let over = self.set_aside_until.is_some_and(|until| until <= now);
        if over {
            self.set_aside_until = None;
        }
        over
    }

    /// Whether and where to dial now.
    pub(crate) fn dial_now(&self, now: Instant) -> Option<Multiaddr> {
        self.dial_at().filter(|at| *at <= now).and(self.address.clone())
    }

    fn dial_at(&self) -> Option<Instant> {
        if self.is_set_aside() || self.address.is_none() {
            return None;
        }
        self.redial.due_at()
    }

    /// When something falls due for this peer if nothing happens before.
    pub(crate) fn next_deadline(&self, status: Option<&NodeStatus>) -> Option<Instant> {
        if !self.is_connected() {
            return self.set_aside_until.or_else(|| self.dial_at());
        }
        let status_at = self.status.tell_at(status);
        [self.set_aside_until, self.relay.resume_at(), status_at].into_iter().flatten().min()
    }

    pub(crate) fn snapshot(&self, peer_id: PeerId) -> PeerSnapshot {
        PeerSnapshot {
            peer_id,
            address: self.address.clone(),
            connected_since: self.connected_since,
            set_aside: self.is_set_aside(),
            bytes_in: self.bytes_in,
            bytes_out: self.bytes_out,
            relay_waiting: self.relay.waiting(),
            relay_dropped: self.relay_dropped,
            status: self.status.heard,
        }
    }
}

impl StatusExchange {
    /// When to tell the peer `status`, if it does not know it and no other is under way.
    pub(crate) fn tell_at(&self, status: Option<&NodeStatus>) -> Option<Instant> {
        let news = status.is_some() && status != self.told.as_ref();
        (news && self.under_way.is_none()).then_some(self.not_before)
    }

    pub(crate) fn telling(
        &mut self,
        id: OutboundRequestId,
        status: NodeStatus,
        now: Instant,
        interval: Duration,
    ) {
        self.told = Some(status);
        self.under_way = Some(id);
        self.not_before = now + interval;
    }

    /// A status was answered.
    pub(crate) fn answered(&mut self, id: OutboundRequestId) {
        if self.under_way == Some(id) {
            self.under_way = None;
        }
    }

    /// A status did not arrive: the peer is told again after a while.
    pub(crate) fn failed(&mut self, id: OutboundRequestId, now: Instant) {
        if self.under_way == Some(id) {
            self.under_way = None;
            self.told = None;
            self.not_before = now + STATUS_RETRY;
        }
    }
}
