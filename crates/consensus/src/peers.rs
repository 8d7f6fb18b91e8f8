//! Who is connected, which validators they are, and how far they are.
//!
//! A small actor beside the engine's own listens to the same network events. A peer proves which validator
//! it is when it connects, by a statement under the validator's key that names its network identity.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use bulla_types::Address;
use malachitebft_app::engine::network::NetworkEvent;
use malachitebft_app::types::PeerId;
use malachitebft_network::Channel;
use malachitebft_sync::{Response, ValueResponse};
use ractor::{Actor, ActorProcessingErr, ActorRef};

use crate::ahead::{AheadAnswer, AheadAnswers};
use crate::context::{Bulla, Validators};
use crate::decided::certificate;
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
    /// Where answers with blocks go before their turn.
    later: AheadAnswers,
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
        later: AheadAnswers,
    ) -> Self {
        Self { own, verifier, frontier, board, later, known: Mutex::default() }
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
            NetworkEvent::SyncResponse(_, _, Some(Response::ValueResponse(blocks))) => self.answered(blocks),
            _ => {}
        }
    }

    /// A node without a vote believes anyone: it cannot be made to propose.
    fn is_at(&self, peer: &PeerId, height: u64) {
        let known = self.lock();
        let validator = known.peers.get(peer).and_then(|peer| peer.validator);
        if self.own.is_none() || validator.is_some_and(|validator| known.votes(&validator)) {
            self.frontier.raise(height);
        }
    }

    fn answered(&self, blocks: ValueResponse<Bulla>) {
        let Some(validators) = self.lock().validators.clone() else { return };
        self.proved(&blocks, &validators);
        // Without room for it nothing is lost: its blocks are looked at when it is their turn.
        let _ = self.later.try_send(AheadAnswer { validators, blocks });
    }

    /// Decided blocks prove how far the ledger is, whoever holds them: of those who saw them perhaps an observer alone
    /// is left. Of an answer it is the newest that the validators of the running height decided, or else the first.
    fn proved(&self, blocks: &ValueResponse<Bulla>, validators: &Validators) {
        let claims = blocks.values.last().into_iter().chain(blocks.values.first());
        let mut decided = claims
            .filter_map(|block| certificate(&block.certificate))
            .filter(|certificate| self.verifier.is_decided(certificate, validators.set()));
        if let Some(certificate) = decided.next() {
            self.frontier.raise(certificate.height.0);
        }
    }

    fn lock(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut Known)) {
        let mut known = self.lock();
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_crypto::SecretKey;
    use bulla_types::{LedgerId, Vote, VoteType};
    use malachitebft_core_types::{ExtendedCommitCertificate, ExtendedCommitSignature, Round};
    use malachitebft_sync::{OutboundRequestId, RawDecidedValue};

    use super::*;
    use crate::ahead;
    use crate::context::{Height, ValidatorAddress};
    use crate::equivocation::EquivocationWatch;
    use crate::testing::{block, validators};
    use crate::votes::VoteWatch;

    const LEDGER: [u8; 32] = [5; 32];

    fn decided(height: u64, signers: &[SecretKey]) -> RawDecidedValue<Bulla> {
        let signed = |key: &SecretKey| {
            let address = Address::of(key.public_key());
            let vote = Vote {
                ledger_id: LedgerId::from_bytes(LEDGER),
                vote_type: VoteType::Precommit,
                height: bulla_types::Height(height),
                round: 0,
                value: Some(block(1)),
                address,
            };
            ExtendedCommitSignature::new(ValidatorAddress(address), key.sign(&vote.preimage()), None)
        };
        let certificate = ExtendedCommitCertificate {
            height: Height(height),
            round: Round::new(0),
            value_id: block(1),
            commit_signatures: signers.iter().map(signed).collect(),
        };
        RawDecidedValue::new(bytes::Bytes::new(), certificate)
    }

    /// The height that a validator knows the ledger to be at after an answer with these blocks.
    fn frontier(heights: &[(u64, usize)]) -> u64 {
        let (set, keys) = validators(4);
        let frontier = Arc::new(Frontier::new());
        let verifier = StrictVerifier::new(
            LedgerId::from_bytes(LEDGER),
            Arc::new(VoteWatch::new()),
            Arc::new(EquivocationWatch::new().0),
        );
        let own = Some(Address::of(keys[0].public_key()));
        let board = Arc::new(StatusBoard::new());
        let peers = Peers::new(own, verifier, Arc::clone(&frontier), board, ahead::answers().0);
        peers.set_validators(Validators::from(set));
        let blocks = heights.iter().map(|(height, signers)| decided(*height, &keys[..*signers])).collect();
        let answer = Response::ValueResponse(ValueResponse::new(Height(7), blocks));
        let peer = PeerId::from_bytes(&[0, 1, 7]).unwrap();
        peers.heard(NetworkEvent::SyncResponse(OutboundRequestId::new(1), peer, Some(answer)));
        frontier.known()
    }

    #[test]
    fn a_certificate_says_how_far_the_ledger_is_whoever_sends_it() {
        assert_eq!(frontier(&[(7, 3), (8, 3), (9, 3)]), 9);
        assert_eq!(frontier(&[(7, 3), (8, 3), (9, 2)]), 7, "the last one is not decided");
        assert_eq!(frontier(&[(7, 2)]), 0);
        assert_eq!(frontier(&[]), 0);
    }
}
