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
use crate::host::QuestionLane;
use crate::redial::Redial;
use crate::relay_credit::RelayCredit;
use crate::relay_queue::RelayQueue;
use crate::serving::Serving;
use crate::status::NodeStatus;
use crate::streams::StreamLane;

/// Wait after a status that did not arrive, by a peer of another ledger or version for example.
const STATUS_RETRY: Duration = Duration::from_secs(5);

/// Time from one stream of a lane to the next on a connection that stands, at least. One that has stood for longer is
/// followed at once: who is at the other end has begun anew, as a validator does that takes another key, and misses
/// what is said until it hears again.
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
    pub(crate) relay_credit: RelayCredit,
    pub(crate) status_budget: InboundBudget,
    pub(crate) sync_budget: InboundBudget,
    pub(crate) snapshot_budget: InboundBudget,
    pub(crate) openings_budget: InboundBudget,
    pub(crate) serving: Serving,
    pub(crate) streams_budget: InboundBudget,
    /// Of the lanes that stay open.
    pub(crate) frames_budgets: [SharedBudget; StreamLane::ALL.len()],
    pub(crate) status: StatusExchange,
    /// The streams on which this node sends.
    pub(crate) says: [Said; StreamLane::ALL.len()],
    /// The readers of the streams on which the peer sends.
    pub(crate) hears: [Option<AbortHandle>; StreamLane::ALL.len()],
    /// Answers to questions on their way to the peer, by their length.
    pub(crate) answers: HashMap<(QuestionLane, InboundRequestId), u64>,
    pub(crate) bytes_in: u64,
    pub(crate) bytes_out: u64,
    /// Another number each time that the peer connects anew.
    pub(crate) session: u64,
    set_aside_until: Option<Instant>,
    connections: Vec<Standing>,
    /// The one to use of several.
    kept: Option<ConnectionId>,
    /// One that the peer opened beside it, and has said nothing on yet.
    silent: Option<ConnectionId>,
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
    Open { on: ConnectionId, since: Instant },
}

/// Statuses heard from and told to the peer.
#[derive(Debug)]
pub(crate) struct StatusExchange {
    pub(crate) heard: Option<NodeStatus>,
    told: Option<NodeStatus>,
    under_way: Option<OutboundRequestId>,
    not_before: Instant,
}

/// Who called, as this node sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Caller {
    Us,
    Peer,
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
            relay_credit: RelayCredit::new(now, limits),
            status_budget: InboundBudget::new(now, limits.status_budget),
            sync_budget: InboundBudget::new(now, limits.sync_budget),
            snapshot_budget: InboundBudget::new(now, limits.snapshot_budget),
            openings_budget: InboundBudget::new(now, limits.openings_budget),
            serving: Serving::new(now, limits.serving),
            streams_budget: InboundBudget::new(now, STREAMS_BUDGET),
            frames_budgets: StreamLane::ALL
                .map(|lane| Arc::new(Mutex::new(InboundBudget::new(now, lane.limits(limits).budget)))),
            status: StatusExchange { heard: None, told: None, under_way: None, not_before: now },
            says: [Said::Closed { not_before: now }; StreamLane::ALL.len()],
            hears: [const { None }; StreamLane::ALL.len()],
            answers: HashMap::new(),
            bytes_in: 0,
            bytes_out: 0,
            session: 0,
            set_aside_until: None,
            connections: Vec::new(),
            kept: None,
            silent: None,
            connected_since: None,
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        !self.connections.is_empty()
    }

    /// Adds a connection, and names the one to close when the peer now has one too many.
    ///
    /// Who calls may look for somebody else at this address (this node under a former name, for one) and hang up. So
    /// a connection of the peer's takes the place of the one that stands [when it is used](Self::spoken_on).
    pub(crate) fn connected(
        &mut self,
        id: ConnectionId,
        dialer: Dialer,
        caller: Caller,
        now: Instant,
    ) -> (Presence, Option<ConnectionId>) {
        let new = Connection { id, dialer, since: now };
        let old = self.connections.iter().map(|standing| standing.connection);
        let old = old.into_iter().find(|old| Some(old.id) == self.kept);
        self.connections.push(Standing { connection: new, ended: CancellationToken::new() });
        self.redial.connected();
        let Some(old) = old else {
            self.kept = Some(id);
            self.connected_since = Some(SystemTime::now());
            self.status.told = None;
            self.status.under_way = None;
            self.status.not_before = now;
            self.says = [Said::Closed { not_before: now }; StreamLane::ALL.len()];
            return (Presence::Changed, None);
        };
        let redundant = duplicate::redundant(&old, &new);
        if redundant == old.id && caller == Caller::Peer {
            return (Presence::Unchanged, self.silent.replace(id));
        }
        if redundant == old.id {
            self.kept = Some(id);
        }
        (Presence::Unchanged, Some(redundant))
    }

    /// The peer has opened a stream on this connection. Names the one whose place it takes.
    pub(crate) fn spoken_on(&mut self, id: ConnectionId) -> Option<ConnectionId> {
        self.silent.take_if(|silent| *silent == id).and_then(|id| self.kept.replace(id))
    }

    pub(crate) fn disconnected(&mut self, id: ConnectionId, now: Instant) -> Presence {
        let Some(at) = self.connections.iter().position(|standing| standing.connection.id == id) else {
            return Presence::Unchanged;
        };
        let since = self.connections.remove(at).connection.since;
        if self.kept == Some(id) {
            self.kept = self.connections.last().map(|standing| standing.connection.id);
        }
        self.silent.take_if(|silent| *silent == id || self.kept == Some(*silent));
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
        self.answers.clear();
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
        let not_before = match *says {
            // It went with its connection, of which there was another.
            Said::Open { on, .. } if Some(on) != self.kept => now,
            Said::Open { since, .. } => now.max(since + REOPEN_DELAY),
            _ => now + REOPEN_DELAY,
        };
        *says = Said::Closed { not_before };
    }

    /// Bytes of answers to questions on their way to the peer.
    pub(crate) fn answers_bytes(&self) -> u64 {
        self.answers.values().sum()
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

#[cfg(test)]
mod tests {
    use super::*;

    fn numbered<const N: usize>() -> [ConnectionId; N] {
        std::array::from_fn(ConnectionId::new_unchecked)
    }

    /// A link with a connection that this node, of the larger id, has opened.
    fn connected(first: ConnectionId, now: Instant) -> Link {
        let mut link = Link::new(None, now, true, &Limits::default());
        assert_eq!(link.connected(first, Dialer::LargerId, Caller::Us, now), (Presence::Changed, None));
        link
    }

    #[test]
    fn a_call_of_the_peer_that_is_hung_up_leaves_the_connection_that_stands() {
        let ([first, second], now) = (numbered(), Instant::now());
        let mut link = connected(first, now);
        let called = link.connected(second, Dialer::SmallerId, Caller::Peer, now);
        assert_eq!((called, link.connection()), ((Presence::Unchanged, None), Some(first)));
        assert_eq!(link.disconnected(second, now), Presence::Unchanged);
        assert_eq!((link.connection(), link.spoken_on(second)), (Some(first), None));
    }

    #[test]
    fn a_call_of_the_peer_takes_the_place_of_the_connection_that_stands_when_it_is_used() {
        let ([first, second, third], now) = (numbered(), Instant::now());
        let mut link = connected(first, now);
        link.connected(second, Dialer::SmallerId, Caller::Peer, now);
        let next = link.connected(third, Dialer::SmallerId, Caller::Peer, now);
        assert_eq!(next, (Presence::Unchanged, Some(second)), "one waits at a time");
        assert_eq!((link.spoken_on(second), link.spoken_on(third)), (None, Some(first)));
        assert_eq!((link.connection(), link.spoken_on(third)), (Some(third), None));
        // One whose peer goes before it is used is used when nothing else stands.
        link.connected(first, Dialer::SmallerId, Caller::Peer, now);
        assert_eq!(link.disconnected(third, now), Presence::Unchanged);
        assert_eq!((link.connection(), link.spoken_on(first)), (Some(first), None));
    }

    /// How long after its end the stream of a lane is opened again that has stood for so long.
    fn reopened_after(stood: Duration) -> Duration {
        let ([first], opened) = (numbered(), Instant::now());
        let mut link = connected(first, opened);
        link.says[0] = Said::Open { on: first, since: opened };
        link.said(StreamLane::ALL[0], opened + stood);
        let Said::Closed { not_before } = link.says[0] else { panic!("it has ended") };
        not_before - (opened + stood)
    }

    #[test]
    fn a_stream_that_has_stood_is_followed_at_once_and_one_that_has_not_after_a_while() {
        assert_eq!(reopened_after(REOPEN_DELAY), Duration::ZERO);
        assert_eq!(reopened_after(Duration::from_secs(3_600)), Duration::ZERO);
        assert_eq!(reopened_after(Duration::ZERO), REOPEN_DELAY);
    }
}
