//! Openings that come after their block: which lack here, which another may have, and keeping those that are given.
//!
//! Who may have which is the [rule of the ledger](bulla_ledger::Readership), the same for a caller of the api and for
//! a member's node.

mod lacking;
mod taken_over;

use std::collections::{BTreeMap, BTreeSet};

use bulla_ledger::Readership;
use bulla_storage::openings_of_entries;
use bulla_types::canonical::Canonical;
use bulla_types::{
    BlockHash, Content, Entry, EntryOpenings, Height, MemberNumber, Opening, ReasonCode, StateKey,
    check_openings,
};
use bytes::Bytes;

use crate::builder::unread;
use crate::chain::Chain;
use crate::fault::{ChainError, Rejection};
use crate::view::Snapshot;
use lacking::{earlier, lacking};

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
    /// Nothing: the node does not hold the block yet, or the reader may not have anything of an entry as far as the
    /// node knows.
    Unsaid,
    /// The node begins after that block, and never comes to keep them.
    NotHeld,
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
    /// with steps of the same cases, or suspensions of their clocks, which the reader may read since it is party to them. Blocks that lack nothing
    /// are left out. A field that its owner keeps to itself counts as well: nobody can tell. One that takes over the
    /// commitment of an earlier field does not, once that is open here.
    pub fn look_for_openings(
        &self,
        reader: Option<MemberNumber>,
        height: Height,
    ) -> Result<BTreeMap<Height, u32>, ChainError> {
        let snapshot = Snapshot(self.store().view()?);
        let readership = Readership::of(&snapshot, reader).map_err(unread)?;
        let mut heights = BTreeSet::from([height]);
        if let Readership::Own(member) = readership {
            heights.extend(earlier(&snapshot, member, height)?);
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
            let begins_later = snapshot.0.base()?.is_some_and(|base| height <= base.height);
            given.rest = if begins_later { Rest::NotHeld } else { Rest::Unsaid };
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
            if !reads_some(&snapshot, readership, entry)? {
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

/// Whether something that an entry commits to may be read. What of it may not is none of the reader's business: it
/// does not lack it.
fn reads_some(snapshot: &Snapshot<'_>, readership: Readership, entry: &Bytes) -> Result<bool, ChainError> {
    if readership == Readership::All {
        return Ok(true);
    }
    let entry = decode(entry)?;
    let Content::Transaction(transaction) = &entry.content else { return Ok(true) };
    let mut commits = false;
    for (index, action) in (0_u32..).zip(&transaction.body().actions) {
        if action.commitments().is_empty() {
            continue;
        }
        if readership.may_read(snapshot, &entry, index).map_err(unread)? {
            return Ok(true);
        }
        commits = true;
    }
    Ok(!commits)
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
