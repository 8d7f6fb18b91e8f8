//! Backups: made while the store works, refused when anything in them is not as it was, put back whole or not at all.

use std::{
    fs::{self, File},
    ops::ControlFlow,
    os::unix::fs::{MetadataExt, symlink},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    thread,
};

use bulla_fixtures::SmallDisk;
use bulla_storage::{
    BackupError, BackupSettings, CopiedFolder, Doing, FreeSpace, MadeBackup, NoHook, SignedStep, SignedVote,
    SigningDoubt, SigningFloor, Store, StoreOptions, backups_in, check_backup, fsck, restore_backup,
};
use bulla_types::{BlockHash, Height, LedgerId, ReasonCode};
use rustix::fs::{CWD, FileType, Mode, mknodat};

use crate::ledger::TestLedger;

const MIB: u64 = 1 << 20;
const NOW_MS: u64 = 1_790_000_000_000;

fn settings(folder: &Path, now_ms: u64) -> BackupSettings {
    BackupSettings {
        folder: folder.to_owned(),
        keep: 10,
        bytes_per_second_max: 0,
        now_ms,
        made_by: "a test".to_owned(),
    }
}

fn back_up(store: &Store, folder: &Path, now_ms: u64) -> Result<MadeBackup, BackupError> {
    store.back_up(&settings(folder, now_ms), &mut |_| ControlFlow::Continue(()))
}

fn check(backup: &Path, ledger: Option<LedgerId>) -> Result<u64, BackupError> {
    let checked =
        check_backup(backup, ledger, &StoreOptions::small(), &mut NoHook, &mut |_| ControlFlow::Continue(()));
    checked.map(|sound| sound.manifest.height.0)
}

fn restore(backup: &Path, data: &Path) -> Result<u64, BackupError> {
    let restored = restore_backup(backup, data, None, &StoreOptions::small(), &mut NoHook, &mut |_| {
        ControlFlow::Continue(())
    });
    restored.map(|sound| sound.manifest.height.0)
}

/// A store of some blocks, and a folder for everything.
struct Bench {
    folder: tempfile::TempDir,
    ledger: TestLedger,
    store: Store,
}

impl Bench {
    fn of_blocks(blocks: u64) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let ledger = TestLedger::new("one");
        let store = ledger.create(&folder.path().join("data")).store;
        let bench = Self { folder, ledger, store };
        bench.grow(blocks);
        bench
    }

    fn grow(&self, blocks: u64) {
        for _ in 0..blocks {
            self.ledger.grow(&self.store, 20);
        }
    }

    fn at(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }

    fn back_up(&self, now_ms: u64) -> MadeBackup {
        back_up(&self.store, &self.at("backups"), now_ms).unwrap()
    }
}

fn names(folder: &Path) -> Vec<String> {
    let entries = fs::read_dir(folder).unwrap();
    let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .flat_map(|entry| {
            let path = entry.unwrap().path();
            if path.is_dir() { files(&path) } else { vec![path] }
        })
        .collect();
    found.sort();
    found
}

#[test]
fn a_backup_of_a_store_at_work_is_of_one_commit_and_comes_back_as_it_was() {
    let bench = Bench::of_blocks(5);
    let enough = AtomicBool::new(false);
    let made = thread::scope(|scope| {
        let growing = scope.spawn(|| {
            while !enough.load(Ordering::Relaxed) {
                bench.grow(1);
            }
        });
        let made = bench.back_up(NOW_MS);
        let again = bench.back_up(NOW_MS + 1);
        enough.store(true, Ordering::Relaxed);
        growing.join().unwrap();
        [made, again]
    });
    let tip = bench.store.tip().height;
    assert!(made[0].manifest.height <= made[1].manifest.height && made[1].manifest.height <= tip);
    for backup in &made {
        let before = files(&backup.path);
        assert_eq!(check(&backup.path, Some(bench.ledger.id())).unwrap(), backup.manifest.height.0);
        assert_eq!(files(&backup.path), before, "a check adds nothing");
    }
    let data = bench.at("restored");
    assert_eq!(restore(&made[1].path, &data).unwrap(), made[1].manifest.height.0);
    assert_eq!(names(&data), ["LOCK", "db", "signed", "tip"]);
    let restored = bench.ledger.open(&data);
    let height = restored.store.tip().height;
    let header = |store: &Store| store.view().unwrap().decided(height).unwrap().unwrap().header;
    assert_eq!((height, header(&restored.store)), (made[1].manifest.height, header(&bench.store)));
    bench.ledger.grow(&restored.store, 1);
}

#[test]
fn a_validator_put_back_signs_nothing_before_it_has_heard_the_others_and_nothing_it_may_have_signed() {
    let bench = Bench::of_blocks(3);
    let made = bench.back_up(NOW_MS);
    let data = bench.at("restored");
    restore(&made.path, &data).unwrap();
    let opened = bench.ledger.open(&data);
    assert_eq!(opened.signing.doubts, [SigningDoubt::RecordLost]);
    assert_eq!(opened.signing.floor, SigningFloor::AfterNetwork(Height(4)));
    let vote = |height| SignedVote {
        height: Height(height),
        round: 0,
        step: SignedStep::Prevote,
        value: Some(BlockHash::from_bytes([1; 32])),
    };
    assert!(opened.signed.check_and_record(&vote(4)).is_err());
    opened.signed.settle(Height(40)).unwrap();
    assert!(opened.signed.check_and_record(&vote(42)).is_err());
    opened.signed.check_and_record(&vote(43)).unwrap();
}

/// Where all validators of a ledger were lost, each would wait for the others at that height.
#[test]
fn on_the_word_of_its_operator_a_validator_goes_on_right_after_its_backup() {
    let bench = Bench::of_blocks(3);
    let made = bench.back_up(NOW_MS);
    let data = bench.at("restored");
    restore(&made.path, &data).unwrap();
    let options = StoreOptions { copied_folder: CopiedFolder::Trust, ..StoreOptions::small() };
    let opened = Store::open(&data, &options, bench.ledger.id()).unwrap();
    assert_eq!(opened.signing.floor, SigningFloor::Clear);
}

#[test]
fn a_backup_shares_the_files_that_did_not_change_with_the_one_before_and_none_with_the_store() {
    let bench = Bench::of_blocks(30);
    let first = bench.back_up(NOW_MS);
    assert_eq!(first.shared_bytes, 0);
    bench.grow(1);
    let second = bench.back_up(NOW_MS + 1);
    assert!(second.shared_bytes > 0);
    let inode = |path: &Path| fs::metadata(path).ok().map(|found| found.ino());
    let tables = second.manifest.files.iter().map(|file| file.name.as_str().to_owned());
    let tables: Vec<_> =
        tables.filter(|name| Path::new(name).extension().is_some_and(|e| e == "sst")).collect();
    let shared = |name: &String| inode(&first.path.join(name)) == inode(&second.path.join(name));
    assert!(tables.iter().any(shared));
    for name in tables {
        assert_ne!(inode(&second.path.join(&name)), inode(&bench.at("data").join(&name)), "{name}");
    }
    // What is shared survives the one that it came from.
    fs::remove_dir_all(&first.path).unwrap();
    assert_eq!(check(&second.path, None).unwrap(), 31);
}

#[test]
fn a_file_that_rotted_in_the_backup_before_is_not_shared() {
    let bench = Bench::of_blocks(3);
    let first = bench.back_up(NOW_MS);
    for file in files(&first.path.join("db")) {
        let mut bytes = fs::read(&file).unwrap();
        if let Some(byte) = bytes.last_mut() {
            *byte ^= 1;
        }
        fs::write(&file, bytes).unwrap();
    }
    assert!(check(&first.path, None).is_err());
    let second = bench.back_up(NOW_MS + 1);
    assert_eq!(second.shared_bytes, 0);
    assert_eq!(check(&second.path, None).unwrap(), 3);
}

#[test]
fn the_oldest_go_when_there_are_enough_and_what_is_no_backup_stays() {
    let bench = Bench::of_blocks(1);
    let backups = bench.at("backups");
    fs::create_dir(&backups).unwrap();
    fs::write(backups.join("notes.txt"), "mine").unwrap();
    for number in 0..4 {
        let settings = BackupSettings { keep: 2, ..settings(&backups, NOW_MS + number) };
        bench.store.back_up(&settings, &mut |_| ControlFlow::Continue(())).unwrap();
    }
    let found = backups_in(&backups).unwrap();
    let times: Vec<_> = found.iter().map(|shelved| shelved.made_at_ms - NOW_MS).collect();
    assert_eq!(times, [3, 2]);
    assert!(found.iter().all(|shelved| shelved.manifest.is_ok() && shelved.height == Height(1)));
    assert_eq!(names(&backups).len(), 3);
    // One that cannot be used does not count.
    fs::write(found[1].path.join("manifest"), "").unwrap();
    let settings = BackupSettings { keep: 2, ..settings(&backups, NOW_MS + 4) };
    let made = bench.store.back_up(&settings, &mut |_| ControlFlow::Continue(())).unwrap();
    assert_eq!(made.removed, [found[1].path.clone()]);
}

#[test]
fn every_altered_or_missing_byte_of_a_backup_is_found_before_anything_is_put_back() {
    let bench = Bench::of_blocks(3);
    let made = bench.back_up(NOW_MS);
    let data = bench.at("restored");
    let refused = |what: &str| {
        for result in [check(&made.path, None), restore(&made.path, &data)] {
            let error = result.unwrap_err();
            assert_eq!(error.reason(), Some(ReasonCode::BackupInvalid), "{what}: {error}");
        }
        assert_eq!(names(bench.folder.path()), ["backups", "data"], "{what}");
    };
    for file in files(&made.path) {
        let name = file.display().to_string();
        let whole = fs::read(&file).unwrap();
        for position in [0, whole.len() / 2, whole.len().saturating_sub(1)] {
            if whole.is_empty() {
                continue;
            }
            let mut bytes = whole.clone();
            bytes[position] ^= 0x20;
            fs::write(&file, bytes).unwrap();
            refused(&format!("{name}, byte {position}"));
        }
        for other in [&whole[..whole.len().saturating_sub(1)], &[&whole[..], b"\0"].concat()] {
            if other == whole {
                continue;
            }
            fs::write(&file, other).unwrap();
            refused(&format!("{name}, {} bytes", other.len()));
        }
        fs::remove_file(&file).unwrap();
        refused(&format!("{name}, missing"));
        fs::write(&file, whole).unwrap();
    }
    assert_eq!(check(&made.path, None).unwrap(), 3);
}

/// Whoever can write there can make the digests fit; what the blocks prove he cannot.
#[test]
fn a_manifest_that_tells_another_story_than_the_database_is_refused() {
    let bench = Bench::of_blocks(3);
    let made = bench.back_up(NOW_MS);
    let file = made.path.join("manifest");
    let story = |change: &dyn Fn(&mut bulla_storage::Manifest)| {
        let mut manifest = made.manifest.clone();
        change(&mut manifest);
        fs::write(&file, manifest.encode()).unwrap();
        check(&made.path, None).unwrap_err().reason()
    };
    let invalid = Some(ReasonCode::BackupInvalid);
    assert_eq!(story(&|manifest| manifest.height = Height(2)), invalid);
    assert_eq!(story(&|manifest| manifest.log_size += 1), invalid);
    assert_eq!(story(&|manifest| manifest.block_hash = BlockHash::from_bytes([1; 32])), invalid);
    let other = TestLedger::new("two").id();
    assert_eq!(story(&|manifest| manifest.ledger_id = other), invalid);
    assert_eq!(story(&|manifest| manifest.schema = 3), Some(ReasonCode::DataSchemaNewer));
    assert_eq!(story(&|manifest| manifest.schema = 1), Some(ReasonCode::DataSchemaOlder));
    // A tip record of an earlier block, and all digests right.
    let tip = {
        let earlier = Bench::of_blocks(2);
        let made = earlier.back_up(NOW_MS);
        fs::read(made.path.join("tip")).unwrap()
    };
    let whole = fs::read(made.path.join("tip")).unwrap();
    fs::write(made.path.join("tip"), &tip).unwrap();
    let fitting = |manifest: &mut bulla_storage::Manifest| {
        manifest.height = Height(2);
        let entry = manifest.files.iter_mut().find(|file| file.name.as_str() == "tip").unwrap();
        entry.blake3 = *bulla_crypto::blake3(&[&tip]).as_bytes();
    };
    assert_eq!(story(&fitting), invalid);
    fs::write(made.path.join("tip"), whole).unwrap();
    fs::write(&file, made.manifest.encode()).unwrap();
    assert_eq!(check(&made.path, None).unwrap(), 3);
}

#[test]
fn what_is_no_regular_file_or_not_named_is_refused_and_never_waited_for() {
    let bench = Bench::of_blocks(2);
    let made = bench.back_up(NOW_MS);
    let data = bench.at("restored");
    let secret = bench.at("secret");
    fs::write(&secret, "a file elsewhere").unwrap();
    let refused = |what: &str| {
        for result in [check(&made.path, None), restore(&made.path, &data)] {
            let error = result.unwrap_err();
            assert_eq!(error.reason(), Some(ReasonCode::BackupInvalid), "{what}: {error}");
        }
        assert!(!data.exists());
    };
    for name in ["tip", "db/CURRENT", "manifest"] {
        let file = made.path.join(name);
        let kept = bench.at("kept");
        fs::rename(&file, &kept).unwrap();
        symlink(&kept, &file).unwrap();
        refused(&format!("{name} is a link"));
        fs::remove_file(&file).unwrap();
        mknodat(CWD, &file, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        refused(&format!("{name} is a pipe"));
        fs::remove_file(&file).unwrap();
        fs::create_dir(&file).unwrap();
        refused(&format!("{name} is a folder"));
        fs::remove_dir(&file).unwrap();
        fs::rename(&kept, &file).unwrap();
    }
    for name in ["db/000001.log", "more", "db/folder"] {
        let file = made.path.join(name);
        File::create(&file).unwrap();
        refused(&format!("{name} is not named"));
        fs::remove_file(&file).unwrap();
    }
    let (database, kept) = (made.path.join("db"), bench.at("kept"));
    fs::rename(&database, &kept).unwrap();
    symlink(&kept, &database).unwrap();
    refused("db is a link");
    fs::remove_file(&database).unwrap();
    fs::rename(&kept, &database).unwrap();
    assert_eq!(check(&made.path, None).unwrap(), 2);
    refused_as(check(&bench.at("nowhere"), None), ReasonCode::BackupInvalid);
    refused_as(check(&secret, None), ReasonCode::BackupInvalid);
}

fn refused_as<T: std::fmt::Debug>(result: Result<T, BackupError>, reason: ReasonCode) {
    let error = result.unwrap_err();
    assert_eq!(error.reason(), Some(reason), "{error}");
}

#[test]
fn a_backup_is_put_only_where_nothing_is_and_what_a_crash_left_is_cleared_away() {
    let bench = Bench::of_blocks(2);
    let made = bench.back_up(NOW_MS);
    let data = bench.at("restored");
    for occupy in [|path: &Path| fs::create_dir(path).unwrap(), |path: &Path| fs::write(path, "").unwrap()] {
        occupy(&data);
        refused_as(restore(&made.path, &data), ReasonCode::FileExists);
        let _ = fs::remove_dir(&data).or_else(|_| fs::remove_file(&data));
    }
    symlink(bench.at("nowhere"), &data).unwrap();
    refused_as(restore(&made.path, &data), ReasonCode::FileExists);
    fs::remove_file(&data).unwrap();
    // As a process leaves it that ends in the middle.
    let left = bench.at(".restored.bulla-partial");
    fs::create_dir_all(left.join("db")).unwrap();
    fs::write(left.join("db/000009.sst"), "half").unwrap();
    assert_eq!(restore(&made.path, &data).unwrap(), 2);
    assert!(!left.exists());
    let report = fsck(&data, &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    assert!(report.is_clean(), "{report:?}");
}

#[test]
fn one_that_is_stopped_leaves_nothing_and_one_is_made_at_a_time() {
    let bench = Bench::of_blocks(2);
    let backups = bench.at("backups");
    let stopped = bench.store.back_up(&settings(&backups, NOW_MS), &mut |_| ControlFlow::Break(()));
    refused_as(stopped, ReasonCode::BackupNotPossible);
    assert_eq!(names(&backups), Vec::<String>::new());
    assert!(!bench.at("data/checkpoint").exists());
    // Another one is asked for while the first is under way, into the same folder and into another.
    let mut asked = 0;
    let mut within = |doing: Doing| {
        if matches!(doing, Doing::Moving { .. }) && asked == 0 {
            asked += 1;
            for folder in ["backups", "elsewhere"] {
                let second = back_up(&bench.store, &bench.at(folder), NOW_MS + 1);
                assert!(matches!(second, Err(BackupError::Running(_))), "{second:?}");
            }
        }
        ControlFlow::Continue(())
    };
    bench.store.back_up(&settings(&backups, NOW_MS), &mut within).unwrap();
    assert_eq!(asked, 1);
    assert_eq!(names(&backups).len(), 1);
}

#[test]
fn what_a_process_that_was_killed_in_the_middle_left_goes_with_the_next_start_and_backup() {
    let Bench { folder, ledger, store } = Bench::of_blocks(2);
    let (data, backups) = (folder.path().join("data"), folder.path().join("backups"));
    let made = back_up(&store, &backups, NOW_MS).unwrap();
    drop(store);
    for left in ["data/checkpoint", "data/checkpoint.tmp"] {
        fs::create_dir(folder.path().join(left)).unwrap();
        fs::write(folder.path().join(left).join("000001.sst"), "a link").unwrap();
    }
    let name = made.path.file_name().unwrap().to_str().unwrap();
    for left in [format!(".{name}.bulla-partial"), format!(".going-{name}")] {
        fs::create_dir_all(backups.join(left).join("db")).unwrap();
    }
    assert_eq!(backups_in(&backups).unwrap().len(), 1);
    let store = ledger.open(&data).store;
    assert!(names(&data).iter().all(|name| !name.starts_with("checkpoint")));
    back_up(&store, &backups, NOW_MS + 1).unwrap();
    assert_eq!(names(&backups).len(), 2);
}

#[test]
fn the_backups_of_two_ledgers_do_not_mix_and_none_lies_where_it_would_be_lost_with_the_data() {
    let bench = Bench::of_blocks(1);
    let made = bench.back_up(NOW_MS);
    let other = TestLedger::new("two");
    let store = other.create(&bench.at("other")).store;
    refused_as(back_up(&store, &bench.at("backups"), NOW_MS), ReasonCode::BackupNotPossible);
    other.grow(&store, 1);
    refused_as(back_up(&store, &bench.at("backups"), NOW_MS), ReasonCode::DataOfOtherLedger);
    refused_as(check(&made.path, Some(other.id())), ReasonCode::DataOfOtherLedger);
    for within in ["data", "data/backups"] {
        refused_as(back_up(&bench.store, &bench.at(within), NOW_MS), ReasonCode::ConfigInvalid);
    }
    symlink(bench.at("data"), bench.at("link")).unwrap();
    refused_as(back_up(&bench.store, &bench.at("link/backups"), NOW_MS), ReasonCode::ConfigInvalid);
}

#[test]
fn a_backup_leaves_the_node_its_room() {
    let folder = tempfile::tempdir().unwrap();
    let free = Arc::new(AtomicU64::new(1000 * MIB));
    let asked = Arc::clone(&free);
    let options = StoreOptions {
        free_floor_bytes: 100 * MIB,
        free_space: FreeSpace::from_fn(move |_| Ok(asked.load(Ordering::Relaxed))),
        ..StoreOptions::small()
    };
    let ledger = TestLedger::new("one");
    let store = ledger.try_create(&folder.path().join("data"), &options).unwrap().store;
    ledger.grow(&store, 20);
    let backups = folder.path().join("backups");
    free.store(199 * MIB, Ordering::Relaxed);
    refused_as(back_up(&store, &backups, NOW_MS), ReasonCode::FileUnwritable);
    // It becomes scarce while one is made.
    free.store(1000 * MIB, Ordering::Relaxed);
    let scarce = store.back_up(&settings(&backups, NOW_MS), &mut |_| {
        free.store(150 * MIB, Ordering::Relaxed);
        ControlFlow::Continue(())
    });
    assert!(matches!(scarce, Err(BackupError::DiskFull { needed_bytes, .. }) if needed_bytes == 200 * MIB));
    assert_eq!(names(&backups), Vec::<String>::new());
    ledger.grow(&store, 1);
    free.store(1000 * MIB, Ordering::Relaxed);
    back_up(&store, &backups, NOW_MS).unwrap();
}

#[test]
fn a_full_disk_of_the_backups_costs_the_backup_and_nothing_else() {
    let Some(disk) = SmallDisk::mount(8 * MIB) else {
        eprintln!("not shown: this process may not mount a file system");
        return;
    };
    let bench = Bench::of_blocks(50);
    let backups = disk.path().join("backups");
    disk.fill(16 << 10);
    refused_as(back_up(&bench.store, &backups, NOW_MS), ReasonCode::FileUnwritable);
    assert_eq!(names(&backups), Vec::<String>::new());
    assert!(!bench.at("data/checkpoint").exists());
    bench.grow(1);
    disk.empty();
    let made = back_up(&bench.store, &backups, NOW_MS).unwrap();
    disk.fill(16 << 10);
    refused_as(restore(&made.path, &disk.path().join("data")), ReasonCode::FileUnwritable);
    assert!(!disk.path().join("data").exists());
    assert_eq!(check(&made.path, None).unwrap(), 51);
}
