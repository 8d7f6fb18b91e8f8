//! The members' network: one libp2p host per node (TCP, Noise, yamux, or QUIC), closed to everyone who is not
//! on its list.
//!
//! # Who gets in
//! [`Host`] keeps a list of allowed peers, filled from the ledger's members and changed with them
//! ([`HostHandle::set_allowed`]). The list is asked first of all behaviours, as soon as the Noise
//! handshake has proved who is there: a stranger's connection is closed before a byte of any lane is
//! read, and a removed peer is cut off at once. Nothing that a peer says about itself counts.
//!
//! # Lanes
//! What peers say to each other travels on lanes. Each lane has its own protocol name, frame limit, queue
//! and budget; its name carries the ledger's short id, so that two ledgers never mix. A frame is a big-endian
//! `u32` length and that many bytes.
//!
//! Two lanes stay open, with a stream for each direction (see `streams`):
//!
//! | lane | frames |
//! |---|---|
//! | `/bulla/votes/1/…` | votes, proposals, certificates, and what nodes say of themselves; opaque here |
//! | `/bulla/parts/1/…` | the parts of proposed blocks; opaque here |
//!
//! Five are of requests, with a stream for each:
//!
//! | lane | request | answer |
//! |---|---|---|
//! | `/bulla/sync/1/…` | for blocks; opaque here | blocks; opaque here |
//! | `/bulla/relay/1/…` | a batch of submissions, opaque here | how many were taken, or "busy, later" |
//! | `/bulla/snapshot/1/…` | for what a node that joins starts from | which snapshots there are, or a piece of one |
//! | `/bulla/openings/1/…` | for openings of entries of a block | those that the asker may have and the peer keeps |
//! | `/bulla/status/2/…` | height, tip, waiting entries and newest known protocol of the sender | empty |
//!
//! # Votes do not wait
//! A vote never stands in a queue behind anything but votes. On the wire it shares a connection with the other
//! lanes: the multiplexer takes at most 16 KiB of each stream in turn, and the system is given little that it
//! cannot send at once (see `listen`), so that a vote is on its way after a few such pieces however much
//! else is to be sent. On a slow link these take their time: `docs/performance.md` says how long.
//!
//! # Limits
//! Every queue is bounded ([`Limits`]). A slow peer loses frames and relay batches from its own queues,
//! counted, and nobody else's; what matters is sent again by those above: votes by the engine's timers, blocks
//! by sync, submissions by the mempools. A peer that sends more than a lane's budget, or a frame that breaks
//! the lane's rules, is disconnected, named in the log and set aside for a while.
//!
//! Below the budgets, work has its price. Of what a peer asks for, one question after the other is looked at, and it
//! is given so many bytes a second and no more. Of what it relays, submissions that turn out to be of no use are
//! counted; over its allowance of them its batches are answered "busy" unread for a while, and a peer that does
//! not wait when it is told to is set aside.
//!
//! # What is assumed of a listed peer
//! It may be compromised, so every byte of it is hostile, but it can be named and removed. It can make
//! this node hold at most its streams' flow-control windows and the frames being read.

mod address;
mod asked;
mod behaviour;
mod budget;
mod codec;
mod config;
mod counters;
mod debt;
mod doorway;
mod duplicate;
mod error;
mod event;
mod frame;
mod handle;
mod host;
mod key;
mod lane;
mod link;
mod listen;
mod misconduct;
mod openings;
mod readers;
mod redial;
mod relay;
mod relay_credit;
mod relay_queue;
mod serving;
mod snapshot;
mod status;
mod streams;

pub use address::{AddressError, PeerAddress};
pub use asked::SyncFailure;
pub use config::{Allowance, Budget, HostConfig, Limits, SYNC_ANSWER_BYTES_MAX};
pub use counters::{CounterValues, Counters, LaneValues};
pub use error::{FrameTooLong, HostError, RelayError};
pub use event::{NetworkEvent, RelayReply};
pub use handle::{HostHandle, PeerSnapshot};
pub use host::Host;
pub use key::{KeyError, NodeKey, peer_id_of, public_key_of};
pub use libp2p::{Multiaddr, PeerId};
pub use listen::{Socket, socket_of};
pub use openings::{
    OPENINGS_ANSWER_BYTES_MAX, OPENINGS_ASKED_MAX, OpeningsAnswer, OpeningsQuestion, OpeningsReply, Unopened,
};
pub use snapshot::{
    SNAPSHOT_OFFERS_MAX, SnapshotFile, SnapshotOffer, SnapshotPiece, SnapshotQuestion, SnapshotReply,
};
pub use status::NodeStatus;
pub use streams::{
    InboundFrame, Inbox, Lanes, PARTS_FRAME_BYTES_MAX, PARTS_QUEUE_BYTES_MAX, PeerPresence, Presence,
    StreamLane, StreamLimits, StreamNumber, SyncReply, SyncRequest, VOTES_FRAME_BYTES_MAX,
};
