//! What has happened in a case.

use bulla_rules::profile::Procedure;
use bulla_types::{CaseStepRecord, Lang};
use serde::Serialize;

use super::super::texts::{DEADLINE_CAME, EVENT, STATE};
use crate::messages::{ENTRY_INDEX, TIME, TRANSACTION};
use crate::output::table;
use crate::titled::Titled;
use crate::when;

/// One step of the past.
#[derive(Serialize)]
pub(super) struct PastStep {
    /// `None` when a deadline came and no step followed.
    step: Option<Titled>,
    /// The deadline that came.
    deadline: Option<Titled>,
    /// State after it.
    state: Titled,
    entry_index: u64,
    time: String,
    /// `None` for an event of the ledger itself.
    transaction_id: Option<String>,
}

impl PastStep {
    pub(super) fn new(step: &CaseStepRecord, procedure: Option<&Procedure>) -> Self {
        Self {
            step: step.step.as_ref().map(|name| Titled::step(procedure, name.as_str())),
            deadline: step.deadline.as_ref().map(|name| Titled::deadline(procedure, name.as_str())),
            state: Titled::state(procedure, step.state.as_str()),
            entry_index: step.log_index,
            time: when::show(step.time),
            transaction_id: step.transaction_id.map(|id| id.to_string()),
        }
    }

    fn row(&self, lang: Lang) -> [String; 5] {
        let came = self.deadline.as_ref().map(|came| DEADLINE_CAME.fill(lang, &[&came.in_lang(lang)]));
        let step = self.step.as_ref().map(|step| step.in_lang(lang).to_owned());
        let happened: Vec<_> = came.into_iter().chain(step).collect();
        [
            self.time.clone(),
            happened.join("\n"),
            self.state.in_lang(lang).to_owned(),
            self.entry_index.to_string(),
            self.transaction_id.clone().unwrap_or_default(),
        ]
    }
}

/// The past for a person, oldest first.
pub(super) fn text(past: &[PastStep], lang: Lang) -> String {
    let heading = [TIME, EVENT, STATE, ENTRY_INDEX, TRANSACTION].map(|text| text.of(lang));
    table(heading, past.iter().map(|step| step.row(lang)))
}
