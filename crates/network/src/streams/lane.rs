//! The lanes that stay open.

use crate::config::{Budget, Limits};
use crate::counters::{Counters, LaneCounters};

/// Longest frame of the votes lane.
pub const VOTES_FRAME_BYTES_MAX: usize = 64 << 10;
/// Longest frame of the parts lane.
pub const PARTS_FRAME_BYTES_MAX: usize = (256 << 10) + 1024;
/// Bytes of frames of the parts lane that wait for one peer. Frames are shared by all peers' queues.
pub const PARTS_QUEUE_BYTES_MAX: usize = 52 << 20;

/// A lane of frames on a stream that stays open.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum StreamLane {
    /// What agreement waits for: votes, proposals, certificates, and what nodes say of themselves.
    Votes,
    /// The parts of proposed blocks.
    Parts,
}

/// Bounds of one such lane.
#[derive(Debug, Clone, Copy)]
pub struct StreamLimits {
    /// Longest frame, in and out.
    pub frame_bytes_max: usize,
    /// Frames that wait for one peer.
    pub queue_frames_max: usize,
    /// Bytes of frames that wait for one peer.
    pub queue_bytes_max: usize,
    /// What one peer may send.
    pub budget: Budget,
    /// Frames of all peers that wait to be taken. Over it their streams wait, each its turn.
    pub inbox_frames_max: usize,
}

impl StreamLimits {
    pub(crate) const VOTES: Self = Self {
        frame_bytes_max: VOTES_FRAME_BYTES_MAX,
        queue_frames_max: 1_024,
        queue_bytes_max: 4 << 20,
        budget: Budget { frames_per_second_max: 2_000, bytes_per_second_max: 8 << 20 },
        inbox_frames_max: 64,
    };

    pub(crate) const PARTS: Self = Self {
        frame_bytes_max: PARTS_FRAME_BYTES_MAX,
        queue_frames_max: 1_024,
        queue_bytes_max: PARTS_QUEUE_BYTES_MAX,
        budget: Budget { frames_per_second_max: 2_000, bytes_per_second_max: 56 << 20 },
        inbox_frames_max: 16,
    };
}

impl StreamLane {
    pub(crate) const ALL: [Self; 2] = [Self::Votes, Self::Parts];

    /// Name and version on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Votes => "/bulla/votes/1",
            Self::Parts => "/bulla/parts/1",
        }
    }

    pub(crate) fn index(self) -> usize {
        self as usize
    }

    pub(crate) fn limits(self, limits: &Limits) -> &StreamLimits {
        match self {
            Self::Votes => &limits.votes,
            Self::Parts => &limits.parts,
        }
    }

    pub(crate) fn counters(self, counters: &Counters) -> &LaneCounters {
        match self {
            Self::Votes => &counters.votes,
            Self::Parts => &counters.parts,
        }
    }
}
