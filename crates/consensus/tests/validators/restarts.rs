use std::sync::Arc;

use bulla_consensus::{
    ApplicationError, ConsensusFailure, ConsensusStatus, Origin, Phase, Received, VoteSigner,
};
use bulla_crypto::SecretKey;

use crate::cluster::{Cluster, PATIENCE};
use crate::signer::MemorySigner;

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_that_stops_and_comes_back_catches_up() {
    let mut cluster = Cluster::of_four(100);
    cluster.want(5);
    cluster.start_all().await;
    cluster.reach(5, &[0, 1, 2, 3]).await;

    cluster.nodes[3].stop().await;
    cluster.want(12);
    cluster.reach(12, &[0, 1, 2]).await;

    cluster.nodes[3].start().await;
    cluster.want(20);
    cluster.reach(20, &[0, 1, 2, 3]).await;
    cluster.assert_one_chain(20);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_of_four_decide_nothing_and_say_so_until_the_others_return() {
    let mut cluster = Cluster::of_four(100);
    cluster.want(3);
    cluster.start_all().await;
    cluster.reach(3, &[0, 1, 2, 3]).await;

    cluster.nodes[2].stop().await;
    cluster.nodes[3].stop().await;
    for index in [0, 1] {
        cluster.nodes[index].until("no quorum", |status| !status.quorum_connected).await;
    }
    let tip = cluster.nodes[0].app.tip();
    cluster.want(10);
    cluster.nodes[0].until("waits in a round", |status| status.phase == Phase::Running).await;
    assert!(cluster.nodes[0].app.tip() <= tip + 1, "at most what was under way");

    cluster.nodes[2].start().await;
    cluster.nodes[3].start().await;
    cluster.reach(10, &[0, 1, 2, 3]).await;
    cluster.assert_one_chain(10);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_stops_validating_and_begins_again_on_the_same_network_is_known_for_what_it_is() {
    let mut cluster = Cluster::of_four(100);
    cluster.want(4);
    cluster.start_all().await;
    cluster.reach(4, &[0, 1, 2, 3]).await;
    let validates =
        |status: &ConsensusStatus| status.peers.iter().filter(|peer| peer.validator.is_some()).count();
    cluster.nodes[0].until("knows who validates", |status| validates(status) == 3).await;
    let connected = cluster.nodes[0].host().counters().values().connections_opened;

    for (observes, validators) in [(true, 2), (false, 3), (true, 2), (false, 3)] {
        cluster.nodes[3].start_again(observes).await;
        for other in &cluster.nodes[..3] {
            other.until("knows who validates", |status| validates(status) == validators).await;
        }
        let next = cluster.nodes[0].app.tip() + 4;
        cluster.want(next);
        cluster.reach(next, &[0, 1, 2, 3]).await;
    }
    assert_eq!(cluster.nodes[0].host().counters().values().connections_opened, connected);

    // The other three are all needed now.
    cluster.nodes[0].stop().await;
    let next = cluster.nodes[1].app.tip() + 4;
    cluster.want(next);
    cluster.reach(next, &[1, 2, 3]).await;
    cluster.nodes[0].start().await;
    cluster.reach(next, &[0]).await;
    cluster.assert_one_chain(next);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_four_stop_and_go_on_where_they_were() {
    let mut cluster = Cluster::of_four(100);
    cluster.want(6);
    cluster.start_all().await;
    cluster.reach(4, &[0]).await;
    for node in &mut cluster.nodes {
        node.stop().await;
    }
    cluster.want(14);
    cluster.start_all().await;
    cluster.reach(14, &[0, 1, 2, 3]).await;
    cluster.assert_one_chain(14);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_signer_that_refuses_leaves_its_node_without_a_voice_and_not_without_ears() {
    let mut cluster = Cluster::of_four(100);
    let key = SecretKey::from_seed(&[4; 32]);
    let quiet = cluster.nodes.iter().position(|node| node.signer.public_key() == *key.public_key()).unwrap();
    cluster.nodes[quiet].signer = MemorySigner::that_refuses(key, |request| request.height < 6);
    cluster.want(5);
    cluster.start_all().await;
    cluster.reach(5, &[0, 1, 2, 3]).await;
    let silent = &cluster.nodes[quiet].signer;
    assert_eq!(silent.signed_from(0), silent.signed_from(6), "nothing before height 6");

    cluster.want(12);
    cluster.reach(12, &[0, 1, 2, 3]).await;
    assert!(cluster.nodes[quiet].signer.signed_from(6) > 0, "it votes again");
    cluster.assert_one_chain(12);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_node_that_catches_up_passes_over_a_peer_that_serves_other_bytes() {
    let mut cluster = Cluster::new(4, 1, 100);
    cluster.want(6);
    for node in &mut cluster.nodes[..4] {
        node.start().await;
    }
    cluster.reach(6, &[0, 1, 2, 3]).await;
    cluster.nodes[0].app.serve_garbage();
    cluster.nodes[1].app.serve_garbage();

    cluster.nodes[4].start().await;
    cluster.reach(6, &[4]).await;
    cluster.assert_one_chain(6);
    assert!(cluster.nodes[4].app.checks().iter().all(|(_, _, origin)| *origin == Origin::Synced));
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_application_that_cannot_go_on_ends_its_node_and_no_other() {
    let mut cluster = Cluster::of_four(100);
    let broken: fn(&_) -> _ = |received: &Received| {
        (received.height == 4).then(|| Err(ApplicationError::Fatal("other roots".into())))
    };
    cluster.nodes[2].app.set_check(Arc::new(broken));
    cluster.want(8);
    cluster.start_all().await;

    let failed = cluster.nodes[2].handle.as_ref().unwrap().failed();
    let failure = tokio::time::timeout(PATIENCE, failed).await.unwrap();
    assert!(matches!(&*failure, ConsensusFailure::Application { height: 4, .. }));
    assert_eq!(cluster.nodes[2].status().phase, Phase::Ended);
    assert!(cluster.nodes[2].status().last_error.unwrap().contains("other roots"));

    cluster.reach(8, &[0, 1, 3]).await;
    cluster.stop_all().await;
}
