//! What a member turned hostile costs the others.
//!
//! Four validators at saturation, or at a rate that is told, beside a program that burns half a core, and then beside
//! `bulla-hostile-peer` with a member's key, which floods one lane after the other within the same half core. Each run
//! has a network of its own; so many rounds of all runs are made, since runs at saturation differ among themselves.
//!
//! ```text
//! bulla-hostile-bench [ROUNDS] [SECONDS] [DEPOSITS A SECOND; 0: saturated] [FLOODS, such as idle,relay]
//! ```
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout, clippy::print_stderr)]

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use bulla_tests::localnet::Localnet;
use bulla_tests::{http, program, resident_bytes};
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};

const VALIDATORS: usize = 4;

/// What the hostile member floods, and with how many frames a second to each validator: just under the budget of the
/// lane, or over what half a core can send. `idle` floods nothing and burns the half core.
const FLOODS: [(&str, u32); 8] = [
    ("idle", 0),
    ("votes", 1_900),
    ("parts", 220),
    ("sync", 500),
    ("snapshot", 500),
    ("openings", 120),
    ("relay", 1_900),
    ("status", 45),
];

/// Seconds that the flood lasts longer than the load: the load's keys are enrolled and its deposits signed first.
const BEFORE_AND_AFTER_S: u64 = 20;

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(default, |text| text.parse().unwrap());
    let (rounds, seconds, rate) = (number(3), number(15), number(0));
    let wanted = std::env::args().nth(4);
    let wanted = |flood: &str| wanted.as_ref().is_none_or(|list| list.split(',').any(|one| one == flood));
    let floods: Vec<(&str, u32)> = FLOODS.into_iter().filter(|(flood, _)| wanted(flood)).collect();
    let mut runs = Vec::new();
    for round in 1..=rounds {
        for (flood, per_second) in floods.iter().copied() {
            let run = run(flood, per_second, seconds, rate).await;
            eprintln!("round {round}, {flood}: {run}");
            runs.push(run);
        }
    }
    let report: Vec<Value> = floods.iter().map(|(flood, _)| summary(flood, &runs)).collect();
    println!("{:#}", json!({ "rate": rate, "seconds": seconds, "rounds": rounds, "floods": report }));
}

/// One network under load beside one flood.
async fn run(flood: &str, per_second: u32, seconds: u64, rate: u64) -> Value {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("net");
    let options = ["--validators", &VALIDATORS.to_string(), "--observers", "1"];
    let localnet = Localnet::up_with(&dir, &options);
    let record: Value = serde_json::from_slice(&fs::read(dir.join("localnet.json")).unwrap()).unwrap();
    let nodes = record["nodes"].as_array().unwrap();
    let (validators, observer) = nodes.split_at(VALIDATORS);
    // Its key is the hostile member's.
    let observer = dir.join(observer[0]["name"].as_str().unwrap());
    kill_process(pid(&observer), Signal::KILL).unwrap();

    let hostile = hostile(flood, per_second, &dir, &observer, validators, seconds + BEFORE_AND_AFTER_S);
    let endpoints: Vec<String> =
        validators.iter().map(|node| format!("http://127.0.0.1:{}", node["ports"]["grpc"])).collect();
    let (rate, duration) = (rate.to_string(), seconds.to_string());
    let load = ["bench", "--rate", &rate, "--duration", &duration, "--endpoint", &endpoints.join(",")];
    let load = localnet.run(&load);
    assert_eq!(load.code, 0, "{:#}", load.json);
    let resident =
        validators.iter().map(|node| resident_bytes(pid(&dir.join(node["name"].as_str().unwrap()))));
    let resident = resident.max().unwrap();
    let (mut waited_us, mut set_aside) = (0, 0);
    for node in validators {
        let address = SocketAddr::from(([127, 0, 0, 1], port(node, "http")));
        waited_us = http::metric(address, "bulla_network_votes_waited_us_max").await.max(waited_us);
        set_aside += http::metric(address, "bulla_network_peers_set_aside_total").await;
    }
    let gained = hostile.wait_with_output().unwrap();
    assert!(gained.status.success(), "{gained:?}");
    let gained: Value = serde_json::from_slice(&gained.stdout).unwrap();
    json!({
        "flood": flood,
        "committed_per_second": load.json["committed_per_second"],
        "latency_ms": load.json["latency_ms"],
        "votes_waited_us_max": waited_us,
        "resident_bytes_max": resident,
        "set_aside": set_aside,
        "hostile": gained,
    })
}

fn hostile(
    flood: &str,
    per_second: u32,
    dir: &Path,
    member: &Path,
    targets: &[Value],
    seconds: u64,
) -> Child {
    let address = |node: &Value| {
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", port(node, "network"), node["peer_id"].as_str().unwrap())
    };
    let targets: Vec<String> = targets.iter().map(address).collect();
    Command::new(program("bulla-hostile-peer"))
        .args([flood, "--per-second", &per_second.to_string(), "--cpu-percent", "50"])
        .args(["--targets", &targets.join(","), "--seconds", &seconds.to_string()])
        .arg("--key")
        .arg(member.join("keys").join("peer.pem"))
        .arg("--genesis")
        .arg(dir.join("genesis.bin"))
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// The median of each figure over the rounds, and the highest of what must stay within a limit.
fn summary(flood: &str, runs: &[Value]) -> Value {
    let of_flood: Vec<&Value> = runs.iter().filter(|run| run["flood"] == flood).collect();
    let figures = |pointer: &str| -> Vec<f64> {
        let mut figures: Vec<f64> =
            of_flood.iter().map(|run| run.pointer(pointer).unwrap().as_f64().unwrap()).collect();
        figures.sort_by(f64::total_cmp);
        figures
    };
    let median = |pointer: &str| figures(pointer)[of_flood.len() / 2];
    let highest = |pointer: &str| *figures(pointer).last().unwrap();
    json!({
        "flood": flood,
        "committed_per_second": figures("/committed_per_second"),
        "committed_per_second_median": median("/committed_per_second"),
        "p50_ms": median("/latency_ms/p50"),
        "p99_ms": median("/latency_ms/p99"),
        "votes_waited_ms_max": highest("/votes_waited_us_max") / 1_000.0,
        "resident_mib_max": (highest("/resident_bytes_max") / f64::from(1 << 20)).round(),
        "hostile_cpu_s": median("/hostile/cpu_ms") / 1_000.0,
        "frames_sent": median("/hostile/sent"),
        "set_aside": highest("/set_aside"),
    })
}

fn port(node: &Value, name: &str) -> u16 {
    node["ports"][name].as_u64().unwrap().try_into().unwrap()
}

fn pid(node: &Path) -> Pid {
    let text = fs::read_to_string(node.join("node.pid")).unwrap();
    Pid::from_raw(text.trim().parse().unwrap()).unwrap()
}
