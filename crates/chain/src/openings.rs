//! Openings that come after their block: which lack here, which another may have, and keeping those that are given.
//!
//! Who may have which is the [rule of the ledger](bulla_ledger::Readership), the same for a caller of the api and for
//! a member's node.

use std::collections::{BTreeMap, BTreeSet};

use bulla_ledger::Readership;
use bulla_storage::{OpenedField, opened_fields, openings_of_entries};
use bulla_types::canonical::Canonical;
use bulla_types::{
    BlockHash, CaseNumber, CaseRecord, CaseStepRecord, Content, Entry, EntryOpenings, Height, MemberNumber,
    Opening, Outcome, ReasonCode, RecordKey, StateKey, check_openings,
};
use bytes::Bytes;

use crate::builder::unread;
use crate::chain::Chain;
use crate::fault::{ChainError, Rejection};
use crate::view::Snapshot;

/// Steps of a case whose openings are looked for when a party may read them from now on: the newest.
const EARLIER_STEPS_MAX: usize = 64;

/// What one reader is given of the openings that it asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// By rising position, those of entries without any left out.
    pub entries: Vec<EntryOpenings>,
    /// What that leaves open.
    pub rest: Rest,
}

/// What an answer says of openings that were asked for and are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rest {
    /// The node does not keep them.
    NotKept,
    /// There are more: the answer was full.
    More,
    /// Nothing: the node does not hold the block, or the reader may not have all of it as far as the node knows.
    Unsaid,
}

impl Chain {
    /// Which openings a member may read as of now, or one who is none.
    ///
    /// # Errors
    /// Storage errors; so for every method here.
    pub fn readership(&self, reader: Option<MemberNumber>) -> Result<Readership, ChainError> {
        Readership::of(&Snapshot(self.store().view()?), reader).map_err(unread)
    }

    /// How many entries of a decided block lack an opening that the reader may have; and likewise of earlier blocks
    /// with steps of the same cases, which the reader may read since it is party to them. Blocks that lack nothing
    /// are left out. A field that its owner keeps to itself counts as well: nobody can tell.
    pub fn look_for_openings(
        &self,
        reader: Option<MemberNumber>,
        height: Height,
    ) -> Result<BTreeMap<Height, u32>, ChainError> {
        let snapshot = Snapshot(self.store().view()?);
        let readership = Readership::of(&snapshot, reader).map_err(unread)?;
        let mut heights = BTreeSet::from([height]);
        if let Readership::Own(member) = readership {
            heights.extend(earlier_steps(&snapshot, member, height)?);
        }
        let mut found = BTreeMap::new();
        for height in heights {
            let lacking = lacking(&snapshot, readership, height)?.len();
            if lacking > 0 {
                found.insert(height, u32::try_from(lacking).unwrap_or(u32::MAX));
            }
        }
        Ok(found)
    }

    /// The positions of the entries of a decided block that lack an opening which the reader may have, rising.
    pub fn lacking_openings(
        &self,
        reader: Option<MemberNumber>,
        height: Height,
    ) -> Result<Vec<u32>, ChainError> {
        let snapshot = Snapshot(self.store().view()?);
        let readership = Readership::of(&snapshot, reader).map_err(unread)?;
        lacking(&snapshot, readership, height)
    }

    /// The openings of these entries of a block, positions rising, that this node keeps and the reader may have: as
    /// many as fit, and those of one entry at least.
    pub fn openings_for(
        &self,
        reader: Option<MemberNumber>,
        height: Height,
        positions: &[u32],
        bytes_max: usize,
    ) -> Result<Given, ChainError> {
        let snapshot = Snapshot(self.store().view()?);
        let readership = Readership::of(&snapshot, reader).map_err(unread)?;
        let mut given = Given { entries: Vec::new(), rest: Rest::NotKept };
        let Some((hash, entries)) = block(&snapshot, height)?.filter(|_| readership != Readership::Nobody)
        else {
            given.rest = Rest::Unsaid;
            return Ok(given);
        };
        let mut kept = BTreeMap::from_iter(openings_of_entries(&snapshot.0.openings(&hash)?, positions)?);
        let mut bytes = 0;
        for position in positions {
            let kept = kept.remove(position).unwrap_or_default();
            let Some(entry) = at(&entries, *position) else {
                given.rest = Rest::Unsaid;
                continue;
            };
            if !reads_whole(&snapshot, readership, entry)? {
                given.rest = Rest::Unsaid;
            }
            let openings = readable(&snapshot, readership, entry, kept)?;
            if openings.is_empty() {
                continue;
            }
            let found = EntryOpenings { position: *position, openings };
            bytes += found.openings.iter().map(Opening::encoded_len).sum::<usize>();
            if bytes > bytes_max && !given.entries.is_empty() {
                given.rest = Rest::More;
                break;
            }
            given.entries.push(found);
        }
        Ok(given)
    }

    /// Keeps openings of a decided block that another gave, positions rising. Every one must match its commitment, or
    /// none is kept. Those of an entry whose openings were erased here are passed over. Tells whether any was new.
    pub fn keep_openings(
        &self,
        height: Height,
        given: Vec<EntryOpenings>,
    ) -> Result<Result<bool, Rejection>, ChainError> {
        let snapshot = Snapshot(self.store().view()?);
        let Some((hash, entries)) = block(&snapshot, height)? else {
            return Err(ChainError::Invariant(format!("openings of block {height}, which is not here")));
        };
        for found in &given {
            let wrong =
                |reason, what| Ok(Err(Rejection::new(reason, format!("entry {}: {what}", found.position))));
            let Some(entry) = at(&entries, found.position) else {
                return wrong(ReasonCode::OpeningUnknown, "the block has none at this position".to_owned());
            };
            let Content::Transaction(transaction) = decode(entry)?.content else {
                return wrong(ReasonCode::OpeningUnknown, "an event has no openings".to_owned());
            };
            if let Err(error) = check_openings(transaction.body(), &found.openings) {
                return wrong(error.reason(), error.to_string());
            }
        }
        let given: Vec<_> = given.into_iter().map(|found| (found.position, found.openings)).collect();
        Ok(Ok(self.store().add_openings(&hash, &given)?))
    }
}

/// Those of an entry's openings that may be read.
pub(crate) fn readable(
    snapshot: &Snapshot<'_>,
    readership: Readership,
    entry: &Bytes,
    openings: Vec<Opening>,
) -> Result<Vec<Opening>, ChainError> {
    if readership == Readership::All || openings.is_empty() {
        return Ok(openings);
    }
    let entry = decode(entry)?;
    let mut readable = Vec::with_capacity(openings.len());
    for opening in openings {
        if readership.may_read(snapshot, &entry, opening.action).map_err(unread)? {
            readable.push(opening);
        }
    }
    Ok(readable)
}

/// Whether everything that an entry commits to may be read.
fn reads_whole(snapshot: &Snapshot<'_>, readership: Readership, entry: &Bytes) -> Result<bool, ChainError> {
    if readership == Readership::All {
        return Ok(true);
    }
    let entry = decode(entry)?;
    let Content::Transaction(transaction) = &entry.content else { return Ok(true) };
    for (index, action) in (0_u32..).zip(&transaction.body().actions) {
        let may = action.commitments().is_empty()
            || readership.may_read(snapshot, &entry, index).map_err(unread)?;
        if !may {
            return Ok(false);
        }
    }
    Ok(true)
}

fn lacking(snapshot: &Snapshot<'_>, readership: Readership, height: Height) -> Result<Vec<u32>, ChainError> {
    let Some((hash, entries)) = block(snapshot, height)?.filter(|_| readership != Readership::Nobody) else {
        return Ok(Vec::new());
    };
    let opened = opened_fields(&snapshot.0.openings(&hash)?)?;
    let mut lacking = Vec::new();
    for (position, entry) in (0_u32..).zip(&entries) {
        let opened: &[OpenedField] = opened.get(&position).map_or(&[], Vec::as_slice);
        if lacks(snapshot, readership, &decode(entry)?, opened)? && !snapshot.0.is_erased(&hash, position)? {
            lacking.push(position);
        }
    }
    Ok(lacking)
}

/// Whether an entry has a field that is not opened and may be read.
fn lacks(
    snapshot: &Snapshot<'_>,
    readership: Readership,
    entry: &Entry,
    opened: &[OpenedField],
) -> Result<bool, ChainError> {
    let Content::Transaction(transaction) = &entry.content else { return Ok(false) };
    for (index, action) in (0_u32..).zip(&transaction.body().actions) {
        let is_open =
            |path: &str| opened.iter().any(|field| field.action == index && field.path.as_str() == path);
        let unopened = action.commitments().iter().any(|(path, _)| !is_open(path));
        if unopened && readership.may_read(snapshot, entry, index).map_err(unread)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The heights of earlier steps of those cases of which a block takes a step, and to which the member is party.
fn earlier_steps(
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
    let mut heights = BTreeSet::new();
    for case in cases {
        heights.extend(steps_of(snapshot, member, case)?);
    }
    heights.retain(|earlier| *earlier < height);
    Ok(heights)
}

fn steps_of(
    snapshot: &Snapshot<'_>,
    member: MemberNumber,
    case: CaseNumber,
) -> Result<BTreeSet<Height>, ChainError> {
    let mut heights = BTreeSet::new();
    let Some(head) = record::<CaseRecord>(snapshot, &StateKey::Case(case))? else { return Ok(heights) };
    if !head.parties.values().any(|members| members.contains(&member)) {
        return Ok(heights);
    }
    let first_held = snapshot.0.base()?.map_or(0, |base| base.first_entry);
    for seq in (0..head.history_count).rev().take(EARLIER_STEPS_MAX) {
        let key = StateKey::History { record: RecordKey::Case(case), seq };
        let step = record::<CaseStepRecord>(snapshot, &key)?.filter(|step| step.log_index >= first_held);
        if let Some(entry) = step.map(|step| snapshot.0.entry(step.log_index)).transpose()?.flatten() {
            heights.insert(entry.height);
        }
    }
    Ok(heights)
}

fn record<R: Canonical>(snapshot: &Snapshot<'_>, key: &StateKey) -> Result<Option<R>, ChainError> {
    let Some(value) = snapshot.0.state(&key.encode())? else { return Ok(None) };
    R::decode(&value).map(Some).map_err(|error| ChainError::Invariant(format!("{key:?}: {error}")))
}

/// A decided block of which the body is here: its hash and its entries.
fn block(snapshot: &Snapshot<'_>, height: Height) -> Result<Option<(BlockHash, Vec<Bytes>)>, ChainError> {
    let Some(decided) = snapshot.0.decided(height)? else { return Ok(None) };
    let body = snapshot.0.body(&decided.block_hash)?;
    Ok(body.map(|body| (decided.block_hash, body.entries().to_vec())))
}

fn at(entries: &[Bytes], position: u32) -> Option<&Bytes> {
    entries.get(usize::try_from(position).ok()?)
}

fn decode(entry: &Bytes) -> Result<Entry, ChainError> {
    Entry::decode(entry.clone()).map_err(|error| ChainError::Invariant(format!("an entry: {error}")))
}
