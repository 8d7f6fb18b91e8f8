use std::time::Duration;

use bulla_consensus::Phase;
use tokio::task::JoinSet;

use crate::application::TIMEOUTS;
use crate::cluster::Cluster;

/// Long enough for several timeouts to pass, if any ran.
const WINDOW: Duration = Duration::from_millis(TIMEOUTS.propose_ms as u64 * 4);

#[tokio::test(flavor = "multi_thread")]
async fn an_idle_ledger_runs_no_round() {
    let mut cluster = Cluster::of_four(100);
    cluster.want(3);
    cluster.start_all().await;
    cluster.reach(3, &[0, 1, 2, 3]).await;
    for node in &cluster.nodes {
        node.until("idle", |status| status.phase == Phase::Idle).await;
    }
    let mut started = JoinSet::new();
    for node in &cluster.nodes {
        let mut status = node.handle.as_ref().unwrap().status();
        started.spawn(async move { status.wait_for(|status| status.phase != Phase::Idle).await.is_ok() });
    }
    let any = tokio::time::timeout(WINDOW, started.join_next()).await;
    assert!(any.is_err(), "a round started by itself");
    assert!(cluster.nodes.iter().all(|node| node.app.tip() == 3));
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_one_validator_wants_wakes_the_others() {
    let mut cluster = Cluster::of_four(100);
    cluster.want(2);
    cluster.start_all().await;
    cluster.reach(2, &[0, 1, 2, 3]).await;
    for node in &cluster.nodes {
        node.until("idle", |status| status.phase == Phase::Idle).await;
    }
    for wanting in [2, 0] {
        let next = cluster.nodes[wanting].app.tip() + 1;
        cluster.nodes[wanting].app.want(next);
        cluster.reach(next, &[0, 1, 2, 3]).await;
    }
    cluster.assert_one_chain(4);
    cluster.stop_all().await;
}
