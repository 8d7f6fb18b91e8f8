//! The past of a record: which status it took, when, and by which transaction.

use bulla_client::Client;
use bulla_types::{
    Canonical, Lang, ReasonCode, RecordKey, RecordStatus, StateKey, StatusRecord, TransactionId,
};
use serde::Serialize;

use crate::failure::Failure;
use crate::messages::{EFFECTIVE_FROM, ENTRY_INDEX, STATUS, TIME, TRANSACTION, VALID_UNTIL};
use crate::output;
use crate::when;
use crate::words::{self, Word};

/// One step, proved to stand in the state map.
#[derive(Serialize)]
pub(crate) struct Step {
    pub(crate) status: &'static str,
    pub(crate) log_index: u64,
    pub(crate) time: String,
    /// `None` for genesis.
    pub(crate) transaction_id: Option<String>,
    /// Since when a compromised key is not to be trusted, as reported.
    pub(crate) effective_from: Option<String>,
    /// Of a certificate: until when it was valid by this step, if it expires.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) valid_until: Option<String>,
    #[serde(skip)]
    pub(crate) transaction: Option<TransactionId>,
}

/// All steps of a record, oldest first.
pub(crate) async fn read<S>(client: &Client, record: RecordKey, count: u32) -> Result<Vec<Step>, Failure>
where
    S: RecordStatus + Word,
    StatusRecord<S>: Canonical,
{
    let mut steps = Vec::new();
    for seq in 0..count {
        let step = client.record(&StateKey::History { record, seq }).await?.read::<StatusRecord<S>>()?;
        let missing = || Failure::new(ReasonCode::RecordMissing, format!("step {seq} of {record:?}"));
        let StatusRecord { status, log_index, time, transaction_id, effective_from, valid_until } =
            step.ok_or_else(missing)?;
        steps.push(Step {
            status: status.code(),
            log_index,
            time: when::show(time),
            transaction_id: transaction_id.map(|id| id.to_string()),
            effective_from: effective_from.map(when::show),
            valid_until: valid_until.map(when::show),
            transaction: transaction_id,
        });
    }
    Ok(steps)
}

/// The steps for a person.
pub(crate) fn table<S: Word>(steps: &[Step], lang: Lang) -> String {
    let heading = [STATUS, TIME, ENTRY_INDEX, TRANSACTION].map(|text| text.of(lang));
    let row = |step: &Step| {
        let told = [(EFFECTIVE_FROM, &step.effective_from), (VALID_UNTIL, &step.valid_until)];
        let told =
            told.iter().filter_map(|(text, time)| Some(format!("{} {}", text.of(lang), time.as_ref()?)));
        let status = words::of_code::<S>(step.status, lang);
        [
            std::iter::once(status).chain(told).collect::<Vec<_>>().join("\n"),
            step.time.clone(),
            step.log_index.to_string(),
            step.transaction_id.clone().unwrap_or_default(),
        ]
    };
    output::table(heading, steps.iter().map(row))
}
