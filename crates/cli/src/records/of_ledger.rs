//! A record that says of which class its ledger is: what a ledger for tests holds counts for nothing elsewhere.

use bulla_client::Client;
use bulla_types::{Lang, LedgerClass};
use serde::Serialize;

use crate::commands::verify::banner;
use crate::messages::TEST_LEDGER;
use crate::output::Show;
use crate::words::Word;

/// A record of a ledger.
#[derive(Serialize)]
pub(crate) struct OfLedger<T> {
    ledger_class: &'static str,
    #[serde(flatten)]
    record: T,
}

impl<T> OfLedger<T> {
    pub(crate) fn new(client: &Client, record: T) -> Self {
        Self { ledger_class: client.genesis().genesis().class().code(), record }
    }
}

impl<T: Show> Show for OfLedger<T> {
    fn text(&self, lang: Lang) -> String {
        let text = self.record.text(lang);
        match self.ledger_class == LedgerClass::Test.code() {
            true => format!("{}\n\n{text}", banner(TEST_LEDGER.of(lang))),
            false => text,
        }
    }
}
