//! Questions on their way between nodes, and why one is not answered.

use std::collections::HashMap;

use bytes::Bytes;
use libp2p::request_response::{InboundRequestId, OutboundFailure, OutboundRequestId};
use thiserror::Error;
use tokio::sync::oneshot;

use crate::host::QuestionLane;

/// Why a question for blocks, a snapshot or openings was not answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum SyncFailure {
    /// The peer is not connected, or went away.
    #[error("the peer is not connected")]
    NotConnected,
    /// It did not answer in time.
    #[error("the peer did not answer in time")]
    Timeout,
    /// It does not serve this ledger.
    #[error("the peer does not serve this ledger")]
    Unsupported,
    /// It broke off.
    #[error("the peer broke off")]
    BrokenOff,
}

impl From<&OutboundFailure> for SyncFailure {
    fn from(failure: &OutboundFailure) -> Self {
        match failure {
            OutboundFailure::DialFailure | OutboundFailure::ConnectionClosed => Self::NotConnected,
            OutboundFailure::Timeout => Self::Timeout,
            OutboundFailure::UnsupportedProtocols => Self::Unsupported,
            OutboundFailure::Io(_) => Self::BrokenOff,
        }
    }
}

/// Where the answer to a question of this node goes.
pub(crate) type AnswerTo = oneshot::Sender<Result<Bytes, SyncFailure>>;

/// Questions under way, of this node and of peers.
#[derive(Debug, Default)]
pub(crate) struct Asked {
    /// This node's, each until it is answered or the lane's patience ends. Who asks bounds them.
    pub(crate) here: HashMap<(QuestionLane, OutboundRequestId), AnswerTo>,
    /// Peers' that wait for their answer. Dropped when the peer waits no longer. The lane's streams bound them.
    pub(crate) of_peers: HashMap<(QuestionLane, InboundRequestId), oneshot::Sender<()>>,
}
