//! Receipts that hold.

use bulla_types::{
    Content, Entry, EvidenceNumber, Outcome, ReasonCode, Receipt, ReceiptFile, Transaction, proto,
};
use bulla_verify::{Anchor, Refused, Report};

use crate::error::{Answer, ClientError};
use crate::reads::EntryRef;

/// A receipt file with one receipt, verified against the client's genesis (回执). There is no other way to come
/// by one.
#[derive(Debug, Clone)]
pub struct VerifiedReceipt {
    file: ReceiptFile,
    entry: Entry,
    report: Report,
}

impl VerifiedReceipt {
    /// Verifies a node's answer, and that it is about what was asked.
    pub(crate) fn verify(
        message: Option<proto::ReceiptFile>,
        anchor: &Anchor,
        asked: EntryRef,
    ) -> Result<Self, ClientError> {
        let message = message.into_answer("a receipt file")?;
        let file = ReceiptFile::from_message(message).into_answer("a receipt file")?;
        let [receipt] = file.receipts() else {
            return Err(ClientError::Unasked(format!("{} receipts, asked was one", file.receipts().len())));
        };
        let entry = Entry::decode(receipt.entry.clone()).into_answer("an entry")?;
        asked.check(receipt.index, &entry)?;
        let report = bulla_verify::verify(&file.encode(), anchor, &[])?;
        Ok(Self { file, entry, report })
    }

    /// The file to keep and to hand on: it verifies offline.
    #[must_use]
    pub fn file(&self) -> &ReceiptFile {
        &self.file
    }

    /// What it proves.
    #[must_use]
    pub fn report(&self) -> &Report {
        &self.report
    }

    /// The entry that it proves.
    #[must_use]
    pub fn entry(&self) -> &Entry {
        &self.entry
    }

    /// The entry's index in the log.
    #[must_use]
    pub fn index(&self) -> u64 {
        self.receipt().index
    }

    /// The transaction that was recorded; `None` for an event of the ledger itself.
    #[must_use]
    pub fn transaction(&self) -> Option<&Transaction> {
        transaction_of(&self.entry)
    }

    /// The numbers given to the deposits of the transaction, in the order of its actions.
    pub fn evidence_numbers(&self) -> impl Iterator<Item = EvidenceNumber> {
        evidence_numbers(&self.entry)
    }

    fn receipt(&self) -> &Receipt {
        // One receipt was checked to be there when the value was made.
        &self.file.receipts()[0]
    }
}

pub(crate) fn transaction_of(entry: &Entry) -> Option<&Transaction> {
    match &entry.content {
        Content::Transaction(transaction) => Some(transaction),
        Content::Event(_) => None,
    }
}

pub(crate) fn evidence_numbers(entry: &Entry) -> impl Iterator<Item = EvidenceNumber> {
    entry.outcomes.iter().filter_map(|outcome| match outcome {
        Outcome::EvidenceNumber(number) => Some(*number),
        _ => None,
    })
}

/// A proof of ours that does not hold, in the words of the verifier.
pub(crate) fn not_proved(reason: ReasonCode, place: &str, detail: impl ToString) -> ClientError {
    ClientError::NotProved(Refused { reason, place: place.to_owned(), detail: detail.to_string() })
}
