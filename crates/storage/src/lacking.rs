//! What a node knows of the openings that it may have and lacks.
//!
//! A decided block may come without openings: they are fed apart, to those who may read them. What lacks is kept by
//! height, so that it is looked for again after a restart, and how far the blocks were looked through for it.

use bulla_types::{Height, MemberNumber};

/// Blocks at most that are kept as lacking openings. Where there are so many, the look through the blocks waits.
pub const LACKING_MAX: usize = 16_384;

/// What lacks of one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lacking {
    /// Entries that lack openings.
    pub entries: u32,
    /// How often others were asked for them, in vain.
    pub rounds: u32,
}

/// How far the blocks were looked through, and with whose eyes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Looked {
    /// The height of the last block that was.
    pub height: Height,
    /// The member for whom; `None` before the ledger knew whose node this is.
    pub member: Option<MemberNumber>,
    /// Whether that member read all openings then.
    pub reads_all: bool,
}
