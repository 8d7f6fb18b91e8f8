//! Nodes without a vote: they check everything, and serve like the others.

use std::path::Path;

use bulla_storage::ENGINE_LOG;
use bulla_tests::bulla::bulla;
use bulla_tests::{Load, Network};

const OBSERVER: usize = 4;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deposits_through_an_observer_are_recorded_and_its_roots_equal_the_validators() {
    let mut network = Network::of(4).observers(1).start().await;
    let load = Load::on(&network, OBSERVER).await;
    load.reaches(100).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, OBSERVER, tip.log_size).await;
    acknowledged.stands_at(&network, 0, tip.log_size).await;
    let status = network.nodes()[OBSERVER].status().await.unwrap();
    assert!(!status.validator && status.address.is_empty());
    // Stopped in order it leaves nothing that a cut of power could take.
    network.node(OBSERVER).terminate().await;
    let data = network.nodes()[OBSERVER].data().to_owned();
    let check = move || bulla([Path::new("fsck"), Path::new("--data"), &data]);
    let checked = tokio::task::spawn_blocking(check).await.unwrap();
    let witness = checked.json["notes"].as_array().unwrap().iter();
    let witness: Vec<_> = witness.filter(|note| note.as_str().unwrap().contains("tip record")).collect();
    assert_eq!((checked.code, witness), (0, Vec::new()), "{:#}", checked.json);
    network.node(OBSERVER).start();
    network.agreed().await;
    let log = |node: usize| network.nodes()[node].data().join(ENGINE_LOG).exists();
    assert!(log(0) && !log(OBSERVER), "who has no vote keeps no log of votes");
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_observer_started_late_follows_the_ledger_from_its_genesis() {
    let mut network = Network::of(4).observers(1).asleep(OBSERVER).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(300).await;
    network.node(OBSERVER).start();
    load.goes_on(50).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, OBSERVER, tip.log_size).await;
    network.close().await;
}
