//! What the record of votes says of a height whose engine log is lost.
//!
//! The engine keeps in its log which block it is locked on. Without it, it would prevote for another block in a
//! later round, and two blocks could be decided. To sign nothing more at the height would be safe too; but three
//! of four validators decide, so that two that lost their logs together would stop the ledger for ever. The
//! record knows enough to vote on (Buchman, Kwon, Milosevic, "The latest gossip on BFT consensus", algorithm 1):
//!
//! * The lock is the newest precommit for a block (line 38).
//! * From then on this validator prevotes for that block and for no other (lines 23 and 29), unless it has
//!   prevoted for the other since: with its log, it had then seen the votes that release the lock.
//! * A precommit asks for nothing remembered: the engine counts the prevotes of its round anew (line 36).
//! * A vote that was given is given again where the engine, which forgot it, asks for another: the others may
//!   never have got it and wait for it.
//! * A place that was passed gets nil, which no lock forbids, and lets a round end that the others are still in.
//!
//! The engine has also forgotten which block it would propose again. A validator that has its log proposes it.

use bulla_types::BlockHash;

use super::{SignedStep, SignedVote};

/// The value of the only vote that may be signed where the engine asks for `asked`. `votes` are all that were
/// signed at its height.
pub(super) fn value_at(votes: &[SignedVote], asked: &SignedVote) -> Option<BlockHash> {
    if let Some(given) = votes.iter().find(|vote| vote.place() == asked.place()) {
        return given.value;
    }
    if votes.iter().any(|vote| vote.place() > asked.place()) {
        return None;
    }
    match asked.step {
        SignedStep::Prevote => asked.value.filter(|block| may_prevote(votes, block)),
        SignedStep::Proposal | SignedStep::Precommit => asked.value,
    }
}

fn may_prevote(votes: &[SignedVote], block: &BlockHash) -> bool {
    let precommits = votes.iter().filter(|vote| vote.step == SignedStep::Precommit && vote.value.is_some());
    let Some(lock) = precommits.max_by_key(|vote| vote.round) else { return true };
    let released_for_it = |vote: &SignedVote| {
        vote.step == SignedStep::Prevote && vote.round > lock.round && vote.value.as_ref() == Some(block)
    };
    lock.value.as_ref() == Some(block) || votes.iter().any(released_for_it)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::Height;

    use super::*;
    use SignedStep::{Precommit, Prevote, Proposal};

    fn block(fill: u8) -> BlockHash {
        BlockHash::from_bytes([fill; 32])
    }

    fn vote(round: u32, step: SignedStep, value: Option<u8>) -> SignedVote {
        SignedVote { height: Height(7), round, step, value: value.map(block) }
    }

    #[test]
    fn a_validator_that_precommitted_a_block_prevotes_for_no_other_in_later_rounds() {
        let votes = [vote(0, Prevote, Some(1)), vote(0, Precommit, Some(1)), vote(1, Prevote, None)];
        assert_eq!(value_at(&votes, &vote(2, Prevote, Some(1))), Some(block(1)));
        assert_eq!(value_at(&votes, &vote(2, Prevote, Some(2))), None);
        assert_eq!(value_at(&votes, &vote(2, Prevote, None)), None);
    }

    #[test]
    fn a_validator_that_locked_nothing_is_free_in_later_rounds() {
        let votes = [vote(0, Prevote, Some(1)), vote(0, Precommit, None)];
        assert_eq!(value_at(&votes, &vote(1, Prevote, Some(2))), Some(block(2)));
    }

    #[test]
    fn a_lock_that_was_released_for_a_block_stays_so_and_a_newer_lock_counts_alone() {
        let mut votes = vec![vote(0, Precommit, Some(1)), vote(2, Prevote, Some(2))];
        assert_eq!(value_at(&votes, &vote(3, Prevote, Some(2))), Some(block(2)));
        assert_eq!(value_at(&votes, &vote(3, Prevote, Some(3))), None);
        votes.push(vote(3, Precommit, Some(3)));
        assert_eq!(value_at(&votes, &vote(4, Prevote, Some(2))), None);
        assert_eq!(value_at(&votes, &vote(4, Prevote, Some(3))), Some(block(3)));
    }

    #[test]
    fn a_precommit_follows_the_prevotes_of_its_round_whatever_was_locked() {
        let votes = [vote(0, Precommit, Some(1)), vote(1, Prevote, None)];
        assert_eq!(value_at(&votes, &vote(1, Precommit, Some(2))), Some(block(2)));
    }

    #[test]
    fn a_vote_that_was_given_is_given_again_and_a_place_that_was_passed_gets_nil() {
        let votes = [vote(0, Prevote, Some(1)), vote(2, Prevote, Some(2))];
        assert_eq!(value_at(&votes, &vote(0, Prevote, None)), Some(block(1)));
        assert_eq!(value_at(&votes, &vote(0, Precommit, Some(1))), None);
        assert_eq!(value_at(&votes, &vote(1, Proposal, Some(3))), None);
    }
}
