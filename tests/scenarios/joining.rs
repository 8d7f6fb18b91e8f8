//! New nodes that join from a snapshot: from several sources, of which some lie, and go on with the others.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use bulla_client::{ClientError, EntryRef};
use bulla_crypto::blake3;
use bulla_node::config::SnapshotConfig;
use bulla_storage::SnapshotFolder;
use bulla_tests::bulla::{Answer, bulla};
use bulla_tests::{Load, Network, copy_folder, until, until_within};
use bulla_types::SnapshotManifest;
use bulla_types::limits::SNAPSHOT_CHUNK_BYTES;
use bulla_types::proto::NodeHealth;
use serde_json::json;

const VALIDATORS: usize = 4;
const OBSERVER: usize = 4;
/// Blocks from one snapshot to the next.
const EVERY_BLOCKS: u64 = 5;

/// Four validators that make snapshots and have recorded something, and an observer that has not begun.
async fn network(keep: u32) -> Network {
    let network = Network::of(VALIDATORS).observers(1).found().await;
    with_snapshots(network, keep).await
}

async fn with_snapshots(mut network: Network, keep: u32) -> Network {
    for node in 0..=OBSERVER {
        let snapshots = SnapshotConfig { every_blocks: EVERY_BLOCKS, keep, join: node == OBSERVER };
        network.node(node).configure(|config| config.snapshots = snapshots);
    }
    (0..VALIDATORS).for_each(|node| network.node(node).start());
    network.ready().await;
    let load = Load::on(&network, 0).await;
    load.reaches(300).await;
    until("two snapshots were made", || {
        std::future::ready((snapshots(&network, 0).len() >= 2).then_some(()))
    })
    .await;
    load.stop().await;
    let height = network.agreed().await.height;
    until("all validators have made the newest snapshot that is due", || {
        let due = height - height % EVERY_BLOCKS;
        let all = (0..VALIDATORS).all(|node| snapshots(&network, node).contains_key(&due));
        std::future::ready(all.then_some(()))
    })
    .await;
    network
}

/// The snapshots of a node by their height.
fn snapshots(network: &Network, node: usize) -> BTreeMap<u64, PathBuf> {
    let Ok(entries) = fs::read_dir(network.nodes()[node].data().join("snapshots")) else {
        return BTreeMap::new();
    };
    let named = |path: PathBuf| Some((path.file_name()?.to_str()?.parse().ok()?, path));
    entries.flatten().filter_map(|entry| named(entry.path())).collect()
}

fn newest(network: &Network, node: usize) -> PathBuf {
    snapshots(network, node).pop_last().unwrap().1
}

/// The name of a node on the members' network.
fn peer(network: &Network, node: usize) -> String {
    network.peer_address(node).rsplit_once('/').unwrap().1.to_owned()
}

/// The observer stands where the others do, records what it is given, and says what it does not hold.
async fn goes_on(mut network: Network) {
    network.nodes()[OBSERVER].is(NodeHealth::Ready).await;
    let status = network.nodes()[OBSERVER].status().await.unwrap();
    assert!(status.first_entry > 0 && status.first_entry <= status.log_size, "{status:?}");
    let client = network.client(OBSERVER).await;
    let refused = client.receipt(EntryRef::Index(0), None).await.unwrap_err();
    assert!(
        matches!(&refused, ClientError::Refused(refusal) if refusal.reason == "HISTORY_NOT_HELD"),
        "{refused:?}"
    );
    let load = Load::on(&network, OBSERVER).await;
    load.reaches(100).await;
    let acknowledged = load.stop().await;
    network.agreed().await;
    acknowledged.receipts_verify(&network);
    // After a restart it is the same node, and asks nobody for a snapshot.
    network.node(OBSERVER).terminate().await;
    network.node(OBSERVER).start();
    network.nodes()[OBSERVER].is(NodeHealth::Ready).await;
    assert_eq!(network.nodes()[OBSERVER].log().matches("joined: what follows").count(), 1);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_new_observer_joins_from_a_snapshot_of_several_and_the_one_that_alters_chunks_is_named() {
    let mut network = network(2).await;
    let made: Vec<_> = (0..VALIDATORS)
        .map(|node| fs::read(SnapshotFolder::new(&newest(&network, node)).manifest_path()).unwrap())
        .collect();
    assert!(made.iter().all(|manifest| *manifest == made[0]), "all make the same snapshot of a height");

    let mut liars: Vec<_> = (0..VALIDATORS).map(|node| (peer(&network, node), node)).collect();
    liars.sort();
    // Whoever is asked first: all but one lie.
    for (_, liar) in &liars[..3] {
        let content = SnapshotFolder::new(&newest(&network, *liar)).content_path();
        let mut bytes = fs::read(&content).unwrap();
        bytes[100] ^= 1;
        fs::write(content, bytes).unwrap();
    }
    network.node(OBSERVER).start();
    network.nodes()[OBSERVER].logs(&["this peer gave a chunk that is not the one it offers"]).await;
    network.nodes()[OBSERVER].logs(&["joined: what follows is fetched as blocks"]).await;
    goes_on(network).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_snapshot_that_is_a_lie_from_its_manifest_on_is_not_used_and_another_is() {
    let mut network = network(8).await;
    let (height, newest) = snapshots(&network, 0).pop_last().unwrap();
    for node in 0..VALIDATORS {
        network.node(node).terminate().await;
        // What follows brings no newer snapshot.
        network.node(node).configure(|config| config.snapshots.every_blocks = 0);
    }
    // The newest snapshot is that of one node alone, whose record of something is another.
    forge(&newest);
    for node in 1..VALIDATORS {
        fs::remove_dir_all(&snapshots(&network, node)[&height]).unwrap();
    }
    (0..VALIDATORS).for_each(|node| network.node(node).start());
    network.ready().await;
    network.node(OBSERVER).start();
    let liar = peer(&network, 0);
    network.nodes()[OBSERVER].logs(&["the snapshot is a lie", &liar]).await;
    network.nodes()[OBSERVER].logs(&["joined: what follows is fetched as blocks"]).await;
    goes_on(network).await;
}

/// Stops the validators, and leaves the newest snapshot with the first of them alone: where it lies.
async fn left_to_one(network: &mut Network) -> PathBuf {
    let (height, newest) = snapshots(network, 0).pop_last().unwrap();
    for node in 0..VALIDATORS {
        network.node(node).terminate().await;
        // What follows brings no newer snapshot.
        network.node(node).configure(|config| config.snapshots.every_blocks = 0);
    }
    for node in 1..VALIDATORS {
        fs::remove_dir_all(&snapshots(network, node)[&height]).unwrap();
    }
    newest
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_offers_the_newest_snapshot_and_does_not_give_it_keeps_nobody_from_joining() {
    let mut network = network(8).await;
    let newest = left_to_one(&mut network).await;
    (0..VALIDATORS).for_each(|node| network.node(node).start());
    network.ready().await;
    // It still offers what it cannot read any more.
    fs::remove_file(SnapshotFolder::new(&newest).content_path()).unwrap();
    network.node(OBSERVER).start();
    network.nodes()[OBSERVER].logs(&["nobody who offers this snapshot gives it"]).await;
    network.nodes()[OBSERVER].logs(&["joined: what follows is fetched as blocks"]).await;
    goes_on(network).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_joins_says_how_far_it_is_and_takes_again_what_it_had_fetched_when_it_was_killed() {
    let mut network = network(2).await;
    for node in 0..VALIDATORS {
        network.node(node).terminate().await;
        // What follows brings no newer snapshot.
        network.node(node).configure(|config| config.snapshots.every_blocks = 0);
    }
    network.node(OBSERVER).start();
    let asking = until("the observer says that it joins", || async {
        network.nodes()[OBSERVER].status().await?.joining
    })
    .await;
    assert_eq!((asking.stage.as_str(), asking.height), ("asking", 0));
    says_while_joining(&network, OBSERVER, NodeHealth::NoQuorum, "NO_PEER_CONNECTED").await;
    let answer = network.bulla_status(OBSERVER);
    assert_eq!((answer.code, &answer.json["health"]), (3, &json!("no_quorum")), "{:#}", answer.json);
    let health = network.nodes()[OBSERVER].get("/healthz").await;
    assert_eq!((health.status, &health.json()["reason"]), (503, &json!("NO_PEER_CONNECTED")));
    network.node(OBSERVER).kill();

    // As if it had fetched the whole content by then.
    let (made, fetched) = (newest(&network, 0), network.nodes()[OBSERVER].data().join("joining/snapshot"));
    copy_folder(&made, &fetched);
    for node in 0..VALIDATORS {
        fs::remove_file(SnapshotFolder::new(&newest(&network, node)).content_path()).unwrap();
        network.node(node).start();
    }
    network.ready().await;
    network.node(OBSERVER).start();
    network.nodes()[OBSERVER].logs(&["chunks that were fetched before are taken again"]).await;
    network.nodes()[OBSERVER].logs(&["joined: what follows is fetched as blocks"]).await;
    goes_on(network).await;
}

/// A node that joins says why it does not go on.
async fn says_while_joining(network: &Network, node: usize, health: NodeHealth, reason: &str) {
    let status = until(&format!("node {node} says {reason}"), || async {
        network.nodes()[node].status().await.filter(|status| status.health_reason == reason)
    })
    .await;
    assert_eq!((status.health(), status.joining.unwrap().stage.as_str()), (health, "asking"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_that_finds_nothing_to_join_from_says_which_of_its_peers_fault_that_is_and_goes_on_when_it_is_mended()
 {
    let mut network = Network::of(VALIDATORS).observers(1).found().await;
    for node in 0..=OBSERVER {
        let snapshots = SnapshotConfig { every_blocks: 0, keep: 1, join: node == OBSERVER };
        network.node(node).configure(|config| config.snapshots = snapshots);
    }
    (0..=OBSERVER).for_each(|node| network.node(node).start());
    // Nobody has enrolled this one.
    let stranger = network.new_observer(&[0, 1, 2, 3]);
    network.node(stranger).configure(|config| config.snapshots.join = true);
    network.node(stranger).start();
    says_while_joining(&network, OBSERVER, NodeHealth::Syncing, "NO_SNAPSHOT_OFFERED").await;
    says_while_joining(&network, stranger, NodeHealth::NoQuorum, "NODE_NOT_LET_IN").await;
    network.node(stranger).terminate().await;
    fs::remove_dir_all(network.nodes()[stranger].data()).unwrap();

    let data = network.nodes()[0].data().to_owned();
    let made =
        blocking(move || bulla([Path::new("snapshot"), Path::new("create"), Path::new("--data"), &data]))
            .await;
    assert_eq!(made.code, 0, "{:#}", made.json);
    network.nodes()[OBSERVER].logs(&["joined: what follows is fetched as blocks"]).await;
    network.nodes()[OBSERVER].is(NodeHealth::Ready).await;
    network.close().await;
}

/// Each piece comes before its time is over, and all of them would take minutes.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_drips_the_newest_snapshot_is_named_and_keeps_nobody_from_joining() {
    const BYTES_PER_S: u32 = 150 << 10;
    let network = Network::of(VALIDATORS).observers(1).links().found().await;
    let mut network = with_snapshots(network, 8).await;
    let newest = left_to_one(&mut network).await;
    // What its manifest says of its length is not known to be a lie before all of it is there.
    lengthen(&newest, 40 * SNAPSHOT_CHUNK_BYTES);
    (0..VALIDATORS).for_each(|node| network.node(node).start());
    network.ready().await;
    network.links().drip(0, OBSERVER, BYTES_PER_S);
    network.node(OBSERVER).start();
    let dripping = peer(&network, 0);
    let observer = &network.nodes()[OBSERVER];
    let within = Duration::from_secs(300);
    until_within(within, "it is set aside", || async {
        observer
            .log()
            .lines()
            .any(|line| line.contains("too slowly") && line.contains(&dripping))
            .then_some(())
    })
    .await;
    assert_eq!(observer.log().matches("joined: what follows").count(), 0, "it was the newest");
    observer.logs(&["joined: what follows is fetched as blocks"]).await;
    network.links().join();
    goes_on(network).await;
}

/// A call of the command line that a node of this test answers.
async fn blocking(work: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    tokio::task::spawn_blocking(work).await.unwrap()
}

/// Puts something behind the content, and makes a manifest to which all chunks fit.
fn lengthen(snapshot: &Path, bytes: u64) {
    let folder = SnapshotFolder::new(snapshot);
    let mut content = fs::read(folder.content_path()).unwrap();
    content.resize(usize::try_from(bytes).unwrap(), 7);
    write_with_manifest(&folder, content);
}

/// Alters a record, and makes a manifest to which all chunks fit.
fn forge(snapshot: &Path) {
    let folder = SnapshotFolder::new(snapshot);
    let mut content = fs::read(folder.content_path()).unwrap();
    content[40] ^= 1;
    write_with_manifest(&folder, content);
}

fn write_with_manifest(folder: &SnapshotFolder, content: Vec<u8>) {
    let honest = folder.manifest().unwrap();
    let chunks = content.chunks(usize::try_from(SNAPSHOT_CHUNK_BYTES).unwrap());
    let chunks = chunks.map(|chunk| blake3(&[chunk])).collect();
    let (records, first_entry, bytes) = (honest.records, honest.first_entry, content.len() as u64);
    let forged = SnapshotManifest::new(honest.header, records, first_entry, bytes, chunks).unwrap();
    fs::write(folder.content_path(), content).unwrap();
    fs::write(folder.manifest_path(), forged.encode()).unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_data_folder_is_made_of_a_snapshot_by_the_command_line() {
    let mut network = network(2).await;
    let data = network.nodes()[0].data().to_owned();
    // While it runs, its node makes one.
    let online =
        blocking(move || bulla([Path::new("snapshot"), Path::new("create"), Path::new("--data"), &data]))
            .await;
    let of_now = snapshots(&network, 0).pop_last().unwrap().0;
    assert_eq!((online.code, &online.json["height"]), (0, &json!(of_now)), "{:#}", online.json);
    network.node(0).terminate().await;
    let (data, made, restored) = (
        network.nodes()[0].data().to_owned(),
        network.folder().join("made"),
        network.folder().join("restored"),
    );
    let genesis = network.folder().join("genesis.bin");
    let run = |command: &str, arguments: &[&Path]| {
        let mut all = vec![Path::new("snapshot"), Path::new(command)];
        all.extend(arguments);
        bulla(all)
    };
    let option = Path::new;
    let created = run("create", &[option("--data"), &data, option("--output"), &made]);
    assert_eq!(created.code, 0, "{:#}", created.json);
    let again = run("create", &[option("--data"), &data, option("--output"), &made]);
    assert_eq!((again.code, &again.json["error"]["reason"]), (1, &json!("FILE_EXISTS")));
    for command in ["show", "verify"] {
        let shown = run(command, &[&made, option("--genesis"), &genesis]);
        assert_eq!((shown.code, &shown.json), (0, &created.json), "{command}");
    }

    let content = SnapshotFolder::new(&made).content_path();
    let whole = fs::read(&content).unwrap();
    let mut altered = whole.clone();
    altered[whole.len() / 2] ^= 1;
    fs::write(&content, altered).unwrap();
    for arguments in [vec![option("verify")], vec![option("restore"), option("--data"), &restored]] {
        let (command, options) = arguments.split_first().unwrap();
        let options = [&[made.as_path(), option("--genesis"), &genesis], options].concat();
        let refused = run(command.to_str().unwrap(), &options);
        assert_eq!((refused.code, &refused.json["error"]["reason"]), (4, &json!("SNAPSHOT_INVALID")));
    }
    assert!(!restored.join("db").exists(), "nothing of it is used");
    fs::write(&content, whole).unwrap();
    let done = run("restore", &[&made, option("--genesis"), &genesis, option("--data"), &restored]);
    assert_eq!((done.code, &done.json["height"]), (0, &created.json["height"]), "{:#}", done.json);
    let checked = bulla([option("fsck"), option("--data"), &restored]);
    assert_eq!((checked.code, &checked.json["clean"]), (0, &json!(true)), "{:#}", checked.json);
    network.close().await;
}
