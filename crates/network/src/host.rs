//! The host: one task that owns the swarm and everything the host knows.
//!
//! It waits for the swarm, for its handles, for the node's answers to relay batches and for the next
//! deadline of any peer; with all peers connected and nothing to send there is no deadline and it sleeps.

mod connections;
mod inbound;
mod ledger;
mod outbound;
mod questions;
mod streams;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bulla_types::LedgerId;
use bytes::Bytes;
use futures::StreamExt;
use futures::future::BoxFuture;
use futures::stream::FuturesUnordered;
use libp2p::request_response::ResponseChannel;
use libp2p::{PeerId, Swarm};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::time::sleep_until;

use crate::address::PeerAddress;
use crate::asked::Asked;
use crate::behaviour::Behaviour;
use crate::config::{HostConfig, Limits};
use crate::counters::{Counters, count};
use crate::error::HostError;
use crate::event::{NetworkEvent, RelayVerdict};
use crate::handle::{COMMANDS_MAX, Command, HostHandle};
use crate::link::Link;
use crate::listen::listen;
use crate::misconduct::Misconduct;
use crate::readers::Readers;
use crate::status::NodeStatus;
use crate::streams::{self as lane_streams, AttendanceWatch, Lanes, Outlets, PresenceBoard, Pumps};

use questions::PeerQuestion;
pub(crate) use questions::QuestionLane;

/// The members' network as one node sees it.
pub struct Host {
    ledger_id: LedgerId,
    swarm: Swarm<Behaviour>,
    links: BTreeMap<PeerId, Link>,
    limits: Limits,
    commands: mpsc::Receiver<Command>,
    allowed: watch::Receiver<Vec<PeerAddress>>,
    status: watch::Receiver<Option<NodeStatus>>,
    events: mpsc::Sender<NetworkEvent>,
    /// Relay batches and questions that the node has not answered yet; the lanes' streams bound them.
    answers: FuturesUnordered<BoxFuture<'static, PendingAnswer>>,
    /// Where frames wait for their writers.
    outlets: Arc<Outlets>,
    /// To whom openings go unasked.
    readers: Arc<Readers>,
    presence: PresenceBoard,
    /// Where frames and requests go that are for agreement.
    attendance: AttendanceWatch,
    /// Writers and readers of all streams that stay open: two for each lane and connected peer.
    pumps: Pumps,
    asked: Asked,
    /// Number of the last session.
    sessions: u64,
    /// Number of the last stream that stays open.
    streams: u64,
    counters: Arc<Counters>,
}

/// A request that the node has dealt with.
enum PendingAnswer {
    Relay {
        peer: PeerId,
        channel: ResponseChannel<Bytes>,
        verdict: RelayVerdict,
    },
    /// It is the turn of a question.
    Turn(PeerQuestion),
    /// A question has been dealt with.
    Answered {
        question: PeerQuestion,
        /// None when there is no answer.
        answer: Option<Bytes>,
    },
    /// The peer waits no longer.
    GivenUp,
}

impl Host {
    /// Takes the port and starts the host's task on the current tokio runtime. The lanes of agreement wait
    /// until somebody attends to them.
    ///
    /// # Errors
    /// [`HostError`] when the address cannot be listened on.
    pub async fn spawn(
        config: HostConfig,
    ) -> Result<(HostHandle, mpsc::Receiver<NetworkEvent>, Lanes), HostError> {
        let (swarm, listen_addresses) = listen(&config).await?;
        let (commands_in, commands) = mpsc::channel(COMMANDS_MAX);
        let (allowed_in, mut allowed) = watch::channel(config.peers);
        let (status_in, status) = watch::channel(None);
        let (events, events_out) = mpsc::channel(config.limits.events_max);
        let counters = Arc::new(Counters::default());
        let (outlets, presence) = (Arc::new(Outlets::default()), PresenceBoard::new());
        let readers = Arc::new(Readers::default());
        let handle = HostHandle {
            peer_id: *swarm.local_peer_id(),
            listen_addresses,
            limits: Arc::new(config.limits),
            outlets: Arc::clone(&outlets),
            readers: Arc::clone(&readers),
            commands: commands_in,
            allowed: allowed_in,
            status: status_in,
            counters: Arc::clone(&counters),
        };
        let (attendance, lanes) = lane_streams::lanes(handle.clone(), presence.subscribe(), &config.limits);
        // The first list is news too.
        allowed.mark_changed();
        let host = Self {
            ledger_id: config.ledger_id,
            swarm,
            links: BTreeMap::new(),
            limits: config.limits,
            commands,
            allowed,
            status,
            events,
            answers: FuturesUnordered::new(),
            outlets,
            readers,
            presence,
            attendance,
            pumps: Pumps::new(),
            asked: Asked::default(),
            sessions: 0,
            streams: 0,
            counters,
        };
        tokio::spawn(host.run());
        Ok((handle, events_out, lanes))
    }

    async fn run(mut self) {
        let shutdown = self.serve().await;
        drop(self);
        if let Some(done) = shutdown {
            // Whoever asked may have stopped waiting.
            let _ = done.send(());
        }
    }

    /// Serves until it is told to shut down, or every handle is gone.
    async fn serve(&mut self) -> Option<oneshot::Sender<()>> {
        loop {
            let deadline = self.next_deadline();
            let due = sleep_until(deadline.unwrap_or_else(Instant::now).into());
            tokio::select! {
                event = self.swarm.select_next_some() => self.on_swarm_event(event),
                command = self.commands.recv() => match command {
                    Some(Command::Relay(batch)) => self.relay(&batch),
                    Some(Command::Peers(reply)) => {
                        // Whoever asked may have stopped waiting.
                        let _ = reply.send(self.links.iter().map(|(id, link)| link.snapshot(*id)).collect());
                    }
                    Some(Command::Question { lane, peer, question, answer_to }) => {
                        self.question(lane, peer, question, answer_to);
                    }
                    Some(Command::Misconduct { peer, what }) => {
                        self.set_aside(peer, &Misconduct::Sent(what), Instant::now());
                    }
                    Some(Command::Shutdown(done)) => return Some(done),
                    None => return None,
                },
                Ok(()) = self.allowed.changed() => self.apply_allowed(),
                Ok(()) = self.status.changed() => self.attend_to_all(),
                Some(answered) = self.answers.next() => self.answer(answered, Instant::now()),
                Some(ended) = self.pumps.join_next() => self.on_pump_ended(ended, Instant::now()),
                () = due, if deadline.is_some() => self.attend_to_all(),
            }
        }
    }

    fn next_deadline(&self) -> Option<Instant> {
        let status = self.status.borrow();
        self.links.values().filter_map(|link| link.next_deadline(status.as_ref())).min()
    }

    /// Does whatever is due for each peer.
    fn attend_to_all(&mut self) {
        let now = Instant::now();
        let peers: Vec<PeerId> = self.links.keys().copied().collect();
        for peer in peers {
            self.attend_to(peer, now);
        }
    }

    /// Does whatever is due for one peer: readmits, dials, or sends what waits.
    fn attend_to(&mut self, peer: PeerId, now: Instant) {
        let Some(link) = self.links.get_mut(&peer) else { return };
        if link.readmitted(now) {
            self.swarm.behaviour_mut().allowed.allow_peer(peer);
        }
        if link.is_connected() {
            self.open_lanes(peer, now);
            self.send_waiting(peer, now);
        } else {
            self.dial_if_due(peer, now);
        }
    }

    /// Hands an event to the node, or gives it back when the node is behind.
    fn emit(&self, event: NetworkEvent) -> Option<NetworkEvent> {
        match self.events.try_send(event) {
            Ok(()) => None,
            Err(mpsc::error::TrySendError::Full(event) | mpsc::error::TrySendError::Closed(event)) => {
                count(&self.counters.events_lost);
                Some(event)
            }
        }
    }
}

impl std::fmt::Debug for Host {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Host").field("links", &self.links).finish_non_exhaustive()
    }
}
