//! Which openings lack here.

use std::collections::BTreeSet;

use bulla_ledger::Readership;
use bulla_storage::{OpenedField, opened_fields};
use bulla_types::{
    BlockHash, CaseNumber, CaseRecord, CaseStepRecord, Commitment, Content, Entry, Height, KeyRange,
    MemberNumber, Opening, Outcome, RecordKey, StateKey, Suspended, SuspensionRecord,
};

use super::{block, decode, record, taken_over};
use crate::builder::unread;
use crate::fault::ChainError;
use crate::view::Snapshot;

/// Steps of a case, and suspensions of its clocks, whose openings are looked for when a party may read them from now
/// on: the newest steps, the first suspensions.
const EARLIER_STEPS_MAX: usize = 64;

/// The positions of the entries of a block that lack openings which may be read, rising.
pub(super) fn lacking(
    snapshot: &Snapshot<'_>,
    readership: Readership,
    height: Height,
) -> Result<Vec<u32>, ChainError> {
    let Some(decided) = snapshot.0.decided(height)?.filter(|_| readership != Readership::Nobody) else {
        return Ok(Vec::new());
    };
    let hash = decided.block_hash;
    let Some(body) = snapshot.0.body(&hash)? else { return Ok(Vec::new()) };
    let opened = opened_fields(&snapshot.0.openings(&hash)?)?;
    let mut lacking = Vec::new();
    for (position, bytes) in (0_u32..).zip(body.entries()) {
        let opened: &[OpenedField] = opened.get(&position).map_or(&[], Vec::as_slice);
        let entry =
            Placed { index: decided.header.log_size_before + u64::from(position), entry: decode(bytes)? };
        if lacks(snapshot, readership, &entry, opened)? && !snapshot.0.is_erased(&hash, position)? {
            lacking.push(position);
        }
    }
    Ok(lacking)
}

/// An entry at its place in the log.
pub(super) struct Placed {
    pub(super) index: u64,
    pub(super) entry: Entry,
}

/// Whether an entry has a field that is not opened and may be read.
fn lacks(
    snapshot: &Snapshot<'_>,
    readership: Readership,
    placed: &Placed,
    opened: &[OpenedField],
) -> Result<bool, ChainError> {
    let Content::Transaction(transaction) = &placed.entry.content else { return Ok(false) };
    for (index, action) in (0_u32..).zip(&transaction.body().actions) {
        let commitments = action.commitments();
        let unopened = commitments.iter().filter(|(path, _)| !opens(opened, index, path));
        let mut unopened: Vec<Commitment> = unopened.map(|(_, commitment)| *commitment).collect();
        if unopened.is_empty() || !readership.may_read(snapshot, &placed.entry, index).map_err(unread)? {
            continue;
        }
        if let Some(Outcome::Case(outcome)) =
            usize::try_from(index).ok().and_then(|at| placed.entry.outcomes.get(at))
        {
            taken_over::strike(snapshot, outcome.case, placed, opened, &mut unopened)?;
        }
        if !unopened.is_empty() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Whether the field at this place of an entry is opened.
pub(super) fn opens(opened: &[OpenedField], action: u32, path: &str) -> bool {
    opened.iter().any(|field| field.action == action && field.path.as_str() == path)
}

/// The heights of earlier entries that are about those cases of which a block takes a step and to which the member is
/// party, and that lack openings.
pub(super) fn earlier(
    snapshot: &Snapshot<'_>,
    member: MemberNumber,
    height: Height,
) -> Result<BTreeSet<Height>, ChainError> {
    let Some((_, entries)) = block(snapshot, height)? else { return Ok(BTreeSet::new()) };
    let mut cases = BTreeSet::new();
    for entry in &entries {
        for outcome in decode(entry)?.outcomes {
            if let Outcome::Case(outcome) = outcome {
                cases.insert(outcome.case);
            }
        }
    }
    let mut indices = BTreeSet::new();
    for case in cases {
        let Some(head) = record::<CaseRecord>(snapshot, &StateKey::Case(case))? else { continue };
        if head.parties.values().any(|members| members.contains(&member)) {
            indices.extend(steps(snapshot, &head, EARLIER_STEPS_MAX)?.into_iter().map(|step| step.log_index));
            indices.extend(suspensions(snapshot, case)?);
        }
    }
    let mut heights = BTreeSet::new();
    for index in indices {
        let Some(at) = located(snapshot, index)? else { continue };
        if at.height >= height || heights.contains(&at.height) {
            continue;
        }
        let lacks = lacks(snapshot, Readership::Own(member), &at.placed, &at.opened)?;
        if lacks && !snapshot.0.is_erased(&at.hash, at.position)? {
            heights.insert(at.height);
        }
    }
    Ok(heights)
}

/// The steps of a case whose entries are here, the newest first.
pub(super) fn steps(
    snapshot: &Snapshot<'_>,
    head: &CaseRecord,
    count_max: usize,
) -> Result<Vec<CaseStepRecord>, ChainError> {
    let first_held = first_held(snapshot)?;
    let mut steps = Vec::new();
    for seq in (0..head.history_count).rev().take(count_max) {
        let key = StateKey::History { record: RecordKey::Case(head.number), seq };
        steps.extend(record::<CaseStepRecord>(snapshot, &key)?.filter(|step| step.log_index >= first_held));
    }
    Ok(steps)
}

/// The entries here that suspend the clocks of a case by its name.
fn suspensions(snapshot: &Snapshot<'_>, case: CaseNumber) -> Result<Vec<u64>, ChainError> {
    let first_held = first_held(snapshot)?;
    let range = KeyRange::suspensions(Suspended::Case(case));
    let mut indices = Vec::new();
    for row in snapshot.0.state_records(&range.start, &range.start).take(EARLIER_STEPS_MAX) {
        let (key, _) = row?;
        let Ok(StateKey::Suspended(_, number)) = StateKey::decode(&key) else { continue };
        let suspension = record::<SuspensionRecord>(snapshot, &StateKey::Suspension(number))?;
        indices.extend(suspension.map(|found| found.log_index).filter(|index| *index >= first_held));
    }
    Ok(indices)
}

fn first_held(snapshot: &Snapshot<'_>) -> Result<u64, ChainError> {
    Ok(snapshot.0.base()?.map_or(0, |base| base.first_entry))
}

/// An entry where it stands, with the fields of it that are opened here.
pub(super) struct Located {
    height: Height,
    hash: BlockHash,
    position: u32,
    pub(super) placed: Placed,
    pub(super) opened: Vec<OpenedField>,
}

pub(super) fn located(snapshot: &Snapshot<'_>, index: u64) -> Result<Option<Located>, ChainError> {
    let Some(at) = snapshot.0.entry(index)? else { return Ok(None) };
    let Some(decided) = snapshot.0.decided(at.height)? else { return Ok(None) };
    let hash = decided.block_hash;
    let openings = snapshot.0.openings_of(&hash, at.position)?;
    let opened = openings.into_iter().map(|Opening { action, path, .. }| OpenedField { action, path });
    let placed = Placed { index, entry: decode(&at.bytes)? };
    Ok(Some(Located { height: at.height, hash, position: at.position, placed, opened: opened.collect() }))
}
