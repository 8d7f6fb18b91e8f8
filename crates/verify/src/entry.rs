//! That an entry stands in the log, in the block that it says.

use bulla_crypto::Hash;
use bulla_merkle::log::{self, LogHash, Sha256Log, TreeHead};
use bulla_types::{Content, Entry, LedgerId, ReasonCode, SystemEvent};
use bytes::Bytes;

use crate::{CertifiedHeader, Refused};

/// Checks that this entry stands at this index of the log, in the block of this header; gives what it says.
///
/// # Errors
/// The entry breaks its format, is of another block or ledger, or its path does not lead to the log root of
/// the header.
pub fn verify_inclusion_of(
    header: &CertifiedHeader,
    entry: &Bytes,
    index: u64,
    path: &[Hash],
) -> Result<Entry, Refused> {
    let (header, bytes) = (header.header(), entry);
    let entry = Entry::decode(bytes.clone()).map_err(|error| Refused::malformed("entry", &error))?;
    let mismatch = |field, detail: String| Err(Refused::new(ReasonCode::LeafMismatch, field, detail));
    if entry.height != header.height {
        return mismatch("entry.height", format!("is {}, the header's {}", entry.height, header.height));
    }
    if entry.time != header.time {
        return mismatch("entry.time_ms", format!("is {}, the header's {}", entry.time, header.time));
    }
    if !(header.log_size_before..header.log_size_after).contains(&index) {
        let detail = format!(
            "is {index}, the block appended the entries from {} to before {}",
            header.log_size_before, header.log_size_after
        );
        return mismatch("index", detail);
    }
    let founding = matches!(entry.content, Content::Event(SystemEvent::Founded { .. }));
    if founding != (index == 0) {
        return mismatch("index", "the founding entry has index 0, and no other has".to_owned());
    }
    check_ledger(&entry, &header.ledger_id)?;
    let head = TreeHead { size: header.log_size_after, root: header.log_root };
    log::verify_inclusion::<Sha256Log>(head, index, leaf_hash(bytes), path)
        .map_err(|error| Refused::new(ReasonCode::InclusionInvalid, "inclusion_path", error.to_string()))?;
    Ok(entry)
}

/// The leaf that an entry is in the log.
pub(crate) fn leaf_hash(entry: &[u8]) -> Hash {
    Sha256Log::leaf(entry)
}

/// A transaction names its ledger, and so does the founding entry; the other events stand for themselves.
fn check_ledger(entry: &Entry, ledger_id: &LedgerId) -> Result<(), Refused> {
    let (field, named) = match &entry.content {
        Content::Transaction(transaction) => {
            ("entry.transaction.body.ledger_id", transaction.body().ledger_id)
        }
        Content::Event(SystemEvent::Founded { ledger_id }) => ("entry.event.founded.ledger_id", *ledger_id),
        Content::Event(
            SystemEvent::Equivocation(_)
            | SystemEvent::DeadlineReached(_)
            | SystemEvent::DeadlineSettled(_)
            | SystemEvent::OutageEnded(_)
            | SystemEvent::CycleEnded(_),
        ) => return Ok(()),
    };
    if named == *ledger_id {
        Ok(())
    } else {
        Err(Refused::new(ReasonCode::WrongLedger, field, format!("is {named}, the header's {ledger_id}")))
    }
}
