//! What peers send on the lanes that stay open and on the sync lane, for whoever takes part in agreement.

use bytes::Bytes;
use libp2p::PeerId;
use tokio::sync::{mpsc, oneshot, watch};

use super::lane::StreamLane;
use super::presence::Presence;
use crate::config::Limits;
use crate::handle::HostHandle;

/// The lanes of agreement (votes, parts, sync) that nobody attends to yet: peers wait until somebody does.
#[derive(Debug)]
pub struct Lanes {
    host: HostHandle,
    inbox: Inbox,
}

/// What peers send on the lanes of agreement. When it is dropped, peers are told nothing more is heard.
#[derive(Debug)]
pub struct Inbox {
    /// Frames of the votes lane.
    pub votes: mpsc::Receiver<InboundFrame>,
    /// Frames of the parts lane.
    pub parts: mpsc::Receiver<InboundFrame>,
    /// Requests of peers that catch up.
    pub sync: mpsc::Receiver<SyncRequest>,
    /// Who is connected, now and as it changes.
    pub presence: watch::Receiver<Presence>,
    attended: watch::Sender<bool>,
}

/// A frame within its peer's budget and its lane's limit. Nothing in it has been looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboundFrame {
    /// Who sent it.
    pub peer: PeerId,
    /// What it sent.
    pub frame: Bytes,
}

/// A request on the sync lane. Nothing in it has been looked at.
#[derive(Debug)]
pub struct SyncRequest {
    /// Who asks.
    pub peer: PeerId,
    /// What for.
    pub request: Bytes,
    /// Where the answer goes.
    pub reply: SyncReply,
}

/// Answers a request on the sync lane. Dropped unused, the peer hears that there is no answer.
#[derive(Debug)]
pub struct SyncReply(pub(crate) oneshot::Sender<Bytes>);

impl SyncReply {
    /// Sends the answer.
    pub fn answer(self, answer: Bytes) {
        // The host is gone, or the peer, when nobody listens.
        let _ = self.0.send(answer);
    }

    /// Returns when the peer waits no longer.
    pub async fn given_up(&mut self) {
        self.0.closed().await;
    }
}

/// The host's side.
#[derive(Debug, Clone)]
pub(crate) struct InboxSenders {
    votes: mpsc::Sender<InboundFrame>,
    parts: mpsc::Sender<InboundFrame>,
    pub(crate) sync: mpsc::Sender<SyncRequest>,
    pub(crate) attended: watch::Receiver<bool>,
}

impl InboxSenders {
    pub(crate) fn of(&self, lane: StreamLane) -> &mpsc::Sender<InboundFrame> {
        match lane {
            StreamLane::Votes => &self.votes,
            StreamLane::Parts => &self.parts,
        }
    }
}

/// Both sides.
pub(crate) fn lanes(
    host: HostHandle,
    presence: watch::Receiver<Presence>,
    limits: &Limits,
) -> (InboxSenders, Lanes) {
    let (votes_in, votes) = mpsc::channel(limits.votes.inbox_frames_max);
    let (parts_in, parts) = mpsc::channel(limits.parts.inbox_frames_max);
    let (sync_in, sync) = mpsc::channel(limits.sync_requests_max);
    let (attended_in, attended) = watch::channel(false);
    let senders = InboxSenders { votes: votes_in, parts: parts_in, sync: sync_in, attended };
    (senders, Lanes { host, inbox: Inbox { votes, parts, sync, presence, attended: attended_in } })
}

impl Lanes {
    /// Takes the lanes: from now on peers are heard.
    #[must_use]
    pub fn attend(self) -> (HostHandle, Inbox) {
        self.inbox.attended.send_replace(true);
        (self.host, self.inbox)
    }
}

impl Drop for Inbox {
    fn drop(&mut self) {
        self.attended.send_replace(false);
    }
}
