//! What the host knows about one allowed peer.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant, SystemTime};

use libp2p::request_response::{InboundRequestId, OutboundRequestId};
use libp2p::swarm::ConnectionId;
use libp2p::{Multiaddr, PeerId};
use tokio::task::AbortHandle;
use tokio_util::sync::CancellationToken;

use crate::budget::{InboundBudget, SharedBudget};
use crate::config::{Budget, Limits};
use crate::duplicate::{self, Connection, Dialer};
use crate::handle::PeerSnapshot;
use crate::redial::Redial;
use crate::relay_queue::RelayQueue;
use crate::status::NodeStatus;
use crate::streams::StreamLane;

/// Wait after a status that did not arrive, by a peer of another ledger or version for example.
const STATUS_RETRY: Duration = Duration::from_secs(5);

/// Wait before a lane whose stream ended is opened again on a connection that stands.
const REOPEN_DELAY: Duration = Duration::from_millis(500);

/// Streams of lanes that stay open a peer may open in a second. One each is enough.
const STREAMS_BUDGET: Budget = Budget { frames_per_second_max: 32, bytes_per_second_max: 0 };

/// One allowed peer.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) address: Option<Multiaddr>,
    pub(crate) redial: Redial,
    pub(crate) relay: RelayQueue<OutboundRequestId>,
    pub(crate) relay_dropped: u64,
    pub(crate) relay_budget: InboundBudget,
    pub(crate) status_budget: InboundBudget,
    pub(crate) sync_budget: InboundBudget,
    pub(crate) streams_budget: InboundBudget,
    /// Of the lanes that stay open.
    pub(crate) frames_budgets: [SharedBudget; StreamLane::ALL.len()],
    pub(crate) status: StatusExchange,
    /// The streams on which this node sends.
    pub(crate) says: [Said; StreamLane::ALL.len()],
    /// The readers of the streams on which the peer sends.
    pub(crate) hears: [Option<AbortHandle>; StreamLane::ALL.len()],
    /// Answers with blocks on their way to the peer, by their length.
    pub(crate) sync_answers: HashMap<InboundRequestId, u64>,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    /// Another number each time that the peer connects anew.
    pub(crate) session: u64,
    set_aside_until: Option<Instant>,
    connections: Vec<Standing>,
    /// The one to use of several.
    kept: Option<ConnectionId>,
    connected_since: Option<SystemTime>,
}

/// A connection, and the end of it.
#[derive(Debug)]
struct Standing {
    connection: Connection,
    ended: CancellationToken,
}

impl Drop for Standing {
    fn drop(&mut self) {
        self.ended.cancel();
    }
}

/// The stream of a lane on which this node sends.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Said {
    /// To be opened, not before this moment.
    Closed { not_before: Instant },
    /// Asked for on this connection.
    Opening { on: ConnectionId },
    /// Has its writer.
    Open { on: ConnectionId },
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
    pub(crate) fn new(
        address: Option<Multiaddr>,
        now: Instant,
        we_call_first: bool,
        limits: &Limits,
    ) -> Self {
        Self {
            address,
            redial: Redial::new(now, we_call_first),
            relay: RelayQueue::default(),
            relay_dropped: 0,
            relay_budget: InboundBudget::new(now, limits.relay_budget),
            status_budget: InboundBudget::new(now, limits.status_budget),
            sync_budget: InboundBudget::new(now, limits.sync_budget),
            streams_budget: InboundBudget::new(now, STREAMS_BUDGET),
            frames_budgets: StreamLane::ALL
                .map(|lane| Arc::new(Mutex::new(InboundBudget::new(now, lane.limits(limits).budget)))),
            status: StatusExchange { heard: None, told: None, under_way: None, not_before: now },
            says: [Said::Closed { not_before: now }; StreamLane::ALL.len()],
            hears: [const { None }; StreamLane::ALL.len()],
            sync_answers: HashMap::new(),
            bytes_in: 0,
            bytes_out: 0,
            session: 0,
            set_aside_until: None,
            connections: Vec::new(),
            kept: None,
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
        let redundant = self.connections.last().map(|old| duplicate::redundant(&old.connection, &new));
        self.connections.push(Standing { connection: new, ended: CancellationToken::new() });
        self.kept = self
            .connections
            .iter()
            .rev()
            .map(|standing| standing.connection.id)
            .find(|id| Some(*id) != redundant);
        self.redial.connected();
        if self.connections.len() > 1 {
            return (Presence::Unchanged, redundant);
        }
        self.connected_since = Some(SystemTime::now());
        self.status.told = None;
        self.status.under_way = None;
        self.status.not_before = now;
        self.says = [Said::Closed { not_before: now }; StreamLane::ALL.len()];
        (Presence::Changed, redundant)
    }

    pub(crate) fn disconnected(&mut self, id: ConnectionId, now: Instant) -> Presence {
        let Some(at) = self.connections.iter().position(|standing| standing.connection.id == id) else {
            return Presence::Unchanged;
        };
        let since = self.connections.remove(at).connection.since;
        if self.kept == Some(id) {
            self.kept = self.connections.last().map(|standing| standing.connection.id);
        }
        for says in &mut self.says {
            // A stream that is asked for on a closed connection is not heard of again; the writer of one that
            // is open says when it ends.
            if *says == (Said::Opening { on: id }) {
                *says = Said::Closed { not_before: now };
            }
        }
        if self.is_connected() {
            return Presence::Unchanged;
        }
        self.sync_answers.clear();
        self.connected_since = None;
        self.redial.lost(now, now.duration_since(since));
        Presence::Changed
    }

    /// Fires when a connection ends. None when it has.
    pub(crate) fn end_of(&self, id: ConnectionId) -> Option<CancellationToken> {
        let standing = self.connections.iter().find(|standing| standing.connection.id == id)?;
        Some(standing.ended.clone())
    }

    /// The connection to use.
    pub(crate) fn connection(&self) -> Option<ConnectionId> {
        self.kept
    }

    /// The stream of a lane on which this node sent has ended.
    pub(crate) fn said(&mut self, lane: StreamLane, now: Instant) {
        let says = &mut self.says[lane.index()];
        let delay = match *says {
            // It went with its connection, of which there was another.
            Said::Open { on } if Some(on) != self.kept => Duration::ZERO,
            _ => REOPEN_DELAY,
        };
        *says = Said::Closed { not_before: now + delay };
    }

    /// Bytes of answers with blocks on their way to the peer.
    pub(crate) fn sync_bytes(&self) -> u64 {
        self.sync_answers.values().sum()
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
        let says = self.says.iter().filter_map(|says| match says {
            Said::Closed { not_before } if !self.is_set_aside() => Some(*not_before),
            _ => None,
        });
        [self.set_aside_until, self.relay.resume_at(), status_at].into_iter().flatten().chain(says).min()
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
