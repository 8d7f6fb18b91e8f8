//! What is signed, and what never is.

#![allow(clippy::unwrap_used)]

use std::{fs, path::Path};

use bulla_types::BlockHash;

use super::*;

fn open(path: &Path) -> SignedGuard {
    let folder = Folder::new(path);
    let found = SignedGuard::open(&folder).unwrap();
    found.unwrap_or_else(|| {
        let new = SignedGuard::create(&folder, LedgerId::from_bytes([1; 32])).unwrap();
        new.settle(Height(0)).unwrap();
        new
    })
}

fn vote(height: u64, round: u32, step: SignedStep, value: Option<u8>) -> SignedVote {
    let value = value.map(|fill| BlockHash::from_bytes([fill; 32]));
    SignedVote { height: Height(height), round, step, value }
}

#[test]
fn the_same_vote_is_allowed_again_and_another_in_its_place_is_not_even_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let votes = [
        vote(7, 0, SignedStep::Proposal, Some(1)),
        vote(7, 0, SignedStep::Prevote, Some(1)),
        vote(7, 0, SignedStep::Precommit, None),
        vote(7, 1, SignedStep::Prevote, Some(1)),
    ];
    let guard = open(folder.path());
    votes.iter().for_each(|vote| guard.check_and_record(vote).unwrap());
    drop(guard);
    let guard = open(folder.path());
    votes.iter().for_each(|vote| guard.check_and_record(vote).unwrap());
    let other = vote(7, 0, SignedStep::Prevote, Some(2));
    let refused = guard.check_and_record(&other).unwrap_err();
    assert!(matches!(refused, SignError::WouldEquivocate { recorded, .. } if recorded == votes[1]));
    assert_eq!(guard.last(), Some(votes[3]));
}

#[test]
fn nothing_is_signed_at_a_place_that_was_passed() {
    let folder = tempfile::tempdir().unwrap();
    let guard = open(folder.path());
    guard.check_and_record(&vote(7, 2, SignedStep::Prevote, Some(1))).unwrap();
    for passed in [
        vote(6, 9, SignedStep::Precommit, Some(1)),
        vote(7, 1, SignedStep::Precommit, None),
        vote(7, 2, SignedStep::Proposal, Some(1)),
    ] {
        assert!(matches!(guard.check_and_record(&passed), Err(SignError::WouldEquivocate { .. })));
    }
    guard.check_and_record(&vote(7, 2, SignedStep::Precommit, None)).unwrap();
    guard.check_and_record(&vote(8, 0, SignedStep::Proposal, Some(3))).unwrap();
    assert!(guard.check_and_record(&vote(7, 2, SignedStep::Precommit, None)).is_err());
}

#[test]
fn more_votes_than_there_are_slots_leave_the_oldest_refused() {
    let folder = tempfile::tempdir().unwrap();
    let guard = open(folder.path());
    for round in 0..70 {
        guard.check_and_record(&vote(3, round, SignedStep::Prevote, None)).unwrap();
    }
    drop(guard);
    let guard = open(folder.path());
    guard.check_and_record(&vote(3, 6, SignedStep::Prevote, None)).unwrap();
    assert!(guard.check_and_record(&vote(3, 5, SignedStep::Prevote, None)).is_err());
    guard.check_and_record(&vote(3, 70, SignedStep::Prevote, None)).unwrap();
}

#[test]
fn a_damaged_record_is_told_from_one_that_may_have_been_the_newest() {
    let folder = tempfile::tempdir().unwrap();
    let guard = open(folder.path());
    for height in 1..=3 {
        guard.check_and_record(&vote(height, 0, SignedStep::Prevote, None)).unwrap();
    }
    drop(guard);
    let path = folder.path().join("signed");
    // Sequences start at 1, and the header has a page: sequence n stands on page n + 1.
    for (sequence, newest_may_be_lost) in [(2, false), (3, true)] {
        let whole = fs::read(&path).unwrap();
        let mut bytes = whole.clone();
        bytes[4096 * (sequence + 1) + 20] ^= 1;
        fs::write(&path, bytes).unwrap();
        assert_eq!(open(folder.path()).damage(), Damage { slots: 1, newest_may_be_lost });
        fs::write(&path, whole).unwrap();
    }
}

#[test]
fn a_new_file_signs_at_once_in_a_ledger_being_founded_and_elsewhere_above_what_may_be_forgotten() {
    for (network_height, first) in [(0, 1), (1, 2), (2, 5), (7, 10)] {
        let path = tempfile::tempdir().unwrap();
        let folder = Folder::new(path.path());
        let guard = SignedGuard::create(&folder, LedgerId::from_bytes([1; 32])).unwrap();
        let refused = guard.check_and_record(&vote(first, 0, SignedStep::Prevote, None));
        assert!(matches!(refused, Err(SignError::Unsettled)));
        guard.settle(Height(network_height)).unwrap();
        assert!(guard.check_and_record(&vote(first - 1, 0, SignedStep::Prevote, None)).is_err());
        guard.check_and_record(&vote(first, 0, SignedStep::Prevote, None)).unwrap();
        drop(guard);
        assert!(open(path.path()).is_settled());
    }
}

#[test]
fn what_the_others_have_decided_is_not_voted_on_even_where_a_vote_is_recorded() {
    let folder = tempfile::tempdir().unwrap();
    let guard = open(folder.path());
    let recorded = vote(5, 0, SignedStep::Precommit, Some(1));
    guard.check_and_record(&recorded).unwrap();
    guard.hold_back(Height(6));
    for decided in [recorded, vote(6, 0, SignedStep::Prevote, None)] {
        let refused = guard.check_and_record(&decided);
        assert!(matches!(refused, Err(SignError::HeldBack { height: Height(6) })));
    }
    guard.hold_back(Height(5));
    guard.check_and_record(&vote(6, 0, SignedStep::Prevote, None)).unwrap();
}

#[test]
fn without_the_engines_log_the_record_keeps_the_lock_even_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let guard = open(folder.path());
    let given = [vote(5, 0, SignedStep::Prevote, Some(1)), vote(5, 0, SignedStep::Precommit, Some(1))];
    given.iter().for_each(|vote| guard.check_and_record(vote).unwrap());
    guard.stand_in(Height(5)).unwrap();
    for guard in [guard, open(folder.path())] {
        assert_eq!(guard.stands_in(), Some(Height(5)));
        given.iter().for_each(|vote| guard.check_and_record(vote).unwrap());
        let other = guard.check_and_record(&vote(5, 1, SignedStep::Prevote, Some(2)));
        assert!(matches!(other, Err(SignError::Bound { value: None, .. })));
    }
    let guard = open(folder.path());
    let forgotten = guard.check_and_record(&vote(5, 0, SignedStep::Prevote, None));
    assert!(matches!(forgotten, Err(SignError::Bound { value, .. }) if value == given[0].value));
    guard.check_and_record(&vote(5, 1, SignedStep::Prevote, None)).unwrap();
    guard.check_and_record(&vote(5, 2, SignedStep::Prevote, Some(1))).unwrap();
    guard.check_and_record(&vote(6, 0, SignedStep::Prevote, Some(9))).unwrap();
    guard.check_and_record(&vote(6, 0, SignedStep::Precommit, None)).unwrap();
    guard.check_and_record(&vote(6, 1, SignedStep::Prevote, Some(8))).unwrap();
}

#[test]
fn a_record_that_may_lack_votes_of_the_height_signs_nothing_at_it_without_the_log() {
    let folder = tempfile::tempdir().unwrap();
    let guard = open(folder.path());
    for round in 0..KIND.slots {
        guard.check_and_record(&vote(3, round, SignedStep::Prevote, None)).unwrap();
    }
    guard.stand_in(Height(3)).unwrap();
    let refused = guard.check_and_record(&vote(3, KIND.slots, SignedStep::Prevote, None));
    assert!(matches!(refused, Err(SignError::BelowFloor { floor: Height(3) })));
}

#[test]
fn a_copied_file_signs_nothing_before_the_network_has_passed_its_forgotten_votes() {
    let folder = tempfile::tempdir().unwrap();
    let guard = open(folder.path());
    guard.check_and_record(&vote(5, 0, SignedStep::Precommit, Some(1))).unwrap();
    drop(guard);
    let (path, copy) = (folder.path().join("signed"), folder.path().join("copy"));
    fs::copy(&path, &copy).unwrap();
    fs::rename(&copy, &path).unwrap();
    let guard = open(folder.path());
    assert!(matches!(
        guard.check_and_record(&vote(6, 0, SignedStep::Prevote, None)),
        Err(SignError::Unsettled)
    ));
    guard.settle(Height(9)).unwrap();
    drop(guard);
    let guard = open(folder.path());
    assert!(matches!(
        guard.check_and_record(&vote(11, 0, SignedStep::Prevote, None)),
        Err(SignError::BelowFloor { floor: Height(11) })
    ));
    guard.check_and_record(&vote(12, 0, SignedStep::Prevote, None)).unwrap();
}

#[test]
fn a_record_that_knows_nothing_of_an_act_that_a_block_shows_is_in_doubt_and_one_that_does_is_not() {
    let folder = tempfile::tempdir().unwrap();
    let guard = open(folder.path());
    guard.check_and_record(&vote(7, 0, SignedStep::Prevote, None)).unwrap();
    assert!(!guard.acted_at(Height(7)).unwrap());
    assert!(guard.is_settled());
    assert!(guard.acted_at(Height(8)).unwrap());
    assert!(!guard.acted_at(Height(9)).unwrap(), "it is in doubt already");
    for guard in [guard, open(folder.path())] {
        let refused = guard.check_and_record(&vote(9, 0, SignedStep::Prevote, None));
        assert!(matches!(refused, Err(SignError::Unsettled)));
    }
    let guard = open(folder.path());
    guard.settle(Height(8)).unwrap();
    // What is below the floor is given up, and shows nothing.
    assert!(!guard.acted_at(Height(10)).unwrap());
    assert!(guard.acted_at(Height(11)).unwrap());
}
