//! Founders on machines of their own, who follow the page that is written for them.

use std::fs;
use std::path::{Path, PathBuf};

use bulla_crypto::key_file;
use bulla_tests::machines::{Machines, commands};
use bulla_types::{Canonical, Genesis, Lang};

const ENGLISH: &str = include_str!("../../docs/operations/founding.md");
const CHINESE: &str = include_str!("../../docs/operations/founding.zh.md");

const FOUNDERS: [&str; 4] = ["registry-1", "registry-2", "registry-3", "registry-4"];

/// Follows the page; then no machine has anything of another's private keys, and all have the same genesis.
async fn found_by(page: &str, lang: Lang) {
    let mut machines = Machines::new(&FOUNDERS, lang);
    machines.follow(page).await;
    machines.stop().await;
    let keys: Vec<_> = FOUNDERS.iter().flat_map(|founder| private_keys(&machines.folder(founder))).collect();
    let of_people = keys.iter().filter(|key| key.secrets.len() == 1).count();
    assert_eq!((keys.len(), of_people), (4 * 5, 4 * 2), "those of people are under a passphrase");
    for file in FOUNDERS.iter().flat_map(|machine| machines.files(machine)) {
        let Some(text) = content(&file) else { continue };
        for key in keys.iter().filter(|key| !file.starts_with(key.path.parent().unwrap())) {
            let holds = key.secrets.iter().any(|secret| text.contains(secret));
            assert!(!holds, "{} has {}", file.display(), key.path.display());
        }
    }
    let genesis = FOUNDERS.map(|founder| fs::read(machines.folder(founder).join("genesis.bin")).unwrap());
    assert!(genesis.iter().all(|bytes| *bytes == genesis[0]));
    let genesis = Genesis::decode(&genesis[0]).unwrap();
    assert_eq!((genesis.founders().len(), genesis.validators().validators().len()), (4, 4));
}

/// A private key, and the ways in which a file could hold it.
struct PrivateKey {
    path: PathBuf,
    secrets: Vec<String>,
}

fn private_keys(machine: &Path) -> Vec<PrivateKey> {
    let files = fs::read_dir(machine.join("keys")).unwrap().map(|item| item.unwrap().path());
    let key = |path: PathBuf| {
        let pem = fs::read_to_string(&path).unwrap();
        let (_, rest) = pem.trim_end().split_once('\n').unwrap();
        let mut secrets = vec![rest.rsplit_once('\n').unwrap().0.to_owned()];
        if let Ok(key) = key_file::read(&path, None) {
            secrets.extend([as_text(&*key.to_seed()), hex::encode(*key.to_seed())]);
        }
        PrivateKey { path, secrets }
    };
    files.map(key).collect()
}

/// What a file holds. The disk reserve of a node, which is longer than anything else, holds nothing.
fn content(file: &Path) -> Option<String> {
    let length = fs::metadata(file).ok()?.len();
    (length < 1 << 24).then(|| fs::read(file).ok().map(|bytes| as_text(&bytes))).flatten()
}

/// A character for each byte, so that any bytes can be looked for as text.
fn as_text(bytes: &[u8]) -> String {
    bytes.iter().copied().map(char::from).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn founders_who_follow_the_english_page_have_a_ledger_and_keep_their_keys() {
    found_by(ENGLISH, Lang::En).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn founders_who_follow_the_chinese_page_have_a_ledger_and_keep_their_keys() {
    found_by(CHINESE, Lang::Zh).await;
}

#[test]
fn both_pages_have_their_readers_do_the_same() {
    assert_eq!(commands(ENGLISH), commands(CHINESE));
    assert!(commands(ENGLISH).len() > 15);
}
