//! Opening: the right folder, once.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bulla_storage::{Joining, NoHook, StorageError, StoreOptions, fsck};
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
fn a_folder_of_another_schema_is_refused_and_not_a_byte_of_it_is_touched() {
    let ledger = TestLedger::new("one");
    for file in ["tip", "signed"] {
        for schema in [1, 3] {
            let folder = tempfile::tempdir().unwrap();
            ledger.grow(&ledger.create(folder.path()).store, 3);
            write_schema(&folder.path().join(file), schema);
            let before = contents(folder.path());
            let checked = fsck(folder.path(), &StoreOptions::small(), &mut NoHook, &mut |_| ());
            let options = StoreOptions::small();
            for refused in [
                ledger.try_open(folder.path()).map(drop),
                ledger.try_create(folder.path(), &options).map(drop),
                Joining::begin(folder.path(), ledger.id()).map(drop),
                checked.map(drop),
            ] {
                match refused {
                    Err(StorageError::OlderSchema { path, found: 1, supported: 2 }) if schema == 1 => {
                        assert!(path.ends_with(file));
                    }
                    Err(StorageError::NewerSchema { path, found: 3, supported: 2 }) if schema == 3 => {
                        assert!(path.ends_with(file));
                    }
                    unexpected => panic!("{file}, {schema}: {unexpected:?}"),
                }
            }
            assert_eq!(contents(folder.path()), before);
        }
    }
}

/// Puts a schema number into the first page of a slot file, and the checksum that goes with it.
fn write_schema(path: &Path, schema: u32) {
    let mut bytes = fs::read(path).unwrap();
    bytes[8..12].copy_from_slice(&schema.to_be_bytes());
    let checksum = bulla_crypto::blake3(&[&bytes[..76]]);
    bytes[76..84].copy_from_slice(&checksum.as_bytes()[..8]);
    fs::write(path, bytes).unwrap();
}

/// Every file below a folder: its bytes, and when they were last written.
fn contents(folder: &Path) -> BTreeMap<PathBuf, (Vec<u8>, SystemTime)> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let path = entry.path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            let written = entry.metadata().unwrap().modified().unwrap();
            found.insert(path.clone(), (fs::read(&path).unwrap(), written));
        }
    }
    found
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
