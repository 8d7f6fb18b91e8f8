//! Crashes and restored copies: what is acknowledged is there, and what is lost is known to be.

use std::{fs, path::Path};

use bulla_storage::{
    CopiedFolder, Opened, SignError, SignedStep, SignedVote, SigningDoubt, SigningFloor, SigningStart, Store,
    StoreOptions,
};
use bulla_types::Height;

use crate::{copy_folder, ledger::TestLedger};

/// A vote for no block.
fn vote(height: u64) -> SignedVote {
    SignedVote { height: Height(height), round: 0, step: SignedStep::Prevote, value: None }
}

fn clear() -> SigningStart {
    SigningStart { floor: SigningFloor::Clear, doubts: Vec::new() }
}

/// A ledger of one block whose validator voted for the next and stopped.
fn voted(folder: &Path) -> TestLedger {
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder);
    ledger.grow(&opened.store, 1);
    opened.signed.check_and_record(&vote(2)).unwrap();
    ledger
}

/// Opens a copy as the folder that it was, moved: its operator says so.
fn open_moved(ledger: &TestLedger, path: &Path) -> Opened {
    let options = StoreOptions { copied_folder: CopiedFolder::Trust, ..StoreOptions::small() };
    Store::open(path, &options, ledger.id()).unwrap()
}

#[test]
fn after_a_crash_at_any_point_the_last_commit_and_proposal_are_there() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(&folder.path().join("live"));
    for height in 1..=4_u64 {
        let built = ledger.build(&opened.store, height);
        opened.store.put_proposal(&built.proposal(), Some(&built.stored)).unwrap();
        let proposed = folder.path().join(format!("proposed {height}"));
        copy_folder(&folder.path().join("live"), &proposed);
        built.commit(&opened.store).unwrap();
        let committed = folder.path().join(format!("committed {height}"));
        copy_folder(&folder.path().join("live"), &committed);

        let after_proposal = open_moved(&ledger, &proposed);
        assert_eq!(after_proposal.store.tip().height, Height(height - 1));
        let view = after_proposal.store.view().unwrap();
        assert_eq!(view.proposals(Height(height), 0).unwrap(), [built.proposal()]);
        assert!(view.encoded_block(&built.header.hash()).unwrap().is_some());
        drop(view);
        built.commit(&after_proposal.store).unwrap();
        assert_eq!(after_proposal.store.tip(), opened.store.tip());

        let after_commit = open_moved(&ledger, &committed);
        assert_eq!(after_commit.store.tip(), opened.store.tip());
        assert_eq!(after_commit.signing, clear());
    }
}

#[test]
fn a_log_cut_anywhere_opens_at_a_committed_height_and_the_loss_is_known() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let live = folder.path().join("live");
    let opened = ledger.create(&live);
    let tips: Vec<_> = (0..4)
        .map(|_| {
            ledger.grow(&opened.store, 2);
            opened.store.tip()
        })
        .collect();
    let log = newest_log(&live);
    let whole = fs::metadata(&log).unwrap().len();
    drop(opened);
    for step in 0..24 {
        let copy = folder.path().join(format!("cut {step}"));
        copy_folder(&live, &copy);
        let cut = copy.join("db").join(log.file_name().unwrap());
        fs::File::options().write(true).open(cut).unwrap().set_len(whole * step / 24).unwrap();
        let opened = open_moved(&ledger, &copy);
        let tip = opened.store.tip();
        assert!(tip.height == Height(0) || tips.contains(&tip), "{tip:?}");
        let doubt = SigningDoubt::RolledBack { tip_file_height: Height(4), store_height: tip.height };
        if tip.height < Height(4) {
            assert_eq!(opened.signing.doubts, [doubt]);
            assert_eq!(opened.signing.floor, SigningFloor::After(Height(4)));
        } else {
            assert_eq!(opened.signing, clear());
        }
    }
}

#[test]
fn a_database_put_back_from_a_copy_is_observed_past_what_it_forgot() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let (live, old) = (folder.path().join("live"), folder.path().join("old"));
    let opened = ledger.create(&live);
    ledger.grow(&opened.store, 1);
    copy_folder(&live.join("db"), &old);
    let forgotten: Vec<_> = (2..=4)
        .map(|height| {
            opened.signed.check_and_record(&vote(height)).unwrap();
            ledger.grow(&opened.store, 1)
        })
        .collect();
    opened.signed.check_and_record(&vote(5)).unwrap();
    drop(opened);
    fs::remove_dir_all(live.join("db")).unwrap();
    copy_folder(&old, &live.join("db"));

    let opened = ledger.open(&live);
    let (store_height, tip_file_height, signed_height) = (Height(1), Height(4), Height(5));
    assert_eq!(
        opened.signing,
        SigningStart {
            floor: SigningFloor::After(Height(5)),
            doubts: vec![
                SigningDoubt::RolledBack { tip_file_height, store_height },
                SigningDoubt::SignedAhead { signed_height, store_height },
            ],
        }
    );
    for height in 1..=5 {
        let refused = opened.signed.check_and_record(&vote(height));
        assert!(matches!(refused, Err(SignError::BelowFloor { floor: Height(5) })));
    }
    // It follows the others; until it has passed, every start says so again.
    for built in &forgotten {
        let mut commit = built.as_commit();
        commit.block = Some(&built.stored);
        opened.store.commit(&commit).unwrap();
    }
    drop(opened);
    let opened = ledger.open(&live);
    assert_eq!(opened.signing, SigningStart { floor: SigningFloor::After(Height(5)), doubts: Vec::new() });
    ledger.grow(&opened.store, 0);
    drop(opened);
    let opened = ledger.open(&live);
    assert_eq!(opened.signing, clear());
    opened.signed.check_and_record(&vote(6)).unwrap();
}

#[test]
fn a_whole_folder_put_back_from_a_copy_signs_nothing_before_it_hears_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let (live, old) = (folder.path().join("live"), folder.path().join("old"));
    let opened = ledger.create(&live);
    ledger.grow(&opened.store, 1);
    drop(opened);
    copy_folder(&live, &old);
    let opened = ledger.open(&live);
    assert_eq!(opened.signing, clear());
    opened.signed.check_and_record(&vote(2)).unwrap();
    ledger.grow(&opened.store, 1);
    drop(opened);
    fs::remove_dir_all(&live).unwrap();
    copy_folder(&old, &live);

    let opened = ledger.open(&live);
    assert_eq!(opened.signing.doubts, [SigningDoubt::FolderCopied]);
    assert!(matches!(opened.signing.floor, SigningFloor::AfterNetwork(_)));
    assert!(matches!(opened.signed.check_and_record(&vote(2)), Err(SignError::Unsettled)));
    opened.signed.settle(Height(2)).unwrap();
    drop(opened);
    let opened = ledger.open(&live);
    assert_eq!(opened.signing.floor, SigningFloor::After(Height(4)));
    assert!(matches!(opened.signed.check_and_record(&vote(4)), Err(SignError::BelowFloor { .. })));
    opened.signed.check_and_record(&vote(5)).unwrap();
}

#[test]
fn a_database_taken_away_is_followed_anew_and_observed_past_what_was_signed() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = voted(folder.path());
    fs::remove_dir_all(folder.path().join("db")).unwrap();
    let opened = ledger.create(folder.path());
    assert_eq!(opened.store.tip().height, Height(0));
    assert_eq!(opened.signing.floor, SigningFloor::After(Height(2)));
    assert_eq!(opened.signing.doubts.len(), 2);
}

#[test]
fn a_lost_record_of_votes_is_not_taken_for_an_empty_one() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = voted(folder.path());
    fs::remove_file(folder.path().join("signed")).unwrap();
    for _ in 0..2 {
        let opened = ledger.open(folder.path());
        assert_eq!(opened.signing.doubts, [SigningDoubt::RecordLost]);
        assert!(matches!(opened.signed.check_and_record(&vote(2)), Err(SignError::Unsettled)));
    }
    let opened = ledger.open(folder.path());
    opened.signed.settle(Height(1)).unwrap();
    assert!(opened.signed.check_and_record(&vote(2)).is_err());
    opened.signed.check_and_record(&vote(3)).unwrap();
}

/// Opens the folder of the validator that built its blocks.
fn open_of_builder(ledger: &TestLedger, path: &Path, copied_folder: CopiedFolder) -> Opened {
    let voters = vec![ledger.address(0)];
    let options = StoreOptions { copied_folder, voters, ..StoreOptions::small() };
    Store::open(path, &options, ledger.id()).unwrap()
}

/// Its content alone is older, as `rsync --inplace` leaves it: only the blocks show it.
#[test]
fn a_record_of_votes_that_is_older_than_the_blocks_beside_it_signs_nothing_before_it_hears_the_network() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = voted(folder.path());
    let signed = folder.path().join("signed");
    let old = fs::read(&signed).unwrap();
    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Observe);
    for height in 2..=4 {
        opened.signed.check_and_record(&vote(height)).unwrap();
        ledger.grow(&opened.store, 1);
    }
    drop(opened);
    assert_eq!(open_of_builder(&ledger, folder.path(), CopiedFolder::Observe).signing, clear());
    fs::write(&signed, old).unwrap();

    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Observe);
    assert_eq!(opened.signing.doubts, [SigningDoubt::VotesMissing { height: Height(4) }]);
    assert!(opened.signing.is_alarming());
    assert!(matches!(opened.signed.check_and_record(&vote(5)), Err(SignError::Unsettled)));
    drop(opened);
    // Stopped before it was settled.
    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Observe);
    assert!(opened.signing.is_alarming());
    opened.signed.settle(Height(4)).unwrap();
    drop(opened);
    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Observe);
    assert_eq!(opened.signing.floor, SigningFloor::After(Height(6)));
    assert!(matches!(opened.signed.check_and_record(&vote(6)), Err(SignError::BelowFloor { .. })));
}

/// Whoever moves a validator's key to a node that observed so far moves no record of votes with it.
#[test]
fn the_record_of_a_node_without_a_key_is_in_doubt_once_it_has_one() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let options = StoreOptions { copied_folder: CopiedFolder::NoVoter, ..StoreOptions::small() };
    ledger.grow(&ledger.try_create(folder.path(), &options).unwrap().store, 3);
    for _ in 0..2 {
        let opened = Store::open(folder.path(), &options, ledger.id()).unwrap();
        assert_eq!(opened.signing.doubts, []);
    }
    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Observe);
    assert_eq!(opened.signing.doubts, [SigningDoubt::RecordLost]);
    assert!(matches!(opened.signed.check_and_record(&vote(4)), Err(SignError::Unsettled)));
}

/// Validators that were put back together and started without that word have bound themselves to wait for each other.
#[test]
fn the_word_of_its_operator_takes_back_a_floor_that_nobody_can_pass() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = voted(folder.path());
    fs::remove_file(folder.path().join("signed")).unwrap();
    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Observe);
    opened.signed.settle(Height(1)).unwrap();
    assert!(opened.signed.check_and_record(&vote(2)).is_err());
    drop(opened);
    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Trust);
    assert_eq!(opened.signing, clear());
    drop(opened);
    // Once is enough, and votes that are recorded bind it as ever.
    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Observe);
    assert_eq!(opened.signing, clear());
    opened.signed.check_and_record(&vote(2)).unwrap();
    drop(opened);
    let opened = open_of_builder(&ledger, folder.path(), CopiedFolder::Trust);
    assert!(opened.signed.check_and_record(&vote(1)).is_err());
    let other = SignedVote { value: Some(bulla_types::BlockHash::from_bytes([1; 32])), ..vote(2) };
    assert!(opened.signed.check_and_record(&other).is_err());
}

#[test]
fn a_damaged_newest_vote_raises_the_floor_past_the_height_it_may_have_been_for() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = voted(folder.path());
    let path = folder.path().join("signed");
    let mut bytes = fs::read(&path).unwrap();
    bytes[4096 * 2 + 20] ^= 1;
    fs::write(&path, bytes).unwrap();
    let opened = ledger.open(folder.path());
    assert_eq!(
        opened.signing,
        SigningStart { floor: SigningFloor::After(Height(2)), doubts: vec![SigningDoubt::VoteLost] }
    );
    assert!(matches!(opened.signed.check_and_record(&vote(2)), Err(SignError::BelowFloor { .. })));
}

/// The file of RocksDB's log that is written to.
pub(crate) fn newest_log(folder: &Path) -> std::path::PathBuf {
    let files = fs::read_dir(folder.join("db")).unwrap().map(|file| file.unwrap().path());
    files.filter(|path| path.extension().is_some_and(|extension| extension == "log")).max().unwrap()
}
