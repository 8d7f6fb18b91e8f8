//! Connections whose other end has not proved who it is yet.
//!
//! A handshake costs time and a place, and anyone can begin one and say no more. So that strangers can take no
//! place that a member needs, addresses at which members are listed have places of their own; a single other
//! address gets few of the rest.

use std::collections::{HashMap, HashSet};
use std::net::IpAddr;
use std::task::{Context, Poll};

use libp2p::core::Endpoint;
use libp2p::core::transport::PortUse;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::{
    ConnectionDenied, ConnectionId, FromSwarm, NetworkBehaviour, THandler, THandlerInEvent, THandlerOutEvent,
    ToSwarm, dummy,
};
use libp2p::{Multiaddr, PeerId};
use thiserror::Error;

/// Handshakes of one address at which no member is listed.
const OF_A_STRANGER_MAX: usize = 16;

/// There is no place for another handshake.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("too many connections are in the middle of their handshake")]
pub(crate) struct TooMany;

/// See the [module](self).
pub(crate) struct Behaviour {
    handshakes_max: usize,
    members: HashSet<IpAddr>,
    /// None for a connection that came by no address.
    under_way: HashMap<ConnectionId, Option<IpAddr>>,
}

impl Behaviour {
    pub(crate) fn new(handshakes_max: usize) -> Self {
        Self { handshakes_max, members: HashSet::new(), under_way: HashMap::new() }
    }

    /// Members are found at these addresses.
    pub(crate) fn set_members<'a>(&mut self, addresses: impl Iterator<Item = &'a Multiaddr>) {
        self.members = addresses.filter_map(ip_of).collect();
    }

    fn begin(&mut self, connection: ConnectionId, ip: Option<IpAddr>) -> Result<(), TooMany> {
        let of = |wanted: &dyn Fn(&Option<IpAddr>) -> bool| {
            self.under_way.values().filter(|ip| wanted(ip)).count()
        };
        let is_members = |ip: &Option<IpAddr>| ip.is_some_and(|ip| self.members.contains(&ip));
        let from_there = of(&|other| *other == ip);
        let full = if is_members(&ip) {
            from_there >= self.handshakes_max
        } else {
            from_there >= OF_A_STRANGER_MAX || of(&|other| !is_members(other)) >= self.handshakes_max
        };
        if full {
            return Err(TooMany);
        }
        self.under_way.insert(connection, ip);
        Ok(())
    }
}

fn ip_of(address: &Multiaddr) -> Option<IpAddr> {
    match address.iter().next()? {
        Protocol::Ip4(ip) => Some(ip.into()),
        Protocol::Ip6(ip) => Some(ip.into()),
        _ => None,
    }
}

impl NetworkBehaviour for Behaviour {
    type ConnectionHandler = dummy::ConnectionHandler;
    type ToSwarm = std::convert::Infallible;

    fn handle_pending_inbound_connection(
        &mut self,
        connection: ConnectionId,
        _: &Multiaddr,
        remote: &Multiaddr,
    ) -> Result<(), ConnectionDenied> {
        self.begin(connection, ip_of(remote)).map_err(ConnectionDenied::new)
    }

    fn handle_established_inbound_connection(
        &mut self,
        connection: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: &Multiaddr,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        self.under_way.remove(&connection);
        Ok(dummy::ConnectionHandler)
    }

    fn handle_established_outbound_connection(
        &mut self,
        _: ConnectionId,
        _: PeerId,
        _: &Multiaddr,
        _: Endpoint,
        _: PortUse,
    ) -> Result<THandler<Self>, ConnectionDenied> {
        Ok(dummy::ConnectionHandler)
    }

    fn on_swarm_event(&mut self, event: FromSwarm<'_>) {
        // Also when another behaviour refused the connection.
        if let FromSwarm::ListenFailure(failed) = event {
            self.under_way.remove(&failed.connection_id);
        }
    }

    fn on_connection_handler_event(&mut self, _: PeerId, _: ConnectionId, event: THandlerOutEvent<Self>) {
        match event {}
    }

    fn poll(&mut self, _: &mut Context<'_>) -> Poll<ToSwarm<Self::ToSwarm, THandlerInEvent<Self>>> {
        Poll::Pending
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn begin(doorway: &mut Behaviour, connection: usize, ip: &str) -> Result<(), TooMany> {
        doorway.begin(ConnectionId::new_unchecked(connection), Some(ip.parse().unwrap()))
    }

    #[test]
    fn strangers_take_no_place_of_a_member_and_no_one_of_them_takes_all() {
        let mut doorway = Behaviour::new(20);
        let member: Multiaddr = "/ip4/10.0.0.7/tcp/7001".parse().unwrap();
        doorway.set_members([&member].into_iter());
        let taken = (0..100).filter(|number| begin(&mut doorway, *number, "192.0.2.1").is_ok()).count();
        assert_eq!(taken, OF_A_STRANGER_MAX);
        let taken = (100..200).filter(|number| begin(&mut doorway, *number, "192.0.2.2").is_ok()).count();
        assert_eq!(taken, 20 - OF_A_STRANGER_MAX);
        let taken = (200..300).filter(|number| begin(&mut doorway, *number, "10.0.0.7").is_ok()).count();
        assert_eq!(taken, 20);

        doorway.under_way.remove(&ConnectionId::new_unchecked(0));
        assert!(begin(&mut doorway, 300, "192.0.2.3").is_ok());
    }
}
