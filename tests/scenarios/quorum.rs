//! Too few validators: the ledger waits, says so, and goes on when they return.

use std::time::Duration;

use bulla_tests::fault::Fault;
use bulla_tests::{Load, Network, Node, until};
use bulla_types::proto::NodeHealth;
use serde_json::json;

/// An operator must hear within this that the ledger cannot decide.
const SAID_WITHIN: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_four_killed_are_missed_within_five_seconds_and_the_ledger_resumes_when_they_return() {
    let mut network = Network::of(4).start().await;
    assert_says_ready(&network.nodes()[0], true).await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    network.node(2).kill();
    network.node(3).kill();
    for node in 0..2 {
        says_no_quorum(&network, node).await;
    }
    network.node(2).start();
    network.node(3).start();
    load.goes_on(20).await;
    network.ready().await;
    assert_says_ready(&network.nodes()[0], true).await;
    assert_eq!(network.bulla_status(0).code, 0);
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 3, tip.log_size).await;
    network.close().await;
}

/// Who it knows may be gone for good, and others may validate in their places, as later blocks say.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_comes_back_to_too_few_follows_them_and_votes_when_there_are_more() {
    const BACK: usize = 3;
    let mut network = Network::of(4).start().await;
    network.node(BACK).terminate().await;
    let load = Load::on(&network, 0).await;
    load.reaches(50).await;
    load.stop().await;
    let height = network.nodes()[2].status().await.unwrap().height;
    network.node(0).terminate().await;
    network.node(1).terminate().await;
    network.node(BACK).start();
    network.nodes()[BACK].logs(&["too few of the validators are heard"]).await;
    network.nodes()[BACK].reaches(height).await;
    network.node(0).start();
    network.ready().await;
    let load = Load::on(&network, 0).await;
    load.reaches(10).await;
    network.node(1).start();
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, BACK, tip.log_size).await;
    network.close().await;
}

/// Whoever has a new folder may have lost an old one, and holds back what it may have signed before; but not
/// where there is only the founding.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_comes_late_to_the_founding_counts_at_once() {
    let mut network = Network::of(4).asleep(3).start().await;
    network.node(3).start();
    network.ready().await;
    network.node(0).kill();
    let load = Load::on(&network, 3).await;
    load.reaches(5).await;
    load.stop().await;
    network.node(0).start();
    network.agreed().await;
    network.close().await;
}

/// Within the limit, a node tells everyone who asks that the ledger cannot decide.
pub(crate) async fn says_no_quorum(network: &Network, number: usize) {
    let node = &network.nodes()[number];
    let status = node.is_within(SAID_WITHIN, NodeHealth::NoQuorum).await;
    assert_eq!(status.health_reason, "NO_QUORUM");
    assert_says_ready(node, false).await;
    let asked = network.bulla_status(number);
    assert_eq!((asked.code, &asked.json["health"]), (3, &json!("no_quorum")), "{:#}", asked.json);
}

/// The standard health service and `/healthz` say the same, at the latest when the next second has passed.
async fn assert_says_ready(node: &Node, ready: bool) {
    until(&format!("the standard health service says {ready}"), || async {
        (node.wire().serving().await == Some(ready)).then_some(())
    })
    .await;
    let answer = node.get("/healthz").await;
    assert_eq!((answer.status, &answer.json()["ready"]), (if ready { 200 } else { 503 }, &json!(ready)));
}

/// One validator is too slow to check the block of height 3, and one does not precommit it: the other two are
/// locked on it, and nobody decides. When it is proposed again, as a locked block, both stop. Later its time is
/// out of the ledger's bound; only because a locked block does not answer for its time can the height end.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_locked_block_is_decided_although_two_of_four_stood_still_for_longer_than_the_time_bound() {
    const TIME_BOUND: Duration = Duration::from_millis(1_500);
    const HEIGHT: u64 = 3;
    // Turn 2 proposes at height 3 in round 0, turn 3 in round 1.
    let mut network = Network::of(4)
        .parameters(|parameters| parameters.time_bound_ms = 1_500)
        .faulty(0, Fault::StopsAfterWithholdingItsPrecommit { height: HEIGHT })
        .faulty(1, Fault::StopsBeforeCheckingAgain { height: HEIGHT })
        .start()
        .await;
    let turns = network.ledger().turns();
    let client = network.client(turns[2]).await;
    let load = Load::on(&network, turns[2]).await;
    for turn in [0, 1] {
        let node = &network.nodes()[turns[turn]];
        until(&format!("turn {turn} stands still"), || std::future::ready(node.is_paused().then_some(())))
            .await;
    }
    let stopped = tokio::time::Instant::now();
    until("the time bound has passed", || std::future::ready((stopped.elapsed() > TIME_BOUND).then_some(())))
        .await;
    assert_eq!(client.status().await.unwrap().height, HEIGHT - 1);
    for turn in [0, 1] {
        network.node(turns[turn]).resume();
    }
    load.goes_on(20).await;
    let acknowledged = load.stop().await;
    network.agreed().await;
    let header = &acknowledged.headers[&HEIGHT];
    let (_, next) = acknowledged.headers.range(HEIGHT + 1..).next().unwrap();
    let later_ms = next.time.0 - header.time.0;
    assert!(later_ms > 1_500, "it was decided {later_ms} ms after its time: within the bound");
    let builder = network.ledger().genesis.validators().validators()[2].address();
    assert_eq!(header.builder, builder, "the block that was locked is the one decided");
    network.close().await;
}
