//! Records of the register and the work of members, found by the node's own indexes.

use std::collections::{BTreeMap, BTreeSet};

use bulla_fixtures::credit_code;
use bulla_storage::{DueRow, NoHook, Rebuilt, Store, StoreOptions, fsck};
use bulla_types::{
    AccountNumber, AccountRecord, BlockTime, CalledUpon, Canonical, CaseDeadline, CaseDeadlineStatus,
    CaseNumber, CaseRecord, CaseStatus, DeadlineStanding, MemberNumber, ProfileDigest, RegisterStatus,
    RuleName, StateKey, Subject, SubjectKind,
};
use rocksdb::{DB, IteratorMode, Options};
use tempfile::TempDir;

use crate::ledger::TestLedger;

const CASE: CaseNumber = CaseNumber(4);
const ACCOUNT: AccountNumber = AccountNumber(2);

fn name(name: &str) -> RuleName {
    name.parse().unwrap()
}

fn account(holder: MemberNumber) -> (StateKey, Vec<u8>) {
    let record = AccountRecord {
        number: ACCOUNT,
        profile: ProfileDigest::from_bytes([1; 32]),
        kind: name("book"),
        holder,
        within: None,
        case: CASE,
        contents: BTreeMap::new(),
        flags: BTreeMap::new(),
        certificates: BTreeMap::new(),
        status: RegisterStatus::InForce,
        history_count: 1,
    };
    (StateKey::Account(ACCOUNT), record.encode())
}

/// A case about the account, with a party and a deadline that runs.
fn case(status: CaseStatus) -> (StateKey, Vec<u8>) {
    let deadline = CaseDeadline {
        status: CaseDeadlineStatus::Running,
        due: Some(BlockTime(9_000)),
        standing: DeadlineStanding::Provisional,
        anchors: vec![Some(BlockTime(8_000))],
        away: Vec::new(),
        left: None,
        counted: BTreeMap::new(),
    };
    let record = CaseRecord {
        number: CASE,
        profile: ProfileDigest::from_bytes([1; 32]),
        procedure: name("closing"),
        status,
        state: name("review"),
        opened: BlockTime(7_000),
        about: Some(Subject::Account(ACCOUNT)),
        parties: [(name("applicant"), BTreeSet::from([MemberNumber(1)]))].into(),
        fields: BTreeMap::new(),
        documents: BTreeMap::new(),
        mandates: BTreeMap::new(),
        steps: BTreeMap::new(),
        states: BTreeMap::new(),
        deadlines: [(name("decision"), deadline)].into(),
        flags: BTreeMap::new(),
        account: None,
        registration: None,
        certificates: BTreeMap::new(),
        publications: Vec::new(),
        erasable: BTreeSet::new(),
        retain_until: None,
        history_count: 1,
    };
    (StateKey::Case(CASE), record.encode())
}

fn called() -> CalledUpon {
    CalledUpon { members: [MemberNumber(1)].into(), codes: [credit_code(2)].into() }
}

/// Who holds the account, what falls due, whose work the case is, and whether it is open.
fn found(store: &Store) -> (Vec<u64>, Vec<DueRow>, Vec<CaseNumber>, bool) {
    let view = store.view().unwrap();
    let holds = |member: &u64| {
        view.held(MemberNumber(*member), SubjectKind::Account, 1)
            .next()
            .is_some_and(|row| row.unwrap() == ACCOUNT.0)
    };
    let due = view.due_from(BlockTime(0)).map(Result::unwrap).collect();
    let by_member = view.work_of_member(MemberNumber(1), CaseNumber(1));
    let by_code = view.work_of_code(&credit_code(2), CaseNumber(1));
    let work = by_member.chain(by_code).map(Result::unwrap).collect();
    ((1..=3).filter(holds).collect(), due, work, view.open_cases(CaseNumber(1)).next().is_some())
}

#[test]
fn records_are_found_by_their_rows_and_those_go_with_what_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let store = ledger.create(folder.path()).store;
    ledger.grow(&store, 1);
    ledger.grow_records(
        &store,
        vec![account(MemberNumber(1)), case(CaseStatus::Open)],
        vec![(CASE, called())],
    );
    let due =
        DueRow { due: BlockTime(9_000), subject: Subject::Case(CASE), deadline: Some(name("decision")) };
    assert_eq!(found(&store), (vec![1], vec![due], vec![CASE, CASE], true));
    assert_eq!(store.view().unwrap().called_upon(CASE).unwrap(), called());

    ledger.grow_records(
        &store,
        vec![account(MemberNumber(3)), case(CaseStatus::Ended)],
        vec![(CASE, CalledUpon::default())],
    );
    assert_eq!(found(&store), (vec![3], vec![], vec![], false));
    let view = store.view().unwrap();
    for of in [Subject::Account(ACCOUNT), Subject::Member(MemberNumber(1))] {
        assert_eq!(view.cases_of(of, CaseNumber(1)).map(Result::unwrap).collect::<Vec<_>>(), [CASE]);
        assert!(view.cases_of(of, CaseNumber(5)).next().is_none());
    }
}

/// A folder with the account and the open case, its rows changed by `change`.
fn changed(change: impl FnOnce(&DB)) -> (TempDir, TestLedger) {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    ledger.grow(&opened.store, 1);
    let records = vec![account(MemberNumber(1)), case(CaseStatus::Open)];
    ledger.grow_records(&opened.store, records, vec![(CASE, called())]);
    drop(opened);
    with_database(&folder, change);
    (folder, ledger)
}

fn with_database<T>(folder: &TempDir, look: impl FnOnce(&DB) -> T) -> T {
    let path = folder.path().join("db");
    let columns = DB::list_cf(&Options::default(), &path).unwrap();
    look(&DB::open_cf(&Options::default(), &path, columns).unwrap())
}

/// The rows of an index.
fn rows(db: &DB, column: &str) -> Vec<Box<[u8]>> {
    let all = db.iterator_cf(db.cf_handle(column).unwrap(), IteratorMode::Start);
    all.map(|row| row.unwrap().0).collect()
}

/// What the integrity check says.
fn findings(folder: &TempDir) -> Vec<String> {
    let report = fsck(folder.path(), &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    report.findings.iter().map(ToString::to_string).collect()
}

fn after(change: impl FnOnce(&DB)) -> Vec<String> {
    findings(&changed(change).0)
}

#[test]
fn rows_that_are_whole_are_found_in_order() {
    assert_eq!(after(|_| ()), [""; 0]);
}

#[test]
fn every_row_that_is_missing_is_named() {
    for column in ["by_register", "work_list"] {
        let mut count = 0;
        after(|db| count = rows(db, column).len());
        assert!(count >= 4, "{column}");
        for at in 0..count {
            let mut key = String::new();
            let findings = after(|db| {
                let row = rows(db, column)[at].clone();
                key = hex::encode(&row);
                db.delete_cf(db.cf_handle(column).unwrap(), &row).unwrap();
            });
            assert!(!findings.is_empty(), "{column} {key}");
            assert!(findings.iter().all(|finding| finding.starts_with(column)), "{findings:?}");
        }
    }
}

#[test]
fn rows_that_nothing_accounts_for_are_named() {
    let surplus = |column: &'static str, key: Vec<u8>| {
        move |db: &DB| db.put_cf(db.cf_handle(column).unwrap(), key, []).unwrap()
    };
    let number = |number: u64| number.to_be_bytes();
    let held = [&[1][..], &number(9), &[3], &number(2)].concat();
    let open = [&[3][..], &number(99)].concat();
    let called = [&[1, 1][..], &number(9), &number(4)].concat();
    let ended = [&[2][..], &number(99), &[1], &number(9)].concat();
    for (column, key) in [("by_register", held), ("by_register", open), ("by_register", vec![7])] {
        let findings = after(surplus(column, key));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].ends_with("nothing accounts for this row"), "{findings:?}");
    }
    for (key, says) in [(called, "does not know of it"), (ended, "is not open"), (vec![7], "of no case")] {
        let findings = after(surplus("work_list", key));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].ends_with(says), "{findings:?}");
    }
}

#[test]
fn rows_that_are_lost_or_made_up_are_put_in_order_from_the_records() {
    const COLUMNS: [&str; 2] = ["by_register", "work_list"];
    let all = |folder: &TempDir| with_database(folder, |db| COLUMNS.map(|column| rows(db, column)));
    let whole = all(&changed(|_| ()).0);
    let lost: u64 = whole[0].len() as u64;
    let (folder, ledger) = changed(|db| {
        for column in COLUMNS {
            let handle = db.cf_handle(column).unwrap();
            rows(db, column).iter().for_each(|row| db.delete_cf(handle, row).unwrap());
            // Of a case that does not exist, of one that does, and no row at all.
            for key in [
                &[3, 0, 0, 0, 0, 0, 0, 0, 99][..],
                &[1, 1, 0, 0, 0, 0, 0, 0, 0, 9, 0, 0, 0, 0, 0, 0, 0, 4],
                &[7],
            ] {
                db.put_cf(handle, key, []).unwrap();
            }
        }
    });
    assert!(!findings(&folder).is_empty());

    let store = ledger.open(folder.path()).store;
    assert_eq!(store.rebuild_register().unwrap(), Rebuilt { added: lost, removed: 3 });
    let open: Vec<CaseNumber> = store.view().unwrap().open_cases(CaseNumber(1)).map(Result::unwrap).collect();
    assert_eq!(open, [CASE]);
    let rebuilt = store.rebuild_work_list(&[(CASE, called())]).unwrap();
    assert_eq!(rebuilt, Rebuilt { added: whole[1].len() as u64, removed: 3 });
    assert_eq!(store.rebuild_register().unwrap(), Rebuilt::default());
    assert_eq!(store.rebuild_work_list(&[(CASE, called())]).unwrap(), Rebuilt::default());
    drop(store);
    assert_eq!(all(&folder), whole);
    assert_eq!(findings(&folder), [""; 0]);
}

#[test]
fn a_record_that_cannot_be_read_has_no_rows_made_up_for_it() {
    let (folder, ledger) = changed(|db| {
        let (key, _) = account(MemberNumber(1));
        db.put_cf(db.cf_handle("state").unwrap(), key.encode(), b"garbage").unwrap();
    });
    let error = ledger.open(folder.path()).store.rebuild_register().unwrap_err().to_string();
    assert!(error.contains("state"), "{error}");
}
