//! Members that the founding did not know, and who comes and goes on the members' network with them.

use bulla_tests::acts::{
    LET_IN_WITHIN, act_of_bodies, address_of, change_validators, consensus_key_of, cut_off_by, decide,
    enrol_body_of, goes_on_without, validates_as,
};
use bulla_tests::deposits::submission;
use bulla_tests::{Load, Network, until};
use bulla_types::proto::NodeHealth;
use bulla_types::{Action, ChangeMemberStatus, KeyId, MemberNumber, MemberStatus, ReasonCode};

fn becomes(member: MemberNumber, status: MemberStatus) -> Action {
    Action::ChangeMemberStatus(ChangeMemberStatus { member, status, grounds: None })
}

/// It says so itself, and promises nothing more: by the block that decided it, or, cut off before it had that, by what
/// its peers do.
async fn says_that_it_is_shut_out(network: &Network, node: usize, decided: ReasonCode) {
    let status = until("the node says why it is shut out", || async {
        let status = network.nodes()[node].status().await?;
        let reasons = [decided, ReasonCode::NodeNotLetIn];
        reasons.iter().any(|reason| status.health_reason == reason.as_str()).then_some(status)
    })
    .await;
    assert_eq!(status.health(), NodeHealth::NoQuorum);
    assert_eq!(network.nodes()[node].get("/healthz").await.status, 503);
    let request = submission(network.ledger_id(), &network.service(), "合同");
    let refused = network.client(node).await.submit(&request).await.unwrap_err();
    assert_eq!(refused.reason().map(ReasonCode::as_str), Some(status.health_reason.as_str()), "{refused}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_node_of_a_member_enrolled_later_follows_validates_and_is_cut_off_when_it_is_expelled() {
    let mut network = Network::of(4).start().await;
    let client = network.client(0).await;
    let load = Load::on(&network, 0).await;
    load.reaches(50).await;

    // Nobody knows it: it runs, says what is missing, and is let in nowhere.
    let newcomer = network.newcomer(&[0, 1, 2, 3]);
    network.node(newcomer).start();
    network.nodes()[newcomer].logs(&["keys.peer", "not enrolled on the ledger as far as this node"]).await;
    let status = until("the node says that its keys are not known", || async {
        let status = network.nodes()[newcomer].status().await?;
        (status.health_reason == "NODE_KEYS_NOT_IN_FORCE").then_some(status)
    })
    .await;
    assert_eq!((status.height, status.validator), (0, false));
    until("it is refused", || async {
        let refused = "bulla_network_strangers_refused_total";
        let refused = [network.nodes()[0].metric(refused).await, network.nodes()[1].metric(refused).await];
        refused.iter().any(|refused| *refused > 0).then_some(())
    })
    .await;

    // Enrolled, it comes in where no configuration names it, and follows from the genesis on.
    let act = act_of_bodies(&network, &client);
    let enrolled = enrol_body_of(&network, newcomer, &act);
    let act = act.action(enrolled);
    client.submit_and_wait(&act.build().unwrap()).await.unwrap();
    let status = network.nodes()[newcomer].is_within(LET_IN_WITHIN, NodeHealth::Ready).await;
    assert!(status.height > 0 && !status.validator, "it observes");
    network.nodes()[newcomer].logs(&["keys.note", "this key is in force on the ledger now"]).await;
    // Its record of votes is new, and gives up its heights before there is a vote to miss.
    network.nodes()[newcomer].logs(&["this node signs above the floor"]).await;
    load.goes_on(50).await;

    // It validates: four of the five are needed without one of them.
    let address = address_of(&network, newcomer);
    let consensus = KeyId::of(consensus_key_of(&network, newcomer).public_key());
    decide(&network, &client, vec![change_validators(&[(consensus, 1)])]).await;
    validates_as(&network, newcomer, Some(address)).await;
    load.goes_on(50).await;
    let acknowledged = load.stop().await;
    goes_on_without(&mut network, 3, newcomer).await;
    // And once more after a start with the keys that the ledger knows by now.
    network.node(newcomer).terminate().await;
    network.node(newcomer).start();
    network.ready().await;
    goes_on_without(&mut network, 2, 0).await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, newcomer, tip.log_size).await;

    let before = [0, 1, 2, 3].map(|node| cut_off_by(&network, node));
    let member = MemberNumber(network.ledger().genesis.founders().len() as u64 + 1);
    decide(&network, &client, vec![becomes(member, MemberStatus::Expelled)]).await;
    for (node, before) in before.into_iter().enumerate() {
        until(&format!("node {node} cuts it off"), || {
            std::future::ready((cut_off_by(&network, node) > before).then_some(()))
        })
        .await;
    }
    let load = Load::on(&network, 0).await;
    load.reaches(50).await;
    load.stop().await;
    let (behind, tip) =
        (network.nodes()[newcomer].status().await.unwrap(), network.nodes()[0].status().await.unwrap());
    assert!(behind.height < tip.height, "it hears nothing more: {} and {}", behind.height, tip.height);
    assert_eq!(tip.validators, 4);
    says_that_it_is_shut_out(&network, newcomer, ReasonCode::NodeMemberExpelled).await;
    // It still answers who asks about what it has, also after a start.
    network.node(newcomer).terminate().await;
    network.node(newcomer).start();
    says_that_it_is_shut_out(&network, newcomer, ReasonCode::NodeMemberExpelled).await;
    assert_eq!(network.nodes()[newcomer].status().await.unwrap().height, behind.height);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_observer_of_a_suspended_member_is_cut_off_and_comes_back_with_the_member() {
    const OBSERVER: usize = 4;
    let network = Network::of(4).observers(1).start().await;
    let client = network.client(0).await;
    let member = network.ledger().operators[OBSERVER].number();
    decide(&network, &client, vec![becomes(member, MemberStatus::Suspended)]).await;
    for node in 0..4 {
        network.nodes()[node].logs(&["peer removed from the list"]).await;
    }
    let load = Load::on(&network, 0).await;
    load.reaches(50).await;
    let behind = network.nodes()[OBSERVER].status().await.unwrap();
    let tip = network.nodes()[0].status().await.unwrap();
    assert!(behind.height < tip.height, "it hears nothing more: {} and {}", behind.height, tip.height);
    says_that_it_is_shut_out(&network, OBSERVER, ReasonCode::NodeMemberSuspended).await;

    decide(&network, &client, vec![becomes(member, MemberStatus::Active)]).await;
    let acknowledged = load.stop().await;
    let tip = network.nodes()[0].status().await.unwrap();
    bulla_tests::until_within(LET_IN_WITHIN, "the observer catches up", || async {
        network.nodes()[OBSERVER].status().await.filter(|status| status.height >= tip.height)
    })
    .await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, OBSERVER, tip.log_size).await;
    network.close().await;
}
