use std::collections::BTreeSet;
use std::time::Duration;

use bulla_consensus::{ConsensusError, ConsensusStatus, Origin, PART_BYTES, Role, RoundRole, spawn};
use tokio::time::timeout;

use crate::cluster::Cluster;

#[tokio::test(flavor = "multi_thread")]
async fn four_validators_decide_twenty_heights_and_agree() {
    let mut cluster = Cluster::of_four(100);
    cluster.want(20);
    cluster.start_all().await;
    cluster.reach(20, &[0, 1, 2, 3]).await;
    cluster.assert_one_chain(20);
    for (certificate, _) in cluster.nodes[0].app.chain() {
        assert_eq!(certificate.signatures.len(), 3, "none is superfluous");
    }
    for node in &cluster.nodes {
        let fresh_of = |height| node.app.checks().contains(&(height, 0, Origin::Fresh));
        let synced = node.app.checks().iter().filter(|(_, _, origin)| *origin == Origin::Synced).count();
        let fresh = (1..=20).filter(|height| fresh_of(*height)).count();
        assert!(fresh + synced >= 15, "five of the blocks are its own: {:?}", node.app.checks());
    }
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_block_of_many_parts_arrives_whole() {
    let mut cluster = Cluster::of_four(3 * PART_BYTES + 17);
    cluster.want(4);
    cluster.start_all().await;
    cluster.reach(4, &[0, 1, 2, 3]).await;
    cluster.assert_one_chain(4);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_observer_follows_and_signs_nothing() {
    let mut cluster = Cluster::new(4, 1, 100);
    cluster.want(8);
    cluster.start_all().await;
    cluster.reach(8, &[0, 1, 2, 3, 4]).await;
    cluster.assert_one_chain(8);
    assert_eq!(cluster.nodes[4].status().role, RoundRole::Observer);
    assert_eq!(cluster.nodes[4].signer.signed_from(0), 0);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_is_sent_no_parts_hears_of_a_block_when_it_is_committed() {
    const OBSERVER: usize = 4;
    /// How far they are they say by themselves this seldom. A validator that misses a decision waits for it.
    const STATED_EVERY: Duration = Duration::from_secs(30);
    let mut cluster = Cluster::new(4, 1, 100);
    let validators: BTreeSet<_> = (0..OBSERVER).map(|node| cluster.address(node).peer_id).collect();
    for node in &mut cluster.nodes {
        node.config.status_interval = STATED_EVERY;
        node.start_sending_parts_to(validators.clone()).await;
    }
    cluster.want(2);
    cluster.reach(2, &[0, 1, 2, 3]).await;
    let hears_all =
        |status: &ConsensusStatus| status.peers.iter().flat_map(|peer| peer.validator).count() == 4;
    cluster.nodes[OBSERVER].until("the observer hears the validators", hears_all).await;
    let heights = async {
        for height in 3..=8 {
            cluster.want(height);
            cluster.reach(height, &[0, 1, 2, 3, OBSERVER]).await;
        }
    };
    // By those statements alone it takes twice as long as from one to the next.
    timeout(STATED_EVERY * 3 / 2, heights)
        .await
        .expect("the observer hears of each block as it is committed");
    cluster.assert_one_chain(8);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_follows_from_when_it_is_let_in_until_it_is_cut_off() {
    let mut cluster = Cluster::new(4, 1, 100);
    let observer = cluster.address(4);
    for node in &mut cluster.nodes[..4] {
        node.network.peers.retain(|peer| *peer != observer);
    }
    cluster.want(3);
    cluster.start_all().await;
    cluster.reach(3, &[0, 1, 2, 3]).await;
    assert_eq!(cluster.nodes[4].app.tip(), 0, "nobody lets it in");

    let gate = &cluster.nodes[0];
    let validators = gate.network.peers.clone();
    gate.host().set_allowed([&validators[..], &[observer]].concat());
    cluster.reach(3, &[4]).await;
    cluster.assert_one_chain(3);

    gate.host().set_allowed(validators);
    cluster.nodes[4].until("cut off", |status| status.peers.is_empty()).await;
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_validator_alone_decides_for_itself() {
    let mut cluster = Cluster::new(1, 0, 100);
    cluster.want(10);
    cluster.start_all().await;
    cluster.reach(10, &[0]).await;
    cluster.assert_one_chain(10);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_log_in_use_is_said_to_be() {
    let mut cluster = Cluster::new(1, 1, 100);
    cluster.nodes[0].start().await;

    let mut same_log = cluster.nodes[1].config.clone();
    same_log.log_path = cluster.nodes[0].config.log_path.clone();
    let lanes = cluster.nodes[1].connect().await;
    let role = Role::Validator(cluster.nodes[1].signer.clone());
    let refused = spawn(same_log, lanes, cluster.nodes[1].app.clone(), role).await;
    assert!(matches!(refused, Err(ConsensusError::Log { .. })));

    cluster.nodes[1].host().shutdown().await;
    cluster.nodes[1].start().await;
    cluster.stop_all().await;
}
