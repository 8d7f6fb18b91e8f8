//! The answer for a time.

use bulla_types::BlockTime;

use crate::report::{AnswerReport, SpanReport, Verdict};

use super::past::Step;

/// A time that is asked about: an instant, or a span such as a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    from: u64,
    until: u64,
}

impl Asked {
    /// One instant.
    #[must_use]
    pub fn at(time: BlockTime) -> Self {
        // The very last instant has none after it to end before.
        let from = time.0.min(u64::MAX - 1);
        Self { from, until: from + 1 }
    }

    /// All instants from one to before another; `None` when that is none.
    #[must_use]
    pub fn from_until(from: BlockTime, until: BlockTime) -> Option<Self> {
        (from < until).then_some(Self { from: from.0, until: until.0 })
    }
}

/// What held in the time asked about. What lies after the header is not known, and before the first step
/// there was no such record.
pub(super) fn answer(
    asked: Asked,
    timeline: &[SpanReport],
    steps: &[Step],
    header_time: BlockTime,
) -> AnswerReport {
    let first = timeline.first().map_or(0, |span| span.from_ms);
    // The next block is later by a millisecond at least.
    let known_until = header_time.0.saturating_add(1);
    let not_yet = SpanReport::nothing("not_yet", 0, Some(first));
    let not_known = SpanReport::nothing("not_known", known_until, None);
    let known = timeline.iter().filter_map(|span| span.within(0, known_until));
    let spans = [not_yet].into_iter().chain(known).chain([not_known]);
    let spans: Vec<_> = spans.filter_map(|span| span.within(asked.from, asked.until)).collect();
    let reported = steps.iter().filter_map(|step| step.report.effective_from_ms);
    AnswerReport {
        from_ms: asked.from,
        until_ms: asked.until,
        verdict: verdict(&spans),
        distrusted_from_ms: reported.filter(|from| *from < asked.until).min(),
        spans,
    }
}

/// What is not known in part is not known: the answer never goes beyond the header.
fn verdict(spans: &[SpanReport]) -> Verdict {
    if spans.is_empty() || spans.iter().any(|span| span.standing == "not_known") {
        Verdict::NotKnown
    } else if spans.iter().all(|span| span.in_force) {
        Verdict::InForce
    } else if spans.iter().any(|span| span.in_force) {
        Verdict::PartlyInForce
    } else {
        Verdict::NotInForce
    }
}

impl SpanReport {
    fn nothing(standing: &'static str, from_ms: u64, until_ms: Option<u64>) -> Self {
        Self { from_ms, until_ms, standing, in_force: false, state: None, valid_until_ms: None }
    }

    /// The part of it in a span of time, if there is one.
    fn within(&self, from: u64, until: u64) -> Option<Self> {
        let from_ms = self.from_ms.max(from);
        let until_ms = self.until_ms.map_or(until, |own| own.min(until));
        (from_ms < until_ms).then(|| Self { from_ms, until_ms: Some(until_ms), ..self.clone() })
    }
}
