//! Agreement on the next block: the only crate that knows Malachite, the engine that runs the Tendermint
//! protocol.
//!
//! The face to the rest of the house holds no type of the engine: an [`Application`] builds, checks and
//! commits blocks, a [`VoteSigner`] signs and never signs twice, [`spawn`] starts a node's part and returns
//! a [`ConsensusHandle`].
//!
//! ```text
//!                 ┌────────────────────── engine (Malachite actors) ──────────────────────┐
//!  peers ◀──────▶ │ network ◀─▶ consensus ◀─▶ log      sync                               │
//!                 └──────────────────┬──────────▲────────────┬──────────▲─────────────────┘
//!                       votes verified│          │            │questions │answers
//!                                     ▼          │            ▼          │
//!                   VoteWatch ◀── StrictVerifier │      Host ─▶ ApplicationLoop ──▶ Application
//!                                   EngineSigner ┴──▶ VoteSigner      parts
//! ```
//!
//! # What is agreed, and how it travels
//! The value is the 32-byte hash of a block. The block itself travels as a stream of parts (`parts`) under
//! its proposer's signature, and is executed before it is voted on.
//!
//! # What must hold here
//! - **Nothing waits for slow work**: see `host`.
//! - **Order**: the commit of a height returns before the next height starts.
//! - **A proposal that claims a lock proves it**: see `votes`. The bound on block time, a rule for fresh
//!   proposals, cannot be dodged by a claim.
//! - **A refusal to sign produces no message**, and the node goes on without a voice: see `signing`.
//! - **What is looked at ahead is believed for what it was found to be**, by exact bytes, and nothing waits for it: see
//!   `ahead`.
//! - **Bytes from peers are hostile**: see `codec`; every queue and store has its limit in `limits.rs`.
//! - **An idle ledger is quiet**: the answer to a finalised height is held back until an entry waits or
//!   another validator goes on; no timeout runs meanwhile.

mod ahead;
mod application;
#[cfg(feature = "byzantine")]
mod byzantine;
mod codec;
mod config;
mod context;
mod decided;
mod engine;
mod equivocation;
mod error;
mod frontier;
mod handle;
mod host;
mod limits;
mod network;
mod no_log;
mod parts;
mod peers;
mod signer;
mod signing;
mod standing;
mod status;
mod telemetry;
#[cfg(test)]
mod testing;
mod votes;

pub use application::{
    Application, ApplicationError, HeightInputs, KnownProposal, Origin, Proposed, Received,
};
#[cfg(feature = "byzantine")]
pub use byzantine::{Byzantine, spawn_byzantine};
pub use config::{ConsensusConfig, Role};
pub use decided::{NoAnswer, ask_decided, read_decided};
pub use error::{ConsensusError, ConsensusFailure};
pub use handle::{ConsensusHandle, spawn};
pub use limits::PART_BYTES;
pub use signer::{SignerError, SigningRequest, Step, VoteSigner};
pub use standing::serve_only;
pub use status::{ConnectedPeer, ConsensusStatus, Phase, RoundRole};
pub use telemetry::{LOG_FILTER, metrics};
