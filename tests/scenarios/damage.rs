//! A disk that lies: one changed byte of live data, in each kind of file, is found.

use std::fs;
use std::path::{Path, PathBuf};

use bulla_tests::bulla::bulla;
use bulla_tests::{Load, Network, copy_folder, findings, flip_byte};

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
    for kind in ["sst", "blob", "log", "MANIFEST", "CURRENT", "tip", "signed"] {
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

/// Offsets of bytes that mean something. A slot file is mostly room between its slots.
fn live_offsets(file: &Path, kind: &str) -> Vec<usize> {
    const PAGE: usize = 4096;
    let length = fs::read(file).unwrap().len();
    match kind {
        "tip" | "signed" => vec![9, 20, 63, 70, PAGE + 7, PAGE + 15, PAGE + 60],
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
