//! What a validator signs, and how the `signed` file records it.
//!
//! Content of a slot, integers big-endian: height (8 bytes), round (4), step (1), whether there is a value
//! (1), value (32, zero for nil), zero (2).

use bulla_types::{BlockHash, Height};

use crate::slots::CONTENT_BYTES;

/// What a validator signs in a round, in the order in which it does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[repr(u8)]
pub enum SignedStep {
    /// It proposes a block.
    Proposal = 1,
    /// It prevotes.
    Prevote = 2,
    /// It precommits.
    Precommit = 3,
}

/// A vote or proposal that is to be signed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignedVote {
    /// Height voted on.
    pub height: Height,
    /// Round voted in, from 0.
    pub round: u32,
    /// Step of the round.
    pub step: SignedStep,
    /// The block voted for; `None` is nil.
    pub value: Option<BlockHash>,
}

impl SignedVote {
    /// A validator signs once at each.
    pub(crate) fn place(&self) -> (Height, u32, SignedStep) {
        (self.height, self.round, self.step)
    }

    pub(super) fn encode(&self) -> [u8; CONTENT_BYTES] {
        let mut content = [0; CONTENT_BYTES];
        content[..8].copy_from_slice(&self.height.0.to_be_bytes());
        content[8..12].copy_from_slice(&self.round.to_be_bytes());
        content[12] = self.step as u8;
        if let Some(value) = &self.value {
            content[13] = 1;
            content[14..46].copy_from_slice(value.as_bytes());
        }
        content
    }

    pub(super) fn decode(content: &[u8; CONTENT_BYTES]) -> Option<Self> {
        let (height, rest) = content.split_first_chunk()?;
        let (round, rest) = rest.split_first_chunk()?;
        let ([step, has_value], rest) = rest.split_first_chunk()?;
        let step = match step {
            1 => SignedStep::Proposal,
            2 => SignedStep::Prevote,
            3 => SignedStep::Precommit,
            _ => return None,
        };
        let value = rest.first_chunk().copied().map(BlockHash::from_bytes);
        Some(Self {
            height: Height(u64::from_be_bytes(*height)),
            round: u32::from_be_bytes(*round),
            step,
            value: value.filter(|_| *has_value == 1),
        })
    }
}
