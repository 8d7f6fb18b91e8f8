//! Lanes of requests: a stream for each request and its answer, each lane with its own name, limits and
//! patience.

use std::time::Duration;

use bulla_types::LedgerId;
use libp2p::StreamProtocol;
use libp2p::request_response::{Behaviour, Config, ProtocolSupport};

use crate::codec::FrameCodec;
use crate::config::Limits;
use crate::{openings, relay, snapshot, status};

/// Length of a ledger's id.
pub(crate) const LEDGER_ID_BYTES: usize = 32;

/// One lane of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Lane {
    /// Name and version on the wire.
    name: &'static str,
    request_bytes_max: usize,
    answer_bytes_max: usize,
    /// Requests and answers that may be under way on one connection, both directions together. It bounds
    /// what a peer can make this node hold: that many frames of the lane's limit.
    streams_max: usize,
    /// A request that is not answered within this is given up.
    patience: Duration,
}

impl Lane {
    /// Batches of submissions on their way to every mempool.
    pub(crate) fn relay(batch_bytes_max: usize) -> Self {
        Self {
            name: "/bulla/relay/1",
            request_bytes_max: batch_bytes_max,
            answer_bytes_max: relay::ANSWER_BYTES,
            streams_max: 16,
            patience: Duration::from_secs(10),
        }
    }

    /// Blocks for a node that catches up. A request is answered from a disk, and an answer is long.
    pub(crate) fn sync(limits: &Limits) -> Self {
        Self {
            name: "/bulla/sync/1",
            request_bytes_max: limits.sync_request_bytes_max,
            answer_bytes_max: limits.sync_answer_bytes_max,
            streams_max: 16,
            patience: Duration::from_secs(10),
        }
    }

    /// Pieces of snapshots for a node that joins.
    pub(crate) const SNAPSHOT: Self = Self {
        name: "/bulla/snapshot/1",
        request_bytes_max: snapshot::QUESTION_BYTES_MAX,
        answer_bytes_max: snapshot::ANSWER_BYTES_MAX,
        streams_max: 8,
        patience: Duration::from_secs(20),
    };

    /// Openings of a block that the asker lacks. What a peer asks for and does not read is held here meanwhile:
    /// streams and length of answers bound it.
    pub(crate) const OPENINGS: Self = Self {
        name: "/bulla/openings/1",
        request_bytes_max: openings::QUESTION_BYTES_MAX,
        answer_bytes_max: openings::ANSWER_BYTES_MAX,
        streams_max: 8,
        patience: Duration::from_secs(20),
    };

    /// What a node tells about itself.
    pub(crate) const STATUS: Self = Self {
        name: "/bulla/status/2",
        request_bytes_max: status::STATUS_BYTES,
        answer_bytes_max: 0,
        streams_max: 8,
        patience: Duration::from_secs(5),
    };

    /// Which ledger a node is of. The only lane whose name carries none, so that two nodes of different ledgers can
    /// tell each other.
    pub(crate) const LEDGER: Self = Self {
        name: "/bulla/ledger/1",
        request_bytes_max: 0,
        answer_bytes_max: LEDGER_ID_BYTES,
        streams_max: 2,
        patience: Duration::from_secs(5),
    };

    /// The behaviour that carries the lane.
    pub(crate) fn behaviour(self, ledger_id: &LedgerId) -> Behaviour<FrameCodec> {
        self.behaviour_named(protocol_of(self.name, ledger_id))
    }

    /// The behaviour that carries a lane of nodes of whatever ledger.
    pub(crate) fn behaviour_of_any(self) -> Behaviour<FrameCodec> {
        self.behaviour_named(StreamProtocol::new(self.name))
    }

    fn behaviour_named(self, protocol: StreamProtocol) -> Behaviour<FrameCodec> {
        let codec =
            FrameCodec { request_bytes_max: self.request_bytes_max, answer_bytes_max: self.answer_bytes_max };
        let config = Config::default()
            .with_request_timeout(self.patience)
            .with_max_concurrent_streams(self.streams_max);
        Behaviour::with_codec(codec, [(protocol, ProtocolSupport::Full)], config)
    }
}

/// A lane's name for one ledger: the first 16 hex digits of the ledger's id follow the version.
pub(crate) fn protocol_of(lane: &str, ledger_id: &LedgerId) -> StreamProtocol {
    #[allow(clippy::expect_used)]
    StreamProtocol::try_from_owned(format!("{lane}/{:.16}", ledger_id.to_string()))
        .expect("invariant: a protocol name starts with a slash")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lane_is_named_after_its_ledger() {
        let ledger_id = LedgerId::from_bytes([0xab; 32]);
        assert_eq!(protocol_of(Lane::STATUS.name, &ledger_id).as_ref(), "/bulla/status/2/abababababababab");
    }
}
