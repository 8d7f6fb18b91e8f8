//! Peers that mean no good: strangers, and a member turned hostile.

use std::time::Duration;

use bulla_crypto::key_file;
use bulla_tests::{Hostility, Load, Network, until};
use bulla_types::{Action, ChangeKeyStatus, KeyChange, KeyId};
use serde_json::Value;

const VALIDATORS: [usize; 4] = [0, 1, 2, 3];
const OBSERVER: usize = 4;

/// What a node may need more under attack: buffers, and what the ledger itself grows by meanwhile.
const GROWTH_BYTES_MAX: u64 = 192 << 20;

/// `STRANGER_SECONDS` asks for a longer try.
fn stranger_time() -> Duration {
    let seconds = std::env::var("STRANGER_SECONDS").ok().and_then(|text| text.parse().ok());
    Duration::from_secs(seconds.unwrap_or(15))
}

fn count(gained: &Value, what: &str) -> u64 {
    gained[what].as_u64().unwrap_or_else(|| panic!("no {what} in {gained}"))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stranger_learns_nothing_and_changes_nothing() {
    let network = Network::of(4).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(100).await;
    let nodes = network.nodes();
    let before: Vec<_> = nodes.iter().map(|node| (node.resident_bytes(), node.open_files())).collect();

    let gained = network.suffers(Hostility::Stranger, &VALIDATORS, stranger_time()).await;

    assert!(count(&gained, "tries") > 50 && count(&gained, "silent_connections") >= 40, "{gained}");
    for what in ["bytes_read", "bytes_written", "streams_offered"] {
        assert_eq!(count(&gained, what), 0, "{gained}");
    }
    load.goes_on(100).await;
    let acknowledged = load.stop().await;
    for (node, (bytes, files)) in nodes.iter().zip(before) {
        assert!(node.metric("bulla_network_strangers_refused_total").await > 0);
        assert_eq!(node.metric("bulla_network_peers_set_aside_total").await, 0);
        assert!(node.resident_bytes() < bytes + GROWTH_BYTES_MAX, "{bytes} before, {gained}");
        // Connections that said nothing are closed by and by.
        until("the files are as before", || {
            std::future::ready((node.open_files() <= files + 16).then_some(()))
        })
        .await;
        assert!(!node.log().contains("ERROR"), "{}", node.log());
    }
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 0, tip.log_size).await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_whose_peer_key_is_retired_on_the_ledger_is_cut_off() {
    let network = Network::of(4).observers(1).start().await;
    network.ready().await;
    let operator = &network.ledger().operators[OBSERVER];
    let key = key_file::read(&network.nodes()[OBSERVER].config().keys.peer, None).unwrap();
    let change = ChangeKeyStatus { key_id: KeyId::of(key.public_key()), change: KeyChange::Retire };
    let client = network.client(0).await;
    let retiring =
        client.transaction().signer(&operator.administrator()).action(Action::ChangeKeyStatus(change));
    client.submit_and_wait(&retiring.build().unwrap()).await.unwrap();

    for node in VALIDATORS {
        network.nodes()[node].logs(&["peer removed from the list"]).await;
    }
    let load = Load::on(&network, 0).await;
    load.reaches(50).await;
    load.stop().await;
    let behind = network.nodes()[OBSERVER].status().await.unwrap();
    let tip = network.nodes()[0].status().await.unwrap();
    assert!(behind.height < tip.height, "it hears nothing more: {} and {}", behind.height, tip.height);
    network.close().await;
}

/// Floods a lane with a member's key while deposits go on. Gives what the flooder says, and how often the
/// nodes set it aside.
async fn flooded(lane: &str, per_second: u32) -> (Value, u64) {
    let network = Network::of(4).observers(1).asleep(OBSERVER).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(100).await;
    let before: Vec<u64> = network.started().map(bulla_tests::Node::resident_bytes).collect();

    let flood = Hostility::Flood { lane, node: OBSERVER, per_second };
    let (gained, ()) = tokio::join!(
        network.suffers(flood, &VALIDATORS, Duration::from_secs(10)),
        load.goes_on(200), // With the flood under way.
    );
    assert!(count(&gained, "sent") > 0, "{gained}");

    load.goes_on(50).await;
    let acknowledged = load.stop().await;
    let mut set_aside = 0;
    for (node, bytes) in network.started().zip(before) {
        assert!(node.resident_bytes() < bytes + GROWTH_BYTES_MAX, "{bytes} before, {gained}");
        set_aside += node.metric("bulla_network_peers_set_aside_total").await;
    }
    if set_aside > 0 {
        let named = network.started().any(|node| node.log().contains("peer set aside"));
        assert!(named, "whoever is set aside is named");
    }
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 0, tip.log_size).await;
    network.close().await;
    (gained, set_aside)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_goes_on_while_a_member_floods_votes_within_its_budget() {
    let (gained, set_aside) = flooded("votes", 1_500).await;
    assert_eq!(set_aside, 0, "{gained}");
    assert!(count(&gained, "height") > 1, "it is a member: it hears the votes of others");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_floods_votes_over_its_budget_is_set_aside() {
    let (gained, set_aside) = flooded("votes", 10_000).await;
    assert!(set_aside > 0, "{gained}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_goes_on_while_a_member_floods_parts() {
    flooded("parts", 200).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_goes_on_while_a_member_asks_for_blocks_without_end() {
    flooded("sync", 300).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_ledger_goes_on_while_a_member_relays_what_was_relayed_before() {
    flooded("relay", 500).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_member_that_tells_its_status_without_end_is_set_aside() {
    let (gained, set_aside) = flooded("status", 1_000).await;
    assert!(set_aside > 0, "{gained}");
}
