//! Which peers are connected, and which lanes they hear.

use std::collections::BTreeMap;

use libp2p::PeerId;
use tokio::sync::watch;

use super::lane::StreamLane;

/// The connected peers.
pub type Presence = BTreeMap<PeerId, PeerPresence>;

/// A connected peer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PeerPresence {
    /// Another number each time that the peer connects anew.
    pub session: u64,
    /// Whether it takes what is sent on the votes lane.
    pub hears_votes: bool,
    /// Whether it takes what is sent on the parts lane.
    pub hears_parts: bool,
}

/// Where host and writers note it.
#[derive(Debug, Clone)]
pub(crate) struct PresenceBoard(watch::Sender<Presence>);

impl PresenceBoard {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::default())
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<Presence> {
        self.0.subscribe()
    }

    pub(crate) fn connected(&self, peer: PeerId, session: u64) {
        let presence = PeerPresence { session, hears_votes: false, hears_parts: false };
        self.0.send_modify(|peers| _ = peers.insert(peer, presence));
    }

    pub(crate) fn disconnected(&self, peer: &PeerId) {
        self.0.send_if_modified(|peers| peers.remove(peer).is_some());
    }

    /// Notes whether the peer hears a lane. What comes late of an earlier session is passed over.
    pub(crate) fn hears(&self, peer: &PeerId, session: u64, lane: StreamLane, hears: bool) {
        self.0.send_if_modified(|peers| {
            let Some(presence) = peers.get_mut(peer).filter(|peer| peer.session == session) else {
                return false;
            };
            let noted = match lane {
                StreamLane::Votes => &mut presence.hears_votes,
                StreamLane::Parts => &mut presence.hears_parts,
            };
            std::mem::replace(noted, hears) != hears
        });
    }
}
