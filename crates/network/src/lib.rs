//! The members' network: one libp2p host per node (TCP, Noise, yamux), closed to everyone who is not
//! on its list.
//!
//! # Who gets in
//! [`Host`] keeps a list of allowed peers, filled from the ledger's members and changed with them
//! ([`HostHandle::set_allowed`]). The list is asked first of all behaviours, as soon as the Noise
//! handshake has proved who is there: a stranger's connection is closed before a byte of any lane is
//! read, and a removed peer is cut off at once. Nothing that a peer says about itself counts.
//!
//! # Lanes
//! What peers say to each other travels on lanes. Each lane is a request/response protocol with its own
//! name, frame limit and budget; its name carries the ledger's short id, so that two ledgers never mix.
//!
//! | lane | request | answer |
//! |---|---|---|
//! | `/bulla/relay/1/…` | a batch of submissions, opaque here | how many were taken, or "busy, later" |
//! | `/bulla/status/1/…` | height, tip and waiting entries of the sender | empty |
//!
//! A frame is a big-endian `u32` length and that many bytes.
//!
//! # Limits
//! Every queue is bounded ([`Limits`]). A slow peer loses relay batches from its own queue, counted,
//! and nobody else's; mempools announce again what stays uncommitted. A peer that sends more than its
//! budget, or a frame that breaks the lane's rules, is disconnected, named in the log and set aside for
//! a while.
//!
//! # What is assumed of a listed peer
//! It may be compromised, so every byte of it is hostile, but it can be named and removed. It can make
//! this node hold at most its streams' flow-control windows and the frames being read.

mod address;
mod behaviour;
mod budget;
mod codec;
mod config;
mod counters;
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
mod redial;
mod relay;
mod relay_queue;
mod status;

pub use address::{AddressError, PeerAddress};
pub use config::{HostConfig, Limits};
pub use counters::{CounterValues, Counters};
pub use error::{HostError, RelayError};
pub use event::{NetworkEvent, RelayReply};
pub use handle::{HostHandle, PeerSnapshot};
pub use host::Host;
pub use key::{KeyError, NodeKey, peer_id_of};
pub use libp2p::{Multiaddr, PeerId};
pub use status::NodeStatus;
