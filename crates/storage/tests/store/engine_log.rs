//! The consensus engine's log: what it is worth on opening, and what the check says of it.

use std::{fs, path::Path};

use bulla_storage::{
    ENGINE_LOG, LogLoss, NoHook, Opened, SignError, SignedStep, SignedVote, SigningDoubt, SigningFloor,
    Store, StoreOptions, fsck,
};
use bulla_types::{Address, BlockHash, Height};
use crc::{CRC_32_ISO_HDLC, Crc};

use crate::ledger::TestLedger;

const RUNNING: u64 = 2;

fn voter() -> Address {
    Address::from_bytes([1; 32])
}

fn vote(round: u32, step: SignedStep, value: Option<u8>) -> SignedVote {
    let value = value.map(|fill| BlockHash::from_bytes([fill; 32]));
    SignedVote { height: Height(RUNNING), round, step, value }
}

fn locked() -> [SignedVote; 3] {
    [
        vote(0, SignedStep::Prevote, Some(1)),
        vote(0, SignedStep::Precommit, Some(1)),
        vote(1, SignedStep::Prevote, None),
    ]
}

/// An engine log: `docs/formats/data-folder.md`.
pub(crate) fn engine_log(height: u64, votes: &[(Address, SignedVote)]) -> Vec<u8> {
    let mut log = 1_u32.to_be_bytes().to_vec();
    log.extend(height.to_be_bytes());
    for (voter, vote) in votes {
        let mut message = vec![1];
        message.extend([7; 64]);
        message.push(if vote.step == SignedStep::Prevote { 1 } else { 2 });
        message.extend(vote.height.0.to_be_bytes());
        message.extend(vote.round.to_be_bytes());
        message.push(u8::from(vote.value.is_some()));
        message.extend(vote.value.iter().flat_map(|value| *value.as_bytes()));
        message.extend(voter.as_bytes());
        let mut content = vec![1];
        content.extend((message.len() as u64).to_be_bytes());
        content.extend(message);
        log.push(0);
        log.extend((content.len() as u64).to_be_bytes());
        log.extend(Crc::<u32>::new(&CRC_32_ISO_HDLC).checksum(&content).to_be_bytes());
        log.extend(content);
    }
    log
}

fn whole() -> Vec<u8> {
    engine_log(RUNNING, &locked().map(|vote| (voter(), vote)))
}

/// A ledger of one block whose validator is locked at the next height.
fn folder_with_lock(folder: &Path, log: Option<&[u8]>) -> TestLedger {
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder);
    ledger.grow(&opened.store, 1);
    locked().iter().for_each(|vote| opened.signed.check_and_record(vote).unwrap());
    if let Some(log) = log {
        fs::write(folder.join(ENGINE_LOG), log).unwrap();
    }
    ledger
}

fn open(ledger: &TestLedger, folder: &Path) -> Opened {
    let options = StoreOptions { voters: vec![voter()], ..StoreOptions::small() };
    Store::open(folder, &options, ledger.id()).unwrap()
}

fn findings(folder: &Path) -> Vec<String> {
    let report = fsck(folder, &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    // The blocks voted for were never proposed here; that is found too.
    let of_log = report.findings.iter().map(ToString::to_string).filter(|found| found.contains(ENGINE_LOG));
    of_log.collect()
}

fn lost(opened: &Opened) -> Option<LogLoss> {
    opened.signing.lost_log().map(|(height, how)| {
        assert_eq!(height, Height(RUNNING));
        how.clone()
    })
}

#[test]
fn a_whole_log_binds_nothing_and_neither_does_one_that_a_crash_cut_off() {
    let cut = whole().len() - 5;
    for log in [&whole()[..], &whole()[..cut]] {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder_with_lock(folder.path(), Some(log));
        assert_eq!(findings(folder.path()), Vec::<String>::new());
        let opened = open(&ledger, folder.path());
        assert_eq!(opened.signing.doubts, []);
        opened.signed.check_and_record(&vote(2, SignedStep::Prevote, Some(2))).unwrap();
        assert_eq!(fs::read(folder.path().join(ENGINE_LOG)).unwrap(), log, "it is the engine's to repair");
    }
}

#[test]
fn without_its_log_a_validator_keeps_its_lock_until_the_height_is_decided() {
    let mut garbled = whole();
    garbled[40] ^= 1;
    let headless = &whole()[..5];
    let shortened =
        engine_log(RUNNING, &[(voter(), locked()[0]), (Address::from_bytes([2; 32]), locked()[2])]);
    let earlier = engine_log(RUNNING - 1, &[]);
    for (log, how) in [
        (None, LogLoss::Missing),
        (
            Some(&garbled[..]),
            LogLoss::Damaged { offset: 12, what: "the checksum of an entry does not match" },
        ),
        (Some(headless), LogLoss::Damaged { offset: 5, what: "it is shorter than its header" }),
        (Some(&shortened), LogLoss::Shortened),
        (Some(&earlier), LogLoss::OfOtherHeight { found: Height(RUNNING - 1) }),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let ledger = folder_with_lock(folder.path(), log);
        // Without the validator's address, the check takes the votes of another for its own.
        assert_eq!(findings(folder.path()).is_empty(), how == LogLoss::Shortened, "{how}");
        let opened = open(&ledger, folder.path());
        assert_eq!(lost(&opened), Some(how));
        assert_eq!(opened.signing.floor, SigningFloor::Clear);
        assert!(!opened.signing.is_alarming());
        assert!(!folder.path().join(ENGINE_LOG).exists(), "the engine starts with an empty one");
        drop(opened);

        // What it logs from now on knows nothing of the lock, so that a second start is as the first.
        fs::write(folder.path().join(ENGINE_LOG), whole()).unwrap();
        assert_eq!(findings(folder.path()), Vec::<String>::new());
        let opened = open(&ledger, folder.path());
        assert_eq!(lost(&opened), Some(LogLoss::Before));
        let other = opened.signed.check_and_record(&vote(2, SignedStep::Prevote, Some(2)));
        assert!(matches!(other, Err(SignError::Bound { value: None, .. })));
        opened.signed.check_and_record(&vote(2, SignedStep::Prevote, Some(1))).unwrap();

        ledger.grow(&opened.store, 1);
        let next = SignedVote { height: Height(RUNNING + 1), ..vote(0, SignedStep::Prevote, Some(3)) };
        opened.signed.check_and_record(&next).unwrap();
        drop(opened);
        fs::write(folder.path().join(ENGINE_LOG), engine_log(RUNNING + 1, &[])).unwrap();
        assert_eq!(open(&ledger, folder.path()).signing.doubts, []);
    }
}

#[test]
fn a_damaged_log_without_votes_of_its_height_is_found_and_taken_out_of_the_way() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    ledger.grow(&opened.store, 1);
    drop(opened);
    fs::write(folder.path().join(ENGINE_LOG), "garbage, and enough of it").unwrap();
    assert_eq!(findings(folder.path()), ["consensus.wal: at byte 0: its version is unknown"]);
    let opened = open(&ledger, folder.path());
    assert!(!opened.signing.doubts.iter().any(|doubt| matches!(doubt, SigningDoubt::EngineLogLost { .. })));
    assert!(!folder.path().join(ENGINE_LOG).exists());
    assert!(folder.path().join("consensus.wal.damaged").exists());
}

#[test]
fn a_log_of_a_height_that_the_ledger_is_not_at_is_found() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    ledger.grow(&opened.store, 1);
    drop(opened);
    for (height, expected) in [(0, 0), (1, 0), (2, 0), (3, 1), (34, 1)] {
        fs::write(folder.path().join(ENGINE_LOG), engine_log(height, &[])).unwrap();
        assert_eq!(findings(folder.path()).len(), expected, "height {height}");
    }
}

#[test]
fn a_log_from_before_a_node_lost_its_vote_is_noted_and_no_fault() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    (0..3).for_each(|_| drop(ledger.grow(&opened.store, 1)));
    drop(opened);
    for (height, faults) in [(1, 0), (3, 0), (4, 0), (5, 1)] {
        fs::write(folder.path().join(ENGINE_LOG), engine_log(height, &[])).unwrap();
        assert_eq!(findings(folder.path()).len(), faults, "a log of height {height}, the tip at 3");
        let report = fsck(folder.path(), &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
        assert_eq!(report.notes.iter().any(|note| note.contains("has had no vote since")), height == 1);
    }
}
