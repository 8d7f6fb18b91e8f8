//! The node's hold on its host.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::SystemTime;

use bytes::Bytes;
use libp2p::{Multiaddr, PeerId};
use tokio::sync::mpsc::error::TrySendError;
use tokio::sync::{mpsc, oneshot, watch};

use crate::address::PeerAddress;
use crate::asked::{AnswerTo, SyncFailure};
use crate::config::Limits;
use crate::counters::Counters;
use crate::error::{FrameTooLong, RelayError};
use crate::host::QuestionLane;
use crate::openings::{OpeningsAnswer, OpeningsQuestion};
use crate::readers::Readers;
use crate::snapshot::{SnapshotOffer, SnapshotPiece, SnapshotQuestion, decode_offers};
use crate::status::NodeStatus;
use crate::streams::{Outlets, StreamLane};

/// Commands that wait for the host. A relay batch is shared by all peers' queues, so this bounds what
/// the host has not yet looked at.
pub(crate) const COMMANDS_MAX: usize = 64;

/// Asks the host, from any task. When all handles are gone the host shuts down.
#[derive(Debug, Clone)]
pub struct HostHandle {
    pub(crate) peer_id: PeerId,
    pub(crate) listen_addresses: Vec<Multiaddr>,
    pub(crate) limits: Arc<Limits>,
    pub(crate) outlets: Arc<Outlets>,
    pub(crate) readers: Arc<Readers>,
    pub(crate) commands: mpsc::Sender<Command>,
    pub(crate) allowed: watch::Sender<Vec<PeerAddress>>,
    pub(crate) status: watch::Sender<Option<NodeStatus>>,
    pub(crate) counters: Arc<Counters>,
}

/// What a handle asks of the host's task.
#[derive(Debug)]
pub(crate) enum Command {
    Relay(Bytes),
    Question { lane: QuestionLane, peer: PeerId, question: Bytes, answer_to: AnswerTo },
    Misconduct { peer: PeerId, what: String },
    Peers(oneshot::Sender<Vec<PeerSnapshot>>),
    Shutdown(oneshot::Sender<()>),
}

/// One allowed peer at one moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PeerSnapshot {
    /// Its identity.
    pub peer_id: PeerId,
    /// Where it is dialled.
    pub address: Option<Multiaddr>,
    /// Since when it is connected; absent when it is not.
    pub connected_since: Option<SystemTime>,
    /// Whether it broke the rules and is kept out for now.
    pub set_aside: bool,
    /// Bytes of frames received from it.
    pub bytes_in: u64,
    /// Bytes of frames sent to it.
    pub bytes_out: u64,
    /// Relay batches that wait for it.
    pub relay_waiting: usize,
    /// Relay batches given up for it.
    pub relay_dropped: u64,
    /// What it last said of itself, kept when it disconnects.
    pub status: Option<NodeStatus>,
}

impl HostHandle {
    /// This node's identity.
    #[must_use]
    pub fn peer_id(&self) -> PeerId {
        self.peer_id
    }

    /// Where the host listens, with the port that the system chose.
    #[must_use]
    pub fn listen_addresses(&self) -> &[Multiaddr] {
        &self.listen_addresses
    }

    /// Replaces the list of allowed peers. A peer that is no longer on it is cut off at once, a new one
    /// is dialled. Never waits; of several lists given quickly only the last counts.
    pub fn set_allowed(&self, peers: Vec<PeerAddress>) {
        self.allowed.send_replace(peers);
    }

    /// Says to which peers this node sends openings unasked: relay batches and parts of blocks, which hold them, go to
    /// these alone, and what waits for others is dropped. `None`, as at the start: to every allowed peer.
    pub fn set_readers(&self, peers: Option<BTreeSet<PeerId>>) {
        self.readers.set(peers);
        self.outlets.empty(StreamLane::Parts, |peer| !self.readers.has(peer), &self.counters);
    }

    /// Sends a batch to every connected peer that [may have openings](Self::set_readers). Never waits: a peer that is behind may lose the batch,
    /// which is counted.
    ///
    /// # Errors
    /// [`RelayError`] when the batch was taken for no peer at all.
    pub fn relay(&self, batch: Bytes) -> Result<(), RelayError> {
        let bytes_max = self.limits.relay_batch_bytes_max;
        if batch.len() > bytes_max {
            return Err(RelayError::TooLong { bytes: batch.len(), bytes_max });
        }
        self.commands.try_send(Command::Relay(batch)).map_err(|error| match error {
            TrySendError::Full(_) => RelayError::Full,
            TrySendError::Closed(_) => RelayError::Stopped,
        })
    }

    /// Sends a frame to every peer that hears the lane; parts only to those that [may have
    /// openings](Self::set_readers). Never waits: for a peer that is behind, the oldest
    /// group of frames is dropped whole, counted. Frames of one group are of use only together.
    ///
    /// # Errors
    /// [`FrameTooLong`] when no peer would take it.
    pub fn push(&self, lane: StreamLane, group: u64, frame: &Bytes) -> Result<(), FrameTooLong> {
        self.check_length(lane, frame)?;
        let to = |peer: &PeerId| lane != StreamLane::Parts || self.readers.has(peer);
        self.outlets.push(lane, to, group, frame, &self.counters);
        Ok(())
    }

    /// As [`push`](Self::push), to those peers alone that hear the lane and are sent no parts.
    ///
    /// # Errors
    /// As `push`.
    pub fn push_to_others(&self, lane: StreamLane, group: u64, frame: &Bytes) -> Result<(), FrameTooLong> {
        self.check_length(lane, frame)?;
        self.outlets.push(lane, |peer| !self.readers.has(peer), group, frame, &self.counters);
        Ok(())
    }

    /// As [`push`](Self::push), to one peer.
    ///
    /// # Errors
    /// As `push`.
    pub fn push_to(
        &self,
        peer: &PeerId,
        lane: StreamLane,
        group: u64,
        frame: Bytes,
    ) -> Result<(), FrameTooLong> {
        self.check_length(lane, &frame)?;
        self.outlets.push_to(peer, lane, group, frame, &self.counters);
        Ok(())
    }

    fn check_length(&self, lane: StreamLane, frame: &Bytes) -> Result<(), FrameTooLong> {
        let bytes_max = lane.limits(&self.limits).frame_bytes_max;
        if frame.len() > bytes_max {
            return Err(FrameTooLong { bytes: frame.len(), bytes_max });
        }
        Ok(())
    }

    /// Asks a peer for blocks and waits for its answer. Dropping the future gives the question up.
    ///
    /// # Errors
    /// [`SyncFailure`] says why there is no answer.
    pub async fn ask(&self, peer: PeerId, request: Bytes) -> Result<Bytes, SyncFailure> {
        self.question(QuestionLane::Sync, peer, request).await
    }

    /// Asks a peer which snapshots it has and waits for its answer; `None` when the answer is no list of offers.
    ///
    /// # Errors
    /// [`SyncFailure`] says why there is no answer.
    pub async fn snapshot_offers(&self, peer: PeerId) -> Result<Option<Vec<SnapshotOffer>>, SyncFailure> {
        Ok(decode_offers(&self.ask_snapshot(peer, SnapshotQuestion::Offers).await?))
    }

    /// Asks a peer for a piece of a snapshot and waits for its answer, of at most 1 MiB, whatever it is.
    ///
    /// # Errors
    /// [`SyncFailure`] says why there is no answer.
    pub async fn snapshot_piece(&self, peer: PeerId, piece: SnapshotPiece) -> Result<Bytes, SyncFailure> {
        self.ask_snapshot(peer, SnapshotQuestion::Piece(piece)).await
    }

    async fn ask_snapshot(&self, peer: PeerId, question: SnapshotQuestion) -> Result<Bytes, SyncFailure> {
        self.question(QuestionLane::Snapshot, peer, question.encode()).await
    }

    /// Asks a peer for openings and waits for its answer; `None` when it cannot be read. What it holds is not looked
    /// at: whether it was asked for, and fits, is for the node to see.
    ///
    /// # Errors
    /// [`SyncFailure`] says why there is no answer.
    pub async fn openings(
        &self,
        peer: PeerId,
        question: &OpeningsQuestion,
    ) -> Result<Option<OpeningsAnswer>, SyncFailure> {
        let answer = self.question(QuestionLane::Openings, peer, question.encode()).await?;
        Ok(OpeningsAnswer::decode(&answer))
    }

    async fn question(
        &self,
        lane: QuestionLane,
        peer: PeerId,
        question: Bytes,
    ) -> Result<Bytes, SyncFailure> {
        let (answer_to, answer) = oneshot::channel();
        let command = Command::Question { lane, peer, question, answer_to };
        if self.commands.send(command).await.is_err() {
            return Err(SyncFailure::NotConnected);
        }
        answer.await.unwrap_or(Err(SyncFailure::NotConnected))
    }

    /// Sets a peer aside that sent what no honest node sends: it is cut off, and `what` it did is logged.
    /// Never waits; a host that is behind may overlook it.
    pub fn misconduct(&self, peer: PeerId, what: impl Into<String>) {
        let _ = self.commands.try_send(Command::Misconduct { peer, what: what.into() });
    }

    /// Tells every peer, now and when it connects, where this node stands. Never waits; when statuses
    /// come quicker than the status interval only the last is sent.
    pub fn send_status(&self, status: NodeStatus) {
        self.status.send_replace(Some(status));
    }

    /// The allowed peers, connected or not, in the order of their ids. Empty after shutdown.
    pub async fn peers(&self) -> Vec<PeerSnapshot> {
        let (reply, peers) = oneshot::channel();
        if self.commands.send(Command::Peers(reply)).await.is_err() {
            return Vec::new();
        }
        peers.await.unwrap_or_default()
    }

    /// What the host has counted since it started.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }

    /// Closes all connections and the listener, and returns when that is done.
    pub async fn shutdown(&self) {
        let (done, finished) = oneshot::channel();
        if self.commands.send(Command::Shutdown(done)).await.is_ok() {
            // An error means that the host ended on its own meanwhile.
            let _ = finished.await;
        }
    }
}
