//! `bulla clocks list`.

use bulla_client::Client;
use bulla_types::{Counter, CounterRecord, Lang, StateKey, SuspensionNumber, SuspensionRecord};
use serde::Serialize;

use super::Stopped;
use crate::context::Context;
use crate::failure::Failure;
use crate::messages::{CLOCKS, ENTRY_INDEX, FIRST_DAY, LAST_DAY, NOTHING_SUSPENDED, NUMBER, TIME};
use crate::output::{Show, table};
use crate::when;

/// List the suspensions of clocks that were adopted, proved | 列出已采用的期间中止决定（经证明）
#[derive(clap::Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let suspensions = context.run(async { read(&context.client().await?).await })?;
        context.show(&suspensions)
    }
}

/// By number: the sequence says how many there are, and none goes away.
async fn read(client: &Client) -> Result<Suspensions, Failure> {
    let sequence = client.record(&StateKey::Counter(Counter::Suspensions)).await?.read::<CounterRecord>()?;
    let next = sequence.map_or(1, |sequence| sequence.next);
    let mut suspensions = Vec::new();
    for number in (1..next).map(SuspensionNumber) {
        let record = client.record(&StateKey::Suspension(number)).await?.read::<SuspensionRecord>()?;
        suspensions.extend(record.map(|record| Suspension::new(&record, client)));
    }
    Ok(Suspensions(suspensions))
}

/// Every suspension, rising by number.
#[derive(Serialize)]
#[serde(transparent)]
struct Suspensions(Vec<Suspension>);

#[derive(Serialize)]
struct Suspension {
    number: u64,
    #[serde(flatten)]
    stopped: Stopped,
    /// Commitment to the text of the decision.
    authority: String,
    entry_index: u64,
    time: String,
}

impl Suspension {
    fn new(record: &SuspensionRecord, client: &Client) -> Self {
        Self {
            number: record.number.0,
            stopped: Stopped::new(record.first_day, record.last_day, &record.scope, client.ledger_id()),
            authority: record.authority.0.to_string(),
            entry_index: record.log_index,
            time: when::show(record.time),
        }
    }

    fn row(&self, lang: Lang) -> [String; 6] {
        let Stopped { first_day, last_day, clocks } = &self.stopped;
        [
            self.number.to_string(),
            first_day.clone(),
            last_day.clone(),
            clocks.line(lang),
            self.time.clone(),
            self.entry_index.to_string(),
        ]
    }
}

impl Show for Suspensions {
    fn text(&self, lang: Lang) -> String {
        if self.0.is_empty() {
            return NOTHING_SUSPENDED.of(lang).to_owned();
        }
        let heading = [NUMBER, FIRST_DAY, LAST_DAY, CLOCKS, TIME, ENTRY_INDEX].map(|text| text.of(lang));
        table(heading, self.0.iter().map(|suspension| suspension.row(lang)))
    }
}
