//! A disk that lies: one changed byte of live data, in each kind of file, is found. And a consensus log that is
//! gone or changed: its validator keeps its locks without it.

use std::fs;
use std::path::{Path, PathBuf};

use bulla_tests::bulla::bulla;
use bulla_tests::{Load, Network, copy_folder, findings, flip_byte};

use crate::restored::assert_no_equivocation;

/// Bytes that are changed in each file, one at a time, evenly over its length.
const PLACES_PER_FILE: usize = 8;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_changed_byte_of_each_kind_of_file_is_found() {
    let mut network = Network::of(1).start().await;
    deposit_some(&network).await;
    // A restart writes what was in the log into tables; the next deposits are in a log again.
    network.node(0).terminate().await;
    network.node(0).start();
    network.ready().await;
    deposit_some(&network).await;
    network.node(0).terminate().await;

    let data = network.nodes()[0].data().to_owned();
    let copy = network.folder().join("copy");
    copy_folder(&data, &copy);
    assert_eq!(findings(&copy), Vec::<String>::new());
    for kind in ["sst", "blob", "log", "MANIFEST", "CURRENT", "tip", "signed", "wal"] {
        let files = files_of(&copy, kind);
        assert!(!files.is_empty(), "there is no file of kind {kind}");
        for file in files {
            for offset in live_offsets(&file, kind) {
                assert_found(&copy, &file, offset);
            }
        }
    }
    // Keys hardly compress, so they show where the genesis and the records of its members stand.
    let keys = network.ledger().genesis.founders().iter().flat_map(|founder| &founder.member.keys);
    let places: Vec<_> = keys.flat_map(|declared| places_of(&copy, &declared.key.to_bytes())).collect();
    assert!(places.len() >= 4, "the genesis and a record hold each key: {places:?}");
    for (file, offset) in places {
        assert_found(&copy, &file, offset + 16);
    }
    // A person is told by the exit code.
    flip_byte(&copy.join("tip"), 9);
    assert_eq!(bulla([Path::new("fsck"), Path::new("--data"), &copy]).code, 5);
    network.close().await;
}

async fn deposit_some(network: &Network) {
    let load = Load::on(network, 0).await;
    load.reaches(50).await;
    load.stop().await;
    network.agreed().await;
}

/// Changes the byte, looks, and changes it back.
fn assert_found(data: &Path, file: &Path, offset: usize) {
    flip_byte(file, offset);
    let found = findings(data);
    flip_byte(file, offset);
    assert!(!found.is_empty(), "byte {offset} of {} was changed, and nothing is found", file.display());
}

fn files_of(data: &Path, kind: &str) -> Vec<PathBuf> {
    let is_of_kind = |path: &PathBuf| {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let extension = path.extension().map(|extension| extension.to_string_lossy().into_owned());
        name == kind || name.starts_with(&format!("{kind}-")) || extension.as_deref() == Some(kind)
    };
    all_files(data).into_iter().filter(is_of_kind).collect()
}

fn all_files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { all_files(&path) } else { vec![path] }).collect()
}

/// Offsets over the whole file. A slot file is mostly room between its slots, which must be zero.
fn live_offsets(file: &Path, kind: &str) -> Vec<usize> {
    const PAGE: usize = 4096;
    let length = fs::read(file).unwrap().len();
    match kind {
        "tip" | "signed" => vec![9, 20, 63, 70, 80, 100, PAGE + 7, PAGE + 15, PAGE + 60, length - 1],
        _ => (0..PLACES_PER_FILE).map(|place| (length - 1) * place / (PLACES_PER_FILE - 1)).collect(),
    }
}

fn places_of(data: &Path, wanted: &[u8]) -> Vec<(PathBuf, usize)> {
    let in_file = |file: PathBuf| {
        let bytes = fs::read(&file).unwrap();
        let offsets = bytes.windows(wanted.len()).enumerate().filter(|(_, window)| *window == wanted);
        offsets.map(|(offset, _)| (file.clone(), offset)).collect::<Vec<_>>()
    };
    all_files(data).into_iter().flat_map(in_file).collect()
}

/// The consensus engine's log.
const LOG: &str = "consensus.wal";

/// How a validator loses its consensus log.
#[derive(Clone, Copy)]
enum Loss {
    Deleted,
    Garbled,
    Emptied,
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_whose_consensus_log_was_deleted_never_signs_twice_and_the_ledger_goes_on() {
    lost_logs_stop_nothing(&[(3, Loss::Deleted)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_whose_consensus_log_was_garbled_never_signs_twice_and_the_ledger_goes_on() {
    lost_logs_stop_nothing(&[(3, Loss::Garbled)]).await;
}

/// Three of four decide: were both silent, nothing would be decided any more.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_of_four_that_lose_their_consensus_logs_together_still_decide_with_the_others() {
    lost_logs_stop_nothing(&[(2, Loss::Deleted), (3, Loss::Emptied)]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn four_of_four_that_lose_their_consensus_logs_together_still_decide() {
    lost_logs_stop_nothing(&[(0, Loss::Deleted), (1, Loss::Garbled), (2, Loss::Emptied), (3, Loss::Deleted)])
        .await;
}

async fn lost_logs_stop_nothing(losses: &[(usize, Loss)]) {
    let mut network = Network::of(4).start().await;
    let load = Load::on(&network, 0).await;
    let voted = loop {
        load.goes_on(5).await;
        if killed_while_voting(&mut network, losses) {
            let voted = losses.iter().map(|(node, _)| votes_above_the_tip(network.nodes()[*node].data()));
            break voted.collect::<Vec<bool>>();
        }
    };
    // Its node may have been killed.
    drop(load);
    for ((node, loss), voted) in losses.iter().zip(&voted) {
        let data = network.nodes()[*node].data().to_owned();
        lose(&data.join(LOG), *loss);
        let found = findings(&data);
        assert!(!voted || found.iter().any(|finding| finding.contains(LOG)), "{found:?}");
        network.node(*node).start();
    }
    for ((node, _), voted) in losses.iter().zip(&voted) {
        if *voted {
            network.nodes()[*node].logs(&["the consensus log is lost"]).await;
        }
    }
    network.ready().await;
    let load = Load::on(&network, 1).await;
    load.reaches(50).await;
    let acknowledged = load.stop().await;
    let tip = network.agreed().await;
    for node in 0..4 {
        acknowledged.stands_at(&network, node, tip.log_size).await;
    }
    assert_no_equivocation(&network, tip.log_size).await;
    network.close().await;
}

/// Stops the validators where they stand, and kills them if one has voted at a height that it has not committed.
fn killed_while_voting(network: &mut Network, losses: &[(usize, Loss)]) -> bool {
    let nodes = || losses.iter().map(|(node, _)| *node);
    nodes().for_each(|node| network.nodes()[node].pause());
    let votes = |data: &Path| newest_height(&data.join("signed")) > newest_height(&data.join("tip"));
    let voted = nodes().any(|node| votes(network.nodes()[node].data()));
    for node in nodes() {
        if voted {
            network.node(node).kill();
        } else {
            network.nodes()[node].resume();
        }
    }
    voted
}

/// The newest height of a slot file: `docs/formats/data-folder.md`.
pub(crate) fn newest_height(file: &Path) -> u64 {
    let bytes = fs::read(file).unwrap();
    let heights = bytes.chunks(4096).skip(1).map(|page| u64::from_be_bytes(page[8..16].try_into().unwrap()));
    heights.max().unwrap()
}

/// Whether a node that was killed had voted at a height that it has not committed: without its log, that is a
/// finding.
fn votes_above_the_tip(data: &Path) -> bool {
    let (log, kept) = (data.join(LOG), data.join("kept"));
    fs::rename(&log, &kept).unwrap();
    let found = findings(data);
    fs::rename(&kept, &log).unwrap();
    assert_eq!(findings(data), Vec::<String>::new(), "as the end of the process left it");
    found.iter().any(|finding| finding.contains(LOG))
}

fn lose(log: &Path, loss: Loss) {
    match loss {
        Loss::Deleted => fs::remove_file(log).unwrap(),
        Loss::Garbled => flip_byte(log, usize::try_from(fs::metadata(log).unwrap().len()).unwrap() / 2),
        Loss::Emptied => fs::write(log, []).unwrap(),
    }
}
