//! Whether openings that their owner kept open what was recorded (承诺内容核验).

use bulla_types::{
    Canonical, Content, Entry, FieldValues, KeptOpenings, Opening, ReasonCode, Receipt, Transaction,
};
use bytes::Bytes;

use crate::Refused;
use crate::refused::Within;
use crate::report::names::Names;
use crate::report::{OpenedReport, OpeningsReport};

/// Before the path of a field of a step.
const FIELDS: &str = "fields.";

/// A file of kept openings, from anywhere: `docs/formats/openings.md`.
#[derive(Debug, Clone)]
pub struct OpeningsFile {
    /// What the reader calls it: a file name.
    pub name: String,
    /// Its content; longer than a file of openings can be, it is refused.
    pub bytes: Vec<u8>,
}

/// Opens commitments in the entries of receipts that are verified. All of a file must open, or it is refused.
pub(crate) fn open(files: &[OpeningsFile], receipts: &[Receipt]) -> Result<Vec<OpeningsReport>, Refused> {
    let open = |file: &OpeningsFile| {
        open_one(file, receipts).map_err(|refused| refused.within(&format!("openings[{}]", file.name)))
    };
    files.iter().map(open).collect()
}

fn open_one(file: &OpeningsFile, receipts: &[Receipt]) -> Result<OpeningsReport, Refused> {
    let kept = KeptOpenings::decode(&file.bytes).map_err(|error| Refused::malformed("", &error))?;
    for receipt in receipts {
        let entry =
            Entry::decode(receipt.entry.clone()).map_err(|error| Refused::malformed("entry", &error))?;
        if let Content::Transaction(transaction) = &entry.content
            && transaction.id() == kept.transaction_id()
        {
            return Ok(OpeningsReport {
                name: file.name.clone(),
                entry_index: receipt.index,
                transaction_id: transaction.id(),
                fields: fields(&kept, transaction)?,
            });
        }
    }
    let detail = format!("is {}, of which this file has no receipt", kept.transaction_id());
    Err(Refused::new(ReasonCode::OpeningMismatch, "transaction_id", detail))
}

fn fields(kept: &KeptOpenings, transaction: &Transaction) -> Result<Vec<OpenedReport>, Refused> {
    kept.verify(transaction).map_err(|error| Refused::malformed("", &error))?;
    let body = transaction.body();
    // What the file says of the request is repeated from the transaction.
    let of_transaction = KeptOpenings::new(transaction, kept.openings().to_vec());
    if of_transaction.as_ref() != Ok(kept) {
        let detail = "the ledger and the request are not those of the transaction";
        return Err(Refused::new(ReasonCode::OpeningMismatch, "request_id", detail));
    }
    let names = Names(&body.ledger_id);
    let opened = |(index, opening): (usize, &Opening)| {
        Ok(OpenedReport {
            action: opening.action,
            path: opening.path.to_string(),
            values: values(opening, &names).within_item("openings", index)?,
        })
    };
    kept.openings().iter().enumerate().map(opened).collect()
}

/// What an opening says: the values of a field, or prose.
fn values(opening: &Opening, names: &Names<'_>) -> Result<Vec<String>, Refused> {
    if opening.path.as_str().starts_with(FIELDS) {
        let values =
            FieldValues::decode(&opening.value).map_err(|error| Refused::malformed("value", &error))?;
        Ok(names.values(&values))
    } else {
        Ok(vec![text(&opening.value)])
    }
}

/// Prose, which was checked to be UTF-8 with the commitment.
fn text(value: &Bytes) -> String {
    String::from_utf8_lossy(value).into_owned()
}
