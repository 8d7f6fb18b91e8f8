//! Where and when something was recorded.

use bulla_client::VerifiedReceipt;
use bulla_types::Lang;
use serde::Serialize;

use crate::messages::{BLOCK_HEIGHT, ENTRY_INDEX, TIME, TRANSACTION};
use crate::when;

/// The place of an entry, out of its verified receipt.
#[derive(Debug, Clone, Serialize)]
pub(crate) struct Recorded {
    pub(crate) entry_index: u64,
    /// `None` for an event of the ledger itself.
    pub(crate) transaction_id: Option<String>,
    pub(crate) height: u64,
    /// Block time, RFC 3339 in UTC+8.
    pub(crate) time: String,
}

impl Recorded {
    pub(crate) fn of(receipt: &VerifiedReceipt) -> Self {
        let entry = receipt.entry();
        Self {
            entry_index: receipt.index(),
            transaction_id: receipt.transaction().map(|transaction| transaction.id().to_string()),
            height: entry.height.0,
            time: when::show(entry.time),
        }
    }

    /// The same for a person.
    pub(crate) fn facts(&self, lang: Lang) -> [(&'static str, String); 4] {
        [
            (ENTRY_INDEX.of(lang), self.entry_index.to_string()),
            (BLOCK_HEIGHT.of(lang), self.height.to_string()),
            (TIME.of(lang), self.time.clone()),
            (TRANSACTION.of(lang), self.transaction_id.clone().unwrap_or_default()),
        ]
    }
}
