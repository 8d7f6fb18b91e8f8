//! Why a signature must not be made.

use bulla_types::{BlockHash, Height};
use thiserror::Error;

use super::SignedVote;
use crate::error::StorageError;

/// Why a signature must not be made.
#[derive(Debug, Error)]
pub enum SignError {
    /// Another signature of the same place was made, or a later one: this could be an equivocation.
    #[error("signing {asked:?} would equivocate: {recorded:?} is signed")]
    WouldEquivocate {
        /// What was to be signed.
        asked: SignedVote,
        /// What stands against it.
        recorded: SignedVote,
    },
    /// The store may have forgotten votes at these heights; they are only to be observed.
    #[error("nothing is signed up to height {floor}: votes at it may be forgotten")]
    BelowFloor {
        /// The last height that is only observed.
        floor: Height,
    },
    /// The others say that they have decided this height; it needs no vote of this node any more.
    #[error("nothing is signed up to height {height}: the others have decided it, and this node follows")]
    HeldBack {
        /// The last height that is only followed.
        height: Height,
    },
    /// The record is a copy or new, and nobody has said yet up to which height votes may be missing from it:
    /// see [`SignedGuard::settle`](super::SignedGuard::settle).
    #[error(
        "the record of votes is not the one last written: nothing is signed before the network's height is known"
    )]
    Unsettled,
    /// The engine's log of this height is lost, and this record stands in for it: one vote alone may be signed
    /// at this place.
    #[error("signing {asked:?} could break a lock: only {} may be signed there", value.map_or_else(|| "nil".to_owned(), |block| block.to_string()))]
    Bound {
        /// What was to be signed.
        asked: SignedVote,
        /// What may be; `None` is nil.
        value: Option<BlockHash>,
    },
    /// The record could not be written, so nothing may be signed.
    #[error("the record of signatures cannot be kept")]
    Record(#[source] StorageError),
}
