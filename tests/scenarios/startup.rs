//! Nodes that must not start: the process ends with code 1 and says why, with a reason code.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::{fs, path::Path};

use bulla_crypto::blake3;
use bulla_node::config::NodeConfig;
use bulla_tests::{Founding, Network, copy_folder};

/// Starts a node that must end by itself for this reason.
async fn assert_refuses(network: &mut Network, node: usize, reason: &str) {
    network.node(node).start();
    let status = network.node(node).ended().await;
    let log = network.nodes()[node].log();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains(&format!("[{reason}]")), "{reason} is expected:\n{log}");
}

async fn refuses(reason: &str, prepare: impl FnOnce(&mut NodeConfig)) {
    let mut network = Network::of(1).found().await;
    network.node(0).configure(prepare);
    assert_refuses(&mut network, 0, reason).await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_in_use_is_named() {
    for port in [
        |config: &NodeConfig| config.api.grpc.port(),
        |config: &NodeConfig| config.api.http.port(),
        |config: &NodeConfig| port_of(&config.network.listen),
        |config: &NodeConfig| port_of(&config.consensus.listen),
    ] {
        let mut network = Network::of(1).found().await;
        let port = port(network.nodes()[0].config());
        let _taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
        assert_refuses(&mut network, 0, "PORT_IN_USE").await;
        assert!(network.nodes()[0].log().contains(&port.to_string()));
        network.close().await;
    }
}

fn port_of(multiaddr: &str) -> u16 {
    multiaddr.rsplit('/').next().unwrap().parse().unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_folder_that_another_process_has_open_stays_its_own() {
    let mut network = Network::of(2).asleep(1).found().await;
    let data = network.nodes()[0].data().to_owned();
    network.node(1).configure(|config| config.data = data);
    network.node(0).start();
    network.nodes()[0].logs(&["the node is up"]).await;
    assert_refuses(&mut network, 1, "DATA_LOCKED").await;
    assert!(network.nodes()[0].status().await.is_some(), "the first goes on");
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_data_folder_of_another_ledger_is_left_alone() {
    let mut network = Network::of(1).start().await;
    let tip = network.agreed().await;
    network.node(0).terminate().await;
    let other = network.folder().join("other");
    fs::create_dir(&other).unwrap();
    let _ = Founding::of(1).found(&other);
    let keys = other.join("node-1");
    let own = network.nodes()[0].config().clone();
    network.node(0).configure(|config| {
        config.genesis = other.join("genesis.bin");
        config.keys.consensus = Some(keys.join("consensus.pem"));
    });
    assert_refuses(&mut network, 0, "DATA_OF_OTHER_LEDGER").await;
    network.node(0).configure(|config| *config = own);
    network.node(0).start();
    network.ready().await;
    assert_eq!(network.agreed().await.log_root, tip.log_root);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_a_newer_schema_is_left_to_newer_software() {
    let mut network = Network::of(1).start().await;
    network.node(0).terminate().await;
    let (data, kept) = (network.nodes()[0].data().to_owned(), network.folder().join("kept"));
    copy_folder(&data, &kept);
    raise_schema(&data.join("tip"));
    assert_refuses(&mut network, 0, "DATA_SCHEMA_NEWER").await;
    fs::copy(kept.join("tip"), data.join("tip")).unwrap();
    network.node(0).start();
    network.ready().await;
    network.close().await;
}

/// Writes a newer schema version into a slot file's first page, and the checksum that goes with it:
/// `docs/formats/data-folder.md`.
fn raise_schema(file: &Path) {
    let mut bytes = fs::read(file).unwrap();
    bytes[8..12].copy_from_slice(&2_u32.to_be_bytes());
    let checksum = blake3(&[&bytes[..68]]);
    bytes[68..76].copy_from_slice(&checksum.as_bytes()[..8]);
    fs::write(file, bytes).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_file_that_others_can_read_is_not_used() {
    refuses("KEY_FILE_PERMISSIONS", |config| {
        fs::set_permissions(&config.keys.note, fs::Permissions::from_mode(0o644)).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_consensus_key_that_is_no_validators_does_not_vote() {
    refuses("KEY_FILE_INVALID", |config| config.keys.consensus = Some(config.keys.note.clone())).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_no_genesis_founds_nothing() {
    refuses("GENESIS_INVALID", |config| {
        let mut genesis = fs::read(&config.genesis).unwrap();
        genesis.truncate(genesis.len() - 1);
        fs::write(&config.genesis, genesis).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_peer_that_is_not_pinned_is_refused() {
    refuses("CONFIG_INVALID", |config| config.consensus.peers.push("/ip4/127.0.0.1/tcp/7001".to_owned()))
        .await;
}
