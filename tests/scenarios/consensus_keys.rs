//! Consensus keys with a signer process and in a token.

use std::fs;
use std::sync::Arc;

use bulla_signer::{KeyFailure, RemoteKey, SignerAddress, SigningKey, Standing};
use bulla_tests::{Load, Network, SignerProcess, SoftToken, copy_folder, until};
use bulla_types::proto::NodeHealth;
use bulla_types::{Address, ConsensusMessage, Height, Vote, VoteType};

use crate::restored::assert_no_equivocation;

const WITH_TOKEN: usize = 2;
const WITH_SIGNER: usize = 3;

/// Heights at which a second node would vote before this one.
const AHEAD: u64 = 6;

/// A network under load whose node 3 has given its key to a signer, under way.
async fn with_signer() -> (Network, SignerProcess) {
    let mut network = Network::of(4).start().await;
    let home = network.folder().join("signer");
    let ledger_id = network.ledger_id();
    let node = network.node(WITH_SIGNER);
    node.terminate().await;
    let key = node.config().keys.consensus.clone().unwrap();
    let signer = SignerProcess::take_over(&key, &home, ledger_id).await;
    node.configure(|config| {
        config.keys.consensus = None;
        config.keys.consensus_signers = vec![signer.place()];
    });
    node.start();
    network.ready().await;
    (network, signer)
}

/// Node 2 of a network moves its key into a token and goes on.
async fn into_token(network: &mut Network) -> SoftToken {
    let home = network.folder().join("token");
    let node = network.node(WITH_TOKEN);
    node.terminate().await;
    let token = SoftToken::take_over(&node.config().keys.consensus.clone().unwrap(), &home);
    node.environment("SOFTHSM2_CONF", &token.settings());
    node.configure(|config| {
        config.keys.consensus = None;
        config.keys.consensus_tokens = vec![token.config()];
    });
    node.start();
    network.ready().await;
    token
}

/// Three of four must vote: without this one and node 1 there is no quorum.
async fn votes(network: &mut Network, node: usize) {
    network.node(1).kill();
    let load = Load::on(network, node).await;
    load.reaches(10).await;
    load.stop().await;
    network.node(1).start();
    network.ready().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_vote_with_a_signer_and_a_token_and_abstain_while_the_signer_is_away() {
    let (mut network, mut signer) = with_signer().await;
    into_token(&mut network).await;
    votes(&mut network, WITH_SIGNER).await;
    votes(&mut network, WITH_TOKEN).await;

    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    signer.kill();
    let said = network.nodes()[WITH_SIGNER].is(NodeHealth::Abstaining).await;
    assert_eq!(said.health_reason, "SIGNER_AWAY");
    load.goes_on(50).await;
    signer.start().await;
    network.ready().await;
    load.goes_on(20).await;
    // One that stands still, connections and all, is away too.
    signer.pause();
    load.goes_on(50).await;
    network.nodes()[WITH_SIGNER].is(NodeHealth::Abstaining).await;
    signer.resume();
    network.ready().await;
    let acknowledged = load.stop().await;
    votes(&mut network, WITH_SIGNER).await;

    // A node that is started while its signer is away follows, and votes when it is there.
    network.node(WITH_SIGNER).terminate().await;
    signer.kill();
    network.node(WITH_SIGNER).start();
    network.nodes()[WITH_SIGNER].is(NodeHealth::Abstaining).await;
    let load = Load::on(&network, WITH_SIGNER).await;
    load.reaches(10).await;
    load.stop().await;
    signer.start().await;
    network.ready().await;
    votes(&mut network, WITH_SIGNER).await;

    let tip = network.agreed().await;
    acknowledged.stands_at(&network, WITH_SIGNER, tip.log_size).await;
    assert_no_equivocation(&network, tip.log_size).await;
    network.close().await;
}

/// The file that SoftHSM reads before each signature is a pipe for a while, into which nobody writes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_whose_token_hangs_abstains_and_votes_when_it_has_come_back() {
    let mut network = Network::of(4).start().await;
    let token = into_token(&mut network).await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let hung = token.hang();
    let said = network.nodes()[WITH_TOKEN].is(NodeHealth::Abstaining).await;
    assert_eq!(said.health_reason, "TOKEN_FAILED");
    // The node follows, and answers; the others go on.
    load.goes_on(50).await;
    let followed = network.nodes()[0].status().await.unwrap().height;
    network.nodes()[WITH_TOKEN].reaches(followed).await;
    hung.release();
    network.ready().await;
    let acknowledged = load.stop().await;
    votes(&mut network, WITH_TOKEN).await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, WITH_TOKEN, tip.log_size).await;
    assert_no_equivocation(&network, tip.log_size).await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_signers_record_put_back_from_an_old_copy_votes_only_above_the_network() {
    let (mut network, mut signer) = with_signer().await;
    let copy = network.folder().join("copy");
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    signer.kill();
    copy_folder(&signer.record(), &copy);
    signer.start().await;
    network.ready().await;
    load.goes_on(100).await;
    let voted_up_to = network.nodes()[WITH_SIGNER].status().await.unwrap().height;
    signer.kill();
    fs::remove_dir_all(signer.record()).unwrap();
    copy_folder(&copy, &signer.record());
    signer.start().await;
    assert!(signer.log().contains("the record of votes is a copy"), "{}", signer.log());
    network.ready().await;
    let signed = fs::read(signer.record().join("signed")).unwrap();
    let floor = u64::from_be_bytes(signed[60..68].try_into().unwrap());
    assert!(floor >= voted_up_to, "it may sign above {floor}, and had voted up to {voted_up_to}");
    load.goes_on(20).await;
    // Up to the floor the others need the one that is killed next.
    network.nodes()[WITH_SIGNER].reaches(floor + 1).await;
    let acknowledged = load.stop().await;
    votes(&mut network, WITH_SIGNER).await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, WITH_SIGNER, tip.log_size).await;
    assert_no_equivocation(&network, tip.log_size).await;
    network.close().await;
}

/// A second node that was given the same signer by mistake votes nil at each place before the first one comes there.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_nodes_at_one_signer_never_get_two_votes_for_one_step() {
    let (mut network, signer) = with_signer().await;
    let (ledger_id, address) = (network.ledger_id(), Address::of(signer.public_key()));
    let place = SignerAddress::Socket(signer.socket());
    let second = RemoteKey::new(ledger_id, signer.public_key().clone(), place);
    until("the second node is let in", || {
        std::future::ready((second.standing() == Standing::Able).then_some(()))
    })
    .await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    // Whoever heard the others late gives up some heights, and no other may be silent at them.
    for node in network.nodes() {
        node.logs(&["this node signs above the floor"]).await;
    }
    let settled = network.nodes()[0].status().await.unwrap().height;
    network.nodes()[0].reaches(settled + 3).await;
    let (mut taken, mut height) = (0, 0);
    while taken < 5 {
        height = network.nodes()[WITH_SIGNER].status().await.unwrap().height + AHEAD;
        for vote_type in [VoteType::Prevote, VoteType::Precommit] {
            let value = None;
            let vote = Vote { ledger_id, vote_type, height: Height(height), round: 0, value, address };
            let key = Arc::clone(&second);
            let signed = tokio::task::spawn_blocking(move || key.sign(&ConsensusMessage::Vote(vote)));
            match signed.await.unwrap() {
                Ok(_) => taken += 1,
                // The first node was there before.
                Err(KeyFailure::Refused(_)) => {}
                Err(error) => panic!("{error}"),
            }
        }
        load.goes_on(5).await;
    }
    // At those places the first node got nothing, and the ledger went on.
    until("the first node is refused", || {
        let refused = network.nodes()[WITH_SIGNER].log().contains("it has signed another value there");
        std::future::ready(refused.then_some(()))
    })
    .await;
    // Beyond them it votes again.
    network.nodes()[WITH_SIGNER].reaches(height).await;
    load.stop().await;
    votes(&mut network, WITH_SIGNER).await;
    let tip = network.agreed().await;
    assert_no_equivocation(&network, tip.log_size).await;
    network.close().await;
}
