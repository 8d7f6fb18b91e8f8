use bulla_crypto::{Hash, PublicKey, Signature};
use bulla_types::{Address, BlockHash, LedgerId};
use bytes::Bytes;

use crate::context::Bulla;
use crate::limits::{PART_BYTES, PARTS_MAX};
use crate::signing::preimage;

/// One message of a stream.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Part {
    First(FirstPart),
    Data(Bytes),
}

impl malachitebft_core_types::ProposalPart<Bulla> for Part {
    fn is_first(&self) -> bool {
        matches!(self, Self::First(_))
    }

    /// No part knows: the size in the first one says which is last. The engine does not ask.
    fn is_last(&self) -> bool {
        false
    }
}

/// What a stream proposes, signed by its proposer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct FirstPart {
    pub(crate) height: u64,
    pub(crate) round: u32,
    /// Round in which more than two thirds prevoted for the block; none for a fresh proposal.
    pub(crate) pol_round: Option<u32>,
    pub(crate) proposer: Address,
    pub(crate) block_hash: BlockHash,
    /// Bytes of the block.
    pub(crate) size: u32,
    /// BLAKE3 of the bytes.
    pub(crate) digest: Hash,
    pub(crate) signature: Signature,
}

impl FirstPart {
    /// How many data parts follow.
    pub(crate) fn data_parts(&self) -> u64 {
        u64::from(self.size).div_ceil(PART_BYTES as u64)
    }

    /// Bytes of the data part with this sequence number, from 1; `None` beyond the last.
    pub(crate) fn data_bytes(&self, sequence: u64) -> Option<usize> {
        let before = sequence.checked_sub(1)?.checked_mul(PART_BYTES as u64)?;
        let rest = u64::from(self.size).checked_sub(before).filter(|rest| *rest > 0)?;
        usize::try_from(rest.min(PART_BYTES as u64)).ok()
    }

    /// Whether the rounds and the size can be true at all.
    pub(crate) fn is_plausible(&self) -> bool {
        let size_fits = self.size > 0 && self.data_parts() <= PARTS_MAX as u64;
        size_fits && self.pol_round.is_none_or(|pol| pol < self.round)
    }

    pub(crate) fn is_signed_by(&self, ledger: &LedgerId, key: &PublicKey) -> bool {
        key.verify_strict(&preimage::first_part(ledger, self).preimage(), &self.signature).is_ok()
    }
}
