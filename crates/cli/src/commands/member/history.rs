//! The past of a record: which status it took, when, and by which transaction.

use bulla_client::Client;
use bulla_types::{
    Canonical, Lang, ReasonCode, RecordKey, RecordStatus, StateKey, StatusRecord, TransactionId,
};
use serde::Serialize;

use crate::failure::Failure;
use crate::messages::{EFFECTIVE_FROM, ENTRY_INDEX, STATUS, TIME, TRANSACTION};
use crate::output;
use crate::when;
use crate::words::{self, Word};

/// One step, proved to stand in the state map.
#[derive(Serialize)]
pub(super) struct Step {
    pub(super) status: &'static str,
    pub(super) log_index: u64,
    pub(super) time: String,
    /// `None` for genesis.
    pub(super) transaction_id: Option<String>,
    /// Since when a compromised key is not to be trusted, as reported.
    pub(super) effective_from: Option<String>,
    #[serde(skip)]
    pub(super) transaction: Option<TransactionId>,
}

/// All steps of a record, oldest first.
pub(super) async fn read<S>(client: &Client, record: RecordKey, count: u32) -> Result<Vec<Step>, Failure>
where
    S: RecordStatus + Word,
    StatusRecord<S>: Canonical,
{
    let mut steps = Vec::new();
    for seq in 0..count {
        let step = client.record(&StateKey::History { record, seq }).await?.read::<StatusRecord<S>>()?;
        let missing = || Failure::new(ReasonCode::RecordMissing, format!("step {seq} of {record:?}"));
        let StatusRecord { status, log_index, time, transaction_id, effective_from } =
            step.ok_or_else(missing)?;
        steps.push(Step {
            status: status.code(),
            log_index,
            time: when::show(time),
            transaction_id: transaction_id.map(|id| id.to_string()),
            effective_from: effective_from.map(when::show),
            transaction: transaction_id,
        });
    }
    Ok(steps)
}

/// The steps for a person.
pub(super) fn table<S: Word>(steps: &[Step], lang: Lang) -> String {
    let heading = [STATUS, TIME, ENTRY_INDEX, EFFECTIVE_FROM, TRANSACTION].map(|text| text.of(lang));
    let row = |step: &Step| {
        let text = |text: &Option<String>| text.clone().unwrap_or_default();
        [
            words::of_code::<S>(step.status, lang),
            step.time.clone(),
            step.log_index.to_string(),
            text(&step.effective_from),
            text(&step.transaction_id),
        ]
    };
    output::table(heading, steps.iter().map(row))
}
