//! A node that joins from a snapshot: it goes on with the others, proves what follows, and says what it lacks.

use std::fs;
use std::path::Path;
use std::sync::Arc;

use bulla_chain::{Chain, ChainError, EntryRef, Origin, VerifiedSnapshot, make_snapshot};
use bulla_storage::{Joining, NoHook, SnapshotError, SnapshotFolder, StorageError, StoreOptions, fsck};
use bulla_types::{
    Action, Block, ChangeParameters, ChangeValidators, EvidenceNumber, KeyId, Parameters, TransactionId,
    ValidatorChange,
};
use bulla_verify::{Anchor, verify};

use crate::ledger::Ledger;

/// A ledger with a few blocks, and a snapshot of its newest.
struct Scene {
    ledger: Ledger,
    source: Arc<Chain>,
    snapshot: SnapshotFolder,
}

impl Scene {
    async fn new() -> Self {
        let ledger = Ledger::found();
        let source = ledger.open("source");
        for number in 0..5 {
            ledger.admit(&source, &ledger.deposit(&format!("文件 {number}"))).await;
            ledger.clock.advance(1_000);
            ledger.advance(&source);
        }
        let place = ledger.path("snapshot");
        make_snapshot(source.store(), |_| place.clone(), || ()).unwrap();
        Self { snapshot: SnapshotFolder::new(&place), ledger, source }
    }

    fn open(&self) -> Result<VerifiedSnapshot, SnapshotError> {
        VerifiedSnapshot::open(self.snapshot.clone(), self.source.ledger_id())
    }

    fn restore(&self, data: &Path) -> Result<(), SnapshotError> {
        let joining = Joining::begin(data, self.source.ledger_id())?;
        self.open()?.restore(joining, &StoreOptions::small(), &mut |_| ())
    }

    fn join(&self) -> Arc<Chain> {
        self.restore(&self.ledger.path("joined")).unwrap();
        self.ledger.open("joined")
    }

    /// Decides the next block: what the source builds, the other accepts.
    fn decide(&self, other: &Chain) -> Block {
        let height = self.source.tip().next_height();
        let built = self.source.build(height, 0, self.ledger.address()).unwrap();
        other.check(&self.ledger.proposal(height, built.clone(), Origin::Fresh)).unwrap().unwrap();
        let certificate = self.ledger.certify(&built.1);
        self.source.commit(&certificate).unwrap();
        other.commit(&certificate).unwrap();
        Block::decode(&built.1).unwrap()
    }
}

fn lacks<T: std::fmt::Debug>(asked: Result<T, ChainError>) -> bool {
    matches!(asked, Err(ChainError::Storage(StorageError::BeforeSnapshot { .. })))
}

#[tokio::test]
async fn a_node_joins_from_a_snapshot_and_proves_what_follows() {
    let scene = Scene::new().await;
    let joined = scene.join();
    let before = joined.tip().log_size;
    assert_eq!(joined.tip().block_hash, scene.source.tip().block_hash);
    for number in 0..3 {
        scene.ledger.admit(&scene.source, &scene.ledger.deposit(&format!("此后 {number}"))).await;
        scene.decide(&joined);
    }
    let after = joined.tip().log_size;
    for index in before..after {
        let receipt = joined.receipt(index, Some(after)).unwrap().unwrap();
        verify(&receipt.encode(), &Anchor::Ledger(joined.ledger_id()), &[]).unwrap();
        assert_eq!(
            joined.inclusion_path(index, after).unwrap(),
            scene.source.inclusion_path(index, after).unwrap()
        );
    }
    for first in before..=after {
        let path = joined.consistency_path(first, after).unwrap();
        assert_eq!(path, scene.source.consistency_path(first, after).unwrap());
    }
    drop(joined);
    assert_clean(&scene.ledger, "joined");
}

#[tokio::test]
async fn a_request_from_before_the_snapshot_takes_effect_once() {
    let scene = Scene::new().await;
    let repeated = scene.ledger.deposit("再次");
    scene.ledger.admit(&scene.source, &repeated).await;
    scene.ledger.advance(&scene.source);
    let place = scene.ledger.path("later");
    make_snapshot(scene.source.store(), |_| place.clone(), || ()).unwrap();
    let scene = Scene { snapshot: SnapshotFolder::new(&place), ..scene };
    let joined = scene.join();
    let admitted =
        joined.mempool().admit(repeated.encode().into(), bulla_mempool::Source::Client).await.unwrap_err();
    assert_eq!(admitted.reason(), bulla_types::ReasonCode::RequestRepeated);
}

#[tokio::test]
async fn what_was_before_the_snapshot_is_asked_of_another() {
    let scene = Scene::new().await;
    let joined = scene.join();
    let first = joined.tip().log_size;
    assert_eq!(joined.base().unwrap().map(|base| (base.height.0, base.first_entry)), Some((5, first)));
    assert!(lacks(joined.receipt(first - 1, None)));
    assert!(lacks(joined.entries(0, 10)));
    assert!(lacks(joined.inclusion_path(0, first)));
    assert!(lacks(joined.consistency_path(1, first)));
    assert!(lacks(joined.find(EntryRef::Evidence(EvidenceNumber(1)))));
    assert!(lacks(joined.find(EntryRef::Transaction(TransactionId::from_bytes([7; 32])))));
    let there = |number| joined.find(EntryRef::Evidence(EvidenceNumber(number))).unwrap();
    assert_eq!(there(99), None, "the ledger has no such deposit");
    assert_eq!(joined.evidence_searched_from().unwrap(), Some(EvidenceNumber(6)));
    assert_eq!(scene.source.evidence_searched_from().unwrap(), None);
    assert!(joined.decided(1, 5, u64::MAX).unwrap().is_empty(), "it gives nobody blocks that it lacks");
    scene.decide(&joined);
    assert_eq!(joined.decided(1, 6, u64::MAX).unwrap().len(), 1);
}

#[tokio::test]
async fn a_changed_byte_of_manifest_or_proof_is_refused_before_anything_is_used() {
    let scene = Scene::new().await;
    let data = scene.ledger.path("joined");
    for path in [scene.snapshot.manifest_path(), scene.snapshot.proof_path()] {
        let whole = fs::read(&path).unwrap();
        for position in 0..whole.len() {
            let mut changed = whole.clone();
            changed[position] ^= 1;
            fs::write(&path, changed).unwrap();
            // What the manifest says of the content shows when the content is compared with it.
            let refused = scene.open().and_then(|snapshot| snapshot.check(&mut |_| ()));
            let counts = path == scene.snapshot.manifest_path() && (372..388).contains(&position);
            match refused {
                Err(error) => {
                    assert!(error.is_of_the_snapshot(), "{}, byte {position}: {error}", path.display());
                }
                Ok(()) if counts => assert!(scene.restore(&data).unwrap_err().is_of_the_snapshot()),
                Ok(()) => panic!("{}, byte {position} was not noticed", path.display()),
            }
        }
        fs::write(&path, whole).unwrap();
    }
    assert!(!data.join("db").exists());
    scene.restore(&data).unwrap();
}

#[tokio::test]
async fn a_snapshot_of_another_ledger_is_refused() {
    let (scene, other) = (Scene::new().await, Ledger::found().with_test_clock());
    let refused = VerifiedSnapshot::open(scene.snapshot.clone(), other.open("other").ledger_id());
    assert!(matches!(refused, Err(SnapshotError::Proof(_))), "{refused:?}");
}

#[tokio::test]
async fn a_snapshot_that_nobody_certified_is_refused() {
    let scene = Scene::new().await;
    scene.ledger.advance(&scene.source);
    let place = scene.ledger.path("later");
    make_snapshot(scene.source.store(), |_| place.clone(), || ()).unwrap();
    let later = SnapshotFolder::new(&place);
    fs::copy(scene.snapshot.proof_path(), later.proof_path()).unwrap();
    let refused = VerifiedSnapshot::open(later, scene.source.ledger_id());
    assert!(matches!(refused, Err(SnapshotError::OtherHeader)), "{refused:?}");
}

/// A snapshot of the newest block, and a data folder of it.
fn join_again(scene: &Scene, name: &str) -> Arc<Chain> {
    let place = scene.ledger.path(&format!("snapshot of {name}"));
    make_snapshot(scene.source.store(), |_| place.clone(), || ()).unwrap();
    let snapshot = VerifiedSnapshot::open(SnapshotFolder::new(&place), scene.source.ledger_id()).unwrap();
    let joining = Joining::begin(&scene.ledger.path(name), scene.source.ledger_id()).unwrap();
    snapshot.restore(joining, &StoreOptions::small(), &mut |_| ()).unwrap();
    scene.ledger.open(name)
}

fn assert_clean(ledger: &Ledger, name: &str) {
    drop(ledger.open_store(name));
    let report = fsck(&ledger.path(name), &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap();
    assert!(report.is_clean(), "{name}: {:#?}", report.findings);
}

#[tokio::test]
async fn whatever_becomes_of_the_request_window_who_joins_forgets_as_the_others_do() {
    let scene = Scene::new().await;
    let former = |chain: &Chain| (*chain.tip().parameters).clone();
    let widths = [("wider", 1_200_000), ("narrower", 60_000), ("wide again", 600_000)];
    for (name, request_window_ms) in widths {
        let parameters = Parameters { request_window_ms, ..former(&scene.source) };
        let change = ChangeParameters { former: former(&scene.source).hash(), parameters };
        scene.ledger.admit(&scene.source, &scene.ledger.act(Action::ChangeParameters(change))).await;
        scene.ledger.clock.advance(1_000);
        scene.ledger.advance(&scene.source);
        // Just after the change, and when it has been in force for some blocks.
        drop(join_again(&scene, &format!("{name}, at once")));
        assert_clean(&scene.ledger, &format!("{name}, at once"));
        scene.ledger.admit(&scene.source, &scene.ledger.deposit(name)).await;
        scene.ledger.clock.advance(1_000);
        scene.ledger.advance(&scene.source);
        let joined = join_again(&scene, name);
        scene.ledger.admit(&scene.source, &scene.ledger.deposit(&format!("after {name}"))).await;
        scene.decide(&joined);
        drop(joined);
        assert_clean(&scene.ledger, name);
    }
    let Scene { ledger, source, .. } = scene;
    drop(source);
    assert_clean(&ledger, "source");
}

#[tokio::test]
async fn a_snapshot_leads_through_a_change_of_validators_and_so_does_every_later_receipt() {
    let scene = Scene::new().await;
    let key_id = KeyId::of(scene.source.tip().validators.validators()[0].key());
    let change = ChangeValidators::new(vec![ValidatorChange { key_id, power: 3 }]);
    scene.ledger.admit(&scene.source, &scene.ledger.act(Action::ChangeValidators(change))).await;
    scene.ledger.advance(&scene.source);
    for name in ["at the change", "after the change"] {
        let joined = join_again(&scene, name);
        assert_eq!(*joined.tip().certified_by, *scene.source.tip().certified_by);
        scene.ledger.admit(&scene.source, &scene.ledger.deposit(name)).await;
        scene.decide(&joined);
        let receipt = joined.receipt(joined.tip().log_size - 1, None).unwrap().unwrap();
        assert_eq!(receipt.bundles()[0].transitions.len(), 1);
        verify(&receipt.encode(), &Anchor::Ledger(joined.ledger_id()), &[]).unwrap();
        drop(joined);
        assert_clean(&scene.ledger, name);
    }
}
