//! The integrity check: silent on a folder in good order, exact on one byte flipped.

use std::{
    fs,
    path::{Path, PathBuf},
};

use bulla_storage::{ENGINE_LOG, Finding, FsckReport, NoHook, Progress, Stage, StoreOptions, fsck};
use bulla_types::{Address, Height};

use crate::{copy_folder, engine_log::engine_log, ledger::TestLedger};

fn check(folder: &Path) -> FsckReport {
    fsck(folder, &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap()
}

fn places(report: &FsckReport) -> Vec<&str> {
    report.findings.iter().map(|finding| finding.place.as_str()).collect()
}

/// A ledger with empty and full blocks, two proposals for the next height, votes, and forgotten requests.
/// Closed once in between, so that part of it stands in files and part in the log.
fn full_folder(folder: &Path) -> TestLedger {
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder);
    for height in 1..=25 {
        ledger.grow(&opened.store, if height == 3 { 600 } else { height % 3 });
    }
    drop(opened);
    let opened = ledger.open(folder);
    for deposits in [2, 0, 4] {
        ledger.grow(&opened.store, deposits);
    }
    let mut votes = Vec::new();
    for deposits in [1, 2] {
        let built = ledger.build(&opened.store, deposits);
        opened.store.put_proposal(&built.proposal(), Some(&built.stored)).unwrap();
        let round = u32::try_from(deposits).unwrap();
        let vote = bulla_storage::SignedVote {
            height: Height(29),
            round,
            step: bulla_storage::SignedStep::Prevote,
            value: Some(built.header.hash()),
        };
        opened.signed.check_and_record(&vote).unwrap();
        votes.push((Address::from_bytes([1; 32]), vote));
    }
    fs::write(folder.join(ENGINE_LOG), engine_log(29, &votes)).unwrap();
    ledger
}

#[test]
fn a_folder_in_good_order_has_no_findings_and_everything_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    full_folder(folder.path());
    let mut stages = Vec::new();
    let mut progress = |progress: Progress| {
        if stages.last() != Some(&progress.stage) {
            stages.push(progress.stage);
        }
    };
    let report = fsck(folder.path(), &StoreOptions::small(), &mut NoHook, &mut progress).unwrap();
    assert_eq!(report.findings, []);
    assert_eq!(report.notes, Vec::<String>::new());
    assert_eq!(stages, [Stage::Chain, Stage::State]);
    let checked = report.checked;
    assert_eq!((checked.blocks, checked.entries, checked.state_records, checked.proposals), (28, 632, 3, 2));
    assert_eq!((checked.openings, checked.tiles), (631, 2 * 4));
    assert!(checked.requests > 0 && checked.requests < 631);
}

#[test]
fn a_folder_that_was_only_made_is_in_good_order() {
    let folder = tempfile::tempdir().unwrap();
    drop(TestLedger::new("one").create(folder.path()));
    assert_eq!(check(folder.path()).findings, []);
}

#[test]
fn the_check_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    full_folder(folder.path());
    let contents = |folder: &Path| {
        let mut files: Vec<_> =
            files_in(folder).into_iter().map(|path| (fs::read(&path).unwrap(), path)).collect();
        files.sort();
        files
    };
    let before = contents(folder.path());
    check(folder.path());
    assert_eq!(before, contents(folder.path()));
}

/// Flips bytes of one kind of file, spread over it, one at a time; each must be found.
fn flip_each(kind: &str, matches: impl Fn(&str) -> bool, positions: impl Fn(&[u8]) -> Vec<usize>) {
    let folder = tempfile::tempdir().unwrap();
    full_folder(folder.path());
    let files: Vec<_> = files_in(folder.path())
        .into_iter()
        .filter(|path| matches(path.file_name().unwrap().to_str().unwrap()))
        .collect();
    assert!(!files.is_empty(), "no {kind}");
    for path in files {
        let whole = fs::read(&path).unwrap();
        for position in positions(&whole) {
            let mut bytes = whole.clone();
            bytes[position] ^= 0x04;
            fs::write(&path, bytes).unwrap();
            let report = check(folder.path());
            assert!(
                !report.is_clean(),
                "{kind} {}: byte {position} of {} flipped and not found; notes {:?}",
                path.display(),
                whole.len(),
                report.notes,
            );
        }
        fs::write(&path, whole).unwrap();
    }
    assert_eq!(check(folder.path()).findings, []);
}

fn spread(count: usize) -> impl Fn(&[u8]) -> Vec<usize> {
    move |bytes| (0..count).map(|step| (bytes.len() - 1) * step / (count - 1)).collect()
}

#[test]
fn a_flipped_byte_of_a_table_is_found() {
    flip_each("table", |name| name.ends_with(".sst"), spread(12));
}

#[test]
fn a_flipped_byte_of_a_body_is_found() {
    flip_each("blob file", |name| name.ends_with(".blob"), spread(20));
}

#[test]
fn a_flipped_byte_of_the_write_ahead_log_is_found() {
    flip_each("log", |name| name.ends_with(".log"), spread(40));
}

#[test]
fn a_flipped_byte_of_the_manifest_is_found() {
    flip_each("manifest", |name| name.starts_with("MANIFEST"), spread(40));
}

#[test]
fn a_flipped_byte_of_the_pointer_to_the_manifest_is_found() {
    flip_each("pointer", |name| name == "CURRENT", |bytes| (0..bytes.len()).collect());
}

#[test]
fn a_flipped_byte_of_the_tip_record_is_found() {
    flip_each(
        "tip record",
        |name| name == "tip",
        |_| (0..76).chain(4096..4160).chain(8192..8256).step_by(3).collect(),
    );
}

#[test]
fn a_flipped_byte_of_the_signed_votes_is_found() {
    flip_each(
        "votes",
        |name| name == "signed",
        |_| (0..76).chain(8192..8256).chain(12_288..12_352).step_by(3).collect(),
    );
}

#[test]
fn a_flipped_byte_of_the_genesis_is_found() {
    let folder = tempfile::tempdir().unwrap();
    full_folder(folder.path());
    let genesis = "登记机构".as_bytes();
    let holds = |path: &PathBuf| {
        let bytes = fs::read(path).unwrap();
        bytes.windows(genesis.len()).position(|window| window == genesis).map(|at| (path.clone(), bytes, at))
    };
    let (path, mut bytes, at) = files_in(folder.path()).iter().find_map(holds).unwrap();
    bytes[at] ^= 1;
    fs::write(&path, bytes).unwrap();
    assert!(!check(folder.path()).is_clean());
}

#[test]
fn the_finding_names_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    full_folder(folder.path());
    let live = folder.path();

    let tip = live.join("tip");
    let whole = fs::read(&tip).unwrap();
    let mut bytes = whole.clone();
    bytes[4096 + 10] ^= 1;
    fs::write(&tip, bytes).unwrap();
    assert_eq!(
        check(live).findings,
        [Finding {
            place: "tip".to_owned(),
            what: "the checksum of 1 of 2 records does not match".to_owned(),
            expected: None,
            found: None,
        }]
    );
    fs::write(&tip, whole).unwrap();

    fs::remove_file(live.join("signed")).unwrap();
    assert_eq!(places(&check(live)), ["signed"]);
}

#[test]
fn a_rolled_back_database_is_found_with_both_heights() {
    let folder = tempfile::tempdir().unwrap();
    let (live, old) = (folder.path().join("live"), folder.path().join("old"));
    let ledger = TestLedger::new("one");
    let opened = ledger.create(&live);
    ledger.grow(&opened.store, 1);
    copy_folder(&live.join("db"), &old);
    ledger.grow(&opened.store, 1);
    drop(opened);
    fs::remove_dir_all(live.join("db")).unwrap();
    copy_folder(&old, &live.join("db"));
    let report = check(&live);
    assert_eq!(
        report.findings,
        [Finding {
            place: "database".to_owned(),
            what: "the height: it is rolled back".to_owned(),
            expected: Some("2".to_owned()),
            found: Some("1".to_owned()),
        }]
    );
}

fn files_in(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            files.extend(files_in(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
