use bulla_consensus::{Byzantine, Origin, VoteSigner, spawn_byzantine};
use bulla_crypto::SecretKey;

use crate::cluster::Cluster;
use crate::signer::MemorySigner;

/// Starts the last of four validators as one that breaks the protocol.
async fn with_misconduct(misconduct: Byzantine, heights: u64) -> Cluster {
    run(Cluster::of_four(100), misconduct, heights).await
}

async fn run(mut cluster: Cluster, misconduct: Byzantine, heights: u64) -> Cluster {
    cluster.want(heights);
    for node in &mut cluster.nodes[..3] {
        node.start().await;
    }
    let node = &mut cluster.nodes[3];
    let key = (1..=4).map(|seed| SecretKey::from_seed(&[seed; 32]));
    let key = key.into_iter().find(|key| *key.public_key() == node.signer.public_key()).unwrap();
    node.signer = MemorySigner::without_guard(key);
    let lanes = node.connect().await;
    let handle =
        spawn_byzantine(node.config.clone(), lanes, node.app.clone(), node.signer.clone(), misconduct);
    node.handle = Some(handle.await.unwrap());
    cluster.reach(heights, &[0, 1, 2]).await;
    cluster
}

fn assert_honest_agree(cluster: &Cluster, heights: usize) {
    for node in &cluster.nodes[..3] {
        assert_eq!(node.app.hashes()[..heights], cluster.nodes[0].app.hashes()[..heights]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_that_votes_twice_is_proved_to_by_every_honest_one() {
    let misconduct = Byzantine { equivocate_votes: true, ..Byzantine::default() };
    let cluster = with_misconduct(misconduct, 12).await;
    assert_honest_agree(&cluster, 12);
    let guilty = cluster.nodes[3].signer.public_key();
    for node in &cluster.nodes[..3] {
        let evidence = node.app.evidence();
        assert!(!evidence.is_empty());
        assert!(evidence.iter().all(|proof| proof.is_proved(cluster.ledger_id, &guilty)));
    }
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_validator_that_proposes_twice_does_not_split_the_ledger() {
    let misconduct = Byzantine { equivocate_proposals: true, ..Byzantine::default() };
    let cluster = with_misconduct(misconduct, 9).await;
    assert_honest_agree(&cluster, 9);
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proposer_that_withholds_its_parts_costs_a_round_and_no_more() {
    let misconduct = Byzantine { withhold_parts: true, ..Byzantine::default() };
    let cluster = with_misconduct(misconduct, 9).await;
    assert_honest_agree(&cluster, 9);
    assert!(cluster.nodes[0].app.chain().iter().any(|(certificate, _)| certificate.round > 0));
    cluster.stop_all().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_lock_that_was_never_seen_counts_for_nothing() {
    let cluster = Cluster::of_four(100);
    // The third lets its turn pass, so that the liar proposes in round 1.
    cluster.nodes[2].app.pass(3, 0);
    let misconduct = Byzantine { claim_locks: true, ..Byzantine::default() };
    let cluster = run(cluster, misconduct, 5).await;
    assert_honest_agree(&cluster, 5);
    let (certificate, _) = &cluster.nodes[0].app.chain()[2];
    assert!(certificate.round > 1, "the liar's block was not decided");
    for node in &cluster.nodes[..3] {
        let claimed = |(height, round, _): &(u64, u32, Origin)| (*height, *round) == (3, 1);
        assert!(!node.app.checks().iter().any(claimed), "it was not even checked");
    }
    cluster.stop_all().await;
}
