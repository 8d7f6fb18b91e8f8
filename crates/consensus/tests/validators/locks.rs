use std::sync::Arc;

use bulla_consensus::{ApplicationError, Origin, Received, Step};
use bulla_crypto::SecretKey;

use crate::cluster::Cluster;
use crate::signer::MemorySigner;

/// At height 2, round 0, one validator cannot check the fresh block and another does not precommit it, so
/// two lock it and nobody decides. In a later round it is proposed again, now as a locked block, which the
/// first one accepts without judging it as fresh.
#[tokio::test(flavor = "multi_thread")]
async fn a_locked_block_is_proposed_again_and_decided_by_one_that_refused_it_fresh() {
    let mut cluster = Cluster::of_four(100);
    // Height 2 is proposed by the second validator; the other two roles go to the last two.
    let (late, quiet) = (2, 3);

    let refuse_fresh = |received: &Received| {
        let fresh = received.height == 2 && received.origin == Origin::Fresh;
        fresh.then(|| Err(ApplicationError::Transient("its time is out of bounds here".into())))
    };
    cluster.nodes[late].app.set_check(Arc::new(refuse_fresh));
    let key = key_of(&cluster, quiet);
    cluster.nodes[quiet].signer = MemorySigner::that_refuses(key, |request| {
        (request.height, request.round, request.step) == (2, 0, Step::Precommit)
    });

    cluster.want(4);
    cluster.start_all().await;
    cluster.reach(4, &[0, 1, 2, 3]).await;
    cluster.assert_one_chain(4);

    let (certificate, bytes) = cluster.nodes[0].app.chain()[1].clone();
    assert!(certificate.round > 0, "round 0 decided nothing");
    let builder = cluster.validators.validators()[1].address();
    assert_eq!(bytes[40..72], *builder.as_bytes(), "the block of round 0 was decided");
    assert_eq!(bytes[72..76], [0; 4]);
    let relocked = |(height, _, origin): &(u64, u32, Origin)| *height == 2 && *origin == Origin::Relocked;
    assert!(cluster.nodes[late].app.checks().iter().any(relocked), "{:?}", cluster.nodes[late].app.checks());
    cluster.stop_all().await;
}

fn key_of(cluster: &Cluster, index: usize) -> SecretKey {
    let wanted = bulla_consensus::VoteSigner::public_key(&*cluster.nodes[index].signer);
    (1..=4).map(|seed| SecretKey::from_seed(&[seed; 32])).find(|key| *key.public_key() == wanted).unwrap()
}
