//! Lanes that stay open: one stream per lane and direction between two connected peers, with frames one
//! after the other.
//!
//! The side that sends opens the stream. The side that hears answers with one byte, [`pump::READY`], once
//! somebody takes the frames; until then nothing is sent, so a sender knows who hears it. Since each lane
//! has its own stream, and a multiplexed connection gives each stream its turn, a frame of one lane never
//! queues behind those of another.
//!
//! A stream carries the frames of one [attendance](Lanes::attend) at either end: when that is over, the stream
//! ends, is opened anew, and waits for the next.
//!
//! ```text
//! HostHandle::push ─▶ Outlet (bounded) ─▶ writer task ─▶ stream ─ ─ ▶ reader task ─▶ Inbox (bounded)
//! ```

mod attendance;
mod behaviour;
mod handler;
mod inbox;
mod lane;
mod outlet;
mod presence;
mod pump;

pub use attendance::Lanes;
pub(crate) use attendance::{AttendanceWatch, lanes};
pub(crate) use behaviour::{Behaviour, StreamEvent, What};
pub use inbox::{InboundFrame, Inbox, SyncReply, SyncRequest};
pub use lane::{
    PARTS_FRAME_BYTES_MAX, PARTS_QUEUE_BYTES_MAX, StreamLane, StreamLimits, VOTES_FRAME_BYTES_MAX,
};
pub(crate) use outlet::Outlets;
pub(crate) use presence::PresenceBoard;
pub use presence::{PeerPresence, Presence, StreamNumber};
pub(crate) use pump::{PumpEnd, Pumps, Reader, Writer};
