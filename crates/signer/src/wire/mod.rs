//! What node and signer say to each other: `docs/formats/signer.md`.
//!
//! A frame is a `u16` length, big-endian, and that many bytes, at most [`FRAME_BYTES_MAX`]. The node asks, the
//! signer answers each request once, in order. Every message has exactly one encoding.

mod answer;
mod fields;
mod request;

pub use answer::{Answer, AnswerError, Refusal, State};
pub use request::{Request, RequestError};

/// The version that both sides speak.
pub const VERSION: u8 = 1;

/// Bytes of the longest frame, without its length.
pub const FRAME_BYTES_MAX: usize = 256;

/// Bytes of the longest network identity.
pub const NETWORK_IDENTITY_BYTES_MAX: usize = 128;
