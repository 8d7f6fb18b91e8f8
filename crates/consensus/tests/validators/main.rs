//! Four validators on loopback over an application in memory: what they agree on, and what disturbs them.
//!
//! Tests wait for conditions, each with a limit. The misconduct tests need `--features byzantine`.

#![allow(clippy::unwrap_used)]

mod agreement;
mod application;
mod cluster;
mod idleness;
mod locks;
#[cfg(feature = "byzantine")]
mod misconduct;
mod restarts;
mod signer;
