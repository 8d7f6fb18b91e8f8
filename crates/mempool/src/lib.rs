//! Transactions between their submission and their block.
//!
//! # The way in
//! [`Mempool::admit`] takes a submission from a client, [`Mempool::admit_batch`] many from a client or a
//! peer. Worker threads do the work, so that no async task is held up: each takes what waits, up to a
//! batch, and carries it through
//!
//! 1. the canonical form, the ledger's id, the expiry;
//! 2. what is known already: in the pool, or committed under the same request id;
//! 3. the signatures: one by one under the strict rule for clients, so that nothing an honest node admits
//!    is invalid in a court's own tool; in batches under ZIP-215, the ledger's own rule, for peers;
//! 4. the ledger's rules, tried on the committed state;
//! 5. the limits, with a fair share for every member.
//!
//! # The way on
//! What clients bring goes out to the peers in relay batches ([`Announcements`]), and again while it stays
//! uncommitted. [`Mempool::take`] gives a builder transactions for a block without removing them;
//! [`Mempool::committed`] and [`Mempool::refused`] remove them.
//!
//! # Verified once
//! A validator that receives a block asks [`Mempool::verify_block`], which verifies only the signatures
//! that admission has not verified: the same transaction id with the same signature bytes.
//!
//! # What must hold
//! * Nothing enters the pool unless all its signatures are valid and the rules accept it on some committed
//!   state. Later commits may make it invalid; execution decides.
//! * Every queue and table is bounded ([`Limits`]); over a bound there is a typed error with a time to
//!   retry, never a stall. Memory kept alive by an entry is its own: no entry pins the batch it came in.
//! * No lock is held across an await or while signatures are verified.

mod admission;
mod announcements;
mod block_signatures;
mod clock;
mod counters;
mod error;
mod keys;
mod limits;
mod mempool;
mod pool;
mod pooled;
mod queue;
pub mod relay_batch;
mod signatures;
mod sync;
mod view;
mod worker;

pub use admission::{Admitted, Source};
pub use announcements::Announcements;
pub use clock::{Clock, SystemClock};
pub use counters::{CounterValues, Counters};
pub use error::{AdmissionError, BlockSignatureError};
pub use limits::Limits;
pub use mempool::{Mempool, Usage};
pub use pooled::Pooled;
pub use view::AdmissionView;
