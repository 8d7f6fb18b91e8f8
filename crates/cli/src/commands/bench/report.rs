//! The figures of a run, with everything that they depend on.

use std::time::Duration;

use bulla_types::Lang;
use serde::{Serialize, Serializer};
use serde_json::{Map, Value, json};

use super::footprint::Footprint;
use super::machine::Machine;
use super::tally::{Tally, ratio};
use crate::failure::exit;
use crate::messages::{
    BENCH_COMMITTED, BENCH_CPU, BENCH_DISK, BENCH_ENTRY_BYTES, BENCH_ERRORS, BENCH_FSYNC, BENCH_LATENCY,
    BENCH_LOAD, BENCH_LOAD_VALUE, BENCH_MACHINE, BENCH_MACHINE_VALUE, BENCH_OFFERED, BENCH_P50, BENCH_P99,
    BENCH_PER_SECOND, BENCH_STEP,
};
use crate::output::{self, Show, facts};

/// Nodes acknowledge nothing before it is on the disk; there is no other mode.
const SYNC_MODE: &str = "every proposal and every commit synced before it is acknowledged";

/// A measured run.
pub(super) struct Report {
    pub(super) rate: u32,
    pub(super) duration: Duration,
    pub(super) signers: u32,
    pub(super) endpoints: Vec<String>,
    /// Nodes whose use of the machine was measured.
    pub(super) nodes: usize,
    pub(super) submission_bytes: usize,
    pub(super) tally: Tally,
    /// The same by kind of step.
    pub(super) kinds: Vec<(&'static str, Tally)>,
    /// What those nodes used during the run; `None` when there are none.
    pub(super) used: Option<Footprint>,
    pub(super) fsync_p50_us: u64,
    pub(super) machine: Machine,
}

impl Report {
    fn per_entry(&self, of: impl FnOnce(&Footprint) -> u64) -> Option<f64> {
        let used = self.used.as_ref().filter(|_| self.tally.committed > 0)?;
        Some(ratio(of(used), self.tally.committed))
    }

    fn json(&self) -> Value {
        let tally = &self.tally;
        json!({
            "committed_per_second": tally.committed_per_second(self.duration),
            "latency_ms": latencies(tally),
            "offered": tally.offered,
            "committed": tally.committed,
            "errors": tally.errors,
            "cpu_us_per_entry": self.per_entry(|used| used.cpu_us),
            "disk_bytes_per_entry": self.per_entry(|used| used.disk_bytes),
            "generator_cpu_us_per_entry": self.per_entry(|used| used.own_cpu_us),
            "fsync_p50_us": self.fsync_p50_us,
            "machine": self.machine,
            "sync_mode": SYNC_MODE,
            "nodes": self.nodes,
            "endpoints": self.endpoints,
            "rate": self.rate,
            "duration_s": self.duration.as_secs(),
            "signers": self.signers,
            "entry_bytes": tally.entry_bytes,
            "submission_bytes": self.submission_bytes,
            "steps": self.kinds.iter().map(|(name, tally)| ((*name).to_owned(), of_kind(tally))).collect::<Map<_, _>>(),
        })
    }

    /// A line for each kind of step.
    fn table(&self, lang: Lang) -> String {
        let heading = [BENCH_STEP, BENCH_COMMITTED, BENCH_P50, BENCH_P99, BENCH_ENTRY_BYTES, BENCH_ERRORS];
        let row = |(name, tally): &(&str, Tally)| {
            let [p50, p99] = [50.0, 99.0].map(|percent| figure(tally.latency_ms(percent)));
            let errors: u64 = tally.errors.values().sum();
            [
                (*name).to_owned(),
                tally.committed.to_string(),
                p50,
                p99,
                tally.entry_bytes.to_string(),
                errors.to_string(),
            ]
        };
        output::table(heading.map(|text| text.of(lang)), self.kinds.iter().map(row))
    }
}

fn latencies(tally: &Tally) -> Value {
    json!({
        "p50": tally.latency_ms(50.0),
        "p95": tally.latency_ms(95.0),
        "p99": tally.latency_ms(99.0),
        "max": tally.latency_ms(100.0),
    })
}

fn of_kind(tally: &Tally) -> Value {
    json!({
        "offered": tally.offered,
        "committed": tally.committed,
        "errors": tally.errors,
        "latency_ms": latencies(tally),
        "entry_bytes": tally.entry_bytes,
    })
}

fn figure(figure: Option<f64>) -> String {
    figure.map_or_else(|| "-".to_owned(), |figure| format!("{figure:.1}"))
}

impl Serialize for Report {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.json().serialize(serializer)
    }
}

impl Show for Report {
    fn text(&self, lang: Lang) -> String {
        let tally = &self.tally;
        let [p50, p95, p99, max] = [50.0, 95.0, 99.0, 100.0].map(|percent| figure(tally.latency_ms(percent)));
        let errors: Vec<_> = tally.errors.iter().map(|(reason, count)| format!("{reason} {count}")).collect();
        let Machine { cpu, cores, memory_bytes, kernel } = &self.machine;
        let load: [&dyn crate::text::Value; 6] = [
            &self.rate,
            &self.duration.as_secs(),
            &self.signers,
            &self.endpoints.len(),
            &tally.entry_bytes,
            &self.submission_bytes,
        ];
        let facts = facts([
            (BENCH_PER_SECOND.of(lang), format!("{:.0}", tally.committed_per_second(self.duration))),
            (BENCH_LATENCY.of(lang), format!("p50 {p50}  p95 {p95}  p99 {p99}  max {max}")),
            (BENCH_OFFERED.of(lang), tally.offered.to_string()),
            (BENCH_COMMITTED.of(lang), tally.committed.to_string()),
            (BENCH_ERRORS.of(lang), errors.join("\n")),
            (BENCH_CPU.of(lang), figure(self.per_entry(|used| used.cpu_us))),
            (BENCH_DISK.of(lang), figure(self.per_entry(|used| used.disk_bytes))),
            (BENCH_FSYNC.of(lang), self.fsync_p50_us.to_string()),
            (BENCH_LOAD.of(lang), BENCH_LOAD_VALUE.fill(lang, &load)),
            (
                BENCH_MACHINE.of(lang),
                BENCH_MACHINE_VALUE.fill(lang, &[cpu, cores, &(memory_bytes >> 20), kernel]),
            ),
        ]);
        if self.kinds.is_empty() { facts } else { format!("{facts}\n\n{}", self.table(lang)) }
    }

    fn exit(&self) -> u8 {
        if self.tally.committed > 0 { exit::OK } else { exit::FAILED }
    }
}
