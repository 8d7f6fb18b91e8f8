//! Openings: beside the log, and erasable without it.

use std::time::{Duration, Instant};

use bulla_storage::{NoHook, StoreOptions, fsck};

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

fn on_disk(folder: &std::path::Path, text: &[u8]) -> bool {
    let files = std::fs::read_dir(folder.join("db")).unwrap();
    // The database deletes files meanwhile.
    let mut contents = files.filter_map(|file| std::fs::read(file.unwrap().path()).ok());
    contents.any(|content| content.windows(text.len()).any(|window| window == text))
}
