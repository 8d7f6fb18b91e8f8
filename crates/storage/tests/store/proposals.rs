//! Proposals: stored before they are answered for, gone when their height is decided.

use bulla_storage::{ProposalRecord, StorageError};
use bulla_types::Height;

use crate::ledger::TestLedger;

#[test]
fn proposals_survive_a_restart_with_their_blocks() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    let (a, b) = (ledger.build(&opened.store, 1), ledger.build(&opened.store, 2));
    opened.store.put_proposal(&a.proposal(), Some(&a.stored)).unwrap();
    opened.store.put_proposal(&b.proposal(), Some(&b.stored)).unwrap();
    // Proposed again in a later round, with a proof of lock: the block is not sent to the disk again.
    let again = ProposalRecord { valid_round: Some(0), ..a.proposal_of_round(3) };
    opened.store.put_proposal(&again, None).unwrap();
    drop(opened);

    let store = ledger.open(folder.path()).store;
    let view = store.view().unwrap();
    let mut found = view.proposals(Height(1), 0).unwrap();
    found.sort_by_key(|record| record.block_hash != a.header.hash());
    assert_eq!(found, [a.proposal(), b.proposal()]);
    assert_eq!(view.proposals(Height(1), 3).unwrap(), [again]);
    assert!(view.proposals(Height(1), 1).unwrap().is_empty());
    assert_eq!(view.proposals_at(Height(1)).unwrap().len(), 3);
    let encoded = view.encoded_block(&b.header.hash()).unwrap().unwrap();
    assert_eq!(encoded, [b.stored.body().as_ref(), b.stored.openings()].concat());
}

#[test]
fn deciding_a_height_deletes_its_proposals_and_the_blocks_that_lost() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let (winner, loser) = (ledger.build(&store, 1), ledger.build(&store, 2));
    store.put_proposal(&loser.proposal(), Some(&loser.stored)).unwrap();
    store.put_proposal(&winner.proposal_of_round(1), Some(&winner.stored)).unwrap();
    winner.commit(&store).unwrap();

    let view = store.view().unwrap();
    assert!(view.proposals_at(Height(1)).unwrap().is_empty());
    assert!(view.encoded_block(&loser.header.hash()).unwrap().is_none());
    assert!(view.openings(&loser.header.hash()).unwrap().is_empty());
    assert!(view.encoded_block(&winner.header.hash()).unwrap().is_some());
    let late = store.put_proposal(&loser.proposal(), Some(&loser.stored));
    assert!(matches!(late, Err(StorageError::AlreadyDecided(Height(1)))));
}

#[test]
fn a_verdict_replaces_the_earlier_one_and_other_differences_stand_side_by_side() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let built = ledger.build(&store, 1);
    let invalid = ProposalRecord { valid: false, ..built.proposal() };
    let other_proposer = ProposalRecord { proposer: ledger.address(1), ..built.proposal() };
    store.put_proposal(&invalid, Some(&built.stored)).unwrap();
    store.put_proposal(&built.proposal(), None).unwrap();
    store.put_proposal(&other_proposer, None).unwrap();
    let found = store.view().unwrap().proposals(Height(1), 0).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found.contains(&built.proposal()) && found.contains(&other_proposer));
}

#[test]
fn a_proposal_whose_block_is_unknown_or_another_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let (a, b) = (ledger.build(&store, 1), ledger.build(&store, 2));
    assert!(matches!(store.put_proposal(&a.proposal(), None), Err(StorageError::MissingBody(_))));
    assert!(matches!(store.put_proposal(&a.proposal(), Some(&b.stored)), Err(StorageError::Refused { .. })));
    let elsewhere = ProposalRecord { height: Height(2), ..a.proposal() };
    assert!(matches!(store.put_proposal(&elsewhere, Some(&a.stored)), Err(StorageError::Refused { .. })));
}
