//! Links between nodes that are cut, or carry one way only, and are joined again.

use std::time::Duration;

use bulla_tests::deposits::submission;
use bulla_tests::{Acknowledged, Load, Network};

use crate::quorum::says_no_quorum;

/// Longer than a round with the timeouts of these ledgers, and than it takes until votes are sent again.
const A_ROUND: Duration = Duration::from_secs(2);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_against_two_decide_nothing_and_say_so_and_joined_again_they_are_one_ledger() {
    let network = Network::of(4).links().start().await;
    let loads = [Load::on(&network, 0).await, Load::on(&network, 2).await];
    for load in &loads {
        load.reaches(20).await;
    }
    network.links().cut(&[0, 1], &[2, 3]);
    let cut_at = highest(&network).await;
    for node in 0..4 {
        says_no_quorum(&network, node).await;
    }
    tokio::time::sleep(A_ROUND).await;
    // The votes for one more block may have been under way.
    let still_at = highest(&network).await;
    assert!(still_at <= cut_at + 1, "cut at height {cut_at}, it has gone on to {still_at}");

    network.links().join();
    for load in &loads {
        load.goes_on(20).await;
    }
    let mut acknowledged = Acknowledged::default();
    for load in loads {
        acknowledged.join(load.stop().await);
    }
    ends_as_one_ledger(network, acknowledged).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_cut_off_alone_says_so_and_what_it_admitted_is_recorded_when_it_is_joined() {
    const ALONE: usize = 3;
    let network = Network::of(4).links().start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    network.links().cut(&[ALONE], &[0, 1, 2]);
    says_no_quorum(&network, ALONE).await;
    let request = submission(network.ledger_id(), &network.service(), "孤岛上的合同");
    network.nodes()[ALONE].wire().submit(request.encode()).await.unwrap();
    load.goes_on(100).await;

    network.links().join();
    network.ready().await;
    network.client(0).await.submit_and_wait(&request).await.unwrap();
    network.client(ALONE).await.submit_and_wait(&request).await.unwrap();
    load.goes_on(20).await;
    ends_as_one_ledger(network, load.stop().await).await;
}

/// Its turns to propose cost a round each: nobody can tell it from one that is slow.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_of_which_nothing_arrives_holds_up_nobody_and_goes_on_when_it_does() {
    const HELD_UP: usize = 3;
    let network = Network::of(4).links().start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    network.links().hold_up(HELD_UP);
    let before = network.nodes()[0].status().await.unwrap().height;
    network.nodes()[0].reaches(before + 8).await;
    let behind = network.nodes()[HELD_UP].status().await.unwrap().height;

    network.links().join();
    load.goes_on(20).await;
    network.ready().await;
    let acknowledged = load.stop().await;
    assert!(network.nodes()[HELD_UP].status().await.unwrap().height > behind);
    ends_as_one_ledger(network, acknowledged).await;
}

/// Nobody passes on what it hears, so each of them misses the other's proposals and votes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_validators_that_cannot_reach_each_other_both_follow_by_way_of_the_others() {
    let network = Network::of(4).links().start().await;
    let loads = [Load::on(&network, 0).await, Load::on(&network, 1).await];
    network.links().cut(&[0], &[1]);
    let before = highest(&network).await;
    for node in [0, 1] {
        network.nodes()[node].reaches(before + 8).await;
    }
    network.ready().await;
    let mut acknowledged = Acknowledged::default();
    for load in loads {
        load.goes_on(20).await;
        acknowledged.join(load.stop().await);
    }
    ends_as_one_ledger(network, acknowledged).await;
}

/// The greatest height of any node.
async fn highest(network: &Network) -> u64 {
    let mut heights = Vec::new();
    for node in network.nodes() {
        heights.push(node.status().await.unwrap().height);
    }
    heights.into_iter().max().unwrap()
}

/// Every node has the same roots, and all that was acknowledged.
async fn ends_as_one_ledger(network: Network, acknowledged: Acknowledged) {
    network.ready().await;
    let tip = network.agreed().await;
    for node in 0..4 {
        acknowledged.stands_at(&network, node, tip.log_size).await;
    }
    network.close().await;
}
