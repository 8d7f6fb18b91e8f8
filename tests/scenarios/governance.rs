//! The ledger governs itself while it runs: validators come, go and change their keys, parameters change.

use std::path::Path;
use std::process::Command;

use bulla_client::{Client, EntryRef, Submitted, VerifiedReceipt};
use bulla_crypto::{SecretKey, key_file};
use bulla_tests::acts::{
    address_of, change_validators, decide, decide_alone, enrol_key, goes_on_without, retire, validates_as,
};
use bulla_tests::deposits::{deposit, submission};
use bulla_tests::{Load, Network, until};
use bulla_types::proto::{GetStatusResponse, NodeHealth};
use bulla_types::{Action, Address, ChangeParameters, KeyId, KeyPurpose, Parameters, ReasonCode, StateKey};
use rand_core::OsRng;

/// The registration body that validates later.
const CANDIDATE: usize = 4;

/// The CONSENSUS key that the node's body was founded with.
fn founded_with(network: &Network, node: usize) -> KeyId {
    let keys = &network.ledger().genesis.founders()[node].member.keys;
    keys.iter().find(|declared| declared.purpose == KeyPurpose::Consensus).unwrap().key_id()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn under_load_a_validator_is_added_one_removed_one_takes_another_key_and_a_limit_changes() {
    let mut network = Network::of(4).candidates(1).start().await;
    let client = network.client(1).await;
    let before = client.deposit(&network.service(), deposit("变更前的合同")).await.unwrap();
    assert!(!network.nodes()[CANDIDATE].status().await.unwrap().validator, "it observes at first");

    // Another key for the third node, which is told of it before.
    let rotated = SecretKey::generate(&mut OsRng);
    let file = network.folder().join("rotated.pem");
    key_file::write(&file, &rotated, None).unwrap();
    network.node(2).terminate().await;
    network.node(2).configure(|config| config.keys.consensus_besides = vec![file]);
    network.node(2).start();
    network.ready().await;
    network.nodes()[2].logs(&["this key is not enrolled yet"]).await;

    let load = Load::on(&network, 1).await;
    load.reaches(50).await;
    // A fifth comes, and the first goes.
    decide(&network, &client, vec![change_validators(&[(founded_with(&network, CANDIDATE), 1)])]).await;
    validates_as(&network, CANDIDATE, Some(address_of(&network, CANDIDATE))).await;
    load.goes_on(50).await;
    decide(&network, &client, vec![change_validators(&[(founded_with(&network, 0), 0)])]).await;
    validates_as(&network, 0, None).await;
    load.goes_on(50).await;

    // The third takes its other key.
    let body = network.ledger().operators[2].clone();
    let act = client.transaction().signer(&body.administrator());
    let enrolled = enrol_key(&act, body.number(), KeyPurpose::Consensus, &rotated);
    let act = act.action(enrolled);
    client.submit_and_wait(&act.build().unwrap()).await.unwrap();
    let (former, new) = (founded_with(&network, 2), KeyId::of(rotated.public_key()));
    decide(&network, &client, vec![change_validators(&[(former, 0), (new, 1)]), retire(former)]).await;
    validates_as(&network, 2, Some(Address::of(rotated.public_key()))).await;
    load.goes_on(50).await;

    // A limit of blocks changes.
    let present = client.record(&StateKey::Parameters).await.unwrap().read::<Parameters>().unwrap().unwrap();
    let parameters = Parameters { block_entries_max: 16, ..present.clone() };
    let action = ChangeParameters { former: present.hash(), parameters };
    let limited = decide(&network, &client, vec![Action::ChangeParameters(action)]).await;
    load.goes_on(50).await;

    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    for node in [0, 1, CANDIDATE] {
        acknowledged.stands_at(&network, node, tip.log_size).await;
    }
    acknowledged.receipts_verify(&network);
    entries_per_block_at_most(&client, 16, limited.entry().height.0).await;

    // All four are needed without one of them, so that all of them sign: the fifth, and the third by its new key.
    goes_on_without(&mut network, 3, 1).await;
    goes_on_without(&mut network, 1, CANDIDATE).await;

    // The entry of before, and one of now, from the genesis alone.
    let client = network.client(CANDIDATE).await;
    let again = client.receipt(EntryRef::Index(before.index()), None).await.unwrap();
    assert_eq!(again.entry(), before.entry());
    let after = client.deposit(&network.service(), deposit("变更后的合同")).await.unwrap();
    for (name, receipt, changes) in [("again", &again, 3), ("after", &after, 3)] {
        assert_eq!(receipt.file().bundles()[0].transitions.len(), changes);
        verified_by_another_hand(&network, name, receipt);
    }
    network.close().await;
}

/// Blocks after this height hold no more entries than that.
async fn entries_per_block_at_most(client: &Client, max: usize, height: u64) {
    let tip = client.status().await.unwrap().log_size;
    let mut subscription = client.subscribe(0).await.unwrap();
    let mut counts = std::collections::BTreeMap::<u64, usize>::new();
    for _ in 0..tip {
        let recorded = subscription.next().await.unwrap().unwrap();
        *counts.entry(recorded.entry.height.0).or_default() += 1;
    }
    let largest = counts.range(height + 1..).map(|(_, count)| *count).max();
    assert!(largest.is_some_and(|largest| largest > 1 && largest <= max), "{largest:?}");
}

/// By the verifier that shares no code with the ledger.
fn verified_by_another_hand(network: &Network, name: &str, receipt: &VerifiedReceipt) {
    let file = network.folder().join(format!("{name}.receipt"));
    std::fs::write(&file, receipt.file().encode()).unwrap();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("receipt_check.py");
    let genesis = network.folder().join("genesis.bin");
    let checked = Command::new("python3").arg(script).args([&file, &genesis]).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_takes_another_note_key_and_does_not_start_with_the_one_that_was_retired() {
    const ROTATED: usize = 3;
    let mut network = Network::of(4).start().await;
    let client = network.client(0).await;
    let body = network.ledger().operators[ROTATED].clone();
    let former = network.nodes()[ROTATED].config().keys.note.clone();
    let former_id = KeyId::of(key_file::read(&former, None).unwrap().public_key());
    let new = SecretKey::generate(&mut OsRng);
    let file = network.folder().join("note-2.pem");
    key_file::write(&file, &new, None).unwrap();

    let act = client.transaction().signer(&body.administrator());
    let enrolled = enrol_key(&act, body.number(), KeyPurpose::Note, &new);
    let act = act.action(enrolled);
    client.submit_and_wait(&act.build().unwrap()).await.unwrap();
    network.agreed().await;
    network.node(ROTATED).terminate().await;
    network.node(ROTATED).configure(|config| config.keys.note = file);
    network.node(ROTATED).start();
    network.ready().await;
    decide_alone(&client, &body, vec![retire(former_id)]).await;

    let by_way_of = network.client(ROTATED).await;
    let request = submission(network.ledger_id(), &network.service(), "合同");
    let Submitted::Admitted(ticket) = by_way_of.submit(&request).await.unwrap() else { panic!("it is new") };
    assert_eq!(ticket.note_key_id, KeyId::of(new.public_key()));
    by_way_of.verify_ticket(&ticket).await.unwrap();
    by_way_of.submit_and_wait(&request).await.unwrap();

    network.agreed().await;
    network.node(ROTATED).terminate().await;
    network.node(ROTATED).configure(|config| config.keys.note = former);
    network.node(ROTATED).start();
    assert_eq!(network.node(ROTATED).ended().await.code(), Some(1));
    let log = network.nodes()[ROTATED].log();
    assert!(log.contains("[CONFIG_INVALID]") && log.contains("and was retired"), "{log}");
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_keys_were_rotated_away_while_it_ran_says_which_and_promises_what_it_can_keep() {
    const ROTATED: usize = 3;
    let mut network = Network::of(4).start().await;
    let client = network.client(0).await;
    let body = network.ledger().operators[ROTATED].clone();
    // Another key for consensus, of which nobody tells the node.
    let consensus = SecretKey::generate(&mut OsRng);
    let act = client.transaction().signer(&body.administrator());
    let enrolled = enrol_key(&act, body.number(), KeyPurpose::Consensus, &consensus);
    client.submit_and_wait(&act.action(enrolled).build().unwrap()).await.unwrap();
    let (former, new) = (founded_with(&network, ROTATED), KeyId::of(consensus.public_key()));
    decide(&network, &client, vec![change_validators(&[(former, 0), (new, 1)]), retire(former)]).await;
    let status = says(&network, ROTATED, ReasonCode::NodeConsensusKeyEnded).await;
    assert_eq!((status.health(), status.validator), (NodeHealth::Abstaining, false));
    let load = Load::on(&network, ROTATED).await;
    load.reaches(20).await;
    load.stop().await;

    let file = network.folder().join("rotated.pem");
    key_file::write(&file, &consensus, None).unwrap();
    network.node(ROTATED).terminate().await;
    network.node(ROTATED).configure(|config| config.keys.consensus = Some(file));
    network.node(ROTATED).start();
    network.ready().await;
    validates_as(&network, ROTATED, Some(Address::of(consensus.public_key()))).await;

    let note = key_file::read(&network.nodes()[ROTATED].config().keys.note, None).unwrap();
    decide_alone(&client, &body, vec![retire(KeyId::of(note.public_key()))]).await;
    let status = says(&network, ROTATED, ReasonCode::NodeKeysNotInForce).await;
    assert_ne!(status.health(), NodeHealth::Ready);
    let request = submission(network.ledger_id(), &network.service(), "合同");
    let refused = network.client(ROTATED).await.submit(&request).await.unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::NodeKeysNotInForce), "{refused}");
    network.close().await;
}

async fn says(network: &Network, node: usize, reason: ReasonCode) -> GetStatusResponse {
    until(&format!("node {node} says {reason}"), || async {
        network.nodes()[node].status().await.filter(|status| status.health_reason == reason.as_str())
    })
    .await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_is_killed_while_its_key_changes_signs_with_the_key_of_the_height() {
    let mut network = Network::of(4).start().await;
    let client = network.client(0).await;
    let rotated = SecretKey::generate(&mut OsRng);
    let file = network.folder().join("rotated.pem");
    key_file::write(&file, &rotated, None).unwrap();
    let body = network.ledger().operators[3].clone();
    let act = client.transaction().signer(&body.administrator());
    let enrolled = enrol_key(&act, body.number(), KeyPurpose::Consensus, &rotated);
    let act = act.action(enrolled);
    client.submit_and_wait(&act.build().unwrap()).await.unwrap();
    network.node(3).terminate().await;
    network.node(3).configure(|config| config.keys.consensus_besides = vec![file]);
    network.node(3).start();
    network.ready().await;

    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let (former, new) = (founded_with(&network, 3), KeyId::of(rotated.public_key()));
    decide(&network, &client, vec![change_validators(&[(former, 0), (new, 1)])]).await;
    network.node(3).kill();
    network.node(3).start();
    validates_as(&network, 3, Some(Address::of(rotated.public_key()))).await;
    load.goes_on(50).await;
    let acknowledged = load.stop().await;
    network.ready().await;
    goes_on_without(&mut network, 1, 0).await;

    // And back to the former key, while it votes.
    decide(&network, &client, vec![change_validators(&[(new, 0), (former, 1)])]).await;
    validates_as(&network, 3, Some(address_of(&network, 3))).await;
    network.ready().await;
    goes_on_without(&mut network, 2, 0).await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 3, tip.log_size).await;
    network.close().await;
}
