//! Processes that end, by violence or because they cannot go on.

use bulla_tests::fault::Fault;
use bulla_tests::{Load, Network, findings};
use bulla_types::proto::NodeHealth;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_killed_under_load_comes_back_and_nothing_acknowledged_is_lost() {
    let mut network = Network::of(4).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(100).await;
    network.node(3).kill();
    load.goes_on(200).await;
    network.node(3).start();
    load.goes_on(100).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    for node in 0..4 {
        acknowledged.stands_at(&network, node, tip.log_size).await;
    }
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn all_validators_killed_together_lose_nothing_that_was_acknowledged() {
    let mut network = Network::of(4).start().await;
    let load = Load::on(&network, 1).await;
    load.reaches(200).await;
    (0..4).for_each(|node| network.node(node).kill());
    let acknowledged = load.stop().await;
    for node in network.nodes() {
        assert_eq!(
            findings(node.data()),
            Vec::<String>::new(),
            "as the crash left {}",
            node.data().display()
        );
    }

    (0..4).for_each(|node| network.node(node).start());
    network.ready().await;
    let tip = network.agreed().await;
    acknowledged.receipts_verify(&network);
    for node in 0..4 {
        acknowledged.stands_at(&network, node, tip.log_size).await;
    }
    let load = Load::on(&network, 2).await;
    load.reaches(20).await;
    load.stop().await;
    network.agreed().await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_cannot_go_on_says_so_serves_reads_and_ends_when_it_is_told() {
    let mut network = Network::of(4).faulty(3, Fault::CannotCommit { height: 4 }).start().await;
    let turns = network.ledger().turns();
    let (sound, broken) = (turns[0], turns[3]);
    let load = Load::on(&network, sound).await;
    let status = network.nodes()[broken].is(NodeHealth::Failed).await;
    assert_eq!((status.health_reason.as_str(), status.height), ("NODE_FAILED", 3));
    assert_eq!(network.nodes()[broken].get("/healthz").await.status, 503);
    assert_eq!(network.nodes()[broken].get("/v1/entries/1").await.status, 200);
    load.goes_on(50).await;
    load.stop().await;

    assert_eq!(network.node(broken).told_to_stop().await.code(), Some(1));
    assert!(network.nodes()[broken].log().contains("[NODE_FAILED]"));
    network.agreed().await;
    network.close().await;
}
