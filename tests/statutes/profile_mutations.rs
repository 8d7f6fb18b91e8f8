//! Alters each value of each profile in turn and asks the statute tests; tells what survives.
//!
//! `cargo run --release -p bulla-tests --bin profile-mutations [PROFILE [PLACE…]]`, where a place is the beginning
//! of the name of one, as `values.` or `procedures.trade.`. Ends with 1 when something survives that
//! `mutation/survivors.toml` does not have, or does not survive that it has.
#![allow(clippy::unwrap_used, clippy::print_stdout)]
#![allow(dead_code, reason = "the page of the rules is for the tests")]

mod cn_gz_trade_2022;
mod cn_tj_tjifa_003_2022;
mod mutation;
mod neighbour;
mod suite;

use std::collections::BTreeMap;
use std::process::ExitCode;

use mutation::{SOURCES, mutants, run, silence, survivors};
use suite::Source;

fn main() -> ExitCode {
    silence();
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (profile, places) =
        arguments.split_first().map_or((None, &[][..]), |(first, rest)| (Some(first), rest));
    let sources = SOURCES.iter().filter(|source| profile.is_none_or(|profile| profile == source.name));
    let clean = sources.map(|source| report(source, places)).fold(true, |clean, next| clean & next);
    if clean { ExitCode::SUCCESS } else { ExitCode::FAILURE }
}

/// Whether nothing unexpected has survived.
fn report(source: &Source, places: &[String]) -> bool {
    // What fails for the profile as published says nothing when it fails for another.
    let law = source.law();
    source.statutes().for_each(|statute| (statute.test)(&law));
    let wanted = |place: &str| places.is_empty() || places.iter().any(|wanted| place.starts_with(wanted));
    let (mutants, refused) = mutants(source, wanted);
    println!(
        "{}: {} alterations, {refused} more that the check of profiles refuses",
        source.name,
        mutants.len()
    );
    let verdicts = run(source, &mutants, |verdict| {
        if verdict.survived() {
            println!("  survives: {} {}", verdict.place, verdict.change);
        }
    });
    let list = survivors();
    let unlisted = list.unlisted(source.name, &verdicts);
    for verdict in &unlisted {
        println!("  NOT LISTED: {} {}", verdict.place, verdict.change);
    }
    let told = list.told(source.name, &verdicts);
    for verdict in &told {
        println!("  LISTED, AND KILLED: {} {}", verdict.place, verdict.change);
    }
    let idle = if places.is_empty() { list.idle(source.name, &verdicts) } else { Vec::new() };
    for pattern in &idle {
        println!("  LISTED, AND NOTHING SURVIVES: {pattern}");
    }
    let mut parts: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for verdict in &verdicts {
        for part in [part_of(&verdict.place), "all"] {
            let (killed, survive) = parts.entry(part).or_default();
            *if verdict.survived() { survive } else { killed } += 1;
        }
    }
    for (part, (killed, survive)) in parts {
        println!("{}: {part}: {killed} killed, {survive} survive", source.name);
    }
    unlisted.is_empty() && told.is_empty() && idle.is_empty()
}

/// The part of the profile that a place is in: `fields`, `overlay.values`, `procedures.trade`.
fn part_of(place: &str) -> &str {
    let depth = if place.starts_with("procedures.") || place.starts_with("overlay.") { 2 } else { 1 };
    place.match_indices('.').nth(depth - 1).map_or(place, |(end, _)| &place[..end])
}
