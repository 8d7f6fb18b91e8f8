//! What comes from peers, on its way to the engine.
//!
//! One task owns all of it: who hears, who of the engine listens, which requests are under way. It never
//! waits, and takes votes before parts.

use std::collections::{BTreeMap, HashMap};

use bulla_network::{
    HostHandle, InboundFrame, Inbox, PeerPresence, StreamLane, StreamNumber, SyncFailure, SyncReply,
    SyncRequest,
};
use bytes::Bytes;
use malachitebft_app::consensus::{LivenessMsg, SignedConsensusMsg};
use malachitebft_app::engine::network::{NetworkEvent, Status, Subscriber};
use malachitebft_app::types::PeerId;
use malachitebft_core_types::ValidatorProof;
use malachitebft_network::Channel;
use malachitebft_sync::{InboundRequestId, OutboundFailureReason, OutboundRequestId};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::{AbortHandle, JoinError, JoinSet};

use super::ears::Ears;
use super::frame::{VotesFrame, read};
use crate::codec::{CodecError, decode};
use crate::context::Bulla;

/// Who must have subscribed before frames are taken: the watch over peers and the engine's consensus. To what
/// its sync misses before it subscribes, peers come back by themselves.
const LISTENERS: usize = 2;

/// An identity as the transport has it.
type TransportId = bulla_network::PeerId;

/// What the engine wants of it.
pub(super) enum Order {
    Subscribe(Box<dyn Subscriber<NetworkEvent<Bulla>>>),
    Ask { id: OutboundRequestId, peer: PeerId, request: Bytes },
    StopAsking(OutboundRequestId),
    Answer(InboundRequestId, Bytes),
    LeaveUnanswered(InboundRequestId),
}

/// See the [module](self).
pub(super) struct Arrivals {
    host: HostHandle,
    inbox: Inbox,
    proof: watch::Receiver<Option<Bytes>>,
    orders: mpsc::UnboundedReceiver<Order>,
    subscribers: Vec<Box<dyn Subscriber<NetworkEvent<Bulla>>>>,
    peers: BTreeMap<TransportId, Peer>,
    asking: HashMap<OutboundRequestId, AbortHandle>,
    serving: HashMap<InboundRequestId, oneshot::Sender<Bytes>>,
    requests: JoinSet<RequestEnd>,
    served: u64,
    ears: Ears,
}

/// A connected peer.
struct Peer {
    id: PeerId,
    presence: PeerPresence,
    /// Whether it has said which validator it is. Once is enough.
    proved: bool,
}

/// What became of a request.
enum RequestEnd {
    Answered(OutboundRequestId, PeerId, Result<Bytes, SyncFailure>),
    Served,
    /// The peer waits no longer.
    GivenUp(InboundRequestId, PeerId),
}

impl Arrivals {
    pub(super) fn new(
        host: HostHandle,
        inbox: Inbox,
        proof: watch::Receiver<Option<Bytes>>,
        orders: mpsc::UnboundedReceiver<Order>,
        ears: Ears,
    ) -> Self {
        Self {
            host,
            inbox,
            proof,
            orders,
            subscribers: Vec::new(),
            peers: BTreeMap::new(),
            asking: HashMap::new(),
            serving: HashMap::new(),
            requests: JoinSet::new(),
            served: 0,
            ears,
        }
    }

    /// Runs until the host or the actor has stopped.
    pub(super) async fn run(mut self) {
        loop {
            // What comes before somebody listens waits where it is.
            let heard = self.subscribers.len() >= LISTENERS;
            tokio::select! {
                biased;
                order = self.orders.recv() => match order {
                    Some(order) => self.follow(order),
                    None => return,
                },
                // Before the frames of a peer: it has been noted as connected before its first.
                changed = self.inbox.presence.changed() => match changed {
                    Ok(()) => self.look_who_is_there(),
                    Err(_) => return,
                },
                Ok(()) = self.proof.changed() => self.introduce_to_all(),
                Some(frame) = self.inbox.votes.recv(), if heard => self.vote(frame),
                Some(ended) = self.requests.join_next() => self.request_ended(ended),
                Some(request) = self.inbox.sync.recv(), if heard => self.serve(request),
                Some(frame) = self.inbox.parts.recv(), if heard => self.part(frame),
            }
        }
    }

    fn follow(&mut self, order: Order) {
        match order {
            Order::Subscribe(subscriber) => self.subscribe(subscriber),
            Order::Ask { id, peer, request } => self.ask(id, peer, request),
            Order::StopAsking(id) => {
                if let Some(asking) = self.asking.remove(&id) {
                    asking.abort();
                }
            }
            Order::Answer(id, answer) => {
                if let Some(answer_to) = self.serving.remove(&id) {
                    // The peer may have stopped waiting.
                    let _ = answer_to.send(answer);
                }
            }
            // Dropping it tells the peer.
            Order::LeaveUnanswered(id) => _ = self.serving.remove(&id),
        }
    }

    fn subscribe(&mut self, subscriber: Box<dyn Subscriber<NetworkEvent<Bulla>>>) {
        for address in self.host.listen_addresses() {
            subscriber.send(NetworkEvent::Listening(address.clone()));
        }
        for peer in self.peers.values() {
            subscriber.send(NetworkEvent::PeerConnected(peer.id));
            for channel in channels_of(&peer.presence) {
                subscriber.send(NetworkEvent::PeerSubscribed(peer.id, channel));
            }
        }
        self.subscribers.push(subscriber);
    }

    fn tell(&self, event: NetworkEvent<Bulla>) {
        if self.ears.are_closed() {
            return;
        }
        if let Some((last, others)) = self.subscribers.split_last() {
            others.iter().for_each(|subscriber| subscriber.send(event.clone()));
            last.send(event);
        }
    }

    /// Tells what has changed since the last look.
    fn look_who_is_there(&mut self) {
        let present = self.inbox.presence.borrow_and_update().clone();
        let gone: Vec<TransportId> = self
            .peers
            .iter()
            .filter(|(id, peer)| !present.get(*id).is_some_and(|now| goes_on(&peer.presence, now)))
            .map(|(id, _)| *id)
            .collect();
        for peer in gone.iter().filter_map(|id| self.peers.remove(id)).collect::<Vec<_>>() {
            self.tell(NetworkEvent::PeerDisconnected(peer.id));
        }
        for (id, now) in present {
            self.note(id, now);
        }
    }

    fn note(&mut self, transport_id: TransportId, now: PeerPresence) {
        let before = self.peers.get(&transport_id).map(|peer| peer.presence);
        if before == Some(now) {
            return;
        }
        let Ok(id) = PeerId::from_bytes(&transport_id.to_bytes()) else { return };
        let heard_before: Vec<Channel> = before.iter().flat_map(channels_of).collect();
        if before.is_none() {
            self.tell(NetworkEvent::PeerConnected(id));
        }
        let proved = self.peers.get(&transport_id).is_some_and(|peer| peer.proved);
        self.peers.insert(transport_id, Peer { id, presence: now, proved });
        // Again when the peer is told anew that it is heard: before, it may have forgotten who this node is.
        let known = |presence: PeerPresence| (presence.hears_votes, presence.heard);
        if now.hears_votes.is_some() && before.map(known) != Some(known(now)) {
            self.introduce_to(&transport_id);
        }
        for channel in channels_of(&now).filter(|channel| !heard_before.contains(channel)) {
            self.tell(NetworkEvent::PeerSubscribed(id, channel));
        }
    }

    /// Tells the peers that hear already; those that come to hear are told then.
    fn introduce_to_all(&self) {
        let hearing = self.peers.iter().filter(|(_, peer)| peer.presence.hears_votes.is_some());
        hearing.for_each(|(id, _)| self.introduce_to(id));
    }

    /// Tells a peer which validator this node is.
    fn introduce_to(&self, peer: &TransportId) {
        let Some(proof) = &*self.proof.borrow() else { return };
        if let Err(error) = self.host.push_to(peer, StreamLane::Votes, 0, proof.clone()) {
            tracing::error!(%error, "the proof of which validator this node is was not sent");
        }
    }

    fn vote(&mut self, InboundFrame { peer: transport_id, frame }: InboundFrame) {
        let Some(peer) = self.peers.get_mut(&transport_id) else { return };
        let from = peer.id;
        let event = match read(frame) {
            Ok(VotesFrame::Consensus(SignedConsensusMsg::Vote(vote))) => NetworkEvent::Vote(from, vote),
            Ok(VotesFrame::Consensus(SignedConsensusMsg::Proposal(proposal))) => {
                NetworkEvent::Proposal(from, proposal)
            }
            Ok(VotesFrame::Liveness(LivenessMsg::Vote(vote))) => NetworkEvent::Vote(from, vote),
            Ok(VotesFrame::Liveness(LivenessMsg::PolkaCertificate(certificate))) => {
                NetworkEvent::PolkaCertificate(from, certificate)
            }
            Ok(VotesFrame::Liveness(LivenessMsg::SkipRoundCertificate(certificate))) => {
                NetworkEvent::RoundCertificate(from, certificate)
            }
            Ok(VotesFrame::Status(status)) if status.peer_id == from => {
                NetworkEvent::Status(from, Status::new(status.tip_height, status.history_min_height))
            }
            Ok(VotesFrame::Proof(proof)) if is_of(&proof, from) => {
                if std::mem::replace(&mut peer.proved, true) {
                    return;
                }
                NetworkEvent::ValidatorProofReceived { peer_id: from, proof }
            }
            Ok(VotesFrame::Status(_) | VotesFrame::Proof(_)) => {
                return self.host.misconduct(transport_id, "it speaks in the name of another node");
            }
            Err(error) => return self.refuse(transport_id, "a frame of the votes lane", &error),
        };
        self.tell(event);
    }

    fn part(&mut self, InboundFrame { peer: transport_id, frame }: InboundFrame) {
        let Some(from) = self.peers.get(&transport_id).map(|peer| peer.id) else { return };
        match decode(frame) {
            // Parts are not passed on: who delivers one has published it.
            Ok(part) => self.tell(NetworkEvent::ProposalPart(from, None, part)),
            Err(error) => self.refuse(transport_id, "a part", &error),
        }
    }

    fn refuse(&self, peer: TransportId, what: &str, error: &CodecError) {
        self.host.misconduct(peer, format!("{what} that cannot be read: {error}"));
    }

    fn ask(&mut self, id: OutboundRequestId, peer: PeerId, request: Bytes) {
        let host = self.host.clone();
        let asked = id.clone();
        let asking = self.requests.spawn(async move {
            let answered = match TransportId::from_bytes(&peer.to_bytes()) {
                Ok(transport_id) => host.ask(transport_id, request).await,
                Err(_) => Err(SyncFailure::NotConnected),
            };
            RequestEnd::Answered(asked, peer, answered)
        });
        self.asking.insert(id, asking);
    }

    fn serve(&mut self, SyncRequest { peer: transport_id, request, reply }: SyncRequest) {
        let Some(from) = self.peers.get(&transport_id).map(|peer| peer.id) else { return };
        let request = match decode(request) {
            Ok(request) => request,
            Err(error) => return self.refuse(transport_id, "a request for blocks", &error),
        };
        self.served += 1;
        let id = InboundRequestId::new(self.served);
        let (answer_to, answer) = oneshot::channel();
        self.serving.insert(id.clone(), answer_to);
        self.requests.spawn(answer_when_ready(id.clone(), from, answer, reply));
        self.tell(NetworkEvent::SyncRequest(id, from, request));
    }

    fn request_ended(&mut self, ended: Result<RequestEnd, JoinError>) {
        match ended {
            Ok(RequestEnd::Answered(id, peer, answered)) => {
                self.asking.remove(&id);
                self.tell(match answered {
                    Ok(answer) => NetworkEvent::SyncResponse(id, peer, self.read_answer(peer, answer)),
                    Err(failure) => NetworkEvent::SyncRequestFailed(id, peer, reason(failure)),
                });
            }
            Ok(RequestEnd::Served) => {}
            Ok(RequestEnd::GivenUp(id, peer)) => {
                self.serving.remove(&id);
                self.tell(NetworkEvent::SyncInboundRequestFailed(id, peer));
            }
            Err(ended) if ended.is_cancelled() => {}
            Err(panic) => tracing::error!(%panic, "a request for blocks panicked"),
        }
    }

    /// The engine knows what it means that an answer cannot be read; the host sets its sender aside.
    fn read_answer(&self, peer: PeerId, answer: Bytes) -> Option<malachitebft_sync::Response<Bulla>> {
        decode(answer)
            .inspect_err(|error| {
                if let Ok(peer) = TransportId::from_bytes(&peer.to_bytes()) {
                    self.refuse(peer, "an answer with blocks", error);
                }
            })
            .ok()
    }
}

/// Whether a peer is still there as it was: one that hears less than before has lost what it was told, as if it
/// had gone.
fn goes_on(before: &PeerPresence, now: &PeerPresence) -> bool {
    let still = |before: Option<StreamNumber>, now| before.is_none() || before == now;
    before.session == now.session
        && still(before.hears_votes, now.hears_votes)
        && still(before.hears_parts, now.hears_parts)
}

/// What a peer has asked for, in the engine's terms.
fn channels_of(presence: &PeerPresence) -> impl Iterator<Item = Channel> + use<> {
    let votes = [Channel::Consensus, Channel::Liveness, Channel::Sync].into_iter();
    let votes = votes.filter({
        let hears = presence.hears_votes.is_some();
        move |_| hears
    });
    votes.chain(presence.hears_parts.map(|_| Channel::ProposalParts))
}

fn is_of(proof: &ValidatorProof<Bulla>, peer: PeerId) -> bool {
    proof.peer_id == peer.to_bytes()
}

async fn answer_when_ready(
    id: InboundRequestId,
    peer: PeerId,
    answer: oneshot::Receiver<Bytes>,
    mut reply: SyncReply,
) -> RequestEnd {
    let answer = tokio::select! {
        answer = answer => answer.ok(),
        () = reply.given_up() => return RequestEnd::GivenUp(id, peer),
    };
    // Without an answer the reply is dropped, which tells the peer.
    if let Some(answer) = answer {
        reply.answer(answer);
    }
    RequestEnd::Served
}

fn reason(failure: SyncFailure) -> OutboundFailureReason {
    match failure {
        SyncFailure::NotConnected => OutboundFailureReason::ConnectionClosed,
        SyncFailure::Timeout => OutboundFailureReason::Timeout,
        SyncFailure::Unsupported => OutboundFailureReason::UnsupportedProtocols,
        SyncFailure::BrokenOff => OutboundFailureReason::Io,
    }
}
