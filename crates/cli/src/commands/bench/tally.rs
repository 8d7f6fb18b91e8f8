//! What became of a load.

use std::collections::BTreeMap;
use std::time::Duration;

use hdrhistogram::Histogram;

use crate::failure::Failure;

/// The longest latency that is told apart, microseconds: ten minutes.
const LATENCY_US_MAX: u64 = 600_000_000;

/// Counts of one stream, or of all.
pub(super) struct Tally {
    /// Deposits handed to the stream.
    pub(super) offered: u64,
    /// Deposits with a verified inclusion.
    pub(super) committed: u64,
    /// All others, by reason.
    pub(super) errors: BTreeMap<String, u64>,
    /// From the start to the last verified inclusion.
    pub(super) last: Duration,
    /// Bytes of an entry.
    pub(super) entry_bytes: usize,
    latency_us: Histogram<u64>,
}

impl Tally {
    pub(super) fn new() -> Result<Self, Failure> {
        let latency_us =
            Histogram::new_with_bounds(1, LATENCY_US_MAX, 3).map_err(|error| Failure::internal(&error))?;
        Ok(Self {
            offered: 0,
            committed: 0,
            errors: BTreeMap::new(),
            last: Duration::ZERO,
            entry_bytes: 0,
            latency_us,
        })
    }

    /// A deposit is included: so long after the start, so long after it was to be sent.
    pub(super) fn included(&mut self, at: Duration, latency: Duration) {
        self.committed += 1;
        self.last = self.last.max(at);
        self.latency_us.saturating_record(u64::try_from(latency.as_micros()).unwrap_or(u64::MAX));
    }

    /// So many deposits came to nothing.
    pub(super) fn failed(&mut self, reason: &str, count: u64) {
        if count > 0 {
            *self.errors.entry(reason.to_owned()).or_default() += count;
        }
    }

    pub(super) fn add(&mut self, other: &Self) -> Result<(), Failure> {
        self.offered += other.offered;
        self.committed += other.committed;
        self.last = self.last.max(other.last);
        self.entry_bytes = self.entry_bytes.max(other.entry_bytes);
        other.errors.iter().for_each(|(reason, count)| self.failed(reason, *count));
        self.latency_us.add(&other.latency_us).map_err(|error| Failure::internal(&error))
    }

    /// The latency that so many of a hundred did not exceed, milliseconds; `None` without any.
    pub(super) fn latency_ms(&self, percent: f64) -> Option<f64> {
        let us = (self.committed > 0).then(|| self.latency_us.value_at_percentile(percent))?;
        Some(ratio(us, 1000))
    }

    /// Deposits a second, over the run and what was still under way at its end.
    pub(super) fn committed_per_second(&self, duration: Duration) -> f64 {
        let seconds = self.last.max(duration).as_secs_f64();
        ratio(self.committed, 1) / seconds
    }
}

/// A quotient, to three decimals at most.
pub(super) fn ratio(value: u64, by: u64) -> f64 {
    #[allow(clippy::cast_precision_loss, reason = "figures of a measurement")]
    let quotient = value as f64 / by.max(1) as f64;
    (quotient * 1000.0).round() / 1000.0
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn latencies_and_rates_come_from_all_streams_together() {
        let mut all = Tally::new().unwrap();
        for slow in [false, true] {
            let mut stream = Tally::new().unwrap();
            for ms in 1..=50 {
                let latency = Duration::from_millis(if slow { ms + 50 } else { ms });
                stream.included(Duration::from_secs(5), latency);
            }
            all.add(&stream).unwrap();
        }
        assert!((all.latency_ms(50.0).unwrap() - 50.0).abs() < 0.1);
        assert!((all.latency_ms(100.0).unwrap() - 100.0).abs() < 0.1);
        assert!((all.committed_per_second(Duration::from_secs(2)) - 20.0).abs() < f64::EPSILON);
    }

    #[test]
    fn errors_are_counted_by_reason() {
        let (mut all, mut stream) = (Tally::new().unwrap(), Tally::new().unwrap());
        stream.failed("QUEUE_FULL", 2);
        stream.failed("EXPIRED", 0);
        all.failed("QUEUE_FULL", 1);
        all.add(&stream).unwrap();
        assert_eq!(all.errors, BTreeMap::from([("QUEUE_FULL".to_owned(), 3)]));
        assert_eq!(all.latency_ms(50.0), None);
    }
}
