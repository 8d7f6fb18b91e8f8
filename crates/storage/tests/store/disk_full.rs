//! A full disk stops writing before anything is half done, and room lets it go on.

use std::{
    fs,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use bulla_fixtures::SmallDisk;
use bulla_storage::{FreeSpace, StorageError, Store, StoreOptions};
use bulla_types::Height;

use crate::ledger::TestLedger;

const MIB: u64 = 1024 * 1024;

#[test]
fn below_the_floor_nothing_is_written_until_there_is_room_again() {
    let folder = tempfile::tempdir().unwrap();
    let free = Arc::new(AtomicU64::new(1000 * MIB));
    let asked = Arc::clone(&free);
    let options = StoreOptions {
        reserve_bytes: MIB,
        free_floor_bytes: 100 * MIB,
        free_space: FreeSpace::from_fn(move |_| Ok(asked.load(Ordering::Relaxed))),
        ..StoreOptions::small()
    };
    let ledger = TestLedger::new("one");
    let store = ledger.try_create(folder.path(), &options).unwrap().store;
    let reserve = || fs::metadata(folder.path().join("reserve")).unwrap().len();
    ledger.grow(&store, 1);
    let next = ledger.build(&store, 1);
    assert_eq!(reserve(), MIB);

    free.store(99 * MIB, Ordering::Relaxed);
    let full = |result: bulla_storage::Result<()>| {
        assert!(
            matches!(result, Err(StorageError::DiskFull { needed_bytes, .. }) if needed_bytes >= 100 * MIB)
        );
    };
    full(store.put_proposal(&next.proposal(), Some(&next.stored)));
    assert_eq!(reserve(), 0);
    full(store.try_resume());
    assert_eq!(store.tip().height, Height(1));
    assert!(store.view().unwrap().entry(1).unwrap().is_some());

    // Room for the floor, not for the reserve: that would be given up again at once.
    free.store(100 * MIB, Ordering::Relaxed);
    full(store.put_proposal(&next.proposal(), Some(&next.stored)));
    full(store.try_resume());
    free.store(102 * MIB, Ordering::Relaxed);
    store.try_resume().unwrap();
    assert_eq!(reserve(), MIB);
    store.put_proposal(&next.proposal(), Some(&next.stored)).unwrap();
    next.commit(&store).unwrap();
    assert_eq!(store.tip().height, Height(2));
}

#[test]
fn a_store_opens_on_a_full_disk_to_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    ledger.grow(&opened.store, 1);
    drop(opened);
    let options = StoreOptions {
        free_floor_bytes: MIB,
        free_space: FreeSpace::from_fn(|_| Ok(0)),
        ..StoreOptions::small()
    };
    let store = Store::open(folder.path(), &options, ledger.id()).unwrap().store;
    assert!(store.view().unwrap().entry(1).unwrap().is_some());
    let next = ledger.build(&store, 1);
    let refused = store.put_proposal(&next.proposal(), Some(&next.stored));
    assert!(matches!(refused, Err(StorageError::DiskFull { free_bytes: 0, .. })));
}

#[test]
fn a_disk_that_fills_up_between_the_question_for_room_and_the_write_loses_nothing() {
    let Some(disk) = SmallDisk::mount(64 * MIB) else {
        eprintln!("not shown: this process may not mount a file system");
        return;
    };
    let folder = disk.path().join("data");
    // The answer is that there is room, until the test says otherwise.
    let (asked, known) = (disk.path().to_owned(), Arc::new(AtomicU64::new(u64::MAX)));
    let told = Arc::clone(&known);
    let free_space = FreeSpace::from_fn(move |_| {
        let found = rustix::fs::statvfs(&asked)?;
        Ok((found.f_bavail * found.f_frsize).max(told.load(Ordering::Relaxed)))
    });
    let options = StoreOptions {
        reserve_bytes: 18 * MIB,
        free_floor_bytes: 4 * MIB,
        free_space,
        ..StoreOptions::small()
    };
    let ledger = TestLedger::new("one");
    let opened = ledger.try_create(&folder, &options).unwrap();
    let store = &opened.store;
    disk.fill(16 * MIB);
    let raw =
        |height: u64| (0..400).map(|n| bytes::Bytes::from(format!("{height}.{n};").repeat(100))).collect();
    let refused = loop {
        let built = ledger.build_raw(store, raw(store.tip().height.0));
        let stored = store.put_proposal(&built.proposal(), Some(&built.stored));
        if let Err(error) = stored.and_then(|()| built.commit(store).map(drop)) {
            break error;
        }
    };
    assert!(matches!(refused, StorageError::DiskFull { .. }), "{refused}");
    known.store(0, Ordering::Relaxed);
    let tip = store.tip();
    assert!(store.view().unwrap().entry(tip.log_size - 1).unwrap().is_some());
    assert!(matches!(store.try_resume(), Err(StorageError::DiskFull { .. })));

    // A node that is started again now opens and reads, on the room of the reserve if it must.
    drop(opened);
    let opened = Store::open(&folder, &options, ledger.id()).unwrap();
    let store = &opened.store;
    assert_eq!(store.tip(), tip);

    disk.empty();
    let deadline = Instant::now() + Duration::from_secs(30);
    while let Err(error) = store.try_resume() {
        assert!(matches!(error, StorageError::DiskFull { .. }), "{error}");
        assert!(Instant::now() < deadline, "{error}");
        std::thread::sleep(Duration::from_millis(10));
    }
    let built = ledger.build_raw(store, raw(tip.height.0));
    store.put_proposal(&built.proposal(), Some(&built.stored)).unwrap();
    built.commit(store).unwrap();
    assert_eq!(store.tip().height, Height(tip.height.0 + 1));
    drop(opened);
    assert_eq!(ledger.open(&folder).store.tip().height, Height(tip.height.0 + 1));
}
