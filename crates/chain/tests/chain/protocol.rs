//! A ledger that goes to version 2 of the protocol, a program that knows it, and one that does not.

use std::sync::Arc;
use std::time::Duration;

use bulla_chain::{Chain, ChainError, Origin, VerifiedSnapshot, make_snapshot};
use bulla_storage::{Joining, NoHook, SnapshotError, SnapshotFolder, StorageError, StoreOptions, fsck};
use bulla_types::limits::PROTOCOL_NOTICE_HEIGHTS_MIN;
use bulla_types::{Action, Block, Height, ProtocolAtHeight, ReasonCode, ScheduleProtocol, UnknownProtocol};
use bulla_verify::{Anchor, verify};

use crate::ledger::Ledger;

/// The first height by version 2: the soonest for what block 2 schedules.
const HEIGHT: Height = Height(2 + PROTOCOL_NOTICE_HEIGHTS_MIN);

const UNKNOWN: UnknownProtocol = UnknownProtocol { version: 2, height: HEIGHT, newest_known: 1 };

fn schedule(scheduled: Option<ProtocolAtHeight>) -> Action {
    Action::ScheduleProtocol(ScheduleProtocol { scheduled })
}

/// Decides the next block: what one builds, the others accept.
fn decide(ledger: &Ledger, builder: &Chain, others: &[&Chain]) -> Block {
    let height = builder.tip().next_height();
    ledger.clock.advance(1_000);
    let built = builder.build(height, 0, ledger.address()).unwrap();
    let certificate = ledger.certify(&built.1);
    for other in others {
        other.check(&ledger.proposal(height, built.clone(), Origin::Fresh)).unwrap().unwrap();
        other.commit(&certificate).unwrap();
    }
    builder.commit(&certificate).unwrap();
    Block::decode(&built.1).unwrap()
}

/// A ledger in which block 2 schedules version 2, and the block before its height is decided.
struct Scene {
    ledger: Ledger,
    newer: Arc<Chain>,
    older: Arc<Chain>,
}

impl Scene {
    async fn new() -> Self {
        let ledger = Ledger::found();
        let (newer, older) = (ledger.open_knowing("newer", 2), ledger.open("older"));
        ledger.admit(&newer, &ledger.deposit("此前")).await;
        decide(&ledger, &newer, &[&older]);
        let scheduled = ProtocolAtHeight { version: 2, height: HEIGHT };
        ledger.admit(&newer, &ledger.act(schedule(Some(scheduled)))).await;
        decide(&ledger, &newer, &[&older]);
        while older.tip().next_height() < HEIGHT.0 {
            let pending = (older.tip().next_height() < HEIGHT.0).then_some(scheduled);
            assert_eq!((older.scheduled_protocol().unwrap(), older.unknown_protocol()), (pending, None));
            decide(&ledger, &newer, &[&older]);
        }
        Self { ledger, newer, older }
    }

    /// The first block by version 2.
    fn built(&self) -> (bulla_types::BlockHash, bytes::Bytes) {
        self.newer.build(HEIGHT.0, 0, self.ledger.address()).unwrap()
    }
}

fn is_unknown<T: std::fmt::Debug>(result: Result<T, ChainError>) -> bool {
    matches!(result, Err(ChainError::UnknownProtocol(unknown)) if unknown == UNKNOWN)
}

fn stands(scene: &Scene, chain: &Chain) {
    assert_eq!((chain.tip().height, chain.unknown_protocol()), (HEIGHT.0 - 1, Some(UNKNOWN)));
    assert_eq!((chain.scheduled_protocol().unwrap(), chain.next_deadline().unwrap()), (None, None));
    assert!(is_unknown(chain.build(HEIGHT.0, 0, scene.ledger.address())));
    let built = scene.built();
    for origin in [Origin::Fresh, Origin::Relocked, Origin::Synced] {
        assert!(is_unknown(chain.check(&scene.ledger.proposal(HEIGHT.0, built.clone(), origin))));
    }
    assert!(is_unknown(chain.commit(&scene.ledger.certify(&built.1))));
    assert_eq!(chain.tip().height, HEIGHT.0 - 1);
}

#[tokio::test]
async fn who_knows_the_version_passes_the_height_and_who_does_not_stops_before_it() {
    let scene = Scene::new().await;
    assert_eq!(scene.newer.unknown_protocol(), None);
    stands(&scene, &scene.older);
    scene.ledger.admit(&scene.newer, &scene.ledger.deposit("此后")).await;
    let block = decide(&scene.ledger, &scene.newer, &[]);
    assert_eq!((block.header.height, block.header.protocol_version), (HEIGHT, 2));
    assert_eq!(block.header.parameters_hash, scene.newer.tip().parameters.hash());
    assert_eq!(scene.newer.tip().parameters.protocol_version, 2);
    decide(&scene.ledger, &scene.newer, &[]);
    assert_eq!(scene.newer.tip().height, HEIGHT.0 + 1);
}

#[tokio::test]
async fn after_a_restart_it_stands_where_it_stood_until_the_program_is_a_newer_one() {
    let Scene { ledger, newer, older } = Scene::new().await;
    drop(older);
    let older = ledger.open("older");
    let scene = Scene { ledger, newer, older };
    stands(&scene, &scene.older);
    let Scene { ledger, newer, older } = scene;
    drop(older);
    let upgraded = ledger.open_knowing("older", 2);
    let built = newer.build(HEIGHT.0, 0, ledger.address()).unwrap();
    let certificate = ledger.certify(&built.1);
    newer.commit(&certificate).unwrap();
    upgraded.check(&ledger.proposal(HEIGHT.0, built, Origin::Synced)).unwrap().unwrap();
    upgraded.commit(&certificate).unwrap();
    assert_eq!(upgraded.tip().block_hash, newer.tip().block_hash);
}

#[tokio::test]
async fn the_next_height_never_starts_by_itself_and_the_stop_is_told() {
    let scene = Scene::new().await;
    let submission = scene.ledger.deposit("在等待");
    for chain in [&scene.older, &scene.newer] {
        scene.ledger.admit(chain, &submission).await;
        chain.heard_proposal_for(HEIGHT.0);
    }
    assert_eq!(scene.older.reaches_unknown_protocol().await, UNKNOWN);
    // Others propose for it: it would start at once.
    tokio::time::timeout(Duration::from_secs(10), scene.newer.next_due()).await.unwrap();
    assert!(tokio::time::timeout(Duration::from_secs(1), scene.older.next_due()).await.is_err());
}

#[tokio::test]
async fn a_schedule_that_is_taken_back_lets_every_program_pass() {
    let ledger = Ledger::found();
    let chain = ledger.open("node");
    decide(&ledger, &chain, &[]);
    let scheduled = ProtocolAtHeight { version: 2, height: HEIGHT };
    ledger.admit(&chain, &ledger.act(schedule(Some(scheduled)))).await;
    decide(&ledger, &chain, &[]);
    assert_eq!(chain.scheduled_protocol().unwrap(), Some(scheduled));
    ledger.admit(&chain, &ledger.act(schedule(None))).await;
    decide(&ledger, &chain, &[]);
    assert_eq!(chain.scheduled_protocol().unwrap(), None);
    while chain.tip().height <= HEIGHT.0 {
        assert_eq!(decide(&ledger, &chain, &[]).header.protocol_version, 1);
    }
}

#[tokio::test]
async fn receipts_of_before_verify_and_those_of_after_need_a_newer_program() {
    let scene = Scene::new().await;
    let anchor = Anchor::Ledger(scene.newer.ledger_id());
    for chain in [&scene.newer, &scene.older] {
        let receipt = chain.receipt(1, None).unwrap().unwrap();
        verify(&receipt.encode(), &anchor, &[]).unwrap();
    }
    scene.ledger.admit(&scene.newer, &scene.ledger.deposit("此后")).await;
    decide(&scene.ledger, &scene.newer, &[]);
    let index = scene.newer.tip().log_size - 1;
    let receipt = scene.newer.receipt(index, None).unwrap().unwrap();
    let refused = verify(&receipt.encode(), &anchor, &[]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::ProtocolVersionUnknown);
    assert!(refused.place.ends_with("header.protocol_version"), "{refused}");
    assert!(refused.detail.contains(&UNKNOWN.to_string()), "{refused}");
}

#[tokio::test]
async fn what_a_newer_program_has_written_is_refused_by_name() {
    let Scene { ledger, newer, .. } = Scene::new().await;
    decide(&ledger, &newer, &[]);
    drop(newer);
    let opened = ledger.try_open_store("newer", &StoreOptions::small()).map(drop).unwrap_err();
    let is_by_name =
        |error: &StorageError| matches!(error, StorageError::UnknownProtocol(found) if *found == UNKNOWN);
    assert!(matches!(&opened, ChainError::Storage(error) if is_by_name(error)), "{opened}");
    let checked = fsck(&ledger.path("newer"), &StoreOptions::small(), &mut NoHook, &mut |_| ()).unwrap_err();
    assert!(is_by_name(&checked), "{checked}");
    ledger.open_knowing("newer", 2);
}

#[tokio::test]
async fn a_snapshot_of_before_the_height_is_taken_and_one_of_after_is_refused_by_name() {
    let scene = Scene::new().await;
    let (ledger, ledger_id) = (&scene.ledger, scene.newer.ledger_id());
    let snapshot_of = |name: &str, chain: &Chain| {
        let place = ledger.path(name);
        make_snapshot(chain.store(), |_| place.clone(), || ()).unwrap();
        SnapshotFolder::new(&place)
    };
    let before = snapshot_of("before", &scene.older);
    let joining = Joining::begin(&ledger.path("joined"), ledger_id).unwrap();
    let verified = VerifiedSnapshot::open(before, ledger_id).unwrap();
    verified.restore(joining, &StoreOptions::small(), &mut |_| ()).unwrap();
    stands(&scene, &ledger.open("joined"));

    decide(ledger, &scene.newer, &[]);
    let after = VerifiedSnapshot::open(snapshot_of("after", &scene.newer), ledger_id).unwrap_err();
    assert!(matches!(after, SnapshotError::UnknownProtocol(unknown) if unknown == UNKNOWN), "{after}");
    assert_eq!(after.reason(), Some(ReasonCode::ProtocolVersionUnknown));
}
