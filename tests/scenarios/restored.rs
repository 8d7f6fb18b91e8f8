//! A validator put back from an older copy of its folder: it has forgotten votes, and must not cast them again.

use std::fs;
use std::path::Path;

use bulla_crypto::{SecretKey, key_file};
use bulla_tests::fault::Fault;
use bulla_tests::{LIMIT, Load, Network, copy_folder, until};
use bulla_types::{Action, ChangeKeyStatus, Content, EnrolKey, KeyChange, KeyId, KeyPurpose, SystemEvent};
use rand_core::OsRng;

/// Which of a validator's files are put back.
enum Restored {
    /// The whole folder, as from a backup.
    Folder,
    /// The content of every file, each in its place: a disk image, or `rsync --inplace`. Nothing in the folder shows it.
    InPlace,
    /// The database and the engine's log; the witnesses beside them stay.
    DatabaseAlone,
    /// The record of votes, in its place; the database beside it stays.
    RecordInPlace,
    /// Nothing: the disk was lost, the key was not.
    Nothing,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_restored_from_an_older_copy_of_its_folder_never_signs_twice() {
    restored_never_signs_twice(Restored::Folder).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_whose_disk_was_put_back_in_place_never_signs_twice() {
    restored_never_signs_twice(Restored::InPlace).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_whose_database_alone_was_restored_never_signs_twice() {
    restored_never_signs_twice(Restored::DatabaseAlone).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_whose_record_of_votes_alone_was_put_back_in_place_never_signs_twice() {
    restored_never_signs_twice(Restored::RecordInPlace).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_lost_its_disk_and_kept_its_key_never_signs_twice() {
    restored_never_signs_twice(Restored::Nothing).await;
}

/// Nobody proposes at the heights that they have forgotten; the ledger stands still until they have the observer's. Its
/// blocks show each of them votes that it does not know of, and which it gave after that nobody can say: each binds
/// itself to wait for the others. That there is nothing newer their operators alone can state.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_that_were_all_restored_take_what_an_observer_alone_has_kept() {
    let mut network = Network::of(4).observers(1).start().await;
    let observer = 4;
    let copy = network.folder().join("copy");
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    load.stop().await;
    let before = network.agreed().await.height;
    for node in 0..observer {
        network.node(node).terminate().await;
        copy_folder(network.nodes()[node].data(), &copy.join(node.to_string()));
        network.node(node).start();
    }
    network.ready().await;
    let load = Load::on(&network, 0).await;
    load.reaches(100).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    assert!(tip.height > before + 1, "they have more than one height to take");

    (0..observer).for_each(|node| network.node(node).kill());
    for node in 0..observer {
        let data = network.nodes()[node].data().to_owned();
        put_back(&copy.join(node.to_string()), &data, &Restored::Folder);
        network.node(node).start();
    }
    for node in 0..observer {
        network.nodes()[node].reaches(tip.height).await;
        // Some had settled too low, and saw acts of their own that they do not know; some followed before they did.
        until("the floor is above what it can know", || {
            let floor = signing_floor(network.nodes()[node].data());
            std::future::ready(floor.filter(|floor| *floor == tip.height + 2))
        })
        .await;
    }
    assert_eq!(network.agreed().await.height, tip.height);
    for node in 0..observer {
        network.node(node).terminate().await;
        network.node(node).configure(|config| config.trust_copied_data = true);
        network.node(node).start();
    }
    network.ready().await;
    for node in 0..observer {
        acknowledged.stands_at(&network, node, tip.log_size).await;
    }
    let load = Load::on(&network, 1).await;
    load.reaches(10).await;
    load.stop().await;
    network.close().await;
}

/// One of four claims heights that no block shows.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_lost_its_disk_is_not_silenced_by_one_that_lies_about_its_height() {
    const FAULTY_TURN: usize = 3;
    const CLAIMED: u64 = 1 << 40;
    let fault = Fault::ClaimsToBeAhead { from: 5, by: CLAIMED };
    let mut network = Network::of(4).faulty(FAULTY_TURN, fault).start().await;
    let faulty = network.ledger().turns()[FAULTY_TURN];
    let honest: Vec<_> = (0..4).filter(|node| *node != faulty).collect();
    let (lost, by_way_of) = (honest[0], honest[1]);
    let load = Load::on(&network, by_way_of).await;
    // The others hear of it in time.
    network.nodes()[by_way_of].reaches(20).await;
    network.node(lost).kill();
    let data = network.nodes()[lost].data().to_owned();
    fs::remove_dir_all(&data).unwrap();
    network.node(lost).start();
    // Claims are borne for half a minute.
    let words = ["a height that no block shows", "claimed=109951"];
    network.nodes()[lost].logs_within(2 * LIMIT, &words).await;
    let floor = settled_floor(&data).await;
    let tip = network.nodes()[by_way_of].status().await.unwrap().height;
    assert!(floor <= tip + 2, "{floor} at {tip}");
    network.nodes()[by_way_of].reaches(floor + 5).await;
    // Without it there is no quorum.
    network.node(honest[2]).kill();
    load.goes_on(20).await;
    network.node(honest[2]).start();
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, lost, tip.log_size).await;
    assert_no_equivocation(&network, tip.log_size).await;
    network.close().await;
}

/// Its claim is near enough not to be refuted by what the others say, and without whoever comes back nothing is decided.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_comes_back_is_not_silenced_by_one_that_lies_a_little_about_its_height() {
    const FAULTY_TURN: usize = 3;
    const CLAIMED: u64 = 20;
    let fault = Fault::ClaimsToBeAhead { from: 5, by: CLAIMED };
    let mut network = Network::of(4).faulty(FAULTY_TURN, fault).start().await;
    let faulty = network.ledger().turns()[FAULTY_TURN];
    let honest: Vec<_> = (0..4).filter(|node| *node != faulty).collect();
    let load = Load::on(&network, honest[0]).await;
    network.nodes()[honest[0]].reaches(10).await;
    network.node(honest[1]).kill();
    network.node(honest[2]).kill();
    let before = network.nodes()[honest[0]].status().await.unwrap().height;
    network.node(honest[2]).start();
    network.nodes()[honest[2]].logs(&["this node signs above what they have decided"]).await;
    network.nodes()[honest[2]].logs_within(2 * LIMIT, &["a height that no block shows"]).await;
    network.nodes()[honest[0]].reaches(before + CLAIMED).await;
    load.goes_on(20).await;
    network.node(honest[1]).start();
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, honest[2], tip.log_size).await;
    network.close().await;
}

/// Waits until the node whose disk was lost has settled how far it votes no more.
async fn settled_floor(data: &Path) -> u64 {
    until("the floor is settled", || std::future::ready(signing_floor(data).filter(|floor| *floor > 0))).await
}

/// By its genesis it knows one of the three others: with itself that is no quorum.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_begins_at_the_genesis_hears_those_whose_peer_keys_were_replaced_since() {
    const LOST: usize = 3;
    let mut network = Network::of(4).start().await;
    let client = network.client(2).await;
    for rotated in [0, 1] {
        let body = network.ledger().operators[rotated].clone();
        let former = network.nodes()[rotated].config().keys.peer.clone();
        let (new, file) =
            (SecretKey::generate(&mut OsRng), network.folder().join(format!("peer-{rotated}.pem")));
        key_file::write(&file, &new, None).unwrap();
        let act = client.transaction().signer(&body.administrator());
        let key = act.declare_key(KeyPurpose::Peer, &new);
        let act = act.action(Action::EnrolKey(EnrolKey { member: body.number(), key }));
        client.submit_and_wait(&act.build().unwrap()).await.unwrap();
        network.agreed().await;
        let before = network.peer_address(rotated);
        network.node(rotated).terminate().await;
        network.node(rotated).configure(|config| config.keys.peer = file);
        network.node(rotated).start();
        network.ready().await;
        let retired = KeyId::of(key_file::read(&former, None).unwrap().public_key());
        let retirement = ChangeKeyStatus { key_id: retired, change: KeyChange::Retire };
        let act = client.transaction().signer(&body.administrator());
        client
            .submit_and_wait(&act.action(Action::ChangeKeyStatus(retirement)).build().unwrap())
            .await
            .unwrap();
        let after = network.peer_address(rotated);
        // Each calls it by its new name from its next start on.
        for other in (0..4).filter(|other| *other != rotated) {
            network.node(other).configure(|config| {
                let named = config.network.peers.iter_mut().find(|peer| **peer == before).unwrap();
                named.clone_from(&after);
            });
        }
    }
    let load = Load::on(&network, 2).await;
    load.reaches(20).await;
    network.node(LOST).kill();
    fs::remove_dir_all(network.nodes()[LOST].data()).unwrap();
    network.node(LOST).start();
    network.nodes()[LOST].logs(&["follows as an observer until it is as far as the others"]).await;
    let floor = settled_floor(network.nodes()[LOST].data()).await;
    load.goes_on(50).await;
    network.nodes()[LOST].reaches(floor + 2).await;
    network.ready().await;
    // Without it there is no quorum.
    network.node(1).kill();
    load.goes_on(20).await;
    network.node(1).start();
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, LOST, tip.log_size).await;
    assert_no_equivocation(&network, tip.log_size).await;
    network.close().await;
}

async fn restored_never_signs_twice(restored: Restored) {
    const RESTORED: usize = 3;
    let mut network = Network::of(4).start().await;
    let copy = network.folder().join("copy");
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let data = network.nodes()[RESTORED].data().to_owned();
    network.node(RESTORED).terminate().await;
    copy_folder(&data, &copy);
    network.node(RESTORED).start();
    network.ready().await;
    // It votes on heights that the copy knows nothing of.
    load.goes_on(100).await;
    let voted_up_to = network.nodes()[RESTORED].status().await.unwrap().height;
    network.node(RESTORED).kill();
    put_back(&copy, &data, &restored);
    network.node(RESTORED).start();

    let said = match restored {
        Restored::Folder | Restored::DatabaseAlone | Restored::RecordInPlace => {
            "observes before it signs again"
        }
        Restored::Nothing => "this node signs above the floor",
        Restored::InPlace => "this node signs above what they have decided",
    };
    network.nodes()[RESTORED].logs(&[said]).await;
    if matches!(restored, Restored::InPlace) {
        // As it follows, it finds its own acts in the blocks, and settles like one that knows of its loss.
        network.nodes()[RESTORED].logs(&["that its record of votes does not know"]).await;
        let held_back = held_back(&network.nodes()[RESTORED].log());
        assert!(held_back >= voted_up_to, "it may sign above {held_back}, and had voted up to {voted_up_to}");
    }
    load.goes_on(100).await;
    network.ready().await;
    let floor = signing_floor(&data).unwrap();
    assert!(floor >= voted_up_to, "it may sign above {floor}, and had voted up to {voted_up_to}");
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, RESTORED, tip.log_size).await;

    // It signs again: without it there would be no quorum now.
    network.node(1).kill();
    let load = Load::on(&network, RESTORED).await;
    load.reaches(10).await;
    load.stop().await;
    network.node(1).start();
    let tip = network.agreed().await;
    assert_no_equivocation(&network, tip.log_size).await;
    network.close().await;
}

fn put_back(copy: &Path, data: &Path, restored: &Restored) {
    match restored {
        Restored::Folder => {
            fs::remove_dir_all(data).unwrap();
            copy_folder(copy, data);
        }
        Restored::InPlace => overwrite(copy, data),
        Restored::RecordInPlace => {
            fs::write(data.join("signed"), fs::read(copy.join("signed")).unwrap()).unwrap();
        }
        Restored::Nothing => fs::remove_dir_all(data).unwrap(),
        Restored::DatabaseAlone => {
            fs::remove_dir_all(data.join("db")).unwrap();
            copy_folder(&copy.join("db"), &data.join("db"));
            fs::copy(copy.join("consensus.wal"), data.join("consensus.wal")).unwrap();
        }
    }
}

/// Makes a folder what its copy is, and keeps every file that both have: its inode and its time of birth.
fn overwrite(copy: &Path, folder: &Path) {
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let (path, kept) = (entry.path(), copy.join(entry.file_name()));
        match (path.is_dir(), kept.exists()) {
            (true, true) => overwrite(&kept, &path),
            (true, false) => fs::remove_dir_all(path).unwrap(),
            (false, true) => fs::write(path, fs::read(kept).unwrap()).unwrap(),
            (false, false) => fs::remove_file(path).unwrap(),
        }
    }
    for entry in fs::read_dir(copy).unwrap().map(Result::unwrap) {
        let path = folder.join(entry.file_name());
        if !path.exists() {
            fs::copy(entry.path(), path).unwrap();
        }
    }
}

/// Each alone would wait for the others to decide what it may have voted on.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_moved_together_go_on_when_their_operators_vouch_for_the_copies() {
    let mut network = Network::of(4).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let acknowledged = load.stop().await;
    for number in 0..4 {
        let node = network.node(number);
        node.terminate().await;
        let moved = node.data().with_file_name("moved");
        copy_folder(node.data(), &moved);
        node.configure(|config| {
            config.data = moved;
            config.trust_copied_data = true;
        });
        node.start();
    }
    network.ready().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    load.stop().await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 3, tip.log_size).await;
    network.close().await;
}

/// The height up to which nothing is signed: `docs/formats/data-folder.md`, the number of the file `signed`.
fn signing_floor(data: &Path) -> Option<u64> {
    let signed = fs::read(data.join("signed")).ok()?;
    Some(u64::from_be_bytes(signed.get(60..68)?.try_into().unwrap()))
}

/// The height that a node, by its log, has found decided by the others.
fn held_back(log: &str) -> u64 {
    let line = log.lines().rfind(|line| line.contains("signs above what they have decided")).unwrap();
    let (_, decided) = line.split_once("decided=").unwrap();
    decided.split_whitespace().next().unwrap().parse().unwrap()
}

/// Whoever saw two votes of one validator in one step has kept the proof, and recorded it.
pub(crate) async fn assert_no_equivocation(network: &Network, log_size: u64) {
    let mut log = network.client(0).await.subscribe(0).await.unwrap();
    for _ in 0..log_size {
        let entry = log.next().await.unwrap().unwrap().entry;
        assert!(!matches!(entry.content, Content::Event(SystemEvent::Equivocation(_))), "{entry:?}");
    }
    for node in network.nodes() {
        assert!(!node.log().contains("equivocation kept"), "{} saw two votes", node.config().label);
    }
}
