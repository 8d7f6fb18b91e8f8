//! What the host tells the node.

use std::time::Duration;

use bulla_types::LedgerId;
use bytes::Bytes;
use libp2p::PeerId;
use tokio::sync::oneshot;

use crate::openings::{OpeningsQuestion, OpeningsReply};
use crate::snapshot::{SnapshotQuestion, SnapshotReply};
use crate::status::NodeStatus;

/// Something that happened on the network. [`crate::HostHandle::peers`] always has the present state; an
/// event is lost, counted, when the node does not take events in time.
#[derive(Debug)]
pub enum NetworkEvent {
    /// An allowed peer is connected: announce to it what waits.
    Connected {
        /// The peer.
        peer: PeerId,
    },
    /// The last connection to a peer ended.
    Disconnected {
        /// The peer.
        peer: PeerId,
    },
    /// A peer relays a batch of submissions. Nothing in it has been looked at.
    Relay {
        /// Who sent it.
        peer: PeerId,
        /// The batch.
        batch: Bytes,
        /// Where the answer goes.
        reply: RelayReply,
    },
    /// A peer that joins the ledger asks about snapshots.
    Snapshot {
        /// Who asks.
        peer: PeerId,
        /// What.
        question: SnapshotQuestion,
        /// Where the answer goes.
        reply: SnapshotReply,
    },
    /// A peer asks for openings.
    Openings {
        /// Who asks.
        peer: PeerId,
        /// For which.
        question: OpeningsQuestion,
        /// Where the answer goes.
        reply: OpeningsReply,
    },
    /// A peer that has no lane in common with this node says which other ledger it is of.
    OtherLedger {
        /// The peer.
        peer: PeerId,
        /// The ledger that it names.
        ledger_id: LedgerId,
    },
    /// A peer says where it stands.
    Status {
        /// The peer.
        peer: PeerId,
        /// What it says.
        status: NodeStatus,
    },
}

/// Answers a relay batch. Dropped unused, it answers "busy".
#[derive(Debug)]
pub struct RelayReply(pub(crate) oneshot::Sender<RelayVerdict>);

/// What the node makes of a batch.
#[derive(Debug)]
pub(crate) enum RelayVerdict {
    Taken { new: u32, useless: u32 },
    Busy { retry_after: Duration, new: u32, useless: u32 },
    Misconduct(String),
}

impl RelayVerdict {
    /// What is said of a batch that the node did not take.
    pub(crate) const NOT_TAKEN: Self =
        Self::Busy { retry_after: Duration::from_millis(100), new: 0, useless: 0 };
}

impl RelayReply {
    /// The batch was looked at: `new` submissions were admitted, and `useless` ones known already, or refused. A peer
    /// that brings too many of these is looked at less, see [`Limits::relay_useless`](crate::Limits::relay_useless).
    pub fn taken(self, new: u32, useless: u32) {
        self.give(RelayVerdict::Taken { new, useless });
    }

    /// Not all could be taken; the peer is to offer the batch again after `retry_after`, at most 2 s. So many
    /// submissions were `new` and `useless`, as above; that the new ones will be known then is not the peer's fault.
    pub fn busy(self, retry_after: Duration, new: u32, useless: u32) {
        self.give(RelayVerdict::Busy { retry_after, new, useless });
    }

    /// The batch holds what no honest node relays, an invalid signature for example: its sender is set
    /// aside, and `what` it did is logged.
    pub fn misconduct(self, what: impl Into<String>) {
        self.give(RelayVerdict::Misconduct(what.into()));
    }

    fn give(self, verdict: RelayVerdict) {
        // The host is gone when nobody listens: there is no one left to answer.
        let _ = self.0.send(verdict);
    }
}
