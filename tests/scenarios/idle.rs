//! A ledger without work, and one told to stop in the midst of it.

use std::time::Duration;

use bulla_tests::deposits::deposit;
use bulla_tests::{Load, Network, Node, until};
use bulla_types::SecondLog;
use bulla_types::proto::GetStatusResponse;

use crate::damage::newest_height;

/// Waits until every validator has voted on the newest block, and gives that. One that comes late runs the height after
/// the one that it has followed to, with work or without: what the idle ledger adds is counted from then on.
async fn all_vote(network: &Network) -> GetStatusResponse {
    let client = network.client(0).await;
    until("every validator votes on the newest block", || async {
        let tip = network.agreed().await;
        let voted = |node: &Node| newest_height(&node.data().join("signed")) == tip.height;
        if network.nodes().iter().all(voted) {
            return Some(tip);
        }
        client.deposit(&network.service(), deposit("合同")).await.unwrap();
        None
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_ledger_adds_an_empty_block_at_each_heartbeat_and_stays_ready() {
    const HEARTBEAT_MS: u64 = 1_000;
    let network =
        Network::of(4).parameters(|parameters| parameters.heartbeat_ms = HEARTBEAT_MS).start().await;
    let first = all_vote(&network).await;
    let later = network.nodes()[0].reaches(first.height + 3).await;
    assert_eq!(later.log_size, first.log_size, "the blocks are empty");
    let passed_ms = later.block_time_ms - first.block_time_ms;
    assert!(passed_ms >= 3 * HEARTBEAT_MS - HEARTBEAT_MS / 2, "3 heartbeats took {passed_ms} ms");
    network.ready().await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_idle_ledger_adds_nothing_between_heartbeats() {
    const LATE: usize = 3;
    let mut network = Network::of(4).asleep(LATE).start().await;
    network.node(LATE).start();
    network.ready().await;
    let before = all_vote(&network).await;
    tokio::time::sleep(Duration::from_secs(3)).await;
    assert_eq!(network.agreed().await.height, before.height);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_told_to_stop_under_load_end_in_order_and_keep_what_was_acknowledged() {
    let mut network = Network::of(4).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(50).await;
    for node in 0..4 {
        network.node(node).terminate().await;
    }
    let acknowledged = load.stop().await;
    (0..4).for_each(|node| network.node(node).start());
    network.ready().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 0, tip.log_size).await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_may_have_one_log_alone() {
    let network =
        Network::of(1).parameters(|parameters| parameters.second_log = SecondLog::None).start().await;
    let receipt = network.client(0).await.deposit(&network.service(), deposit("合同")).await.unwrap();
    assert_eq!(receipt.index(), 1);
    network.close().await;
}
