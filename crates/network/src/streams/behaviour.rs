//! Where the host asks for streams and is given those that peers open.

use std::collections::VecDeque;
use std::task::{Context, Poll};

use bulla_types::LedgerId;
use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, NotifyHandler, Stream, THandler,
    THandlerInEvent, THandlerOutEvent, ToSwarm,
};
use libp2p::{Multiaddr, PeerId};

use super::handler::{FromHandler, Handler, LaneNames};
use super::lane::StreamLane;
use crate::lane::protocol_of;

/// See the [module](self).
pub(crate) struct Behaviour {
    names: LaneNames,
    waiting: VecDeque<ToSwarm<StreamEvent, StreamLane>>,
}

/// A stream that is there, or could not be opened.
#[derive(Debug)]
pub(crate) struct StreamEvent {
    pub(crate) peer: PeerId,
    pub(crate) connection: ConnectionId,
    pub(crate) lane: StreamLane,
    pub(crate) what: What,
}

/// Which it is.
#[derive(Debug)]
pub(crate) enum What {
    /// The peer will send on it.
    Accepted(Stream),
    /// This node may send on it.
    Opened(Stream),
    /// The peer does not speak the lane, or the connection is in trouble.
    NotOpened,
}

impl Behaviour {
    pub(crate) fn new(ledger_id: &LedgerId) -> Self {
        let names = StreamLane::ALL.map(|lane| protocol_of(lane.name(), ledger_id));
        Self { names: names.into(), waiting: VecDeque::new() }
    }

    /// Asks for a stream on this connection. There is no answer when it has closed meanwhile.
    pub(crate) fn open(&mut self, peer_id: PeerId, connection: ConnectionId, lane: StreamLane) {
        self.waiting.push_back(ToSwarm::NotifyHandler {
            peer_id,
            handler: NotifyHandler::One(connection),
            event: lane,
        });
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = Handler;
    type ToSwarm = StreamEvent;

    fn handle_established_inbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(Handler::new(self.names.clone()))
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(Handler::new(self.names.clone()))
    }

    fn on_swarm_event(&mut self, _: FromSwarm<'_>) {}

    fn on_connection_handler_event(
        &mut self,
        peer: PeerId,
        connection: ConnectionId,
        event: THandlerOutEvent<Self>,
    ) {
        let (lane, what) = match event {
            FromHandler::Accepted(lane, stream) => (lane, What::Accepted(stream)),
            FromHandler::Opened(lane, stream) => (lane, What::Opened(stream)),
            FromHandler::NotOpened(lane) => (lane, What::NotOpened),
        };
        self.waiting.push_back(ToSwarm::GenerateEvent(StreamEvent { peer, connection, lane, what }));
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        // What fills the queue is the swarm itself, or the host between two polls of it.
        self.waiting.pop_front().map_or(Poll::Pending, Poll::Ready)
    }
}
