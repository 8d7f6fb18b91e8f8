//! Committing: what follows from the tip is stored as one, and nothing else is.

use bulla_storage::{Durable, StorageError};
use bulla_types::Height;

use crate::ledger::TestLedger;

#[test]
fn a_committed_block_is_there_after_reopening() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    let blocks: Vec<_> = [3, 0, 2].map(|deposits| ledger.grow(&opened.store, deposits)).into();
    let tip = opened.store.tip();
    drop(opened);

    let store = ledger.open(folder.path()).store;
    assert_eq!(store.tip(), tip);
    assert_eq!((tip.height, tip.log_size), (Height(3), 6));
    let view = store.view().unwrap();
    for block in &blocks {
        let decided = view.decided(block.header.height).unwrap().unwrap();
        assert_eq!((&decided.header, &decided.certificate), (&block.header, &block.certificate));
        assert_eq!(view.body(&decided.block_hash).unwrap().unwrap().body(), block.stored.body());
    }
    assert_eq!(view.decided_range().unwrap(), Some(1..=3));
}

#[test]
fn a_block_that_was_never_proposed_is_committed_with_its_body() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let built = ledger.build(&store, 2);
    assert!(matches!(built.commit(&store), Err(StorageError::MissingBody(_))));
    let mut commit = built.as_commit();
    commit.block = Some(&built.stored);
    store.commit(&commit).unwrap();
    let encoded = store.view().unwrap().encoded_block(&commit.block_hash).unwrap().unwrap();
    assert_eq!(encoded, [built.stored.body().as_ref(), built.stored.openings()].concat());
}

#[test]
fn commits_that_may_be_on_the_disk_later_stand_at_once_and_are_counted_until_they_are_settled() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let later = |deposits| {
        let built = ledger.build(&store, deposits);
        let commit = bulla_storage::Commit {
            block: Some(&built.stored),
            durable: Durable::Later,
            ..built.as_commit()
        };
        store.commit(&commit).unwrap()
    };
    later(1);
    later(2);
    assert_eq!((store.tip().height, store.unsettled()), (Height(2), 2));
    store.settle().unwrap();
    assert_eq!(store.unsettled(), 0);
    later(1);
    ledger.grow(&store, 1);
    assert_eq!(store.unsettled(), 0, "a synced write takes what is before it along");
    let tip = later(3);
    drop(store);
    assert_eq!(ledger.open(folder.path()).store.tip(), tip, "the end of the process costs nothing");
}

#[test]
fn a_block_that_does_not_follow_from_the_tip_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let first = ledger.grow(&store, 1);
    let second = ledger.build(&store, 1);
    store.put_proposal(&second.proposal(), Some(&second.stored)).unwrap();
    let tip = store.tip();
    let refused = |what: &str, commit: bulla_storage::Commit<'_>| {
        match store.commit(&commit) {
            Err(StorageError::Refused { what: found, .. }) => assert_eq!(found, what),
            other => panic!("{what}: {other:?}"),
        }
        assert_eq!(store.tip(), tip);
    };

    refused("the height", first.as_commit());
    let mut header = second.header.clone();
    header.parent = bulla_types::BlockHash::from_bytes([1; 32]);
    refused("the parent", bulla_storage::Commit { header: &header, ..second.as_commit() });
    let mut header = second.header.clone();
    header.time.0 += 1;
    refused("the block hash", bulla_storage::Commit { header: &header, ..second.as_commit() });
    refused(
        "the certificate's height",
        bulla_storage::Commit { certificate: &first.certificate, ..second.as_commit() },
    );
    refused("the log size after", bulla_storage::Commit { log: first.as_commit().log, ..second.as_commit() });
    refused("the second log root", bulla_storage::Commit { second_log: None, ..second.as_commit() });
    refused("the state root", bulla_storage::Commit { tree: first.as_commit().tree, ..second.as_commit() });
    refused("the state version", bulla_storage::Commit { state_version: 7, ..second.as_commit() });
    second.commit(&store).unwrap();
    assert_eq!(store.tip().height, Height(2));
}

#[test]
fn a_view_shows_its_moment_whatever_is_committed_meanwhile() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    ledger.grow(&store, 1);
    let view = store.view().unwrap();
    ledger.grow(&store, 1);
    assert_eq!(view.tip().height, Height(1));
    assert!(view.entry(2).unwrap().is_none());
    assert!(view.decided(Height(2)).unwrap().is_none());
    assert!(store.view().unwrap().entry(2).unwrap().is_some());
}
