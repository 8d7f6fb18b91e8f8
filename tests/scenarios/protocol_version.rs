//! The ledger goes to a version of the protocol that some programs know, or none: who lacks it stops before its height.

use std::fs;
use std::path::Path;

use bulla_client::{Client, EntryRef};
use bulla_tests::acts::decide;
use bulla_tests::bulla::{Answer, bulla};
use bulla_tests::deposits::{deposit, submission};
use bulla_tests::{Network, Node, until};
use bulla_types::proto::NodeHealth;
use bulla_types::{Action, Height, Parameters, ProtocolAtHeight, ReasonCode, ScheduleProtocol, StateKey};

/// An idle ledger adds a height in so many milliseconds.
const HEARTBEAT_MS: u64 = 500;
/// How far ahead the version is scheduled: more heights than the rules ask, since some pass until the act is recorded.
const AHEAD: u64 = 40;

fn schedule(scheduled: Option<ProtocolAtHeight>) -> Vec<Action> {
    vec![Action::ScheduleProtocol(ScheduleProtocol { scheduled })]
}

/// Has the bodies schedule version 2; gives its first height.
async fn schedule_version_2(network: &Network, client: &Client) -> u64 {
    let height = client.status().await.unwrap().height + AHEAD;
    decide(network, client, schedule(Some(ProtocolAtHeight { version: 2, height: Height(height) }))).await;
    height
}

/// `bulla governance` by way of a node.
fn governance(network: &Network, node: usize, command: &[&str]) -> Answer {
    let genesis = network.folder().join("genesis.bin").display().to_string();
    let endpoint = network.nodes()[node].endpoint();
    let asked = ["governance"].iter().chain(command).copied();
    bulla(asked.chain(["--endpoint", &endpoint, "--genesis", &genesis]))
}

/// The node says what it lacks, and stays at the height before.
async fn stands_before(node: &Node, height: u64) {
    let status = node.is(NodeHealth::Failed).await;
    assert_eq!(status.health_reason, "PROTOCOL_VERSION_UNKNOWN");
    assert_eq!((status.height, status.protocol_version, status.newest_protocol_known), (height - 1, 2, 1));
    assert_eq!(node.metric("bulla_protocol_unknown").await, 1);
    assert_eq!(node.metric("bulla_ready").await, 0);
    let known = format!("height {height} goes by version 2 of the protocol");
    node.logs(&["PROTOCOL_VERSION_UNKNOWN", &known, "this node goes no further"]).await;
}

async fn version_in_force(client: &Client) -> u32 {
    let parameters = client.record(&StateKey::Parameters).await.unwrap().read::<Parameters>().unwrap();
    parameters.unwrap().protocol_version
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_passes_the_height_of_a_version_that_no_program_knows_and_what_is_recorded_stands() {
    let network = Network::of(4).observers(1).parameters(|p| p.heartbeat_ms = HEARTBEAT_MS);
    let mut network = network.start().await;
    let client = network.client(0).await;
    let before = client.deposit(&network.service(), deposit("排期前的合同")).await.unwrap();

    // A schedule that is taken back lets the ledger pass.
    let height = schedule_version_2(&network, &client).await;
    for node in network.nodes() {
        let scheduled =
            until("the schedule is heard of", || async { node.status().await?.scheduled_protocol });
        let scheduled = scheduled.await;
        assert_eq!((scheduled.version, scheduled.height), (2, height));
        assert_eq!(node.metric("bulla_protocol_scheduled_height").await, height);
        node.logs(&["PROTOCOL_VERSION_UNKNOWN", "which this program does not know", "before it comes"]).await;
    }
    let told = governance(&network, 4, &["protocol"]);
    assert_eq!((told.code, &told.json["scheduled"]["height"]), (0, &height.into()), "{:#}", told.json);
    assert_eq!(told.json["scheduled"]["validators_lacking"].as_array().unwrap().len(), 4, "{:#}", told.json);
    decide(&network, &client, schedule(None)).await;
    network.nodes()[0].reaches(height + 1).await;
    assert_eq!(version_in_force(&client).await, 1);

    // One that stays stops every node before its height.
    let height = schedule_version_2(&network, &client).await;
    for node in network.nodes() {
        stands_before(node, height).await;
    }
    let status = network.bulla_status(0);
    assert_eq!((status.code, &status.json["health_reason"]), (3, &"PROTOCOL_VERSION_UNKNOWN".into()));
    let refused =
        client.submit(&submission(network.ledger_id(), &network.service(), "合同")).await.unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::ProtocolVersionUnknown), "{refused}");

    // After a restart likewise, and reads go on.
    for node in 0..network.nodes().len() {
        network.node(node).terminate().await;
        network.node(node).start();
    }
    for node in network.nodes() {
        stands_before(node, height).await;
    }
    // Nobody goes on, and yet whoever begins anew comes as far as they are.
    network.node(4).terminate().await;
    fs::remove_dir_all(network.nodes()[4].data()).unwrap();
    network.node(4).start();
    stands_before(&network.nodes()[4], height).await;
    let client = network.client(4).await;
    assert_eq!(version_in_force(&client).await, 2, "of the next height");
    let again = client.receipt(EntryRef::Index(before.index()), None).await.unwrap();
    assert_eq!(again.entry(), before.entry());
    assert_eq!(network.agreed().await.height, height - 1);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_meets_only_snapshots_of_a_newer_version_says_so_while_it_joins() {
    const OBSERVER: usize = 4;
    let network = Network::of(4).observers(1).parameters(|p| p.heartbeat_ms = HEARTBEAT_MS);
    let mut network = network.found().await;
    for node in 0..OBSERVER {
        network.node(node).install_program_knowing(2);
        network.node(node).start();
    }
    network.ready().await;
    let client = network.client(0).await;
    let height = schedule_version_2(&network, &client).await;
    network.nodes()[0].reaches(height + 1).await;
    let data = network.nodes()[0].data().to_owned();
    let create = move || bulla([Path::new("snapshot"), Path::new("create"), Path::new("--data"), &data]);
    let made = tokio::task::spawn_blocking(create).await.unwrap();
    assert_eq!(made.code, 0, "{:#}", made.json);

    network.node(OBSERVER).configure(|config| config.snapshots.join = true);
    network.node(OBSERVER).start();
    let status = until("the observer says what it lacks", || async {
        let status = network.nodes()[OBSERVER].status().await?;
        (status.health_reason == "PROTOCOL_VERSION_UNKNOWN").then_some(status)
    })
    .await;
    assert_eq!((status.health(), status.joining.unwrap().stage.as_str()), (NodeHealth::Failed, "asking"));
    end(network).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_goes_on_with_those_that_know_the_version_and_the_rest_come_back_with_a_newer_program() {
    const OLDER: usize = 3;
    const OBSERVER: usize = 4;
    let network = Network::of(4).observers(1).parameters(|p| p.heartbeat_ms = HEARTBEAT_MS);
    let mut network = network.found().await;
    for node in 0..OLDER {
        network.node(node).install_program_knowing(2);
    }
    // The observer comes when the height is passed, and follows from the genesis.
    for node in 0..OBSERVER {
        network.node(node).start();
    }
    network.ready().await;
    let client = network.client(0).await;
    let before = client.deposit(&network.service(), deposit("排期前的合同")).await.unwrap();
    let height = schedule_version_2(&network, &client).await;
    let older = network.ledger().operators[OLDER].number().0;
    // Who was not heard yet, or has just been connected anew, may lack it too.
    let only_the_older = until("the others are heard", || async {
        let told = governance(&network, 0, &["protocol"]);
        let lacking = told.json["scheduled"]["validators_lacking"].as_array()?;
        (*lacking == [governance_name(&told, older)]).then_some(())
    });
    only_the_older.await;

    for node in 0..OLDER {
        network.nodes()[node].reaches(height + 2).await;
    }
    stands_before(&network.nodes()[OLDER], height).await;
    network.node(OBSERVER).start();
    stands_before(&network.nodes()[OBSERVER], height).await;

    // What those that went on record, this program cannot say anything of, and says so.
    let status = network.nodes()[0].status().await.unwrap();
    assert_eq!((status.health(), status.protocol_version), (NodeHealth::Ready, 2));
    let after = client.deposit(&network.service(), deposit("排期后的合同")).await.unwrap_err();
    assert_eq!(after.reason(), Some(ReasonCode::ProtocolVersionUnknown), "{after}");
    // By a node that stands before the height, what was before it is proved as ever.
    let of_older = network.client(OLDER).await;
    let again = of_older.receipt(EntryRef::Index(before.index()), None).await.unwrap();
    assert_eq!(again.entry(), before.entry());

    // A validator whose folder is lost is in doubt of its votes: it follows again, as far as its program knows, and
    // then asks nobody for blocks that it cannot check.
    network.node(OLDER).terminate().await;
    fs::remove_dir_all(network.nodes()[OLDER].data()).unwrap();
    network.node(OLDER).start();
    stands_before(&network.nodes()[OLDER], height).await;
    let asked = || network.nodes()[OLDER].metric("bulla_network_sync_requests_sent_total");
    let passed = network.nodes()[0].status().await.unwrap().height;
    network.nodes()[0].reaches(passed + 2).await;
    let before = asked().await;
    network.nodes()[0].reaches(passed + 16).await;
    assert_eq!(asked().await, before);

    // A newer program goes on from where the older one stopped.
    network.node(OLDER).terminate().await;
    network.node(OLDER).install_program_knowing(2);
    network.node(OLDER).start();
    network.nodes()[OLDER].reaches(height + 2).await;
    network.nodes()[OLDER].is(NodeHealth::Ready).await;

    // And what it has written the older one does not touch.
    network.node(OLDER).terminate().await;
    let checked = bulla([Path::new("fsck"), Path::new("--data"), network.nodes()[OLDER].data()]);
    assert_eq!(checked.json["error"]["reason"], "PROTOCOL_VERSION_UNKNOWN", "{:#}", checked.json);
    network.node(OLDER).install_own_program();
    network.node(OLDER).start();
    assert!(!network.node(OLDER).ended().await.success());
    network.nodes()[OLDER].logs(&["bulla-node:", "PROTOCOL_VERSION_UNKNOWN"]).await;
    end(network).await;
}

/// What such a network has written the program of these tests cannot check.
async fn end(mut network: Network) {
    for node in 0..network.nodes().len() {
        if network.nodes()[node].is_started() {
            network.node(node).terminate().await;
        }
    }
    for node in network.nodes() {
        assert!(!node.log().contains("panicked at"), "{} panicked", node.config().label);
    }
}

/// How the answer names the member with this number.
fn governance_name(told: &Answer, number: u64) -> serde_json::Value {
    let nodes = told.json["nodes"].as_array().unwrap();
    let names = nodes.iter().map(|node| node["member"].clone());
    let is_it = |name: &serde_json::Value| {
        name.as_str().is_some_and(|name| name.split('-').nth(2) == Some(&number.to_string()))
    };
    names.into_iter().find(is_it).unwrap_or_else(|| panic!("{:#}", told.json))
}
