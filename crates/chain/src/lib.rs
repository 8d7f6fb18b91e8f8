//! The chain of one node: builds blocks from what waits, checks those of others by executing them, commits
//! what a quorum decided, and reads it back.
//!
//! ```text
//! build  : mempool → execute on a snapshot → log, state map, header → durable proposal
//! check  : bytes → signatures, execute on a snapshot → the same header, byte for byte → durable proposal
//! commit : certificate → one batch, synced → waiters, mempool, news
//! ```
//!
//! What must hold:
//! * Execution happens before a vote, on a snapshot of the tip; commit writes what was executed then and
//!   computes nothing again.
//! * A proposal is durable before it is answered for; the same height and round give the same block.
//! * Nothing is told to anyone before the batch is synced, but of blocks that others decided while this node had no
//!   vote: of those a cut of power may undo the newest, and they are fetched again ([`Origin::Followed`]).
//! * A proof of equivocation is durable when it is reported, until a block records it.
//! * No height is built, checked or committed by rules that are not here: the chain stops before it.
//! * The bound on block time and the builder's turn are asked of fresh proposals only.
//!
//! This crate knows no consensus engine and no socket.

mod admission;
mod ahead;
mod assemble;
mod builder;
mod certified;
mod chain;
mod checker;
mod committed;
mod due;
mod entry_ref;
mod equivocations;
mod executed;
mod fault;
mod fork;
mod founding;
mod openings;
mod pace;
mod protocol;
mod read;
mod rebuild;
mod receipt;
mod snapshot;
mod state_reader;
mod status_proof;
mod tip;
mod view;
mod waiters;
mod work;

pub use admission::CommittedState;
pub use bulla_ledger::Readership;
pub use chain::{Chain, Origin, Proposal};
pub use committed::CommittedBlock;
pub use entry_ref::EntryRef;
pub use fault::{ChainError, Rejection};
pub use founding::open_or_found;
pub use openings::{Given, Rest};
pub use pace::Start;
pub use read::EntryReader;
pub use rebuild::{RebuiltIndexes, rebuild_indexes};
pub use receipt::ProvedRecord;
pub use snapshot::{VerifiedSnapshot, make_snapshot};
pub use state_reader::StateReader;
pub use status_proof::StatusProof;
pub use tip::Tip;
pub use waiters::{Answer, Fate, Waiters};
