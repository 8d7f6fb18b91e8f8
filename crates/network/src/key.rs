//! The node's key on the members' network (purpose PEER), and the peer id that follows from it.

use std::fmt;

use libp2p::PeerId;
use libp2p::identity::{Keypair, PublicKey, ed25519};
use thiserror::Error;

/// The Ed25519 key by which the Noise handshake proves this node's identity.
#[derive(Clone)]
pub struct NodeKey(Keypair);

/// The bytes are no Ed25519 public key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("not an Ed25519 public key")]
pub struct KeyError;

impl NodeKey {
    /// The key of an RFC 8032 seed. The seed is wiped.
    #[must_use]
    pub fn from_seed(seed: &mut [u8; 32]) -> Self {
        #[allow(clippy::expect_used)]
        let secret = ed25519::SecretKey::try_from_bytes(seed).expect("invariant: a seed has 32 bytes");
        Self(Keypair::from(ed25519::Keypair::from(secret)))
    }

    /// The identity that peers see.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.0.public().to_peer_id()
    }

    pub(crate) fn keypair(&self) -> &Keypair {
        &self.0
    }
}

impl fmt::Debug for NodeKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "NodeKey({})", self.peer_id())
    }
}

/// The peer id of a member's PEER key as the ledger's records hold it.
///
/// # Errors
/// [`KeyError`] unless the bytes are an Ed25519 public key.
pub fn peer_id_of(public_key: &[u8; 32]) -> Result<PeerId, KeyError> {
    let key = ed25519::PublicKey::try_from_bytes(public_key).map_err(|_| KeyError)?;
    Ok(PublicKey::from(key).to_peer_id())
}

/// The PEER key of a peer id, as the ledger's records hold it; none for an identity of another kind.
#[must_use]
pub fn public_key_of(peer_id: &PeerId) -> Option<[u8; 32]> {
    // The identity of a short key is the key itself, in libp2p's protobuf.
    let key = PublicKey::try_decode_protobuf(peer_id.as_ref().digest()).ok()?;
    Some(key.try_into_ed25519().ok()?.to_bytes())
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_seed_is_wiped_and_never_shown() {
        let mut seed = [7; 32];
        let key = NodeKey::from_seed(&mut seed);
        assert_eq!(seed, [0; 32]);
        assert_eq!(format!("{key:?}"), format!("NodeKey({})", key.peer_id()));
    }

    #[test]
    fn the_peer_id_follows_from_the_public_key() {
        let key = NodeKey::from_seed(&mut [7; 32]);
        let public = key.keypair().public().try_into_ed25519().unwrap().to_bytes();
        assert_eq!(peer_id_of(&public).unwrap(), key.peer_id());
        assert_eq!(public_key_of(&key.peer_id()), Some(public));
        let hashed = "QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N".parse().unwrap();
        assert_eq!(public_key_of(&hashed), None);
    }
}
