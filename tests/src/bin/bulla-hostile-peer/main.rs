//! `bulla-hostile-peer`: a program on the members' network that means no good, for tests of everyone else.
//!
//! `stranger` has keys that nobody lists. It connects over and over, asks for every protocol of ours and of the
//! consensus engine, writes junk to whatever opens and reads whatever comes; it never says who it is. Beside
//! that it opens connections and says nothing at all on them.
//!
//! `votes`, `parts`, `sync`, `snapshot`, `openings`, `relay` and `status` have a member's key and flood one lane each,
//! with frames that are well formed and of no use, as many a second as told and with no more of the processor than
//! told.
//!
//! `idle` has a member's key and burns as much of the processor, but floods nothing.
//!
//! At its end it prints what it gained, as JSON.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::print_stdout)]

mod flood;
mod junk;
mod stranger;

use std::env::args;
use std::path::Path;
use std::time::Duration;

use bulla_types::{Canonical, Genesis, LedgerId};

/// What it is told.
struct Told {
    targets: Vec<String>,
    ledger_id: LedgerId,
    time: Duration,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let genesis = std::fs::read(argument("--genesis").expect("say --genesis")).unwrap();
    let told = Told {
        targets: argument("--targets").expect("say --targets").split(',').map(str::to_owned).collect(),
        ledger_id: Genesis::decode(&genesis).unwrap().ledger_id(),
        time: Duration::from_secs(number("--seconds", 10)),
    };
    let gained = match args().nth(1).as_deref() {
        Some("stranger") => stranger::intrude(told).await,
        Some(lane) => {
            let key = argument("--key").expect("say --key");
            let effort = flood::Effort {
                frames_per_second: number("--per-second", 1_000),
                cpu_percent: number("--cpu-percent", 50),
            };
            flood::flood(lane.parse().unwrap(), told, Path::new(&key), effort).await
        }
        None => panic!("say stranger, idle or a lane"),
    };
    println!("{gained}");
}

fn argument(name: &str) -> Option<String> {
    args().skip_while(|argument| argument != name).nth(1)
}

fn number(name: &str, otherwise: u64) -> u64 {
    argument(name).map_or(otherwise, |text| text.parse().unwrap())
}
