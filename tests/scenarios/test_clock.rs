//! Ledgers for tests whose nodes go by a clock of their own.

use std::fs;
use std::path::Path;
use std::time::{Duration, Instant, UNIX_EPOCH};

use bulla_node::clock_file::ClockFile;
use bulla_tests::Network;
use bulla_tests::bulla::bulla;
use bulla_tests::localnet::Localnet;
use bulla_types::{BlockTime, Canonical, Genesis, LedgerClass};
use serde_json::{Value, json};

const SECOND_MS: u64 = 1_000;
const DAY_MS: u64 = 86_400 * SECOND_MS;
const YEAR_MS: u64 = 365 * DAY_MS;

fn machine_ms() -> u64 {
    u64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap()
}

/// A network with a clock that is a year ahead, and its folder.
struct YearAhead<'a> {
    localnet: Localnet<'a>,
    folder: &'a Path,
}

impl<'a> YearAhead<'a> {
    fn up(folder: &'a Path) -> Self {
        let year = 1970 + (machine_ms() + YEAR_MS) / (YEAR_MS + DAY_MS / 4);
        let clock = format!("{year}-09-29T09:00+08:00");
        Self { localnet: Localnet::up_with(folder, &["--clock", &clock, "--observers", "1"]), folder }
    }

    /// A deposit that is recorded now; gives the time of the newest block.
    fn deposit(&self) -> u64 {
        let files = tempfile::tempdir().unwrap();
        let (document, receipt) = (files.path().join("document"), files.path().join("receipt"));
        fs::write(&document, format!("{:?}", Instant::now())).unwrap();
        let deposited = self.localnet.done(&format!("evidence deposit {}", document.display()));
        self.localnet.done(&format!("receipt {} -o {}", deposited[0]["entry_index"], receipt.display()));
        let genesis = self.folder.join("genesis.bin");
        let verified = bulla([Path::new("verify"), &receipt, Path::new("--anchor"), &genesis]);
        assert_eq!(
            (verified.code, &verified.json["report"]["ledger"]["class"]),
            (0, &json!("test")),
            "{:#}",
            verified.json
        );
        let nodes = self.localnet.is("status", &[]).json["nodes"].take();
        let times = nodes.as_array().unwrap().iter().map(|node| node["block_time_ms"].as_u64().unwrap());
        times.max().unwrap()
    }

    /// `bulla localnet clock`.
    fn clock(&self, options: &[&str]) -> Value {
        let set = self.localnet.is("clock", options);
        assert_eq!(set.code, 0, "{:#}", set.json);
        set.json
    }

    fn clock_ms(&self) -> u64 {
        self.clock(&[])["time_ms"].as_u64().unwrap()
    }
}

#[test]
fn a_network_a_year_ahead_goes_on_three_years_at_once_and_back_and_stands_still_while_it_is_down() {
    let folder = tempfile::tempdir().unwrap();
    let network = YearAhead::up(folder.path());
    let first_ms = network.deposit();
    let ahead_ms = first_ms - machine_ms();
    assert!((YEAR_MS / 4..2 * YEAR_MS).contains(&ahead_ms), "{ahead_ms} ms ahead");

    network.clock(&["--advance", "3y"]);
    let later_ms = network.deposit();
    assert!(
        (3 * YEAR_MS..3 * YEAR_MS + 2 * DAY_MS).contains(&(later_ms - first_ms)),
        "{first_ms} {later_ms}"
    );

    // A ledger's time never goes back: it goes on by a millisecond a block until the clock has caught up.
    let back = network.clock(&["--set", "2020-01-01"]);
    assert!(back["block_time_ms"].as_u64().unwrap() >= later_ms, "{back:#}");
    let beside_ms = network.deposit();
    assert!((1..SECOND_MS).contains(&(beside_ms - later_ms)), "{later_ms} {beside_ms}");
    let caught_up = network.clock(&["--advance", "50y"]);
    assert_eq!(caught_up["block_time_ms"], Value::Null, "{caught_up:#}");
    let last_ms = network.deposit();
    assert!(last_ms > beside_ms + YEAR_MS, "{beside_ms} {last_ms}");

    assert_eq!(network.localnet.is("down", &[]).code, 0);
    let stopped_ms = network.clock_ms();
    assert!(stopped_ms >= last_ms);
    assert_eq!(network.clock(&["--advance", "15d"])["stopped"], json!(true));
    assert_eq!(network.clock_ms(), stopped_ms + 15 * DAY_MS, "it stands still");
    network.localnet.start(&[]);
    assert!((15 * DAY_MS..16 * DAY_MS).contains(&(network.deposit() - stopped_ms)));
}

#[test]
fn a_day_a_second_leaves_time_to_sign_admit_and_vote() {
    let folder = tempfile::tempdir().unwrap();
    let network = YearAhead::up(folder.path());
    let status = network.clock(&["--speed", "86400"]);
    assert_eq!(status["speed"], json!(86_400));
    let since = Instant::now();
    let first_ms = network.deposit();
    let mut last_ms = first_ms;
    while last_ms - first_ms < 2 * DAY_MS {
        assert!(since.elapsed() < Duration::from_secs(60), "the ledger's time goes on: {first_ms} {last_ms}");
        let next_ms = network.deposit();
        assert!(next_ms > last_ms);
        last_ms = next_ms;
    }
    let days = (last_ms - first_ms) / DAY_MS;
    assert!(days <= since.elapsed().as_secs() + 2, "{days} days in {:?}", since.elapsed());
    let nodes = network.localnet.is("status", &[]).json;
    assert!(nodes["nodes"].as_array().unwrap().iter().all(|node| node["health"] == "ready"), "{nodes:#}");
    // What the network was founded with stays its own.
    let again = network.localnet.is("up", &["--detach", "--clock", "2030-01-01"]);
    assert_eq!(again.code, 2, "{:#}", again.json);
}

#[test]
fn a_network_that_goes_by_the_time_of_the_world_has_no_clock_to_set() {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up_with(folder.path(), &["--validators", "1", "--observers", "0"]);
    for options in [&[][..], &["--advance", "1d"]] {
        assert_eq!(localnet.is("clock", options).code, 2);
    }
    assert_eq!(localnet.is("status", &[]).json["clock"], Value::Null);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ledger_whose_genesis_permits_no_other_clock_refuses_one() {
    for class in [LedgerClass::Test, LedgerClass::Production] {
        let mut network = Network::of(1).found().await;
        let founded = &network.ledger().genesis;
        let genesis = Genesis::new(
            class,
            founded.name().clone(),
            founded.time(),
            founded.parameters().clone(),
            founded.founders().to_vec(),
        );
        fs::write(&network.nodes()[0].config().genesis, genesis.unwrap().encode()).unwrap();
        let clock = network.folder().join("clock.toml");
        ClockFile::starting(BlockTime(machine_ms() + YEAR_MS), 1).write(&clock).unwrap();
        network.node(0).follow_clock(&clock);
        network.node(0).start();
        let status = network.node(0).ended().await;
        let log = network.nodes()[0].log();
        assert_eq!(status.code(), Some(1), "{log}");
        assert!(log.contains("[CONFIG_INVALID]") && log.contains("permits no other clock"), "{log}");
        network.close().await;
    }
}
