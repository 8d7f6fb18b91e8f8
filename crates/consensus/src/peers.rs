//! Who is connected, which validators they are, and how far they are.
//!
//! A small actor beside the engine's own listens to the same network events. A peer proves which validator
//! it is when it connects, by a statement under the validator's key that names its network identity.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bulla_types::Address;
use malachitebft_app::engine::network::NetworkEvent;
use malachitebft_app::types::PeerId;
use malachitebft_network::Channel;
use ractor::{Actor, ActorProcessingErr, ActorRef};

use crate::context::{Bulla, Validators};
use crate::frontier::Frontier;
use crate::signing::StrictVerifier;
use crate::status::{ConnectedPeer, StatusBoard};

/// What a validator must have asked for before a round can start with it.
const HEARS: [Channel; 2] = [Channel::Consensus, Channel::ProposalParts];

/// See the [module](self).
pub(crate) struct Peers {
    own: Option<Address>,
    verifier: StrictVerifier,
    frontier: Arc<Frontier>,
    board: Arc<StatusBoard>,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    validators: Option<Validators>,
    peers: BTreeMap<PeerId, Peer>,
}

#[derive(Default)]
struct Peer {
    validator: Option<Address>,
    channels: HashSet<Channel>,
}

impl Peers {
    pub(crate) fn new(
        own: Option<Address>,
        verifier: StrictVerifier,
        frontier: Arc<Frontier>,
        board: Arc<StatusBoard>,
    ) -> Self {
        Self { own, verifier, frontier, board, known: Mutex::default() }
    }

    /// These are the validators from now on.
    pub(crate) fn set_validators(&self, validators: Validators) {
        self.update(|known| known.validators = Some(validators));
    }

    /// Waits until validators with a quorum of power are connected; false if they are not in time.
    pub(crate) async fn quorum(&self, within: Duration) -> bool {
        let mut status = self.board.subscribe();
        let waited = tokio::time::timeout(within, status.wait_for(|status| status.quorum_connected)).await;
        matches!(waited, Ok(Ok(_)))
    }

    fn heard(&self, event: NetworkEvent<Bulla>) {
        match event {
            NetworkEvent::PeerConnected(peer) => self.update(|known| {
                known.peers.entry(peer).or_default();
            }),
            NetworkEvent::PeerDisconnected(peer) => self.update(|known| {
                known.peers.remove(&peer);
            }),
            NetworkEvent::PeerSubscribed(peer, channel) => self.update(|known| {
                known.peers.entry(peer).or_default().channels.insert(channel);
            }),
            NetworkEvent::ValidatorProofReceived { peer_id, proof } => {
                let validator = self.verifier.proves_validator(&proof).map(|key| Address::of(&key));
                self.update(|known| known.peers.entry(peer_id).or_default().validator = validator);
            }
            NetworkEvent::Status(peer, status) => self.is_at(&peer, status.tip_height.0),
            NetworkEvent::Vote(peer, vote) => self.is_at(&peer, vote.message.height.0),
            NetworkEvent::Proposal(peer, proposal) => self.is_at(&peer, proposal.message.height.0),
            _ => {}
        }
    }

    /// A node without a vote believes anyone: it cannot be made to propose.
    fn is_at(&self, peer: &PeerId, height: u64) {
        let known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let validator = known.peers.get(peer).and_then(|peer| peer.validator);
        if self.own.is_none() || validator.is_some_and(|validator| known.votes(&validator)) {
            self.frontier.raise(height);
        }
    }

    fn update(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut known);
        let quorum = known.quorum_with(self.own.as_ref());
        let peers = known
            .peers
            .iter()
            .map(|(id, peer)| ConnectedPeer { peer_id: id.to_string(), validator: peer.validator });
        let peers = peers.collect();
        self.board.change(|status| {
            status.peers = peers;
            status.quorum_connected = quorum;
        });
    }
}

impl Known {
    fn votes(&self, address: &Address) -> bool {
        self.validators.as_ref().is_some_and(|validators| validators.get(address).is_some())
    }

    /// Whether the connected validators, this one among them, have a quorum. One counts only when it has
    /// asked for votes and parts: messages sent before are lost.
    fn quorum_with(&self, own: Option<&Address>) -> bool {
        let Some(validators) = &self.validators else { return false };
        let hears = |peer: &&Peer| HEARS.iter().all(|channel| peer.channels.contains(channel));
        let connected = self.peers.values().filter(hears).filter_map(|peer| peer.validator.as_ref());
        let addresses: BTreeSet<&Address> = connected.chain(own).collect();
        let power =
            addresses.into_iter().filter_map(|address| validators.get(address)).map(|v| v.power).sum();
        validators.set().quorum(power)
    }
}

/// The actor that hears network events for [`Peers`].
pub(crate) struct PeerWatch;

/// A network event on its way to [`PeerWatch`].
pub(crate) struct PeerEvent(NetworkEvent<Bulla>);

impl From<NetworkEvent<Bulla>> for PeerEvent {
    fn from(event: NetworkEvent<Bulla>) -> Self {
        Self(event)
    }
}

#[async_trait]
impl Actor for PeerWatch {
    type Msg = PeerEvent;
    type State = Arc<Peers>;
    type Arguments = Arc<Peers>;

    async fn pre_start(
        &self,
        _myself: ActorRef<PeerEvent>,
        peers: Arc<Peers>,
    ) -> Result<Arc<Peers>, ActorProcessingErr> {
        Ok(peers)
    }

    async fn handle(
        &self,
        _myself: ActorRef<PeerEvent>,
        PeerEvent(event): PeerEvent,
        peers: &mut Arc<Peers>,
    ) -> Result<(), ActorProcessingErr> {
        peers.heard(event);
        Ok(())
    }
}
