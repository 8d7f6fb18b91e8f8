//! The integrity check on rows that are whole and wrong: what no checksum of a file can find.

use std::path::Path;

use bulla_storage::{BlockHook, Decided, Finding, FsckReport, NoHook, StoreOptions, fsck};
use bulla_types::{Block, Height};
use rocksdb::{DB, IteratorMode, Options};

use crate::ledger::TestLedger;

/// A folder with deposits 1 to 5 in heights 1 to 3, its rows changed by `change`, and what the check says.
fn after(change: impl FnOnce(&DB)) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    for deposits in [2, 0, 3] {
        ledger.grow(&opened.store, deposits);
    }
    drop(opened);
    let path = folder.path().join("db");
    let columns = DB::list_cf(&Options::default(), &path).unwrap();
    let db = DB::open_cf(&Options::default(), &path, columns).unwrap();
    change(&db);
    drop(db);
    check(folder.path(), &mut NoHook).findings.iter().map(ToString::to_string).collect()
}

fn check(folder: &Path, hook: &mut dyn BlockHook) -> FsckReport {
    fsck(folder, &StoreOptions::small(), hook, &mut |_| ()).unwrap()
}

fn put(db: &DB, column: &str, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
    db.put_cf(db.cf_handle(column).unwrap(), key, value).unwrap();
}

/// Deletes the first row of a column family and gives its key in hexadecimal digits.
fn delete_first(db: &DB, column: &str) -> String {
    let (key, _) = first(db, column);
    db.delete_cf(db.cf_handle(column).unwrap(), &key).unwrap();
    hex::encode(key)
}

fn first(db: &DB, column: &str) -> (Box<[u8]>, Box<[u8]>) {
    db.iterator_cf(db.cf_handle(column).unwrap(), IteratorMode::Start).next().unwrap().unwrap()
}

fn change_end_of_first(db: &DB, column: &str) {
    let (key, mut row) = first(db, column);
    *row.last_mut().unwrap() ^= 1;
    put(db, column, key, row);
}

#[test]
fn a_missing_index_row_is_named() {
    for column in ["by_transaction", "by_digest", "requests"] {
        let mut key = String::new();
        let findings = after(|db| key = delete_first(db, column));
        assert_eq!(findings, [format!("{column} {key}: it is missing")]);
    }
    assert_eq!(after(|db| _ = delete_first(db, "by_evidence")), ["by_evidence 1: it is missing"]);
    let findings = after(|db| _ = delete_first(db, "by_first_index"));
    assert_eq!(findings, ["by_first_index 0: it is missing"]);
}

#[test]
fn a_surplus_index_row_is_named() {
    let digest_row = [[9; 32].as_slice(), &1_u64.to_be_bytes()].concat();
    let rows: [(&str, Vec<u8>, Vec<u8>); 6] = [
        ("by_transaction", vec![7; 32], vec![1]),
        ("by_evidence", 99_u64.to_be_bytes().to_vec(), vec![1, 0]),
        ("by_digest", digest_row, vec![]),
        ("by_first_index", 4_u64.to_be_bytes().to_vec(), vec![1]),
        ("requests", [&[0xff; 8][..], &[0; 24]].concat(), [&[7; 32][..], &[1]].concat()),
        ("blocks", 9_u64.to_be_bytes().to_vec(), vec![1]),
    ];
    for (column, key, value) in rows {
        let findings = after(|db| put(db, column, &key, &value));
        assert_eq!(findings.len(), 1, "{column}: {findings:?}");
        assert!(findings[0].starts_with(column), "{findings:?}");
        assert!(findings[0].ends_with("nothing accounts for this row"), "{findings:?}");
    }
}

#[test]
fn a_row_that_points_elsewhere_is_shown_with_both_values() {
    let findings = after(|db| put(db, "by_evidence", 2_u64.to_be_bytes(), [1, 0]));
    assert_eq!(
        findings,
        ["by_evidence 2: the row: EvidenceRow { log_index: 1, action: 0 } where \
         EvidenceRow { log_index: 2, action: 0 } is expected"]
    );
}

#[test]
fn a_changed_tile_is_shown_with_the_first_hash_that_differs() {
    let key = [&[1, 0][..], &[0; 8]].concat();
    let findings = after(|db| {
        let mut tile = db.get_cf(db.cf_handle("tiles").unwrap(), &key).unwrap().unwrap();
        tile[3 * 32] ^= 1;
        put(db, "tiles", &key, tile);
    });
    assert_eq!(findings.len(), 1);
    assert!(
        findings[0].starts_with("SHA-256 tile 0 of level 0: hash 3, the first that differs: "),
        "{findings:?}"
    );
    let missing =
        after(|db| db.delete_cf(db.cf_handle("tiles").unwrap(), [&[2, 0][..], &[0; 8]].concat()).unwrap());
    assert_eq!(missing, ["SM3 tile 0 of level 0: it is missing"]);
}

#[test]
fn a_changed_entry_is_found_in_both_logs() {
    let findings = after(|db| {
        let bodies = db.iterator_cf(db.cf_handle("bodies").unwrap(), IteratorMode::Start);
        let with_media_type = |(key, mut body): (Box<[u8]>, Box<[u8]>)| {
            let at = body.windows(10).rposition(|window| window == b"text/plain")?;
            body[at] = b'T';
            Some((key, body))
        };
        let (key, body) = bodies.map(Result::unwrap).find_map(with_media_type).unwrap();
        put(db, "bodies", key, body);
    });
    let mentions = |text: &str| findings.iter().any(|finding| finding.contains(text));
    assert!(mentions("the SHA-256 log root at size"), "{findings:?}");
    assert!(mentions("the SM3 log root at size"));
    assert!(mentions("SHA-256 tile 0 of level 0: hash"));
}

#[test]
fn a_missing_body_is_found_and_the_rest_of_the_log_is_checked_all_the_same() {
    let findings = after(|db| _ = delete_first(db, "bodies"));
    assert_eq!(findings.len(), 1);
    assert!(findings[0].ends_with("body: it is missing"));
}

#[test]
fn a_changed_record_is_named_and_so_is_a_missing_node() {
    let findings = after(|db| put(db, "state", [4, 2], [8, 9]));
    assert_eq!(findings.len(), 2, "{findings:?}");
    assert!(findings[0].starts_with("state: the root over all records: "));
    assert!(findings[1].starts_with("number of deposits: the stored tree does not prove it"));
    let findings = after(|db| _ = delete_first(db, "tree"));
    assert!(
        findings.iter().any(|finding| finding.contains("the stored tree does not lead to it")),
        "{findings:?}"
    );
    assert!(findings.iter().any(|finding| finding.starts_with("tree: the number of nodes")));
    let findings = after(|db| put(db, "tree", [0; 3], [0]));
    assert_eq!(findings.len(), 1);
    assert!(findings[0].starts_with("tree: the number of nodes"));
}

#[test]
fn a_changed_header_breaks_its_own_hash_and_the_certificate() {
    let findings = after(|db| {
        let (key, mut row) = first(db, "blocks");
        // The builder's address, which nothing else depends on.
        let header_at = row.windows(4).position(|window| window == [0, 1, 0, 1]).unwrap();
        row[header_at + 56] ^= 1;
        put(db, "blocks", key, row);
    });
    assert!(findings[0].starts_with("block 1: the hash of its header: "), "{findings:?}");
}

#[test]
fn a_changed_signature_of_a_certificate_is_found() {
    let findings = after(|db| change_end_of_first(db, "blocks"));
    assert_eq!(findings.len(), 1);
    assert!(findings[0].starts_with("block 1, certificate: the signature of validator "), "{findings:?}");
}

#[test]
fn an_opening_that_does_not_match_its_commitment_is_found() {
    let findings = after(|db| change_end_of_first(db, "openings"));
    assert_eq!(findings.len(), 1);
    assert!(findings[0].starts_with("openings of entry "), "{findings:?}");
}

#[test]
fn bodies_and_proposals_that_belong_to_nothing_are_named() {
    let findings = after(|db| put(db, "bodies", [7; 32], [0]));
    assert_eq!(
        findings,
        [format!("bodies {}: it belongs to no block that is decided or proposed", "07".repeat(32))]
    );
    let proposal = |height: u64| [&height.to_be_bytes()[..], &[0; 73]].concat();
    let decided = after(|db| put(db, "proposals", proposal(2), [1]));
    assert!(decided.iter().any(|finding| finding.ends_with("its height is decided")), "{decided:?}");
    let unknown = after(|db| put(db, "proposals", proposal(4), [1]));
    assert_eq!(unknown, [format!("bodies {}: it was proposed and is missing", "00".repeat(32))]);
}

#[test]
fn a_changed_tip_row_is_compared_with_the_newest_block() {
    let findings = after(|db| {
        let meta = db.cf_handle("meta").unwrap();
        let mut tip = db.get_cf(meta, "tip").unwrap().unwrap();
        tip[1] ^= 1;
        db.put_cf(meta, "tip", tip).unwrap();
    });
    assert!(findings.iter().any(|finding| finding.starts_with("meta tip: the block hash: ")), "{findings:?}");
}

/// Counts what it is shown, and finds fault with height 2.
#[derive(Default)]
struct Counting {
    entries: usize,
    tip: Option<Height>,
}

impl BlockHook for Counting {
    fn block(&mut self, decided: &Decided, block: &Block) -> Vec<Finding> {
        self.entries += block.entries.len();
        let height = decided.header.height;
        let finding = Finding {
            place: format!("block {height}"),
            what: "disliked".to_owned(),
            expected: None,
            found: None,
        };
        if height == Height(2) { vec![finding] } else { Vec::new() }
    }

    fn end(&mut self, view: &bulla_storage::View<'_>) -> Vec<Finding> {
        self.tip = Some(view.tip().height);
        Vec::new()
    }
}

#[test]
fn a_caller_checks_each_block_in_its_own_way() {
    let folder = tempfile::tempdir().unwrap();
    let ledger = TestLedger::new("one");
    let opened = ledger.create(folder.path());
    for deposits in [2, 0, 3] {
        ledger.grow(&opened.store, deposits);
    }
    drop(opened);
    let mut hook = Counting::default();
    let report = check(folder.path(), &mut hook);
    assert_eq!((hook.entries, hook.tip), (6, Some(Height(3))));
    assert_eq!(report.findings.iter().map(ToString::to_string).collect::<Vec<_>>(), ["block 2: disliked"]);
}
