//! Asks the sentences of altered profiles.

use std::cmp::Reverse;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use super::alter::Mutant;
use crate::suite::{Source, Statute};

/// Name of the threads on which sentences are expected to fail.
const THREAD: &str = "altered profile";

/// An altered profile and what became of it.
#[derive(Debug)]
pub(crate) struct Verdict {
    pub(crate) place: String,
    pub(crate) change: String,
    /// The sentence that fails.
    killed_by: Option<&'static str>,
}

impl Verdict {
    /// Whether all sentences hold.
    pub(crate) fn survived(&self) -> bool {
        self.killed_by.is_none()
    }
}

/// Keeps panics of sentences that are asked of altered profiles from being told.
pub(crate) fn silence() {
    let told = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        if thread::current().name() != Some(THREAD) {
            told(panic);
        }
    }));
}

/// Asks the sentences of each altered profile until one fails.
pub(crate) fn run(source: &Source, mutants: &[Mutant], see: impl Fn(&Verdict) + Sync) -> Vec<Verdict> {
    let statutes: Vec<&Statute> = source.statutes().collect();
    let kills = Mutex::new(Vec::new());
    in_parallel(mutants.len(), |index| {
        let mutant = &mutants[index];
        let order = likely_first(source, &statutes, &kills.lock().unwrap(), &mutant.place);
        let killed_by = first_to_fail(source, mutant, &order);
        if let Some(name) = killed_by {
            kills.lock().unwrap().push((mutant.place.clone(), name));
        }
        let verdict = Verdict { place: mutant.place.clone(), change: mutant.change.clone(), killed_by };
        see(&verdict);
        verdict
    })
}

fn first_to_fail(source: &Source, mutant: &Mutant, order: &[&Statute]) -> Option<&'static str> {
    let law = mutant.law(source);
    let fails = |statute: &&&Statute| catch_unwind(AssertUnwindSafe(|| (statute.test)(&law))).is_err();
    order.iter().find(fails).map(|statute| statute.name)
}

/// The sentences, those first that show the rule of a value, then those that failed for what stands nearest in
/// the text.
fn likely_first<'s>(
    source: &Source,
    statutes: &[&'s Statute],
    kills: &[(String, &str)],
    place: &str,
) -> Vec<&'s Statute> {
    let value = place.trim_start_matches("overlay.").strip_prefix("values.");
    let value = value.and_then(|rest| rest.split('.').next()).unwrap_or_default();
    let rows = source.rows.iter().filter(|row| row.values.contains(&value));
    let shown: Vec<&str> = rows.flat_map(|row| row.shown.tests()).copied().collect();
    let shared = |other: &str| other.bytes().zip(place.bytes()).take_while(|(a, b)| a == b).count();
    let nearness = |statute: &&Statute| {
        let places = kills.iter().filter(|(_, name)| *name == statute.name);
        places.map(|(place, _)| shared(place)).max().unwrap_or(0)
    };
    let mut order = statutes.to_vec();
    order.sort_by_cached_key(|statute| Reverse((shown.contains(&statute.name), nearness(statute))));
    order
}

/// Works for each number below `count`, on as many threads as there are processors; what comes of it, in order.
pub(super) fn in_parallel<T: Send>(count: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let (next, done) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
    let works = || loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= count {
            return;
        }
        let result = work(index);
        done.lock().unwrap().push((index, result));
    };
    thread::scope(|scope| {
        for _ in 0..thread::available_parallelism().map_or(1, usize::from) {
            thread::Builder::new().name(THREAD.to_owned()).spawn_scoped(scope, works).unwrap();
        }
    });
    let mut done = done.into_inner().unwrap();
    done.sort_by_key(|(index, _)| *index);
    done.into_iter().map(|(_, result)| result).collect()
}
