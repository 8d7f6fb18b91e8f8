//! From when until when a record had each status.

use bulla_types::BlockTime;

use crate::report::SpanReport;

use super::past::Step;

/// The spans in which the record stood the same, from its first step on, without gap. The last one goes on
/// until it is known otherwise; a certificate has lapsed by its term, and a proposal expired, whether or not that has
/// been recorded.
///
/// Of several steps at one time the last one counts.
pub(super) fn of(steps: &[Step]) -> Vec<SpanReport> {
    let mut spans: Vec<SpanReport> = Vec::new();
    for (place, step) in steps.iter().enumerate() {
        let until = steps.get(place + 1).map(|next| next.report.time_ms);
        for span in step.spans(until) {
            match spans.last_mut() {
                Some(last) if last.is_as(&span) => last.until_ms = span.until_ms,
                _ => spans.push(span),
            }
        }
    }
    spans
}

/// The spans up to a header: what lies after it is not known.
pub(super) fn up_to(spans: Vec<SpanReport>, header_time: BlockTime) -> Vec<SpanReport> {
    let known = spans.into_iter().filter(|span| span.from_ms <= header_time.0);
    known
        .map(|span| SpanReport { until_ms: span.until_ms.filter(|until| *until <= header_time.0), ..span })
        .collect()
}

impl Step {
    /// What holds from this step on, until the next one.
    fn spans(&self, until: Option<u64>) -> impl Iterator<Item = SpanReport> {
        let from = self.report.time_ms;
        let term = self.runs_out.zip(self.report.valid_until_ms);
        // As far as it comes before the next step.
        let run_out = term.filter(|(_, term)| until.is_none_or(|until| *term < until));
        let cut = run_out.map(|(_, cut)| cut);
        let stated = SpanReport {
            from_ms: from,
            until_ms: cut.map(|cut| cut.max(from)).or(until),
            standing: self.report.status,
            in_force: self.in_force,
            state: self.report.state.clone(),
            valid_until_ms: self.report.valid_until_ms,
        };
        let lapsed = run_out.map(|(standing, cut)| SpanReport {
            from_ms: cut.max(from),
            until_ms: until,
            standing,
            in_force: false,
            ..stated.clone()
        });
        [Some(stated), lapsed].into_iter().flatten().filter(|span| span.until_ms != Some(span.from_ms))
    }
}
