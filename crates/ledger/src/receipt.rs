//! Which records a receipt must prove to show that the signers of its entry could sign it.

use std::collections::BTreeMap;

use bulla_types::{Content, Entry, RecordKey, SignerRef, StateKey};

use crate::status::{key_status_at, member_status_at};
use crate::view::{StateView, ViewError};

/// The keys of the state map that prove the standing of an entry's signers, in rising order of key bytes,
/// none twice. For the member and the key of each signer: the head, which counts the steps of its past; the
/// step in force at `log_index`; and every step after it, so that a suspension or compromise reported later
/// is not left out. Empty for a system event.
///
/// `view` may be of any height that holds the entry.
///
/// # Errors
/// The view fails, or knows nothing of a signer at `log_index`: it is not of a height that holds the entry.
pub fn records_for_receipt(
    view: &impl StateView,
    entry: &Entry,
    log_index: u64,
) -> Result<Vec<StateKey>, ViewError> {
    let Content::Transaction(transaction) = &entry.content else { return Ok(Vec::new()) };
    let mut keys = BTreeMap::new();
    for &SignerRef { member, key_id } in &transaction.body().signers {
        let step = member_status_at(view, member, log_index)?;
        let place = step.map(|step| (step.seq, step.count));
        add_record(&mut keys, RecordKey::Member(member), place)?;
        let step = key_status_at(view, key_id, log_index)?;
        let place = step.map(|step| (step.seq, step.count));
        add_record(&mut keys, RecordKey::Key(key_id), place)?;
    }
    Ok(keys.into_values().collect())
}

/// `place` is the place of the step in force, and how many steps there are.
fn add_record(
    keys: &mut BTreeMap<Vec<u8>, StateKey>,
    record: RecordKey,
    place: Option<(u32, u32)>,
) -> Result<(), ViewError> {
    let (seq, count) = place.ok_or(ViewError::Missing { key: record.into() })?;
    let steps = (seq..count).map(|seq| StateKey::History { record, seq });
    keys.extend(steps.chain([record.into()]).map(|key| (key.encode(), key)));
    Ok(())
}
