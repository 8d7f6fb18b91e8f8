//! To which peers openings go unasked.

use std::collections::BTreeSet;
use std::sync::{PoisonError, RwLock};

use libp2p::PeerId;

/// The peers whose members may read all openings: what holds some goes to these alone.
#[derive(Debug, Default)]
pub(crate) struct Readers(RwLock<Option<BTreeSet<PeerId>>>);

impl Readers {
    /// `None`: every peer.
    pub(crate) fn set(&self, peers: Option<BTreeSet<PeerId>>) {
        *self.0.write().unwrap_or_else(PoisonError::into_inner) = peers;
    }

    pub(crate) fn has(&self, peer: &PeerId) -> bool {
        let peers = self.0.read().unwrap_or_else(PoisonError::into_inner);
        peers.as_ref().is_none_or(|peers| peers.contains(peer))
    }
}
