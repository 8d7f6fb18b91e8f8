//! Nodes that must not start: the process ends with code 1 and says why, with a reason code.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::{fs, path::Path};

use bulla_crypto::{SecretKey, blake3, key_file};
use bulla_node::config::{KeyPaths, NodeConfig};
use bulla_tests::deposits::submission;
use bulla_tests::{Founding, Network, copy_folder, until};
use bulla_types::ReasonCode;
use bulla_types::proto::NodeHealth;

/// Starts a node that must end by itself for this reason.
async fn assert_refuses(network: &mut Network, node: usize, reason: &str) {
    network.node(node).start();
    let status = network.node(node).ended().await;
    let log = network.nodes()[node].log();
    assert_eq!(status.code(), Some(1), "{log}");
    assert!(log.contains(&format!("[{reason}]")), "{reason} is expected:\n{log}");
}

/// Gives what the node said.
async fn refuses(reason: &str, prepare: impl FnOnce(&mut NodeConfig)) -> String {
    let mut network = Network::of(1).found().await;
    network.node(0).configure(prepare);
    assert_refuses(&mut network, 0, reason).await;
    let log = network.nodes()[0].log();
    network.close().await;
    log
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_in_use_is_named() {
    type Port = fn(&NodeConfig) -> u16;
    let ports: [(_, Port); 3] = [
        ("api.grpc", |config| config.api.grpc.port()),
        ("api.http", |config| config.api.http.port()),
        ("network.listen", |config| port_of(&config.network.listen)),
    ];
    for (setting, port) in ports {
        // The other one sleeps: no quorum is heard.
        let mut network = Network::of(2).found().await;
        let port = port(network.nodes()[0].config());
        let _taken = TcpListener::bind(("127.0.0.1", port)).unwrap();
        assert_refuses(&mut network, 0, "PORT_IN_USE").await;
        let log = network.nodes()[0].log();
        assert!(log.contains(&format!("127.0.0.1:{port} ({setting} in node.toml)")), "{log}");
        assert!(!log.contains("the node is up"), "{log}");
        network.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_port_that_stands_twice_in_the_configuration_is_named() {
    let told = refuses("PORT_IN_USE", |config| config.api.http = config.api.grpc).await;
    assert!(told.contains("(api.http in node.toml)"), "{told}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_not_this_machines_is_named() {
    // RFC 5737: for documentation.
    let told = refuses("CONFIG_INVALID", |config| config.api.http.set_ip([192, 0, 2, 1].into())).await;
    assert!(told.contains("cannot listen on 192.0.2.1:"), "{told}");
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
    let key = |name: &str| keys.join(format!("{name}.pem"));
    let own = network.nodes()[0].config().clone();
    network.node(0).configure(|config| {
        config.genesis = other.join("genesis.bin");
        config.keys.consensus = Some(key("consensus"));
        config.keys.note = key("note");
        config.keys.peer = key("peer");
    });
    assert_refuses(&mut network, 0, "DATA_OF_OTHER_LEDGER").await;
    network.node(0).configure(|config| *config = own);
    network.node(0).start();
    network.ready().await;
    assert_eq!(network.agreed().await.log_root, tip.log_root);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn data_of_another_schema_is_left_to_the_software_that_wrote_it() {
    let mut network = Network::of(1).start().await;
    network.node(0).terminate().await;
    let (data, kept) = (network.nodes()[0].data().to_owned(), network.folder().join("kept"));
    copy_folder(&data, &kept);
    for (schema, reason) in [(1, "DATA_SCHEMA_OLDER"), (1_000, "DATA_SCHEMA_NEWER")] {
        write_schema(&data.join("tip"), schema);
        assert_refuses(&mut network, 0, reason).await;
    }
    fs::copy(kept.join("tip"), data.join("tip")).unwrap();
    network.node(0).start();
    network.ready().await;
    network.close().await;
}

/// Writes another schema version into a slot file's first page, and the checksum that goes with it:
/// `docs/formats/data-folder.md`.
fn write_schema(file: &Path, schema: u32) {
    let mut bytes = fs::read(file).unwrap();
    bytes[8..12].copy_from_slice(&schema.to_be_bytes());
    let checksum = blake3(&[&bytes[..76]]);
    bytes[76..84].copy_from_slice(&checksum.as_bytes()[..8]);
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
async fn a_key_of_another_purpose_is_not_used() {
    let consensus_for_peer =
        refuses("CONFIG_INVALID", |config| config.keys.peer = config.keys.consensus.clone().unwrap()).await;
    assert!(consensus_for_peer.contains("keys.peer ("), "{consensus_for_peer}");
    assert!(
        consensus_for_peer.contains("it is the CONSENSUS key of member 1 (测试机构1)"),
        "{consensus_for_peer}"
    );
    let note_for_consensus =
        refuses("CONFIG_INVALID", |config| config.keys.consensus = Some(config.keys.note.clone())).await;
    assert!(note_for_consensus.contains("is not the CONSENSUS key of this node"), "{note_for_consensus}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_that_nobody_has_enrolled_yet_is_named_and_nothing_is_promised_under_it() {
    let mut network = Network::of(1).found().await;
    network.node(0).configure(|config| {
        fs::remove_file(&config.keys.note).unwrap();
        key_file::write(&config.keys.note, &SecretKey::from_seed(&[7; 32]), None).unwrap();
    });
    network.node(0).start();
    network.nodes()[0]
        .logs(&["keys.note", "note.pem", "not enrolled on the ledger as far as this node"])
        .await;
    let status = network.nodes()[0].is(NodeHealth::Syncing).await;
    assert_eq!(status.health_reason, "NODE_KEYS_NOT_IN_FORCE");
    let client = network.client(0).await;
    let request = submission(network.ledger_id(), &network.service(), "合同");
    let refused = client.submit(&request).await.unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::NodeKeysNotInForce), "{refused}");
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_another_member_is_not_used() {
    for change in [
        |keys: &mut KeyPaths, other: &KeyPaths| keys.note = other.note.clone(),
        |keys: &mut KeyPaths, other: &KeyPaths| keys.peer = other.peer.clone(),
        |keys: &mut KeyPaths, other: &KeyPaths| keys.consensus = other.consensus.clone(),
    ] {
        let mut network = Network::of(2).found().await;
        let other = network.nodes()[1].config().keys.clone();
        network.node(0).configure(|config| change(&mut config.keys, &other));
        assert_refuses(&mut network, 0, "CONFIG_INVALID").await;
        let log = network.nodes()[0].log();
        assert!(log.contains("of member 1 (测试机构1)") && log.contains("of member 2 (测试机构2)"), "{log}");
        network.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_genesis_of_another_ledger_is_named_and_nothing_is_made_for_it() {
    let mut network = Network::of(1).found().await;
    let other = network.folder().join("other");
    fs::create_dir(&other).unwrap();
    let _ = Founding::of(1).found(&other);
    network.node(0).configure(|config| config.genesis = other.join("genesis.bin"));
    assert_refuses(&mut network, 0, "CONFIG_INVALID").await;
    assert!(network.nodes()[0].log().contains("other/genesis.bin knows none of the keys"));
    assert!(!network.nodes()[0].data().exists());
    network.close().await;
}

/// Its peers let it in, by its key: it is theirs in everything but the genesis.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_among_peers_of_another_ledger_says_so_and_they_go_on() {
    const OBSERVER: usize = 4;
    let mut network = Network::of(4).observers(1).found().await;
    let other = network.folder().join("other");
    fs::create_dir(&other).unwrap();
    let wrong = Founding::of(4).found(&other).genesis.ledger_id().to_string();
    let right = network.ledger_id().to_string();
    network.node(OBSERVER).configure(|config| config.genesis = other.join("genesis.bin"));
    (0..=OBSERVER).for_each(|node| network.node(node).start());
    let observer = &network.nodes()[OBSERVER];
    let status = until("the observer says that its peers are of another ledger", || async {
        observer.status().await.filter(|status| status.health_reason == "LEDGER_DIFFERS")
    })
    .await;
    assert_eq!((status.health(), status.height), (NodeHealth::NoQuorum, 0));
    let unready = observer.get("/healthz").await;
    assert_eq!(unready.status, 503);
    assert!(String::from_utf8(unready.body).unwrap().contains("LEDGER_DIFFERS"));
    observer.logs(&["ERROR", "LEDGER_DIFFERS", &wrong, &right]).await;
    for node in 0..4 {
        let status = network.nodes()[node].is(NodeHealth::Ready).await;
        assert_eq!(status.health_reason, "");
        network.nodes()[node].logs(&["ERROR", "LEDGER_DIFFERS", &wrong]).await;
    }

    // With the right one it is a node like others; a folder of the wrong one is refused before.
    let genesis = network.folder().join("genesis.bin");
    network.node(OBSERVER).terminate().await;
    fs::remove_dir_all(network.nodes()[OBSERVER].data()).unwrap();
    network.node(OBSERVER).configure(|config| config.genesis = genesis);
    network.node(OBSERVER).start();
    network.ready().await;
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_not_there_is_said_to_be_unreadable() {
    refuses("FILE_UNREADABLE", |config| config.keys.note.set_file_name("missing.pem")).await;
    refuses("FILE_UNREADABLE", |config| config.genesis.set_file_name("missing.bin")).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_too_large_for_a_key_is_no_key_file() {
    refuses("KEY_FILE_INVALID", |config| {
        fs::OpenOptions::new().write(true).open(&config.keys.peer).unwrap().set_len(1 << 20).unwrap();
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_where_the_data_folder_should_be_is_not_one() {
    let mut network = Network::of(1).found().await;
    let file = network.folder().join("file");
    fs::write(&file, "not a folder").unwrap();
    network.node(0).configure(|config| config.data = file.clone());
    assert_refuses(&mut network, 0, "DATA_MISSING").await;
    fs::remove_file(file).unwrap();
    network.close().await;
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
    refuses("CONFIG_INVALID", |config| config.network.peers.push("/ip4/127.0.0.1/tcp/7001".to_owned())).await;
}
