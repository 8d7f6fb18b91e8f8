//! The two trees of a ledger, as pure functions over storage traits.
//!
//! * [`log`]: the append-only tree over all entries (RFC 9162), kept as tiles of 256 hashes: appending, inclusion
//!   and consistency paths, their verification.
//! * [`tile`] and [`checkpoint`]: how the log is served to strangers (C2SP `tlog-tiles`, `tlog-checkpoint`).
//! * [`state`]: the sparse Merkle map over the mutable records: updating, existence and absence proofs, their
//!   verification.
//!
//! The formats are pinned in `docs/formats/log.md` and `docs/formats/state-map.md`. Verification reads no storage,
//! takes bounded input and never panics. Nothing here knows a clock, a file, a thread or a random number; the caller
//! persists what `log::append` and `state::update` return, in one batch.

pub mod checkpoint;
pub mod log;
pub mod state;
pub mod tile;
