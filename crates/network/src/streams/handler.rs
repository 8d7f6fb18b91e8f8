//! Opens and accepts the streams of one connection, and hands them over.

use std::collections::VecDeque;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::sync::Arc;
use std::task::{Context, Poll};

use libp2p::StreamProtocol;
use libp2p::core::upgrade::{InboundUpgrade, OutboundUpgrade, UpgradeInfo};
use libp2p::swarm::handler::{ConnectionEvent, FullyNegotiatedInbound, FullyNegotiatedOutbound};
use libp2p::swarm::{ConnectionHandler, ConnectionHandlerEvent, Stream, SubstreamProtocol};

use super::lane::StreamLane;

/// The names of the lanes on one ledger, in the order of [`StreamLane::ALL`].
pub(crate) type LaneNames = Arc<[StreamProtocol]>;

/// See the [module](self).
pub(crate) struct Handler {
    names: LaneNames,
    to_open: VecDeque<StreamLane>,
    /// At most what was asked for and what the swarm lets be negotiated at a time: it takes these before it
    /// negotiates more.
    negotiated: VecDeque<FromHandler>,
}

/// What became of a stream.
#[derive(Debug)]
pub(crate) enum FromHandler {
    Accepted(StreamLane, Stream),
    Opened(StreamLane, Stream),
    /// The peer does not speak the lane, or the connection is in trouble.
    NotOpened(StreamLane),
}

/// Agrees on a lane's name and on nothing else.
#[derive(Debug, Clone)]
pub(crate) struct Agreed {
    names: LaneNames,
    /// None for every lane.
    only: Option<StreamLane>,
}

impl Handler {
    pub(crate) fn new(names: LaneNames) -> Self {
        Self { names, to_open: VecDeque::new(), negotiated: VecDeque::new() }
    }

    fn agree(&self, only: Option<StreamLane>) -> Agreed {
        Agreed { names: Arc::clone(&self.names), only }
    }
}

impl ConnectionHandler for Handler {
    type FromBehaviour = StreamLane;
    type ToBehaviour = FromHandler;
    type InboundProtocol = Agreed;
    type OutboundProtocol = Agreed;
    type InboundOpenInfo = ();
    type OutboundOpenInfo = StreamLane;

    fn listen_protocol(&self) -> SubstreamProtocol<Agreed, ()> {
        SubstreamProtocol::new(self.agree(None), ())
    }

    fn on_behaviour_event(&mut self, lane: StreamLane) {
        self.to_open.push_back(lane);
    }

    fn on_connection_event(&mut self, event: ConnectionEvent<'_, Agreed, Agreed, (), StreamLane>) {
        let event = match event {
            ConnectionEvent::FullyNegotiatedInbound(FullyNegotiatedInbound {
                protocol: (lane, stream),
                ..
            }) => FromHandler::Accepted(lane, stream),
            ConnectionEvent::FullyNegotiatedOutbound(FullyNegotiatedOutbound {
                protocol: (lane, stream),
                ..
            }) => FromHandler::Opened(lane, stream),
            ConnectionEvent::DialUpgradeError(failed) => FromHandler::NotOpened(failed.info),
            _ => return,
        };
        self.negotiated.push_back(event);
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ConnectionHandlerEvent<Agreed, StreamLane, FromHandler>> {
        if let Some(event) = self.negotiated.pop_front() {
            return Poll::Ready(ConnectionHandlerEvent::NotifyBehaviour(event));
        }
        if let Some(lane) = self.to_open.pop_front() {
            let protocol = SubstreamProtocol::new(self.agree(Some(lane)), lane);
            return Poll::Ready(ConnectionHandlerEvent::OutboundSubstreamRequest { protocol });
        }
        // Both queues are filled by the connection, which polls again when it has done so.
        Poll::Pending
    }
}

impl UpgradeInfo for Agreed {
    type Info = StreamProtocol;
    type InfoIter = Vec<StreamProtocol>;

    fn protocol_info(&self) -> Vec<StreamProtocol> {
        match self.only {
            Some(lane) => vec![self.names[lane.index()].clone()],
            None => self.names.to_vec(),
        }
    }
}

impl Agreed {
    fn lane_named(&self, name: &StreamProtocol) -> StreamLane {
        let named = StreamLane::ALL.into_iter().find(|lane| self.names[lane.index()] == *name);
        #[allow(clippy::expect_used)]
        named.expect("invariant: only a name that was offered is agreed on")
    }
}

impl InboundUpgrade<Stream> for Agreed {
    type Output = (StreamLane, Stream);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_inbound(self, stream: Stream, name: StreamProtocol) -> Self::Future {
        ready(Ok((self.lane_named(&name), stream)))
    }
}

impl OutboundUpgrade<Stream> for Agreed {
    type Output = (StreamLane, Stream);
    type Error = Infallible;
    type Future = Ready<Result<Self::Output, Infallible>>;

    fn upgrade_outbound(self, stream: Stream, name: StreamProtocol) -> Self::Future {
        ready(Ok((self.lane_named(&name), stream)))
    }
}
