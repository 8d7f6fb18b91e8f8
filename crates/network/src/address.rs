//! Where a peer is found, and who must answer there.

use std::fmt;
use std::str::FromStr;

use libp2p::multiaddr::Protocol;
use libp2p::{Multiaddr, PeerId};
use thiserror::Error;

/// An allowed peer: its identity, and where to dial it.
///
/// Written as a multiaddr that ends in the identity: `/ip4/10.0.0.7/tcp/7001/p2p/12D3KooW…`, or
/// `/p2p/12D3KooW…` alone for a peer that is only waited for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerAddress {
    /// The identity that the Noise handshake must prove.
    pub peer_id: PeerId,
    /// Where it listens; absent when this node only waits to be dialled.
    pub address: Option<Multiaddr>,
}

/// Why a text is no [`PeerAddress`].
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum AddressError {
    /// Not a multiaddr.
    #[error("{text:?} is not a multiaddr such as /ip4/10.0.0.7/tcp/7001/p2p/12D3KooW…")]
    NotMultiaddr {
        /// The text as given.
        text: String,
    },
    /// No identity at the end: a peer without one cannot be told from a stranger.
    #[error("{text:?} does not end in /p2p/<peer id>")]
    NoPeerId {
        /// The text as given.
        text: String,
    },
}

impl FromStr for PeerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut address: Multiaddr =
            text.parse().map_err(|_| AddressError::NotMultiaddr { text: text.to_owned() })?;
        let Some(Protocol::P2p(peer_id)) = address.pop() else {
            return Err(AddressError::NoPeerId { text: text.to_owned() });
        };
        Ok(Self { peer_id, address: (!address.is_empty()).then_some(address) })
    }
}

impl fmt::Display for PeerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(address) = &self.address {
            write!(f, "{address}")?;
        }
        write!(f, "/p2p/{}", self.peer_id)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const PEER: &str = "12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";

    #[test]
    fn an_address_reads_back_as_it_was_written() {
        for text in [format!("/ip4/10.0.0.7/tcp/7001/p2p/{PEER}"), format!("/p2p/{PEER}")] {
            assert_eq!(text.parse::<PeerAddress>().unwrap().to_string(), text);
        }
    }

    #[test]
    fn a_peer_without_identity_is_refused() {
        assert!(matches!(
            "/ip4/10.0.0.7/tcp/7001".parse::<PeerAddress>(),
            Err(AddressError::NoPeerId { .. })
        ));
        assert!(matches!("somewhere".parse::<PeerAddress>(), Err(AddressError::NotMultiaddr { .. })));
    }
}
