//! Validators whose clocks are wrong.

use std::collections::BTreeSet;
use std::time::{SystemTime, UNIX_EPOCH};

use bulla_tests::fault::Fault;
use bulla_tests::{Load, Network, ends, until};
use bulla_types::{Address, BlockTime};

/// The bound on block time in these ledgers.
const BOUND_MS: i64 = 10_000;

/// Within the bound of the right time and of each other.
const SMALL_MS: i64 = 4_000;

const LARGE_MS: i64 = 30_000;

/// What the clock of this machine says.
fn now_ms() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// A network where the clocks of these validators, by their turn, are ahead by so much.
async fn network_with(clocks: &[(usize, i64)]) -> Network {
    let bound_ms = u64::try_from(BOUND_MS).unwrap();
    let mut network = Network::of(4).parameters(|parameters| parameters.time_bound_ms = bound_ms);
    for &(turn, ahead_ms) in clocks {
        network = network.faulty(turn, Fault::WrongClock { ahead_ms });
    }
    network.start().await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn with_one_clock_ahead_and_one_behind_the_ledger_goes_on_and_its_time_only_rises() {
    let network = network_with(&[(0, SMALL_MS), (1, -SMALL_MS)]).await;
    let honest = network.ledger().turns()[2];
    let (start, start_ms) = (network.nodes()[honest].status().await.unwrap(), now_ms());
    let load = Load::on(&network, honest).await;
    let mut log = network.client(honest).await.subscribe(start.log_size).await.unwrap();
    let (mut last, mut furthest_ms) = ((0, BlockTime(0)), 0);
    ends("everyone had four turns", async {
        while last.0 < start.height + 16 {
            let entry = log.next().await.unwrap().unwrap().entry;
            let time_ms = i64::try_from(entry.time.0).unwrap();
            let ahead_ms = time_ms - now_ms();
            assert!(ahead_ms <= BOUND_MS, "height {} is {ahead_ms} ms ahead", entry.height);
            assert!(time_ms >= start_ms - BOUND_MS, "height {} is of {time_ms}", entry.height);
            assert!(entry.height.0 == last.0 || entry.time > last.1, "time stands still at {}", entry.height);
            last = (entry.height.0, entry.time);
            furthest_ms = furthest_ms.max(ahead_ms);
        }
    })
    .await;
    assert!(furthest_ms > SMALL_MS / 2, "no block has the time of the clock that is ahead: {furthest_ms} ms");
    let acknowledged = load.stop().await;
    let builders: BTreeSet<Address> = acknowledged.headers.values().map(|header| header.builder).collect();
    assert_eq!(builders.len(), 4, "the blocks of all are decided");
    let tip = network.agreed().await;
    for node in 0..4 {
        acknowledged.stands_at(&network, node, tip.log_size).await;
    }
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_ahead_by_more_than_the_bound_is_voted_down_and_its_owner_follows() {
    let (network, builders) = one_clock_beyond_the_bound(LARGE_MS).await;
    let wrong = network.ledger().genesis.validators().validators()[0].address();
    assert!(!builders.contains(&wrong), "a block of the clock that is ahead was decided");
    network.close().await;
}

/// Under load its blocks have a time just after their parents', and are good; the first had none before it.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_clock_behind_by_more_than_the_bound_is_voted_down_and_its_owner_follows() {
    let (network, _) = one_clock_beyond_the_bound(-LARGE_MS).await;
    network.close().await;
}

/// The first to propose has this clock. Gives who built the blocks that were decided.
async fn one_clock_beyond_the_bound(ahead_ms: i64) -> (Network, BTreeSet<Address>) {
    let network = network_with(&[(0, ahead_ms)]).await;
    let turns = network.ledger().turns();
    let load = Load::on(&network, turns[1]).await;
    let refuses = |turn: &usize| {
        network.nodes()[turns[*turn]].refusals().iter().any(|reason| reason == "BLOCK_TIME_INVALID")
    };
    // One of the others may have come a moment late, when the first height was decided.
    until("the others have refused its block for its time, and it has refused theirs", || {
        let refused = refuses(&0) && (1..4).filter(refuses).count() >= 2;
        std::future::ready(refused.then_some(()))
    })
    .await;
    network.nodes()[turns[1]].reaches(10).await;
    load.goes_on(20).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, turns[0], tip.log_size).await;
    for header in acknowledged.headers.values() {
        let ahead_ms = i64::try_from(header.time.0).unwrap() - now_ms();
        assert!(ahead_ms <= BOUND_MS, "height {} is {ahead_ms} ms ahead", header.height);
    }
    (network, acknowledged.headers.values().map(|header| header.builder).collect())
}
