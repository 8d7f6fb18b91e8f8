//! Opening: the right folder, once.

use std::fs;

use bulla_storage::{NoHook, StorageError, StoreOptions, fsck};
use bulla_types::Height;

use crate::ledger::TestLedger;

#[test]
fn a_folder_is_open_once() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    let pid = std::process::id();
    for result in [ledger.try_open(folder.path()), ledger.try_create(folder.path(), &StoreOptions::small())] {
        assert!(matches!(result, Err(StorageError::Locked { holder: Some(holder), .. }) if holder == pid));
    }
    let checked = fsck(folder.path(), &StoreOptions::small(), &mut NoHook, &mut |_| ());
    assert!(matches!(checked, Err(StorageError::Locked { .. })));
    drop(opened);
    ledger.open(folder.path());
}

#[test]
fn a_folder_of_another_ledger_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (ledger, other) = (TestLedger::new("one"), TestLedger::new("two"));
    drop(ledger.create(folder.path()));
    for result in [other.try_open(folder.path()), other.try_create(folder.path(), &StoreOptions::small())] {
        match result {
            Err(StorageError::OtherLedger { expected, found, .. }) => {
                assert_eq!((expected, found), (other.id(), ledger.id()));
            }
            unexpected => panic!("{unexpected:?}"),
        }
    }
}

#[test]
fn an_absent_or_empty_folder_holds_no_ledger_and_a_full_one_is_not_made_again() {
    let parent = tempfile::tempdir().unwrap();
    let path = parent.path().join("data");
    let ledger = TestLedger::new("one");
    assert!(matches!(ledger.try_open(&path), Err(StorageError::NoLedger { .. })));
    fs::create_dir(&path).unwrap();
    assert!(matches!(ledger.try_open(&path), Err(StorageError::NoLedger { .. })));
    drop(ledger.create(&path));
    let again = ledger.try_create(&path, &StoreOptions::small());
    assert!(matches!(again, Err(StorageError::AlreadyExists { ledger_id, .. }) if ledger_id == ledger.id()));
}

#[test]
fn a_folder_of_something_else_is_left_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    fs::create_dir(folder.path().join("db")).unwrap();
    fs::write(folder.path().join("db/notes.txt"), "mine").unwrap();
    let ledger = TestLedger::new("one");
    for result in [ledger.try_open(folder.path()), ledger.try_create(folder.path(), &StoreOptions::small())] {
        assert!(matches!(result, Err(StorageError::NotABullaFolder { .. })));
    }
    assert_eq!(fs::read_dir(folder.path().join("db")).unwrap().count(), 1);
    let elsewhere = tempfile::tempdir().unwrap();
    let checked = fsck(elsewhere.path(), &StoreOptions::small(), &mut NoHook, &mut |_| ());
    assert!(matches!(checked, Err(StorageError::NotABullaFolder { .. })));
}

#[test]
fn a_newer_schema_is_refused_before_the_database_is_touched() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    drop(ledger.create(folder.path()));
    let path = folder.path().join("tip");
    let mut bytes = fs::read(&path).unwrap();
    bytes[8..12].copy_from_slice(&2_u32.to_be_bytes());
    let checksum = bulla_crypto::blake3(&[&bytes[..76]]);
    bytes[76..84].copy_from_slice(&checksum.as_bytes()[..8]);
    fs::write(&path, bytes).unwrap();
    let result = ledger.try_open(folder.path());
    assert!(matches!(result, Err(StorageError::NewerSchema { found: 2, supported: 1, .. })));
}

#[test]
fn making_a_folder_that_was_interrupted_is_completed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    drop(ledger.create(folder.path()));
    // The small files come first, the database last.
    fs::remove_dir_all(folder.path().join("db")).unwrap();
    assert!(matches!(ledger.try_open(folder.path()), Err(StorageError::NoLedger { .. })));
    let opened = ledger.create(folder.path());
    ledger.grow(&opened.store, 1);
    assert_eq!(opened.store.tip().height, Height(1));
}
