//! Snapshots: the same from every node, a ledger that goes on from one, and what a lying one comes to.

use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use bulla_crypto::blake3;
use bulla_merkle::log::{Edge, Sha256Log, TreeHead, inclusion_path, verify_inclusion};
use bulla_storage::{
    FreeSpace, Joining, LogSuite, NoHook, Opened, SnapshotError, SnapshotFolder, SnapshotSource,
    StorageError, Store, StoreOptions, check_extent, fsck, make_snapshot,
};
use bulla_types::{
    BlockHash, CommitCertificate, Header, Height, ReasonCode, SnapshotManifest, Transaction,
    limits::SNAPSHOT_CHUNK_BYTES,
};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::ledger::TestLedger;

/// Blocks of half a minute, of which forty are twice the request window.
const BLOCKS: u64 = 60;

/// A ledger that has gone on for longer than the request window, and its snapshot.
struct Scene {
    ledger: TestLedger,
    folder: TempDir,
    store: Store,
    transactions: Vec<Transaction>,
    snapshot: SnapshotFolder,
    manifest: SnapshotManifest,
}

impl Scene {
    fn new() -> Self {
        let (ledger, folder) = (TestLedger::new("one"), TempDir::new().unwrap());
        let store = ledger.create(&folder.path().join("source")).store;
        let grown = (0..BLOCKS).map(|height| ledger.grow(&store, height % 4));
        let transactions = grown.flat_map(|built| built.transactions).collect();
        let (snapshot, manifest) = snapshot(&store, &folder.path().join("snapshot"));
        Self { ledger, folder, store, transactions, snapshot, manifest }
    }

    fn decided(&self) -> (Header, CommitCertificate) {
        let decided = self.store.view().unwrap().decided(self.manifest.header.height).unwrap().unwrap();
        (decided.header, decided.certificate)
    }

    /// Builds the snapshot in `folder` with a manifest.
    fn build(&self, folder: &SnapshotFolder, manifest: &SnapshotManifest) -> Result<Joining, SnapshotError> {
        let genesis = self.store.view().unwrap().genesis().unwrap();
        let decided = [self.decided()];
        let source = SnapshotSource { folder, manifest, genesis: &genesis, decided: &decided };
        let mut joining = Joining::begin(&self.data(), self.ledger.id())?;
        joining.build(&StoreOptions::small(), &source, &mut |_| ())?;
        Ok(joining)
    }

    fn data(&self) -> PathBuf {
        self.folder.path().join("joined")
    }

    /// A data folder that is made of the snapshot.
    fn join(&self) -> Opened {
        self.build(&self.snapshot, &self.manifest).unwrap().finish().unwrap();
        self.ledger.open(&self.data())
    }

    /// A snapshot of this content whose chunks are what its manifest says.
    fn lie(&self, content: &[u8], records: u64, first_entry: u64) -> SnapshotError {
        let folder = SnapshotFolder::new(&self.folder.path().join("lie"));
        fs::create_dir_all(folder.path()).unwrap();
        fs::write(folder.content_path(), content).unwrap();
        let chunks = content.chunks(SNAPSHOT_CHUNK_BYTES as usize).map(|chunk| blake3(&[chunk])).collect();
        let header = self.manifest.header.clone();
        let manifest = SnapshotManifest::new(header, records, first_entry, content.len() as u64, chunks);
        self.build(&folder, &manifest.unwrap()).map(drop).unwrap_err()
    }

    fn content(&self) -> Vec<u8> {
        fs::read(self.snapshot.content_path()).unwrap()
    }

    /// Edges and entries as they would stand in a content that begins with this entry.
    fn log_from(&self, first_entry: u64) -> Vec<u8> {
        let view = self.store.view().unwrap();
        let edge = |suite| Edge::read(&view.tiles(suite), first_entry).unwrap().encode();
        let mut bytes = [edge(LogSuite::Sha256), edge(LogSuite::Sm3)].concat();
        for entry in view.entries(first_entry..view.tip().log_size) {
            let entry = entry.unwrap().bytes;
            bytes.extend((entry.len() as u16).to_be_bytes());
            bytes.extend(entry);
        }
        bytes
    }
}

fn snapshot(store: &Store, path: &Path) -> (SnapshotFolder, SnapshotManifest) {
    let folder = SnapshotFolder::new(path);
    let manifest = make_snapshot(store, &store.view().unwrap(), path, b"a proof").unwrap();
    assert_eq!(folder.proof().unwrap(), b"a proof");
    assert_eq!(folder.manifest().unwrap(), manifest);
    folder.check(&manifest, &mut |_| ()).unwrap();
    (folder, manifest)
}

fn files(folder: &SnapshotFolder) -> [Vec<u8>; 2] {
    [folder.manifest_path(), folder.content_path()].map(|path| fs::read(path).unwrap())
}

fn assert_clean(path: &Path) {
    let report = fsck(path, &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    assert!(report.is_clean(), "{:#?}", report.findings);
}

#[test]
fn two_nodes_write_the_same_snapshot_of_a_height() {
    let (one, two) = (Scene::new(), Scene::new());
    assert_eq!(files(&one.snapshot), files(&two.snapshot));
    assert_eq!(one.manifest.id(), two.manifest.id());
}

#[test]
fn a_ledger_goes_on_from_a_snapshot_as_it_does_where_it_was_taken() {
    let scene = Scene::new();
    let joined = scene.join();
    let store = joined.store;
    assert_eq!(store.tip().height, Height(BLOCKS));
    let records = |store: &Store| -> Vec<_> {
        store.view().unwrap().state_records(&[], &[]).collect::<Result<_, _>>().unwrap()
    };
    assert_eq!(records(&store), records(&scene.store));
    for deposits in [2, 0, 300] {
        let (there, here) = (scene.ledger.grow(&scene.store, deposits), scene.ledger.grow(&store, deposits));
        assert_eq!(there.header, here.header);
    }
    let view = store.view().unwrap();
    let (head, index) = (view.decided(view.tip().height).unwrap().unwrap().header, view.tip().log_size - 1);
    let path = inclusion_path::<Sha256Log, _>(&view.tiles(LogSuite::Sha256), index + 1, index).unwrap();
    let leaf = <Sha256Log as bulla_merkle::log::LogHash>::leaf(&view.entry(index).unwrap().unwrap().bytes);
    let head = TreeHead { size: head.log_size_after, root: head.log_root };
    verify_inclusion::<Sha256Log>(head, index, leaf, &path).unwrap();
    drop(view);
    drop(store);
    assert_clean(&scene.folder.path().join("joined"));
}

#[test]
fn requests_are_remembered_as_they_are_where_the_snapshot_was_taken() {
    let scene = Scene::new();
    let store = scene.join().store;
    let (there, here) = (scene.store.view().unwrap(), store.view().unwrap());
    let mut remembered = 0;
    for transaction in &scene.transactions {
        let body = transaction.body();
        let (signer, id) = (body.signers[0].member, body.request_id);
        let found = here.request(signer, &id).unwrap();
        assert_eq!(found, there.request(signer, &id).unwrap());
        remembered += usize::from(found.is_some());
    }
    assert!((1..scene.transactions.len()).contains(&remembered), "{remembered} of some are remembered");
}

#[test]
fn what_was_before_the_snapshot_is_named_as_such() {
    let scene = Scene::new();
    let store = scene.join().store;
    let view = store.view().unwrap();
    let first = view.tip().log_size;
    for index in [0, first / 2, first - 1] {
        let asked = view.entry(index);
        assert!(matches!(
            asked,
            Err(StorageError::BeforeSnapshot { height: Height(BLOCKS), first_entry }) if first_entry == first
        ));
    }
    assert!(view.entry(first).unwrap().is_none(), "beyond the log there is nothing");
    assert!(view.decided(Height(BLOCKS - 1)).unwrap().is_none());
    assert_eq!(view.decided_range().unwrap(), None);
    assert!(view.body(&BlockHash(scene.manifest.header.hash().0)).unwrap().is_none());
}

#[test]
fn a_node_that_joined_makes_the_same_snapshots_once_it_holds_the_window() {
    let scene = Scene::new();
    let store = scene.join().store;
    let early = scene.folder.path().join("early");
    let refused = make_snapshot(&store, &store.view().unwrap(), &early, &[]);
    assert!(matches!(refused, Err(SnapshotError::NotYet { .. })), "{refused:?}");
    assert!(!early.exists(), "half a snapshot is none");
    for height in 0..45 {
        scene.ledger.grow(&scene.store, height % 3);
        scene.ledger.grow(&store, height % 3);
    }
    let (there, _) = snapshot(&scene.store, &scene.folder.path().join("there"));
    let (here, _) = snapshot(&store, &scene.folder.path().join("here"));
    assert_eq!(files(&there), files(&here));
}

#[test]
fn a_snapshot_of_the_first_blocks_holds_the_whole_log() {
    let (ledger, folder) = (TestLedger::new("one"), TempDir::new().unwrap());
    let store = ledger.create(&folder.path().join("source")).store;
    let refused = make_snapshot(&store, &store.view().unwrap(), &folder.path().join("none"), &[]);
    assert!(matches!(refused, Err(SnapshotError::NoBlock)), "{refused:?}");
    ledger.grow(&store, 3);
    let (_, manifest) = snapshot(&store, &folder.path().join("first"));
    assert_eq!((manifest.first_entry, manifest.header.log_size_after), (0, 4));
}

#[test]
fn a_changed_byte_of_the_content_is_found_by_its_chunk() {
    let scene = Scene::new();
    let content = scene.content();
    for position in (0..content.len()).step_by(997) {
        let mut changed = content.clone();
        changed[position] ^= 1;
        fs::write(scene.snapshot.content_path(), &changed).unwrap();
        let found = scene.snapshot.check(&scene.manifest, &mut |_| ());
        assert!(matches!(found, Err(SnapshotError::Chunk { .. })), "byte {position}: {found:?}");
    }
    for length in [content.len() - 1, 0] {
        fs::write(scene.snapshot.content_path(), &content[..length]).unwrap();
        let found = scene.snapshot.check(&scene.manifest, &mut |_| ());
        assert!(matches!(found, Err(SnapshotError::Length { .. })), "{found:?}");
    }
}

#[test]
fn a_liar_whose_chunks_are_what_its_manifest_says_is_found_by_the_roots() {
    let scene = Scene::new();
    let content = scene.content();
    let SnapshotManifest { records, first_entry, .. } = scene.manifest;
    let log_bytes = scene.log_from(first_entry).len();
    let state_bytes = content.len() - log_bytes;
    // All of the records, of the edges and of the first entries; then here and there.
    let positions =
        (0..content.len()).filter(|at| at % 211 == 0 || (*at < state_bytes + 512 && at % 23 == 0));
    for position in positions {
        let mut changed = content.clone();
        changed[position] ^= 0x40;
        let refused = scene.lie(&changed, records, first_entry);
        assert!(refused.is_of_the_snapshot(), "byte {position}: {refused}");
    }
    for changed in [[&content[..], &[0]].concat(), content[..content.len() - 1].to_vec()] {
        assert!(matches!(scene.lie(&changed, records, first_entry), SnapshotError::Content(_)));
    }
    for (records, first_entry) in [
        (records - 1, first_entry),
        (records + 1, first_entry),
        (records, first_entry + 1),
        (u64::MAX, first_entry),
    ] {
        assert!(scene.lie(&content, records, first_entry).is_of_the_snapshot());
    }
}

#[test]
fn a_liar_that_leaves_a_request_of_the_window_out_is_found() {
    let scene = Scene::new();
    let content = scene.content();
    let SnapshotManifest { records, first_entry, .. } = scene.manifest;
    let state = &content[..content.len() - scene.log_from(first_entry).len()];
    assert_eq!([state, &scene.log_from(first_entry)[..]].concat(), content, "the content is made as here");
    for other in [first_entry - 1, first_entry + 1, scene.manifest.header.log_size_after - 1, 0] {
        let refused = scene.lie(&[state, &scene.log_from(other)[..]].concat(), records, other);
        assert!(matches!(refused, SnapshotError::OtherWindow { .. }), "from {other}: {refused}");
    }
}

#[test]
fn a_record_that_is_left_out_added_or_put_elsewhere_is_found() {
    let scene = Scene::new();
    let content = scene.content();
    let SnapshotManifest { records, first_entry, .. } = scene.manifest;
    let split = content.len() - scene.log_from(first_entry).len();
    let (state, log) = content.split_at(split);
    let key_bytes = usize::from(state[0]);
    let first =
        1 + key_bytes + 4 + u32::from_be_bytes(state[1 + key_bytes..][..4].try_into().unwrap()) as usize;
    let (one, others) = state.split_at(first);
    for (state, records) in [
        (others.to_vec(), records - 1),
        ([others, one].concat(), records),
        ([one, one, others].concat(), records + 1),
        (Vec::new(), 0),
    ] {
        let refused = scene.lie(&[&state, log].concat(), records, first_entry);
        assert!(refused.is_of_the_snapshot(), "{records} records: {refused}");
    }
}

#[test]
fn a_crash_while_a_snapshot_is_built_leaves_no_ledger_and_the_next_attempt_builds_it() {
    let scene = Scene::new();
    let data = scene.folder.path().join("joined");
    let genesis = scene.store.view().unwrap().genesis().unwrap();
    let decided = [scene.decided()];
    let source = SnapshotSource {
        folder: &scene.snapshot,
        manifest: &scene.manifest,
        genesis: &genesis,
        decided: &decided,
    };
    for reports in 0..3 {
        let mut heard = 0;
        let mut crash = |_| {
            heard += 1;
            assert!(heard <= reports, "a crash");
        };
        let ended = catch_unwind(AssertUnwindSafe(|| {
            let mut joining = Joining::begin(&data, scene.ledger.id()).unwrap();
            joining.build(&StoreOptions::small(), &source, &mut crash)
        }));
        assert_eq!(ended.is_err(), reports < 2, "there are two reports");
        drop(ended);
        let opened = scene.ledger.try_open(&data);
        assert!(matches!(opened, Err(StorageError::NoLedger { .. })), "{opened:?}");
    }
    assert_eq!(scene.join().store.tip().height, Height(BLOCKS));
    assert!(!data.join("joining").exists());
    let again = Joining::begin(&data, scene.ledger.id());
    assert!(matches!(again, Err(StorageError::AlreadyExists { .. })), "{again:?}");
}

#[test]
fn where_only_the_database_was_taken_away_the_record_of_votes_stays() {
    let scene = Scene::new();
    let data = scene.folder.path().join("joined");
    let opened = scene.ledger.create(&data);
    drop(opened);
    let signed = fs::read(data.join("signed")).unwrap();
    let other = Joining::begin(&data, TestLedger::new("two").id());
    assert!(matches!(other, Err(StorageError::OtherLedger { .. })), "{other:?}");
    fs::remove_dir_all(data.join("db")).unwrap();
    assert_eq!(scene.join().store.tip().height, Height(BLOCKS));
    assert_eq!(fs::read(data.join("signed")).unwrap(), signed);
}

/// The vectors of `docs/formats/snapshot.md`: a whole snapshot, and what is refused of it.
#[test]
fn the_vectors_of_the_format_are_what_the_code_makes() {
    let (ledger, folder) = (TestLedger::new("one"), TempDir::new().unwrap());
    let store = ledger.create(&folder.path().join("source")).store;
    ledger.grow(&store, 2);
    let (made, manifest) = snapshot(&store, &folder.path().join("snapshot"));
    let [bytes, content] = files(&made);
    let changed = |position: usize| {
        let mut changed = bytes.clone();
        changed[position] ^= 1;
        changed
    };
    let refused = |what: &str, bytes: Vec<u8>| {
        let error = SnapshotManifest::decode(&bytes).unwrap_err();
        json!({ "what": what, "manifest": hex::encode(bytes), "field": error.path(), "reason": error.reason().as_str() })
    };
    let vectors = json!({
        "accepted": [{
            "manifest": hex::encode(&bytes),
            "id": manifest.id().to_string(),
            "records": manifest.records,
            "first_entry": manifest.first_entry,
            "content": hex::encode(content),
        }],
        "refused": [
            refused("another magic", changed(0)),
            refused("another version", changed(9)),
            refused("another suite", changed(11)),
            refused("a byte short", bytes[..bytes.len() - 1].to_vec()),
            refused("a digest short", bytes[..bytes.len() - 32].to_vec()),
            refused("a first entry beyond the log", changed(380)),
            refused("more content than chunks", changed(390)),
        ],
    });
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/snapshot.json");
    if std::env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(path, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    }
    let found: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    assert!(found == vectors, "snapshot.json differs from the code: run with BULLA_WRITE_VECTORS=1");
}

#[test]
fn a_snapshot_leaves_the_store_its_room_and_is_given_up_where_it_would_not() {
    const FLOOR: u64 = 100 << 20;
    let free = Arc::new(AtomicU64::new(u64::MAX));
    let asked = Arc::clone(&free);
    let options = StoreOptions {
        free_floor_bytes: FLOOR,
        free_space: FreeSpace::from_fn(move |_| Ok(asked.load(Ordering::Relaxed))),
        ..StoreOptions::small()
    };
    let (ledger, folder) = (TestLedger::new("one"), TempDir::new().unwrap());
    let store = ledger.try_create(&folder.path().join("source"), &options).unwrap().store;
    ledger.grow(&store, 3);
    let place = folder.path().join("snapshot");
    // Enough for the store itself to go on.
    free.store(2 * FLOOR, Ordering::Relaxed);
    let refused = make_snapshot(&store, &store.view().unwrap(), &place, b"a proof");
    assert!(
        matches!(&refused, Err(SnapshotError::NoRoom { needed_bytes, .. }) if *needed_bytes > 2 * FLOOR),
        "{refused:?}"
    );
    let left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left, ["source"], "nothing is left of it");
    ledger.grow(&store, 3);
    free.store(2 * FLOOR + (1 << 20), Ordering::Relaxed);
    snapshot(&store, &place);
}

#[test]
fn what_is_no_regular_file_is_not_waited_for() {
    let scene = Scene::new();
    let folder = &scene.snapshot;
    for (path, read) in [
        (folder.manifest_path(), folder.manifest().map(drop) as Result<(), SnapshotError>),
        (folder.proof_path(), folder.proof().map(drop)),
        (folder.content_path(), folder.check(&scene.manifest, &mut |_| ())),
    ] {
        read.unwrap();
        fs::remove_file(&path).unwrap();
        rustix::fs::mknodat(
            rustix::fs::CWD,
            &path,
            rustix::fs::FileType::Fifo,
            rustix::fs::Mode::RUSR | rustix::fs::Mode::WUSR,
            0,
        )
        .unwrap();
    }
    let refused = [
        folder.manifest().map(drop),
        folder.proof().map(drop),
        folder.check(&scene.manifest, &mut |_| ()),
        folder.chunk(&scene.manifest, 0).map(drop),
    ];
    for refused in refused {
        let error = refused.unwrap_err();
        assert_eq!(error.reason(), Some(ReasonCode::FileUnreadable), "{error}");
    }
}

#[test]
fn a_folder_of_something_else_is_not_mixed_with_a_ledger() {
    let scene = Scene::new();
    let data = scene.data();
    fs::create_dir(&data).unwrap();
    fs::write(data.join("node.toml"), "label = 1").unwrap();
    let refused = scene.build(&scene.snapshot, &scene.manifest).map(drop);
    assert!(
        matches!(&refused, Err(SnapshotError::Storage(StorageError::NotABullaFolder { reason, .. })) if reason.contains("node.toml")),
        "{refused:?}"
    );
    assert_eq!(fs::read_dir(&data).unwrap().count(), 1, "nothing was put beside it");
    fs::remove_file(data.join("node.toml")).unwrap();
    // What a snapshot was fetched to, and the record of votes, may lie there.
    drop(Joining::begin(&data, scene.ledger.id()).unwrap().fetched().unwrap());
    scene.join();
}

#[test]
fn more_content_than_so_many_blocks_bring_is_refused_before_it_is_read() {
    let scene = Scene::new();
    let per_height = 256 << 20;
    let promise = |bytes: u64| {
        let chunks = vec![blake3(&[]); bytes.div_ceil(SNAPSHOT_CHUNK_BYTES) as usize];
        let header = scene.manifest.header.clone();
        SnapshotManifest::new(header, 1, 0, bytes, chunks).unwrap()
    };
    check_extent(&promise(BLOCKS * per_height)).unwrap();
    let refused = check_extent(&promise(BLOCKS * per_height + 1));
    assert!(matches!(refused, Err(SnapshotError::Content(_))), "{refused:?}");
}
