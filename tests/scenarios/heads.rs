//! Every node compares its peers' heads with its own chain: liars are named, too few sources are warned of, and a
//! ledger that has forked is shown to have, by a file.

use std::time::Duration;

use bulla_node::config::NodeLimits;
use bulla_tests::bulla::bulla;
use bulla_tests::deposits::submission;
use bulla_tests::fault::Fault;
use bulla_tests::{Load, Network, until, until_within};
use bulla_types::ReasonCode;
use bulla_types::proto::{GetStatusResponse, HeadAlarm, NodeHealth};

const FAULTY_TURN: usize = 3;
const OBSERVER: usize = 4;

/// Height from which a faulty node has, or tells of, other blocks.
const FROM: u64 = 5;

fn honest(network: &Network) -> Vec<usize> {
    let faulty = network.ledger().turns()[FAULTY_TURN];
    (0..network.nodes().len()).filter(|node| *node != faulty).collect()
}

/// The node's identity on the members' network.
fn peer_id(network: &Network, node: usize) -> String {
    network.peer_address(node).rsplit_once("/p2p/").unwrap().1.to_owned()
}

fn alarm(status: &GetStatusResponse, reason: ReasonCode) -> Option<&HeadAlarm> {
    status.head_alarms.iter().find(|alarm| alarm.reason == reason.as_str())
}

async fn raises(network: &Network, node: usize, reason: ReasonCode) -> HeadAlarm {
    let node = &network.nodes()[node];
    until(&format!("{} raises {reason}", node.config().label), || async {
        alarm(&node.status().await?, reason).cloned()
    })
    .await
}

/// Waits until enough others stand by a node's newest block.
async fn is_confirmed(network: &Network, node: usize) {
    let node = &network.nodes()[node];
    until(&format!("the head of {} is confirmed", node.config().label), || async {
        node.status().await.filter(|status| status.height > 0 && status.confirmed_height == status.height)
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_tells_other_heads_is_named_once_and_the_ledger_goes_on() {
    let fault = Fault::TellsOtherHeads { from: FROM };
    let network = Network::of(4).observers(1).faulty(FAULTY_TURN, fault).start().await;
    let (faulty, honest) = (network.ledger().turns()[FAULTY_TURN], honest(&network));
    let load = Load::on(&network, honest[0]).await;
    let liar = peer_id(&network, faulty);
    for node in &honest {
        let raised = raises(&network, *node, ReasonCode::HeadUnproved).await;
        assert_eq!((&raised.peer_id, raised.member), (&liar, faulty as u64 + 1));
        assert!(raised.height >= FROM && raised.own_block_hash != raised.told_block_hash);
        network.nodes()[*node].logs(&["ERROR", "HEAD_UNPROVED", &liar]).await;
    }
    load.goes_on(100).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, OBSERVER, tip.log_size).await;
    for node in &honest {
        is_confirmed(&network, *node).await;
        let node = &network.nodes()[*node];
        let status = node.is(NodeHealth::Ready).await;
        assert!(status.head_alarms.iter().all(|alarm| alarm.peer_id == liar), "{:?}", status.head_alarms);
        assert!(alarm(&status, ReasonCode::HeadDiffers).is_none(), "it is settled");
        for reason in ["HEAD_DIFFERS", "HEAD_UNPROVED"] {
            let errors = |line: &&str| line.contains("ERROR") && line.contains(reason);
            assert_eq!(node.log().lines().filter(errors).count(), 1, "one alarm of a kind\n{}", node.log());
        }
        assert!(node.metric("bulla_heads_differed_total").await > 1, "each word is counted");
        assert!(node.metric("bulla_heads_unproved_total").await >= 1);
        assert_eq!(node.metric("bulla_ledger_forked").await, 0);
        assert_eq!(node.metric("bulla_confirmed_height").await, status.height);
        assert!(!node.data().join("fork-proof").exists());
    }
    let answer = network.bulla_status(honest[0]);
    assert_eq!((answer.code, answer.json["head_alarms"][0]["peer_id"].as_str()), (0, Some(liar.as_str())));
    // What the liar hears of the others is its own chain.
    assert_eq!(network.nodes()[faulty].metric("bulla_heads_differed_total").await, 0);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_observer_that_hears_one_validator_alone_warns_of_it_until_it_hears_more() {
    let limits = NodeLimits {
        disk_reserve_bytes: 0,
        disk_free_bytes_min: 0,
        head_unconfirmed_s_max: 1,
        ..NodeLimits::default()
    };
    let network = Network::of(4).observers(1).limits(OBSERVER, limits).links().start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    is_confirmed(&network, OBSERVER).await;
    network.links().cut(&[OBSERVER], &[1, 2, 3]);
    let warned = raises(&network, OBSERVER, ReasonCode::HeadUnconfirmed).await;
    assert_eq!((warned.peer_id.as_str(), warned.member), ("", 0));
    let observer = &network.nodes()[OBSERVER];
    observer.logs(&["WARN", "HEAD_UNCONFIRMED"]).await;
    assert_eq!(observer.metric("bulla_head_unconfirmed").await, 1);

    network.links().join();
    until("the warning goes by itself", || async {
        let status = observer.status().await?;
        alarm(&status, ReasonCode::HeadUnconfirmed).is_none().then_some(())
    })
    .await;
    load.goes_on(20).await;
    load.stop().await;
    network.agreed().await;
    is_confirmed(&network, OBSERVER).await;
    for node in 0..4 {
        assert_eq!(network.nodes()[node].status().await.unwrap().head_alarms, []);
    }
    network.close().await;
}

/// Deposits one after the other until a node has found the fork.
async fn deposits_until_it_stops(network: &Network, node: usize) {
    let node = &network.nodes()[node];
    for number in 0..1_000 {
        let before = node.status().await.unwrap().height;
        let request = submission(network.ledger_id(), &network.service(), &format!("第 {number} 份文件"));
        // A node that has stopped meanwhile takes nothing more.
        let _ = node.wire().submit(request.encode()).await;
        let status = until("the ledger goes on, or stops for good", || async {
            let status = node.status().await?;
            (status.height > before || status.health() == NodeHealth::Failed).then_some(status)
        })
        .await;
        if status.health() == NodeHealth::Failed {
            return;
        }
    }
    panic!("nobody has found the fork by height {}", node.status().await.unwrap().height);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_certified_blocks_at_one_height_stop_every_node_and_leave_a_proof_that_names_who_signed_both() {
    let fault = Fault::HasAnotherHistory { from: FROM };
    let mut network = Network::of(4).observers(1).faulty(FAULTY_TURN, fault).start().await;
    let (faulty, honest) = (network.ledger().turns()[FAULTY_TURN], honest(&network));
    deposits_until_it_stops(&network, honest[0]).await;
    let genesis = network.folder().join("genesis.bin").display().to_string();
    for node in &honest {
        let node = &network.nodes()[*node];
        let status = node.is(NodeHealth::Failed).await;
        assert_eq!(status.health_reason, ReasonCode::LedgerForked.as_str());
        node.logs(&["ERROR", "THE LEDGER HAS FORKED", &peer_id(&network, faulty)]).await;
        let proof = node.data().join("fork-proof");
        until("the proof is written", || std::future::ready(proof.exists().then_some(()))).await;
        assert_eq!(node.metric("bulla_ledger_forked").await, 1);
        assert_eq!(node.get("/healthz").await.status, 503);

        let verified = bulla(["verify", &proof.display().to_string(), "--anchor", &genesis]);
        assert_eq!(verified.code, 0, "{verified:?}");
        let report = &verified.json["report"];
        assert!(report["height"].as_u64().unwrap() >= FROM);
        assert_ne!(report["blocks"][0]["block_hash"], report["blocks"][1]["block_hash"]);
        let power = |name: &str| report[name].as_u64().unwrap();
        assert!(3 * power("signed_both_power") > power("total_power"), "{report}");
        for signer in report["signed_both"].as_array().unwrap() {
            assert!(signer["founder"].as_str().unwrap().starts_with("测试机构"), "{signer}");
        }
    }
    for node in &honest {
        let log = network.nodes()[*node].log();
        assert!(
            !log.contains("Failed to send message to subscriber"),
            "the engine was not stopped in order:\n{log}"
        );
    }
    // Reads go on, and nothing is decided any more.
    let before = network.nodes()[honest[0]].status().await.unwrap();
    assert!(before.height >= FROM);
    assert_eq!(network.nodes()[OBSERVER].get("/v1/entries/0").await.status, 200);

    // Started again, they still sign nothing, until the proof is taken away.
    network.node(faulty).kill();
    for node in &honest {
        assert!(!network.node(*node).told_to_stop().await.success());
        network.node(*node).start();
    }
    for node in &honest {
        let node = &network.nodes()[*node];
        assert_eq!(node.is(NodeHealth::Failed).await.health_reason, ReasonCode::LedgerForked.as_str());
        node.logs(&["ERROR", "a fork proof lies in the data folder"]).await;
    }
    for node in &honest {
        assert!(!network.node(*node).told_to_stop().await.success());
        std::fs::remove_file(network.nodes()[*node].data().join("fork-proof")).unwrap();
        network.node(*node).start();
    }
    network.ready().await;
    let load = Load::on(&network, honest[0]).await;
    load.reaches(20).await;
    load.stop().await;
    let tip = network.agreed().await;
    assert!(tip.log_size > before.log_size);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nodes_that_listen_on_quic_are_one_ledger() {
    let mut network = Network::of(4).observers(1).quic().start().await;
    for node in network.nodes() {
        assert!(node.config().network.listen.ends_with("/quic-v1"));
    }
    let load = Load::on(&network, OBSERVER).await;
    load.reaches(50).await;
    network.node(1).kill();
    load.goes_on(50).await;
    network.node(1).start();
    network.ready().await;
    load.goes_on(20).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 1, tip.log_size).await;
    until_within(Duration::from_secs(30), "everyone is heard", || async {
        let status = network.nodes()[OBSERVER].status().await?;
        status.peers.iter().all(|peer| peer.connected).then_some(())
    })
    .await;
    is_confirmed(&network, OBSERVER).await;
    network.close().await;
}
