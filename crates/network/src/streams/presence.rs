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
    /// The stream on which it takes what is sent on the votes lane, if it does.
    pub hears_votes: Option<StreamNumber>,
    /// The same for the parts lane.
    pub hears_parts: Option<StreamNumber>,
    /// The last of its streams on which this node has told it that it is heard. A peer opens one when it has noted
    /// that an earlier one ended; so what this node tells it from then on meets one who knows that.
    pub heard: Option<StreamNumber>,
}

/// Tells streams apart. A host gives each number once.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StreamNumber(pub(crate) u64);

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
        let presence = PeerPresence { session, hears_votes: None, hears_parts: None, heard: None };
        self.0.send_modify(|peers| _ = peers.insert(peer, presence));
    }

    pub(crate) fn disconnected(&self, peer: &PeerId) {
        self.0.send_if_modified(|peers| peers.remove(peer).is_some());
    }

    /// Notes on which stream the peer hears a lane, if it does. What comes late of an earlier session is passed
    /// over.
    pub(crate) fn hears(&self, peer: &PeerId, session: u64, lane: StreamLane, stream: Option<StreamNumber>) {
        self.note(peer, session, |presence| match lane {
            StreamLane::Votes => std::mem::replace(&mut presence.hears_votes, stream) != stream,
            StreamLane::Parts => std::mem::replace(&mut presence.hears_parts, stream) != stream,
        });
    }

    /// Notes that the peer was told that it is heard on a stream.
    pub(crate) fn heard(&self, peer: &PeerId, session: u64, stream: StreamNumber) {
        self.note(peer, session, |presence| presence.heard.replace(stream) != Some(stream));
    }

    /// Changes what is noted of a peer; `change` says whether it did.
    fn note(&self, peer: &PeerId, session: u64, change: impl FnOnce(&mut PeerPresence) -> bool) {
        self.0.send_if_modified(|peers| {
            peers.get_mut(peer).filter(|peer| peer.session == session).is_some_and(change)
        });
    }
}
