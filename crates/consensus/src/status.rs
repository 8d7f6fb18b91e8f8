//! What a person or a monitor may want to know of consensus.

use bulla_types::Address;
use tokio::sync::watch;

/// What this node's consensus is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Phase {
    /// Waits for validators to be connected.
    Starting,
    /// Runs rounds of a height.
    Running,
    /// Has committed all that there is and holds the next height back.
    Idle,
    /// Has ended; see `last_error`.
    Ended,
}

/// What this node does in the running round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RoundRole {
    /// Proposes the block.
    Proposer,
    /// Votes on it.
    Validator,
    /// Follows.
    Observer,
}

/// A node that this one is connected with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConnectedPeer {
    /// Its network identity.
    pub peer_id: String,
    /// The validator that it proved to be, whether of the running height or not.
    pub validator: Option<Address>,
}

/// The state of consensus at this node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsensusStatus {
    /// What it is about.
    pub phase: Phase,
    /// The height that it runs, or ran last.
    pub height: u64,
    /// The round of that height.
    pub round: u32,
    /// Its part in that round.
    pub role: RoundRole,
    /// The last height that it committed; 0 before the first.
    pub committed: u64,
    /// Who it is connected with, by network identity.
    pub peers: Vec<ConnectedPeer>,
    /// Whether it and the validators it is connected with have more than two thirds of the power. Without,
    /// nothing can be decided.
    pub quorum_connected: bool,
    /// The last thing that went wrong, for people.
    pub last_error: Option<String>,
}

/// Where the parts of this crate write the status.
pub(crate) struct StatusBoard(watch::Sender<ConsensusStatus>);

impl StatusBoard {
    pub(crate) fn new() -> Self {
        Self(watch::Sender::new(ConsensusStatus {
            phase: Phase::Starting,
            height: 0,
            round: 0,
            role: RoundRole::Observer,
            committed: 0,
            peers: Vec::new(),
            quorum_connected: false,
            last_error: None,
        }))
    }

    pub(crate) fn subscribe(&self) -> watch::Receiver<ConsensusStatus> {
        self.0.subscribe()
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut ConsensusStatus)) {
        self.0.send_modify(change);
    }

    /// Notes something that went wrong, here and in the log.
    pub(crate) fn error(&self, error: &dyn std::error::Error) {
        tracing::error!(%error, "consensus");
        self.change(|status| status.last_error = Some(error.to_string()));
    }
}
