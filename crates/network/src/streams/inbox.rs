//! What peers send on the lanes that stay open and on the sync lane, for whoever attends to them.

use bytes::Bytes;
use libp2p::PeerId;
use tokio::sync::{mpsc, oneshot, watch};

use super::presence::Presence;

/// What peers send on the lanes of agreement. When it is dropped, nobody attends: peers are told that nothing
/// more is heard.
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
