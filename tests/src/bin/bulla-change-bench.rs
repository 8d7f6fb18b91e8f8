//! Whether a ledger keeps its pace while its members change: how far apart commits are, and what deposits wait, while
//! a fifth validator comes, the first leaves, the second takes other keys, an observer is replaced and blocks are
//! limited. The story is that of a scenario, see [`bulla_tests::succession`]; it fails when anything is lost.
//!
//! `bulla-change-bench [RATE [SECONDS [PROPOSE_MS PROPOSE_DELTA_MS]]]`: deposits a second, seconds of load between one
//! change and the next at least, and the timeouts of proposals where they are not 1,000 and 500. Prints a table and then
//! a JSON document.
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::time::Duration;

use bulla_tests::SeenHeight;
use bulla_tests::succession::{Outcome, Plan, run};
use serde::Serialize;
use serde_json::json;

/// No height may take longer.
const HEIGHT_MS_MAX: u64 = 2_000;

/// Slowest heights that are named.
const SLOWEST: usize = 10;

/// The figures of a phase, or of all.
#[derive(Debug, Serialize)]
struct Figures {
    phase: &'static str,
    seconds: f64,
    heights: usize,
    /// The longest time from one commit to the next, as the node that stays commits.
    commit_gap_ms_max: u64,
    /// The longest time from one block to the next by their headers.
    block_gap_ms_max: u64,
    /// Of deposits that were due in it.
    deposits: usize,
    latency_ms_p50: u64,
    latency_ms_p99: u64,
    latency_ms_max: u64,
}

/// A height, and what passed since the one before it.
#[derive(Debug, Clone, Copy, Serialize)]
struct Gap {
    height: u64,
    /// From the beginning of the first phase.
    at_s: f64,
    commit_ms: u64,
    block_ms: u64,
    entries: usize,
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = || arguments.next().map(|text| text.parse::<u32>().unwrap());
    let (rate, seconds) = (number().unwrap_or(500), number().unwrap_or(5));
    let propose_ms = number().zip(number());
    let plan = Plan {
        rate_per_second: rate,
        between: rate as usize * seconds as usize,
        // A tenth of a second's deposits, so that it is felt whenever more have waited.
        block_entries_max: (rate / 10).max(16),
        propose_ms,
    };
    let outcome = run(plan).await;
    let gaps = gaps(&outcome);
    let phases = phases(&outcome, &gaps);
    let (whole, slow) = (phases.last().unwrap(), gaps.iter().filter(|gap| gap.commit_ms > HEIGHT_MS_MAX));
    let slow = slow.count();
    let mut slowest = gaps.clone();
    slowest.sort_by_key(|gap| std::cmp::Reverse(gap.commit_ms));
    slowest.truncate(SLOWEST);
    print_table(&phases);
    let report = json!({
        "rate": rate,
        "seconds_between_changes": seconds,
        "propose_ms": propose_ms.map(|(propose_ms, _)| propose_ms),
        "propose_delta_ms": propose_ms.map(|(_, delta_ms)| delta_ms),
        "acknowledged": outcome.told.deposits.len(),
        "clients_moved": outcome.told.moves,
        "height_ms_max": whole.commit_gap_ms_max,
        "heights_over_2_s": slow,
        "phases": phases,
        "slowest_heights": slowest,
    });
    println!("{report:#}");
}

fn gaps(outcome: &Outcome) -> Vec<Gap> {
    let begin = outcome.phases[0].from;
    let gap = |pair: &[SeenHeight]| Gap {
        height: pair[1].height,
        at_s: rounded((pair[1].at - begin).as_secs_f64()),
        commit_ms: ms(pair[1].at - pair[0].at),
        block_ms: pair[1].time.0 - pair[0].time.0,
        entries: pair[1].entries,
    };
    outcome.heights.windows(2).map(gap).collect()
}

/// One after the other, and all of them together.
fn phases(outcome: &Outcome, gaps: &[Gap]) -> Vec<Figures> {
    let begin = outcome.phases[0].from;
    let at = |phase: usize| (outcome.phases[phase].from - begin).as_secs_f64();
    let last = outcome.phases.len() - 1;
    let stretches = (0..last).map(|phase| (outcome.phases[phase].name, at(phase), at(phase + 1)));
    let figures = |(name, from, to): (&'static str, f64, f64)| {
        let within = |seconds: f64| (from..to).contains(&seconds);
        let gaps: Vec<_> = gaps.iter().filter(|gap| within(gap.at_s)).collect();
        let deposits = outcome.told.deposits.iter();
        let mut latencies: Vec<u64> = deposits
            .filter(|deposit| within(deposit.due.saturating_duration_since(begin).as_secs_f64()))
            .map(|deposit| ms(deposit.latency))
            .collect();
        latencies.sort_unstable();
        Figures {
            phase: name,
            seconds: rounded(to - from),
            heights: gaps.len(),
            commit_gap_ms_max: gaps.iter().map(|gap| gap.commit_ms).max().unwrap_or(0),
            block_gap_ms_max: gaps.iter().map(|gap| gap.block_ms).max().unwrap_or(0),
            deposits: latencies.len(),
            latency_ms_p50: percentile(&latencies, 50),
            latency_ms_p99: percentile(&latencies, 99),
            latency_ms_max: latencies.last().copied().unwrap_or(0),
        }
    };
    stretches.chain([("all", 0.0, at(last))]).map(figures).collect()
}

/// The value that so many of a hundred do not exceed.
fn percentile(sorted: &[u64], percent: usize) -> u64 {
    let position = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(position).copied().unwrap_or(0)
}

fn print_table(phases: &[Figures]) {
    println!(
        "| Phase | s | heights | longest between commits ms | between block times ms | deposits | p50 ms | p99 ms | max ms |"
    );
    println!("|---|---|---|---|---|---|---|---|---|");
    for figures in phases {
        let Figures { phase, seconds, heights, commit_gap_ms_max: commit, block_gap_ms_max: block, .. } =
            figures;
        let Figures { deposits, latency_ms_p50: p50, latency_ms_p99: p99, latency_ms_max: max, .. } = figures;
        println!(
            "| {phase} | {seconds:.1} | {heights} | {commit} | {block} | {deposits} | {p50} | {p99} | {max} |"
        );
    }
}

fn ms(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap()
}

fn rounded(seconds: f64) -> f64 {
    (seconds * 1_000.0).round() / 1_000.0
}
