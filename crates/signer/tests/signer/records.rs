//! The record over restarts, crashes and copies.

use std::fs;

use bulla_signer::wire::{Answer, Refusal, Request, State};
use bulla_storage::{RecordDoubt, SignedRecord, StorageError};
use bulla_types::Height;

use super::*;

fn tell(signer: &Signer, height: u64) -> State {
    match ask(signer, &Request::NetworkHeight { ledger_id: ledger(), height: Height(height) }) {
        Answer::State(state) => state,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_signer_that_is_started_again_knows_what_it_has_signed() {
    let folder = tempfile::tempdir().unwrap();
    let before = settled(folder.path());
    let signature = signed(&before, vote(PREVOTE, 5, 0, Some(1)));
    // As SIGKILL leaves it: nothing is written at the end.
    drop(before);
    let after = signer(folder.path());
    assert_eq!(asked(&after, vote(PREVOTE, 5, 0, Some(2))), Answer::Refused(Refusal::WouldEquivocate));
    assert_eq!(signed(&after, vote(PREVOTE, 5, 0, Some(1))), signature);
    signed(&after, vote(PRECOMMIT, 5, 0, Some(1)));
}

#[test]
fn a_new_record_signs_nothing_before_the_networks_height_is_known_and_only_above_it() {
    let folder = tempfile::tempdir().unwrap();
    let signer = signer(folder.path());
    assert_eq!(asked(&signer, vote(PREVOTE, 5, 0, None)), Answer::Refused(Refusal::Unsettled));
    assert_eq!(tell(&signer, 40), State { settled: true, floor: Height(42) });
    assert_eq!(
        asked(&signer, vote(PREVOTE, 42, 0, None)),
        Answer::Refused(Refusal::BelowFloor { floor: Height(42) })
    );
    signed(&signer, vote(PREVOTE, 43, 0, None));
    // Once settled, what a node says of the network changes nothing.
    assert_eq!(tell(&signer, 0), State { settled: true, floor: Height(42) });
    assert_eq!(tell(&signer, u64::MAX), State { settled: true, floor: Height(42) });
}

#[test]
fn an_old_copy_of_the_record_signs_only_above_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let (record, copy) = (folder.path().join("record/signed"), folder.path().join("copy"));
    let signer_before = settled(folder.path());
    signed(&signer_before, vote(PREVOTE, 5, 0, Some(1)));
    fs::copy(&record, &copy).unwrap();
    signed(&signer_before, vote(PREVOTE, 6, 0, Some(1)));
    drop(signer_before);
    fs::remove_file(&record).unwrap();
    fs::copy(&copy, &record).unwrap();

    let restored = signer(folder.path());
    // It has forgotten its vote at height 6.
    assert_eq!(asked(&restored, vote(PREVOTE, 6, 0, Some(2))), Answer::Refused(Refusal::Unsettled));
    tell(&restored, 5);
    let below = Answer::Refused(Refusal::BelowFloor { floor: Height(7) });
    assert_eq!(asked(&restored, vote(PREVOTE, 6, 0, Some(2))), below);
    drop(restored);
    // The floor is kept, and the record is whole again.
    let again = signer(folder.path());
    assert_eq!(asked(&again, vote(PREVOTE, 6, 0, Some(2))), below);
    signed(&again, vote(PREVOTE, 8, 0, Some(2)));
}

/// A crash in the middle of a write: the vote was not signed, but the record cannot know that.
#[test]
fn a_torn_record_signs_only_above_the_network() {
    const PAGE: usize = 4096;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record/signed");
    let before = settled(folder.path());
    signed(&before, vote(PREVOTE, 5, 0, Some(1)));
    signed(&before, vote(PRECOMMIT, 5, 0, Some(1)));
    drop(before);
    let mut bytes = fs::read(&path).unwrap();
    // The second vote has sequence 2, on page 1 + 2.
    let slot = 3 * PAGE;
    assert_eq!(bytes[slot + 7], 2);
    bytes[slot + 20] ^= 0xff;
    write_in_place(&path, &bytes);

    let record = SignedRecord::open(&folder.path().join("record"), ledger()).unwrap();
    assert_eq!(record.doubt(), Some(RecordDoubt::VoteLost));
    drop(record);
    let torn = signer(folder.path());
    assert_eq!(asked(&torn, vote(PRECOMMIT, 5, 0, None)), Answer::Refused(Refusal::Unsettled));
    tell(&torn, 4);
    for height in [4, 6] {
        let answer = asked(&torn, vote(PRECOMMIT, height, 9, None));
        assert_eq!(answer, Answer::Refused(Refusal::BelowFloor { floor: Height(6) }));
    }
    signed(&torn, vote(PREVOTE, 7, 0, None));
}

#[test]
fn a_torn_record_of_a_new_ledger_is_not_taken_for_an_empty_one() {
    const PAGE: usize = 4096;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record/signed");
    let before = settled(folder.path());
    signed(&before, vote(PREVOTE, 2, 0, Some(1)));
    drop(before);
    let mut bytes = fs::read(&path).unwrap();
    bytes[2 * PAGE + 20] ^= 0xff;
    write_in_place(&path, &bytes);
    let torn = signer(folder.path());
    tell(&torn, 1);
    let answer = asked(&torn, vote(PREVOTE, 2, 0, Some(2)));
    assert_eq!(answer, Answer::Refused(Refusal::BelowFloor { floor: Height(3) }));
}

#[test]
fn one_record_is_one_signers_and_one_ledgers() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("record");
    let first = SignedRecord::open(&path, ledger()).unwrap();
    assert!(matches!(SignedRecord::open(&path, ledger()), Err(StorageError::Locked { .. })));
    drop(first);
    let other = LedgerId::from_bytes([0x12; 32]);
    assert!(matches!(SignedRecord::open(&path, other), Err(StorageError::OtherLedger { .. })));
}

fn write_in_place(path: &Path, bytes: &[u8]) {
    use std::os::unix::fs::FileExt;
    fs::File::options().write(true).open(path).unwrap().write_all_at(bytes, 0).unwrap();
}
