//! What a peer must not do.

use thiserror::Error;

use crate::budget::OverBudget;
use crate::frame::Oversize;

/// Why a peer is set aside.
#[derive(Debug, Error)]
pub(crate) enum Misconduct {
    #[error(transparent)]
    Oversize(#[from] Oversize),
    #[error(transparent)]
    OverBudget(#[from] OverBudget),
    #[error("a frame of {bytes} bytes was begun and not sent")]
    SlowFrame { bytes: usize },
    #[error("it opens streams of a lane over and over")]
    Streams,
    #[error("a question on the {lane} lane that is none")]
    MalformedQuestion { lane: &'static str },
    #[error("a status of {bytes} bytes cannot be read")]
    MalformedStatus { bytes: usize },
    #[error("an answer of {bytes} bytes to a relay batch cannot be read")]
    MalformedAnswer { bytes: usize },
    #[error("it was told to wait and offered {batches} relay batches meanwhile")]
    DoesNotWait { batches: u32 },
    #[error("it relayed what no honest node relays: {0}")]
    Relayed(String),
    #[error("it sent what no honest node sends: {0}")]
    Sent(String),
}
