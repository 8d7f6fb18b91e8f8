//! What the verified messages of the running height prove.
//!
//! Two questions of the adapter are answered here, both from messages that the engine has verified (see
//! [`StrictVerifier`](crate::signing::StrictVerifier), through which each of them passes).
//!
//! **Is a block really proposed again?** The bound on block time is a voting rule for fresh proposals only.
//! A proposer says in the signed first part of its stream, and once more in the proposal message, in which
//! round more than two thirds prevoted for the block (`pol_round`). The engine never compares the two, and
//! it joins a checked block to *any* proposal of its height with the same hash. A proposer could therefore
//! claim a lock for a block that nobody locked, only to have its time not checked. So:
//!
//! - A proposer has one word for each (round, block): what comes first, part or proposal, stands, and
//!   whatever differs from it is dropped ([`VoteWatch::claim`]).
//! - The word alone does not count. A block passes for [`Relocked`](crate::Origin::Relocked) only when the
//!   votes themselves were seen ([`VoteWatch::locked`]); until then its stream waits. An honest proposer
//!   publishes them before the block. Then more than a third of honest power has judged the time, and what
//!   other proposal the verdict is joined to no longer matters.
//!
//! **What does a synced block have to hash to?** The engine hands over its bytes without the value that its
//! certificate names, but it has just verified that certificate: [`VoteWatch::certified`].

use std::collections::{BTreeMap, BTreeSet};
use std::ops::RangeInclusive;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bulla_types::{Address, BlockHash};
use malachitebft_core_types::{NilOrVal, VoteType};
use tokio::sync::watch;

use crate::context::{Validators, Vote};
use crate::limits::CLAIMS_PER_ROUND_MAX;

/// See the [module](self). Shared by the verifier, which feeds it, and the application loop, which asks.
pub(crate) struct VoteWatch {
    running: Mutex<Option<RunningHeight>>,
    quorums: watch::Sender<u64>,
}

struct RunningHeight {
    height: u64,
    validators: Validators,
    tallies: BTreeMap<(VoteType, u32, BlockHash), Tally>,
    claims: BTreeMap<(u32, BlockHash), Option<u32>>,
}

impl RunningHeight {
    /// Step, round and block of every quorum.
    fn quorums(&self) -> impl Iterator<Item = (VoteType, u32, BlockHash)> + '_ {
        let is_quorum = |tally: &Tally| self.validators.set().quorum(tally.power);
        self.tallies.iter().filter(move |(_, tally)| is_quorum(tally)).map(|(place, _)| *place)
    }
}

#[derive(Default)]
struct Tally {
    voters: BTreeSet<Address>,
    power: u64,
}

impl VoteWatch {
    pub(crate) fn new() -> Self {
        Self { running: Mutex::new(None), quorums: watch::Sender::new(0) }
    }

    /// Forgets the last height and watches this one. Must happen before the engine verifies its first vote,
    /// that is before `StartedRound` is answered.
    pub(crate) fn start(&self, height: u64, validators: Validators) {
        let (tallies, claims) = (BTreeMap::new(), BTreeMap::new());
        *self.lock() = Some(RunningHeight { height, validators, tallies, claims });
    }

    /// Counts a vote whose signature holds.
    pub(crate) fn count(&self, vote: &Vote) {
        let (NilOrVal::Val(block), Some(round)) = (vote.value, vote.round.as_u32()) else { return };
        let mut guard = self.lock();
        let Some(running) = guard.as_mut().filter(|running| running.height == vote.height.0) else { return };
        let Some(power) = running.validators.get(&vote.voter.0).map(|validator| validator.power) else {
            return;
        };

        let tally = running.tallies.entry((vote.kind, round, block)).or_default();
        let was_quorum = running.validators.set().quorum(tally.power);
        if tally.voters.insert(vote.voter.0) {
            tally.power += power;
        }
        if !was_quorum && running.validators.set().quorum(tally.power) {
            drop(guard);
            self.quorums.send_modify(|count| *count += 1);
        }
    }

    /// Whether more than two thirds prevoted for the block in this round, or precommitted it in any.
    pub(crate) fn locked(&self, height: u64, round: u32, block: BlockHash) -> bool {
        let guard = self.lock();
        let Some(running) = guard.as_ref().filter(|running| running.height == height) else { return false };
        let mut quorums = running.quorums().filter(|(_, _, of)| *of == block);
        quorums.any(|(kind, of_round, _)| kind == VoteType::Precommit || of_round == round)
    }

    /// The block that more than two thirds precommitted in this round.
    pub(crate) fn certified(&self, height: u64, round: u32) -> Option<BlockHash> {
        let guard = self.lock();
        let running = guard.as_ref().filter(|running| running.height == height)?;
        let mut quorums = running.quorums();
        quorums
            .find(|(kind, of_round, _)| (*kind, *of_round) == (VoteType::Precommit, round))
            .map(|quorum| quorum.2)
    }

    /// Takes the proposer's signed word on the round of proof of lock. False when it has said otherwise
    /// before, or has said too much.
    pub(crate) fn claim(&self, height: u64, round: u32, block: BlockHash, pol_round: Option<u32>) -> bool {
        let mut guard = self.lock();
        let Some(running) = guard.as_mut().filter(|running| running.height == height) else { return true };
        match running.claims.get(&(round, block)) {
            Some(said) => *said == pol_round,
            None if running.claims.range(every_block_of(round)).count() >= CLAIMS_PER_ROUND_MAX => false,
            None => {
                running.claims.insert((round, block), pol_round);
                true
            }
        }
    }

    /// Changes whenever votes become a quorum: streams that wait for one may go on.
    pub(crate) fn quorums(&self) -> watch::Receiver<u64> {
        self.quorums.subscribe()
    }

    fn lock(&self) -> MutexGuard<'_, Option<RunningHeight>> {
        // Every change under the lock is complete by itself, so a panic elsewhere leaves nothing half done.
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn every_block_of(round: u32) -> RangeInclusive<(u32, BlockHash)> {
    (round, BlockHash::from_bytes([0; 32]))..=(round, BlockHash::from_bytes([0xff; 32]))
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use bulla_types::Validator;
    use malachitebft_core_types::Round;

    use super::*;
    use crate::context::{Height, ValidatorAddress};
    use crate::testing::{block, validators};

    fn vote(kind: VoteType, round: u32, of: BlockHash, voter: &Address) -> Vote {
        let (height, voter) = (Height(7), ValidatorAddress(*voter));
        Vote { kind, height, round: Round::new(round), value: NilOrVal::Val(of), voter }
    }

    fn watch_of_four() -> (VoteWatch, Vec<Address>) {
        let (set, _) = validators(4);
        let addresses = set.validators().iter().map(Validator::address).collect();
        let watch = VoteWatch::new();
        watch.start(7, Validators::from(set));
        (watch, addresses)
    }

    #[test]
    fn three_of_four_prevotes_prove_a_lock_and_two_do_not() {
        let (watch, voters) = watch_of_four();
        for voter in &voters[..2] {
            watch.count(&vote(VoteType::Prevote, 0, block(1), voter));
        }
        assert!(!watch.locked(7, 0, block(1)));
        watch.count(&vote(VoteType::Prevote, 0, block(1), &voters[2]));
        assert!(watch.locked(7, 0, block(1)));
        assert!(!watch.locked(7, 1, block(1)), "another round proves nothing");
        assert!(!watch.locked(7, 0, block(2)), "another block proves nothing");
        assert!(!watch.locked(8, 0, block(1)), "another height proves nothing");
    }

    #[test]
    fn a_vote_that_comes_again_counts_once() {
        let (watch, voters) = watch_of_four();
        for _ in 0..4 {
            watch.count(&vote(VoteType::Prevote, 0, block(1), &voters[0]));
        }
        assert!(!watch.locked(7, 0, block(1)));
    }

    #[test]
    fn precommits_certify_and_prevotes_do_not() {
        let (watch, voters) = watch_of_four();
        for voter in &voters[1..] {
            watch.count(&vote(VoteType::Prevote, 2, block(1), voter));
        }
        assert_eq!(watch.certified(7, 2), None);
        for voter in &voters[1..] {
            watch.count(&vote(VoteType::Precommit, 2, block(1), voter));
        }
        assert_eq!(watch.certified(7, 2), Some(block(1)));
    }

    #[test]
    fn what_is_certified_was_locked() {
        let (watch, voters) = watch_of_four();
        for voter in &voters[1..] {
            watch.count(&vote(VoteType::Precommit, 2, block(1), voter));
        }
        assert!(watch.locked(7, 0, block(1)));
        assert!(!watch.locked(7, 0, block(2)));
    }

    #[test]
    fn the_first_word_of_a_proposer_on_a_lock_stands() {
        let (watch, _) = watch_of_four();
        assert!(watch.claim(7, 1, block(1), Some(0)));
        assert!(watch.claim(7, 1, block(1), Some(0)));
        assert!(!watch.claim(7, 1, block(1), None));
        assert!(watch.claim(7, 2, block(1), None), "each round has its own");
    }

    #[test]
    fn a_proposer_that_signs_too_much_silences_its_own_round_only() {
        let (watch, _) = watch_of_four();
        let claimed = (0..=u8::MAX).filter(|number| watch.claim(7, 1, block(*number), None)).count();
        assert_eq!(claimed, CLAIMS_PER_ROUND_MAX);
        assert!(watch.claim(7, 2, block(1), None));
    }

    #[test]
    fn waiting_streams_hear_of_each_new_quorum_once() {
        let (watch, voters) = watch_of_four();
        let mut quorums = watch.quorums();
        for voter in &voters {
            watch.count(&vote(VoteType::Prevote, 0, block(1), voter));
        }
        assert!(quorums.has_changed().unwrap());
        assert_eq!(*quorums.borrow_and_update(), 1);
    }

    #[test]
    fn a_new_height_forgets_the_last() {
        let (watch, voters) = watch_of_four();
        for voter in &voters {
            watch.count(&vote(VoteType::Prevote, 0, block(1), voter));
        }
        watch.start(8, Validators::from(validators(4).0));
        assert!(!watch.locked(7, 0, block(1)));
        assert!(!watch.locked(8, 0, block(1)));
    }
}
