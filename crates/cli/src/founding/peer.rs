//! The node of another member, as a node's configuration names it.

use std::path::{Path, PathBuf};
use std::str::FromStr;

use bulla_crypto::PublicKey;
use bulla_network::{PeerAddress, peer_id_of};
use bulla_types::{KeyPurpose, ReasonCode};

use super::declarations;
use super::texts::{NO_NODE_DECLARED, PEER_FORM};
use crate::failure::Failure;
use crate::text::Said;

/// A node that a new one calls, as a person names it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum PeerNode {
    /// By its address and identity.
    Pinned(String),
    /// By what its founder has declared.
    Declared(PathBuf),
}

impl FromStr for PeerNode {
    type Err = Said;

    /// A multiaddr that ends with the identity; whatever does not look like one is a file.
    fn from_str(text: &str) -> Result<Self, Said> {
        if !text.contains("/p2p/") {
            return Ok(Self::Declared(text.into()));
        }
        text.parse::<PeerAddress>().map_err(|_| PEER_FORM.with(&[&text]))?;
        Ok(Self::Pinned(text.to_owned()))
    }
}

impl PeerNode {
    /// The address with the identity that must answer there. A declaration is what it says to be, and no more: that
    /// who answers there is a member's node, the ledger says.
    pub(crate) fn pinned(&self) -> Result<String, Failure> {
        match self {
            Self::Pinned(address) => Ok(address.clone()),
            Self::Declared(path) => of_declaration(path),
        }
    }
}

fn of_declaration(path: &Path) -> Result<String, Failure> {
    let declared = declarations::read(path)?;
    match (declared.address(), declared.key(KeyPurpose::Peer)) {
        (Some(address), Some(peer)) => pinned(address, &peer.key),
        _ => Err(Failure::new(
            ReasonCode::DeclarationInvalid,
            NO_NODE_DECLARED.with(&[]).of_thing(path.display()),
        )),
    }
}

/// An address with the identity that must answer there.
pub(crate) fn pinned(address: &str, peer: &PublicKey) -> Result<String, Failure> {
    let peer_id = peer_id_of(&peer.to_bytes()).map_err(|error| Failure::internal(&error))?;
    Ok(format!("{address}/p2p/{peer_id}"))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_peer_is_an_address_with_an_identity_or_a_file() {
        let pinned = "/ip4/203.0.113.7/tcp/7001/p2p/12D3KooWK99VoVxNE7XzyBwXEzW7xhK7Gpv85r9F3V3fyKSUKPH5";
        assert_eq!(pinned.parse(), Ok(PeerNode::Pinned(pinned.to_owned())));
        assert_eq!("a.declaration".parse(), Ok(PeerNode::Declared("a.declaration".into())));
        assert!("/ip4/203.0.113.7/tcp/7001/p2p/nobody".parse::<PeerNode>().is_err());
        assert!(PeerNode::Declared("missing".into()).pinned().is_err());
    }
}
