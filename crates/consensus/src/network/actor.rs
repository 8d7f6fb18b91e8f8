//! The actor that the engine takes for its network: what it is told goes out, or to [`Arrivals`].

use async_trait::async_trait;
use bulla_network::{HostHandle, Inbox, StreamLane};
use bytes::Bytes;
use malachitebft_app::engine::network::{NetworkMsg, PersistentPeerError};
use malachitebft_app::types::PeerId;
use malachitebft_sync::{OutboundRequestId, Status};
use ractor::{Actor, ActorProcessingErr, ActorRef};
use tokio::sync::{mpsc, watch};
use tokio::task::AbortHandle;

use super::arrivals::{Arrivals, Order};
use super::ears::Ears;
use super::frame;
use crate::codec::encode;
use crate::context::Bulla;
use crate::parts::StreamKey;

/// See the [module](self).
pub(super) struct NetworkActor;

/// What it starts with.
pub(super) struct Arguments {
    pub(super) host: HostHandle,
    /// This node's identity.
    pub(super) own: PeerId,
    pub(super) inbox: Inbox,
    /// What each peer is told that hears: which validator this node is, once that is signed.
    pub(super) proof: watch::Receiver<Option<Bytes>>,
    /// Whether the engine is told what arrives.
    pub(super) ears: Ears,
}

/// What it works with.
pub(super) struct Outgoing {
    host: HostHandle,
    own: PeerId,
    orders: mpsc::UnboundedSender<Order>,
    arrivals: AbortHandle,
    /// Numbers of what is sent and asked.
    serial: u64,
}

#[async_trait]
impl Actor for NetworkActor {
    type Msg = NetworkMsg<Bulla>;
    type State = Outgoing;
    type Arguments = Arguments;

    async fn pre_start(
        &self,
        myself: ActorRef<NetworkMsg<Bulla>>,
        Arguments { host, own, inbox, proof, ears }: Arguments,
    ) -> Result<Outgoing, ActorProcessingErr> {
        // Orders come from this node's engine alone, which keeps what it asks for within its own limits.
        let (orders, ordered) = mpsc::unbounded_channel();
        let arriving = tokio::spawn(Arrivals::new(host.clone(), inbox, proof, ordered, ears).run());
        let arrivals = arriving.abort_handle();
        tokio::spawn(async move {
            if !arriving.await.is_err_and(|ended| ended.is_cancelled()) {
                // Without ears this node must not stay; its supervisor sees to the rest.
                myself.stop(Some("the members' network has stopped".to_owned()));
            }
        });
        Ok(Outgoing { host, own, orders, arrivals, serial: 0 })
    }

    async fn handle(
        &self,
        _myself: ActorRef<NetworkMsg<Bulla>>,
        message: NetworkMsg<Bulla>,
        outgoing: &mut Outgoing,
    ) -> Result<(), ActorProcessingErr> {
        match message {
            NetworkMsg::PublishConsensusMsg(message) => outgoing.vote(frame::consensus(&message)),
            NetworkMsg::PublishLivenessMsg(message) => outgoing.vote(frame::liveness(&message)),
            NetworkMsg::BroadcastStatus(status) => {
                let status = Status {
                    peer_id: outgoing.own,
                    tip_height: status.tip_height,
                    history_min_height: status.history_min_height,
                };
                outgoing.vote(Some(frame::status(&status)));
            }
            NetworkMsg::PublishProposalPart(part) => {
                // A block of which a part is missing is of no use.
                let group =
                    StreamKey::from_id(&part.stream_id).map_or_else(|| outgoing.next(), |key| key.serial);
                outgoing.push(StreamLane::Parts, group, &encode(&part));
            }
            NetworkMsg::OutgoingRequest(peer, request, reply_to) => {
                let id = OutboundRequestId::new(outgoing.next());
                outgoing.order(Order::Ask { id: id.clone(), peer, request: encode(&request) });
                // The engine may have stopped waiting.
                let _ = reply_to.send(id);
            }
            NetworkMsg::CancelRequest(id) => outgoing.order(Order::StopAsking(id)),
            NetworkMsg::OutgoingResponse(id, response) => {
                outgoing.order(Order::Answer(id, encode(&response)));
            }
            NetworkMsg::CancelInboundRequest(id) => outgoing.order(Order::LeaveUnanswered(id)),
            NetworkMsg::Subscribe(subscriber) => outgoing.order(Order::Subscribe(subscriber)),
            NetworkMsg::DumpState(reply_to) => _ = reply_to.send(None),
            NetworkMsg::UpdatePersistentPeers(_, reply_to) => {
                let reason = "who is let in is the members' network's own list".to_owned();
                let _ = reply_to.send(Err(PersistentPeerError::InternalError(reason)));
            }
            // Who validates makes no difference to who is let in, nor to what is sent to whom.
            NetworkMsg::UpdateValidatorSet(_)
            | NetworkMsg::ValidatorProofVerified { .. }
            | NetworkMsg::NewEvent(_) => {}
        }
        Ok(())
    }

    async fn post_stop(
        &self,
        _myself: ActorRef<NetworkMsg<Bulla>>,
        outgoing: &mut Outgoing,
    ) -> Result<(), ActorProcessingErr> {
        // With them goes the inbox: peers learn that nobody hears, and the lanes can be attended to again.
        outgoing.arrivals.abort();
        Ok(())
    }
}

impl Outgoing {
    /// Sends on the votes lane; each frame counts for itself.
    fn vote(&mut self, frame: Option<Bytes>) {
        let group = self.next();
        match frame {
            Some(frame) => self.push(StreamLane::Votes, group, &frame),
            None => tracing::debug!("a message that this node abstained from signing stays here"),
        }
    }

    fn push(&self, lane: StreamLane, group: u64, frame: &Bytes) {
        if let Err(error) = self.host.push(lane, group, frame) {
            tracing::error!(?lane, %error, "a message of consensus was not sent");
        }
    }

    fn order(&self, order: Order) {
        // Without arrivals the actor is about to stop.
        let _ = self.orders.send(order);
    }

    fn next(&mut self) -> u64 {
        self.serial += 1;
        self.serial
    }
}
