//! Lanes that stay open: one stream per lane and direction between two connected peers, with frames one
//! after the other.
//!
//! The side that sends opens the stream. The side that hears answers with one byte, [`pump::READY`], once
//! somebody takes the frames; until then nothing is sent, so a sender knows who hears it. Since each lane
//! has its own stream, and a multiplexed connection gives each stream its turn, a frame of one lane never
//! queues behind those of another.
//!
//! ```text
//! HostHandle::push ─▶ Outlet (bounded) ─▶ writer task ─▶ stream ─ ─ ▶ reader task ─▶ Inbox (bounded)
//! ```

mod behaviour;
mod handler;
mod inbox;
mod lane;
mod outlet;
mod presence;
mod pump;

pub(crate) use behaviour::{Behaviour, StreamEvent, What};
pub use inbox::{InboundFrame, Inbox, Lanes, SyncReply, SyncRequest};
pub(crate) use inbox::{InboxSenders, lanes};
pub use lane::{
    PARTS_FRAME_BYTES_MAX, PARTS_QUEUE_BYTES_MAX, StreamLane, StreamLimits, VOTES_FRAME_BYTES_MAX,
};
pub(crate) use outlet::Outlets;
pub(crate) use presence::PresenceBoard;
pub use presence::{PeerPresence, Presence};
pub(crate) use pump::{PumpEnd, Pumps, Reader, Writer};
