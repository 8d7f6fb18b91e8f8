//! A process that may open no further file: the store says so, and loses nothing of what it committed.

use std::{env, fs, path::Path, process::Command};

use bulla_storage::{Store, StoreOptions};
use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};

use crate::ledger::TestLedger;

/// Tells the child process which folder to write in.
const FOLDER: &str = "BULLA_TEST_OUT_OF_FILES";

/// The limit is the whole process's, so that the test has one to itself.
#[test]
fn a_store_without_files_to_open_says_so_and_has_all_that_was_committed_when_it_is_opened_anew() {
    if let Some(folder) = env::var_os(FOLDER) {
        return write_without_files(Path::new(&folder));
    }
    let folder = tempfile::tempdir().unwrap();
    let this = "out_of_files::a_store_without_files_to_open_says_so_and_has_all_that_was_committed_when_it_is_opened_anew";
    let child = Command::new(env::current_exe().unwrap())
        .args(["--exact", this, "--nocapture"])
        .env(FOLDER, folder.path())
        .output()
        .unwrap();
    assert!(
        child.status.success(),
        "{}{}",
        String::from_utf8_lossy(&child.stdout),
        String::from_utf8_lossy(&child.stderr)
    );
}

fn write_without_files(folder: &Path) {
    let ledger = TestLedger::new("one");
    // Small, so that it is written to files soon.
    let options = StoreOptions { memtable_bytes: 1 << 20, ..StoreOptions::small() };
    let store = ledger.try_create(folder, &options).unwrap().store;
    ledger.grow(&store, 1);
    let Rlimit { current, maximum } = getrlimit(Resource::Nofile);
    let open = fs::read_dir("/proc/self/fd").unwrap().count() as u64;
    // Reading the folder takes one itself, and it is the highest.
    setrlimit(Resource::Nofile, Rlimit { current: Some(open - 1), maximum }).unwrap();
    let error = loop {
        let built = ledger.build(&store, 300);
        let proposed = store.put_proposal(&built.proposal(), Some(&built.stored));
        if let Err(error) = proposed.and_then(|()| built.commit(&store)) {
            break error;
        }
    };
    assert!(error.is_out_of_files(), "{error}");
    setrlimit(Resource::Nofile, Rlimit { current, maximum }).unwrap();
    let decided = store.tip();
    drop(store);
    let store = Store::open(folder, &options, ledger.id()).unwrap().store;
    assert_eq!(store.tip(), decided, "what was committed stands");
    ledger.grow(&store, 300);
}
