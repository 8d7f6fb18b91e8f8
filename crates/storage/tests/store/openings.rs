//! Openings: beside the log, and erasable without it.

use std::time::{Duration, Instant};

use bulla_storage::{
    Lacking, Looked, NoHook, StorageError, StoreOptions, StoredBlock, fsck, openings_of_entries,
};
use bulla_types::{BlockHash, Height, MemberNumber};

use crate::ledger::{TestLedger, title};

#[test]
fn an_erased_opening_is_gone_from_the_disk_and_the_ledger_stays_whole() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    let block = ledger.grow(&opened.store, 3);
    let hash = block.header.hash();
    let titles = |position| {
        let openings = opened.store.view().unwrap().openings_of(&hash, position).unwrap();
        openings
            .into_iter()
            .map(|opening| String::from_utf8(opening.value.to_vec()).unwrap())
            .collect::<Vec<_>>()
    };
    assert!(titles(0).is_empty());
    assert_eq!([1, 2, 3].map(titles), [[title(1)], [title(2)], [title(3)]]);
    assert!(on_disk(folder.path(), title(2).as_bytes()));

    assert!(opened.store.erase_openings(&hash, 2).unwrap());
    assert!(!opened.store.erase_openings(&hash, 2).unwrap());
    assert!(titles(2).is_empty());
    assert_eq!([1, 3].map(titles), [[title(1)], [title(3)]]);
    // The files that are no longer needed are deleted in the background.
    let deadline = Instant::now() + Duration::from_secs(10);
    while on_disk(folder.path(), title(2).as_bytes()) {
        assert!(Instant::now() < deadline, "still on the disk");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert!(on_disk(folder.path(), title(3).as_bytes()));
    drop(opened);
    let report = fsck(folder.path(), &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.checked.openings, 2);
}

#[test]
fn a_block_that_comes_bare_first_and_whole_then_keeps_its_openings() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let built = ledger.build(&store, 3);
    let hash = built.header.hash();
    let bare = StoredBlock::parse(built.stored.body()).unwrap();
    store.put_proposal(&built.proposal(), Some(&bare)).unwrap();
    assert!(store.view().unwrap().openings(&hash).unwrap().is_empty());
    for _ in 0..2 {
        store.put_proposal(&built.proposal(), Some(&built.stored)).unwrap();
        assert_eq!(&store.view().unwrap().openings(&hash).unwrap()[..], built.stored.openings());
    }
    // That it comes bare once more takes nothing away.
    store.put_proposal(&built.proposal_of_round(1), Some(&bare)).unwrap();
    built.commit(&store).unwrap();
    assert_eq!(&store.view().unwrap().openings(&hash).unwrap()[..], built.stored.openings());
}

#[test]
fn openings_that_come_later_join_those_that_are_here_and_erased_ones_stay_away() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    let store = &opened.store;
    let built = ledger.build(store, 3);
    let hash = built.header.hash();
    let all = openings_of_entries(built.stored.openings(), &[0, 1, 2, 3]).unwrap();
    assert_eq!(all.iter().map(|(position, _)| *position).collect::<Vec<_>>(), [1, 2, 3]);
    assert!(
        matches!(store.add_openings(&hash, &all), Err(StorageError::MissingBody(missing)) if missing == hash)
    );

    let bare = StoredBlock::parse(built.stored.body()).unwrap();
    store.put_proposal(&built.proposal(), Some(&bare)).unwrap();
    built.commit(store).unwrap();
    let kept = || {
        let view = store.view().unwrap();
        openings_of_entries(&view.openings(&hash).unwrap(), &[0, 1, 2, 3]).unwrap()
    };
    assert!(kept().is_empty());
    assert!(store.add_openings(&hash, &all[2..]).unwrap());
    assert!(store.add_openings(&hash, &all[..1]).unwrap());
    assert!(!store.add_openings(&hash, &all[..1]).unwrap(), "it is here already");
    assert_eq!(kept(), [all[0].clone(), all[2].clone()]);
    assert!(!store.erase_openings(&hash, 2).unwrap(), "there are none, and they stay away");
    assert!(store.erase_openings(&hash, 1).unwrap());
    assert!(!store.add_openings(&hash, &all).unwrap());
    assert_eq!(kept(), [all[2].clone()]);
    assert!(store.view().unwrap().is_erased(&hash, 1).unwrap());
    assert!(!store.view().unwrap().is_erased(&hash, 3).unwrap());
    // What is here equals what the block would have brought.
    assert!(store.view().unwrap().encoded_block(&hash).unwrap().unwrap().len() > bare.body().len());
    drop(opened);
    let report = fsck(folder.path(), &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    assert_eq!((report.findings, report.checked.openings), (vec![], 1));
}

#[test]
fn what_lacks_is_known_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    (0..4).for_each(|_| _ = ledger.grow(&opened.store, 1));
    assert_eq!(opened.store.view().unwrap().looked().unwrap(), None);
    let lacking = |entries, rounds| Lacking { entries, rounds };
    let looked = Looked { height: Height(3), member: Some(MemberNumber(5)), reads_all: false };
    let found = [(Height(1), lacking(2, 0)), (Height(3), lacking(1, 0))];
    opened.store.note_lacking(&found, &looked).unwrap();
    opened.store.set_lacking(Height(3), Some(lacking(1, 2))).unwrap();
    opened.store.set_lacking(Height(1), None).unwrap();
    opened.store.set_lacking(Height(2), None).unwrap();
    drop(opened);
    let opened = ledger.open(folder.path());
    let view = opened.store.view().unwrap();
    let kept: Vec<_> = view.lacking().collect::<Result<_, _>>().unwrap();
    assert_eq!((kept, view.looked().unwrap()), (vec![(Height(3), lacking(1, 2))], Some(looked)));
    drop(view);
    // A block that is not here cannot lack anything.
    opened.store.set_lacking(Height(9), Some(lacking(1, 0))).unwrap();
    assert!(!opened.store.view().unwrap().is_erased(&BlockHash::from_bytes([1; 32]), 0).unwrap());
    drop(opened);
    let report = fsck(folder.path(), &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    assert_eq!(report.findings.len(), 1, "{:?}", report.findings);
    assert_eq!(report.findings[0].place, "lacking 9");
}

fn on_disk(folder: &std::path::Path, text: &[u8]) -> bool {
    let files = std::fs::read_dir(folder.join("db")).unwrap();
    // The database deletes files meanwhile.
    let mut contents = files.filter_map(|file| std::fs::read(file.unwrap().path()).ok());
    contents.any(|content| content.windows(text.len()).any(|window| window == text))
}
