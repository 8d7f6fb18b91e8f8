//! Proofs of equivocation: kept through crashes, gone with the block that records them.

use std::path::Path;

use bulla_storage::{NoHook, StoreOptions, fsck};
use rocksdb::{DB, IteratorMode, Options};

use crate::{copy_folder, ledger::TestLedger};

#[test]
fn proofs_survive_a_crash_and_each_goes_with_the_block_that_records_it() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let (live, crashed) = (folder.path().join("live"), folder.path().join("crashed"));
    let opened = ledger.create(&live);
    ledger.grow(&opened.store, 1);
    let proofs = [ledger.equivocation(0, 1), ledger.equivocation(0, 2)];
    assert_eq!(opened.store.keep_equivocations(&proofs).unwrap(), proofs);
    copy_folder(&live, &crashed);

    let store = ledger.open(&crashed).store;
    assert_eq!(store.unrecorded_equivocations(), 2);
    assert_eq!(store.view().unwrap().unrecorded_equivocations().unwrap(), proofs);
    let built = ledger.build_recording(&store, &proofs[0]);
    store.put_proposal(&built.proposal(), Some(&built.stored)).unwrap();
    assert_eq!(store.unrecorded_equivocations(), 2, "a proposal records nothing");
    built.commit(&store).unwrap();
    assert_eq!(store.unrecorded_equivocations(), 1);
    assert_eq!(store.view().unwrap().unrecorded_equivocations().unwrap(), proofs[1..]);
    drop(store);
    assert_eq!(findings(&crashed), Vec::<String>::new());
}

#[test]
fn one_proof_is_kept_for_a_step_and_only_so_many_in_all() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    let proof = ledger.equivocation(0, 1);
    assert_eq!(store.keep_equivocations(&[proof, proof]).unwrap(), [proof]);
    assert_eq!(store.keep_equivocations(&[proof]).unwrap(), []);
    let many: Vec<_> = (2..=100).map(|height| ledger.equivocation(0, height)).collect();
    assert_eq!(store.keep_equivocations(&many).unwrap(), many[..63]);
    assert_eq!(store.keep_equivocations(&many).unwrap(), []);
    assert_eq!(store.unrecorded_equivocations(), 64);
}

#[test]
fn a_proof_that_does_not_decode_proves_nothing_or_is_recorded_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    ledger.grow(&opened.store, 1);
    opened.store.keep_equivocations(&[ledger.equivocation(0, 1)]).unwrap();
    drop(opened);
    let (key, value) = change(folder.path(), |db| {
        let kept = db.iterator_cf(db.cf_handle("equivocations").unwrap(), IteratorMode::Start).next();
        kept.unwrap().unwrap()
    });
    let put = |column: &str, key: &[u8], value: &[u8]| {
        change(folder.path(), |db| db.put_cf(db.cf_handle(column).unwrap(), key, value).unwrap());
    };
    let place = |key: &[u8]| format!("equivocations {}", hex::encode(key));

    put("equivocations", &key, &value[1..]);
    assert!(findings(folder.path())[0].starts_with(&place(&key)));
    put("equivocations", &key, &value);
    assert_eq!(findings(folder.path()), Vec::<String>::new());
    // The same votes, said to be of another round.
    let mut other = key.clone();
    other[44] ^= 1;
    put("equivocations", &other, &value);
    let proves_nothing = format!("{}: it does not prove that a validator voted twice", place(&other));
    assert_eq!(findings(folder.path()), [proves_nothing]);
    put("state", &key, &[8, 1]);
    let recorded = format!("{}: it is recorded and was not taken away", place(&key));
    assert!(findings(folder.path()).contains(&recorded));
}

fn change<T>(folder: &Path, change: impl FnOnce(&DB) -> T) -> T {
    let path = folder.join("db");
    let columns = DB::list_cf(&Options::default(), &path).unwrap();
    change(&DB::open_cf(&Options::default(), &path, columns).unwrap())
}

fn findings(folder: &Path) -> Vec<String> {
    let report = fsck(folder, &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    report.findings.iter().map(ToString::to_string).collect()
}
