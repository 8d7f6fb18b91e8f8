//! Validators that vote twice in one step, caught as their votes arrive.
//!
//! The engine gathers such pairs too, but tells of them only when the height is finalised and forgets them
//! in a crash. Every vote passes the [verifier](crate::signing::StrictVerifier) before the engine counts it,
//! alone or in a certificate, so the second of two is seen there, with its signature.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use bulla_crypto::Signature;
use bulla_types::{Address, Equivocation, SignedValue};
use malachitebft_core_types::VoteType;
use tokio::sync::mpsc;

use crate::context::Vote;
use crate::limits::EVIDENCE_QUEUE_MAX;
use crate::signing::preimage;

/// See the [module](self).
pub(crate) struct EquivocationWatch {
    running: Mutex<RunningHeight>,
    found: mpsc::Sender<Equivocation>,
}

#[derive(Default)]
struct RunningHeight {
    height: u64,
    /// The first vote of each validator in each step.
    cast: BTreeMap<(u32, VoteType, Address), SignedValue>,
}

impl EquivocationWatch {
    /// A watch, and where its proofs come out.
    pub(crate) fn new() -> (Self, mpsc::Receiver<Equivocation>) {
        let (found, proofs) = mpsc::channel(EVIDENCE_QUEUE_MAX);
        (Self { running: Mutex::default(), found }, proofs)
    }

    /// Forgets the last height and watches this one.
    pub(crate) fn start(&self, height: u64) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        *running = RunningHeight { height, cast: BTreeMap::new() };
    }

    /// Takes note of a vote whose signature holds.
    pub(crate) fn see(&self, vote: &Vote, signature: &Signature) {
        let Some(proof) = self.compare(vote, signature) else { return };
        if self.found.try_send(proof).is_err() {
            // One proof for a step is enough for the ledger, and a validator that goes on is caught again.
            tracing::warn!(validator = %vote.voter, "more equivocations than can be kept at once");
        }
    }

    fn compare(&self, vote: &Vote, signature: &Signature) -> Option<Equivocation> {
        let round = vote.round.as_u32()?;
        let (address, height) = (vote.voter.0, vote.height.0);
        let signed = SignedValue { value: preimage::voted_block(vote), signature: *signature };

        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if running.height != height {
            return None;
        }
        let first = *running.cast.entry((round, vote.kind, address)).or_insert(signed);
        let height = bulla_types::Height(height);
        // Two votes for one block are no equivocation, and refused here.
        Equivocation::new(address, height, round, preimage::vote_type(vote), [first, signed]).ok()
    }
}

#[cfg(test)]
mod tests {
    use bulla_types::BlockHash;
    use malachitebft_core_types::{NilOrVal, Round};

    use super::*;
    use crate::context::{Height, ValidatorAddress};
    use crate::testing::{block, signature};

    fn vote(height: u64, kind: VoteType, value: NilOrVal<BlockHash>) -> Vote {
        let voter = ValidatorAddress(Address::from_bytes([5; 32]));
        Vote { kind, height: Height(height), round: Round::new(0), value, voter }
    }

    fn seen(votes: &[Vote]) -> usize {
        let (watch, mut proofs) = EquivocationWatch::new();
        watch.start(7);
        for (vote, number) in votes.iter().zip(1..) {
            watch.see(vote, &signature(number));
        }
        std::iter::from_fn(|| proofs.try_recv().ok()).count()
    }

    #[test]
    fn two_blocks_in_one_step_are_an_equivocation_and_so_are_a_block_and_none() {
        let (one, other) = (NilOrVal::Val(block(1)), NilOrVal::Val(block(2)));
        assert_eq!(seen(&[vote(7, VoteType::Prevote, one), vote(7, VoteType::Prevote, other)]), 1);
        assert_eq!(
            seen(&[vote(7, VoteType::Precommit, NilOrVal::Nil), vote(7, VoteType::Precommit, one)]),
            1
        );
    }

    #[test]
    fn a_vote_again_another_step_and_another_height_are_none() {
        let (one, other) = (NilOrVal::Val(block(1)), NilOrVal::Val(block(2)));
        assert_eq!(seen(&[vote(7, VoteType::Prevote, one), vote(7, VoteType::Prevote, one)]), 0);
        assert_eq!(seen(&[vote(7, VoteType::Prevote, one), vote(7, VoteType::Precommit, other)]), 0);
        assert_eq!(seen(&[vote(7, VoteType::Prevote, one), vote(8, VoteType::Prevote, other)]), 0);
    }
}
