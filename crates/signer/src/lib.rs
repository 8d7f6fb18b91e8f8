//! Consensus keys: in a file, in a PKCS#11 token or with a signer process, all behind one guard that never signs
//! twice.
//!
//! ```text
//! node ── GuardedKey ──▶ SigningKey ─┬─ SecretKey: a key file
//!          (its own                  ├─ TokenKey: a PKCS#11 token
//!           record)                  └─ RemoteKey ── wire ──▶ bulla-signer ── GuardedKey ──▶ SecretKey or TokenKey
//!                                                                              (the signer's own record)
//! ```
//!
//! **The guard sits with whoever holds the key.** A [`GuardedKey`] lets a key sign only what its record of votes,
//! synced first, allows. A node has one before every key; a signer process has its own, whatever the nodes that ask
//! it remember. So a node put back from a copy, and two nodes at one signer, never get two signatures for different
//! values at one height, round and step.
//!
//! **No bytes are signed for anyone.** Requests say which vote, proposal or network identity they are for; the
//! signer builds the message itself, for its own ledger and its own address ([`wire`], `docs/formats/signer.md`).
//!
//! The crate knows no block, no rule and no peer of the members' network.

pub mod channel;
pub mod config;
mod guarded;
mod key;
mod library;
mod patient;
mod places;
mod remote;
pub mod server;
mod signer;
pub mod token;
pub mod wire;

pub use guarded::{GuardedKey, Unsigned};
pub use key::{KeyFailure, SigningKey, Standing};
pub use remote::{RemoteKey, SignerAddress};
pub use signer::Signer;
pub use token::{TokenConfig, TokenError, TokenKey};
