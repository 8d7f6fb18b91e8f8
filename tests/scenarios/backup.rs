//! Backups of running nodes, as an operator makes, checks and puts them back.

use std::fs;
use std::path::{Path, PathBuf};

use bulla_node::config::BackupConfig;
use bulla_tests::bulla::{Answer, bulla};
use bulla_tests::machines::{Machines, commands};
use bulla_tests::{Load, Network, flip_byte, until};
use bulla_types::Lang;
use bulla_types::proto::NodeHealth;
use serde_json::Value;

use crate::restored::assert_no_equivocation;

const RESTORED: usize = 3;

fn backup(arguments: &[&dyn AsRef<Path>]) -> Answer {
    let arguments = arguments.iter().map(|argument| argument.as_ref().as_os_str());
    bulla([Path::new("backup").as_os_str()].into_iter().chain(arguments))
}

fn create(data: &Path, to: Option<&Path>) -> Answer {
    match to {
        Some(to) => backup(&[&"create", &"--data", &data, &"--to", &to]),
        None => backup(&[&"create", &"--data", &data]),
    }
}

fn restore(from: &Path, data: &Path, genesis: &Path) -> Answer {
    backup(&[&"restore", &from, &"--data", &data, &"--genesis", &genesis])
}

fn path(json: &Value) -> PathBuf {
    json.as_str().unwrap().into()
}

fn reason(answer: &Answer) -> &str {
    answer.json["error"]["reason"].as_str().unwrap_or_else(|| panic!("{:#}", answer.json))
}

/// Asks for a backup without holding up the other tasks of the test: the load goes on.
async fn made_online(network: &Network, node: usize, to: Option<&Path>) -> Answer {
    let (data, to) = (network.nodes()[node].data().to_owned(), to.map(Path::to_owned));
    tokio::task::spawn_blocking(move || create(&data, to.as_deref())).await.unwrap()
}

async fn blocking(work: impl FnOnce() -> Answer + Send + 'static) -> Answer {
    tokio::task::spawn_blocking(work).await.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_validator_that_lost_its_folder_comes_back_from_a_backup_and_signs_only_when_that_is_safe() {
    let mut network = Network::of(4).start().await;
    let genesis = network.folder().join("genesis.bin");
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let shelf = network.folder().join("backups");
    let made = made_online(&network, RESTORED, Some(&shelf)).await;
    assert_eq!(made.code, 0, "{:#}", made.json);
    let backup = path(&made.json["path"]);
    let height = made.json["height"].as_u64().unwrap();
    assert!(height > 0);

    // It votes on heights that the backup knows nothing of, and loses everything but its keys.
    load.goes_on(100).await;
    let voted_up_to = network.nodes()[RESTORED].status().await.unwrap().height;
    assert!(voted_up_to > height);
    network.node(RESTORED).kill();
    let data = network.nodes()[RESTORED].data().to_owned();
    fs::remove_dir_all(&data).unwrap();
    let restored = {
        let (backup, data, genesis) = (backup.clone(), data.clone(), genesis.clone());
        blocking(move || restore(&backup, &data, &genesis)).await
    };
    assert_eq!((restored.code, restored.json["height"].as_u64()), (0, Some(height)), "{:#}", restored.json);
    network.node(RESTORED).start();

    network.nodes()[RESTORED].logs(&["observes before it signs again"]).await;
    network.nodes()[RESTORED].logs(&["this node signs above the floor"]).await;
    load.goes_on(100).await;
    network.ready().await;
    // `docs/formats/data-folder.md`: the number of the file `signed`.
    let signed = fs::read(data.join("signed")).unwrap();
    let floor = u64::from_be_bytes(signed[60..68].try_into().unwrap());
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_node_makes_backups_by_its_schedule_and_keeps_so_many_and_the_ledger_goes_on() {
    let mut network = Network::of(1).found().await;
    let shelf = network.folder().join("backups");
    let config = BackupConfig { every_s: 1, keep: 2, ..BackupConfig::to(shelf.clone()) };
    network.node(0).configure(|node| node.backup = Some(config));
    network.node(0).start();
    network.ready().await;
    let load = Load::on(&network, 0).await;
    until("four backups are made", || async {
        (network.nodes()[0].metric("bulla_backups_made_total").await >= 4).then_some(())
    })
    .await;
    load.goes_on(20).await;
    load.stop().await;
    assert!(network.nodes()[0].metric("bulla_backup_last_made_ms").await > 1_700_000_000_000);
    network.node(0).terminate().await;

    let listed = backup(&[&"list", &shelf]);
    let backups = listed.json["backups"].as_array().unwrap();
    assert_eq!((listed.code, backups.len()), (0, 2), "{:#}", listed.json);
    assert_eq!(fs::read_dir(&shelf).unwrap().count(), 2, "nothing else lies there");
    let ledger_id = network.ledger_id().to_string();
    for made in backups {
        assert_eq!(made["ledger_id"].as_str(), Some(ledger_id.as_str()));
        let verified = backup(&[&"verify", &path(&made["path"])]);
        assert_eq!((verified.code, &verified.json["sound"]), (0, &true.into()), "{:#}", verified.json);
    }
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_backup_that_was_altered_is_refused_and_nothing_is_put_back() {
    let mut network = Network::of(1).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    load.stop().await;
    let shelf = network.folder().join("backups");
    let made = made_online(&network, 0, Some(&shelf)).await;
    let backup_folder = path(&made.json["path"]);
    let genesis = network.folder().join("genesis.bin");
    let data = network.folder().join("put-back");
    let refused = |what: &str, expected: &str| {
        let restored = restore(&backup_folder, &data, &genesis);
        assert_eq!(reason(&restored), expected, "{what}: {:#}", restored.json);
        assert!(!data.exists(), "{what}");
        let verified = backup(&[&"verify", &backup_folder, &"--genesis", &genesis]);
        assert_eq!(reason(&verified), expected, "{what}");
        verified.code
    };
    let table = fs::read_dir(backup_folder.join("db")).unwrap().map(|entry| entry.unwrap().path());
    let table = table.into_iter().find(|path| path.extension().is_some_and(|e| e == "sst")).unwrap();
    for file in [table, backup_folder.join("manifest"), backup_folder.join("tip")] {
        flip_byte(&file, 30);
        assert_eq!(refused(&file.display().to_string(), "BACKUP_INVALID"), 5);
        flip_byte(&file, 30);
    }
    // Another ledger's.
    let other = Network::of(1).found().await;
    let foreign = restore(&backup_folder, &data, &other.folder().join("genesis.bin"));
    assert_eq!(reason(&foreign), "DATA_OF_OTHER_LEDGER");
    // Over what is there.
    let over = restore(&backup_folder, network.nodes()[0].data(), &genesis);
    assert_eq!(reason(&over), "FILE_EXISTS");
    assert_eq!(network.nodes()[0].is(NodeHealth::Ready).await.health(), NodeHealth::Ready);
    let restored = restore(&backup_folder, &data, &genesis);
    assert_eq!(restored.code, 0, "{:#}", restored.json);
    network.node(0).terminate().await;
    let stopped = create(network.nodes()[0].data(), Some(&shelf));
    assert_eq!(reason(&stopped), "UNREACHABLE");
    network.close().await;
}

/// Puts a backup in the place of the folder of every validator, which is gone.
async fn restore_in_place_of_all(network: &mut Network, backups: &[&PathBuf]) {
    let genesis = network.folder().join("genesis.bin");
    for (number, backup) in backups.iter().enumerate() {
        let data = network.nodes()[number].data().to_owned();
        fs::remove_dir_all(&data).unwrap();
        let (backup, genesis) = (PathBuf::clone(backup), genesis.clone());
        let restored = blocking(move || restore(&backup, &data, &genesis)).await;
        assert_eq!(restored.code, 0, "{:#}", restored.json);
    }
}

/// Starts the four validators on their operators' word; entries are recorded again.
async fn go_on_when_vouched_for(network: &mut Network) {
    for number in 0..4 {
        network.node(number).configure(|config| config.trust_copied_data = true);
        network.node(number).start();
    }
    network.ready().await;
    let load = Load::on(network, 0).await;
    load.reaches(20).await;
    load.stop().await;
}

async fn back_up_all(network: &Network, validators: usize) -> Vec<PathBuf> {
    let mut backups = Vec::new();
    for number in 0..validators {
        let shelf = network.folder().join(format!("backups-{number}"));
        let made = made_online(network, number, Some(&shelf)).await;
        assert_eq!(made.code, 0, "{:#}", made.json);
        backups.push(path(&made.json["path"]));
    }
    backups
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_that_were_all_lost_go_on_from_their_backups_when_their_operators_vouch_for_them() {
    let mut network = Network::of(4).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let acknowledged = load.stop().await;
    network.agreed().await;
    let backups = back_up_all(&network, 4).await;
    (0..4).for_each(|validator| network.node(validator).kill());
    restore_in_place_of_all(&mut network, &backups.iter().collect::<Vec<_>>()).await;
    go_on_when_vouched_for(&mut network).await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 3, tip.log_size).await;
    network.close().await;
}

/// Its folder is as good as theirs: a backup of it is put back on every machine, and nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn validators_that_were_all_lost_go_on_from_the_backup_of_an_observer_that_was_not() {
    const OBSERVER: usize = 4;
    let mut network = Network::of(4).observers(1).start().await;
    let load = Load::on(&network, 0).await;
    load.reaches(50).await;
    let acknowledged = load.stop().await;
    network.agreed().await;
    (0..4).for_each(|validator| network.node(validator).kill());
    let shelf = network.folder().join("backups");
    let made = made_online(&network, OBSERVER, Some(&shelf)).await;
    assert_eq!(made.code, 0, "{:#}", made.json);
    let backup = path(&made.json["path"]);
    restore_in_place_of_all(&mut network, &[&backup; 4]).await;
    go_on_when_vouched_for(&mut network).await;
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 3, tip.log_size).await;
    network.close().await;
}

/// One that takes long: it is read slowly.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_backup_is_made_at_a_time_and_a_node_killed_in_the_middle_leaves_nothing_that_counts() {
    let mut network = Network::of(1).found().await;
    let shelf = network.folder().join("backups");
    let slow = BackupConfig { every_s: 0, bytes_per_second_max: 1_000, ..BackupConfig::to(shelf.clone()) };
    network.node(0).configure(|node| node.backup = Some(slow));
    network.node(0).start();
    network.ready().await;
    let load = Load::on(&network, 0).await;
    load.reaches(20).await;
    let data = network.nodes()[0].data().to_owned();
    let asked = data.clone();
    let first = tokio::task::spawn_blocking(move || create(&asked, None));
    until("a backup is under way", || async { data.join("checkpoint").exists().then_some(()) }).await;
    until("a second one is refused", || async {
        let second = made_online(&network, 0, None).await;
        (reason(&second) == "BACKUP_RUNNING").then_some(())
    })
    .await;
    // The ledger does not wait for it.
    load.goes_on(20).await;
    let acknowledged = load.stop().await;
    network.node(0).kill();
    assert_eq!(reason(&first.await.unwrap()), "UNREACHABLE");
    assert!(data.join("checkpoint").exists());
    assert_eq!(backup(&[&"list", &shelf]).json["backups"].as_array().map(Vec::len), Some(0));

    // Told to stop in the middle, it stops, and leaves nothing at all.
    network.node(0).start();
    network.ready().await;
    assert!(!data.join("checkpoint").exists());
    let asked = data.clone();
    let third = tokio::task::spawn_blocking(move || create(&asked, None));
    until("a backup is under way", || async { data.join("checkpoint").exists().then_some(()) }).await;
    network.node(0).terminate().await;
    assert!(["UNREACHABLE", "BACKUP_NOT_POSSIBLE"].contains(&reason(&third.await.unwrap())));
    assert_eq!(fs::read_dir(&shelf).unwrap().count(), 0);
    assert!(!data.join("checkpoint").exists());

    network.node(0).configure(|node| node.backup = None);
    network.node(0).start();
    network.ready().await;
    assert_eq!(reason(&made_online(&network, 0, None).await), "CONFIG_INVALID");
    let made = made_online(&network, 0, Some(&shelf)).await;
    assert_eq!(made.code, 0, "{:#}", made.json);
    let tip = network.agreed().await;
    acknowledged.stands_at(&network, 0, tip.log_size).await;
    network.close().await;
}

const FOUNDING: [&str; 2] =
    [include_str!("../../docs/operations/founding.md"), include_str!("../../docs/operations/founding.zh.md")];
const PAGES: [&str; 2] =
    [include_str!("../../docs/operations/backup.md"), include_str!("../../docs/operations/backup.zh.md")];

/// Follows the page on the machines of founders who have just followed theirs.
async fn backed_up_by(page: usize, lang: Lang) {
    let mut machines = Machines::new(&["registry-1", "registry-2", "registry-3", "registry-4"], lang);
    machines.follow(FOUNDING[page]).await;
    machines.follow(PAGES[page]).await;
    let shelf = machines.folder("registry-4").join("backups");
    let keys = machines.folder("registry-4").join("keys");
    machines.stop().await;
    let copied: Vec<_> =
        machines.files("registry-4").into_iter().filter(|file| file.starts_with(&shelf)).collect();
    assert!(!copied.is_empty());
    for key in fs::read_dir(keys).unwrap().map(|item| item.unwrap().path()) {
        let pem = fs::read_to_string(&key).unwrap();
        // The second line is the first of the key itself.
        let secret = pem.lines().nth(1).unwrap().as_bytes();
        for file in &copied {
            let bytes = fs::read(file).unwrap();
            let holds = bytes.windows(secret.len()).any(|window| window == secret);
            assert!(!holds, "{} has {}", file.display(), key.display());
        }
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_follows_the_english_page_has_backups_and_puts_one_back() {
    backed_up_by(0, Lang::En).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_operator_who_follows_the_chinese_page_has_backups_and_puts_one_back() {
    backed_up_by(1, Lang::Zh).await;
}

#[test]
fn both_pages_have_their_readers_do_the_same() {
    assert_eq!(commands(PAGES[0]), commands(PAGES[1]));
    assert!(commands(PAGES[0]).len() > 12);
}
