//! The openings beside a block: the tail of its encoding, one `EntryOpenings` for each entry that has any.

use std::collections::BTreeMap;

use bulla_types::{Canonical, EntryOpenings, FieldPath, Opening, limits::BLOCK_OPENINGS_BYTES_MAX, proto};
use bytes::{Bytes, BytesMut};
use prost::Message;

use crate::{
    block::{Field, Fields},
    error::{Result, StorageError},
};

/// Number of the openings' field in an encoded block.
const BLOCK_OPENINGS_FIELD: u32 = 4;

/// The openings of the entry at this position of a block, out of [all of them](crate::View::openings). They are
/// copies, which do not keep the others in memory.
///
/// # Errors
/// When the bytes are damaged.
pub fn openings_of_entry(openings: &[u8], position: u32) -> Result<Vec<Opening>> {
    let mut found = openings_of_entries(openings, &[position])?;
    Ok(found.pop().map_or_else(Vec::new, |(_, openings)| openings))
}

/// As [`openings_of_entry`], of several entries in one pass; positions are given and answered in rising order, those
/// of entries without openings left out.
///
/// # Errors
/// When the bytes are damaged.
pub fn openings_of_entries(openings: &[u8], positions: &[u32]) -> Result<Vec<(u32, Vec<Opening>)>> {
    let mut found = Vec::new();
    let Some(last) = positions.last() else { return Ok(found) };
    for field in each(openings) {
        let (position, field) = field?;
        if position > *last {
            break;
        }
        if positions.binary_search(&position).is_ok() {
            found.push((position, read(&openings[field.content])?));
        }
    }
    Ok(found)
}

/// A field that is opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenedField {
    /// The action in which it stands, from 0.
    pub action: u32,
    /// Its path within the action.
    pub path: FieldPath,
}

/// The fields that are opened, by the position of their entry.
///
/// # Errors
/// When the bytes are damaged.
pub fn opened_fields(openings: &[u8]) -> Result<BTreeMap<u32, Vec<OpenedField>>> {
    let opened = |Opening { action, path, .. }| OpenedField { action, path };
    each(openings)
        .map(|field| {
            let (position, field) = field?;
            Ok((position, read(&openings[field.content])?.into_iter().map(opened).collect()))
        })
        .collect()
}

/// All openings with others added to them, which are in rising order of position; of those that open the same field,
/// what was here stays. `None` when nothing is new. Those of an entry are not added if all would then be over the
/// limit on a block's openings.
pub(crate) fn with(kept: &Bytes, added: &[(u32, Vec<Opening>)]) -> Result<Option<Bytes>> {
    let mut entries = BTreeMap::new();
    let mut bytes = 0;
    for field in each(kept) {
        let (position, field) = field?;
        let openings = read(&kept[field.content])?;
        bytes += openings.iter().map(Opening::encoded_len).sum::<usize>();
        entries.insert(position, openings);
    }
    let mut is_new = false;
    for (position, added) in added {
        let here: &[Opening] = entries.get(position).map_or(&[], Vec::as_slice);
        let same = |one: &Opening, other: &Opening| (one.action, &one.path) == (other.action, &other.path);
        let new = added.iter().filter(|new| !here.iter().any(|kept| same(kept, new)));
        let new: Vec<Opening> = new.cloned().collect();
        let new_bytes = new.iter().map(Opening::encoded_len).sum::<usize>();
        if new.is_empty() || bytes + new_bytes > BLOCK_OPENINGS_BYTES_MAX {
            continue;
        }
        bytes += new_bytes;
        is_new = true;
        let openings = entries.entry(*position).or_default();
        openings.extend(new);
        openings.sort_by(|one, other| (one.action, &one.path).cmp(&(other.action, &other.path)));
    }
    Ok(is_new.then(|| encode(entries)))
}

/// As [`with`], where the others are the tail of another encoding of the same block: a block may come once with
/// openings and once without, or with others.
pub(crate) fn joined(kept: &Bytes, others: &[u8]) -> Result<Option<Bytes>> {
    if others.is_empty() || kept[..] == *others {
        return Ok(None);
    }
    let others: Result<Vec<_>> = each(others)
        .map(|field| {
            let (position, field) = field?;
            Ok((position, read(&others[field.content])?))
        })
        .collect();
    with(kept, &others?)
}

/// Openings by position, as the tail of an encoded block.
fn encode(entries: BTreeMap<u32, Vec<Opening>>) -> Bytes {
    let mut bytes = BytesMut::new();
    for (position, openings) in entries {
        let message = EntryOpenings { position, openings }.to_message();
        prost::encoding::message::encode(BLOCK_OPENINGS_FIELD, &message, &mut bytes);
    }
    bytes.freeze()
}

fn read(entry_openings: &[u8]) -> Result<Vec<Opening>> {
    let message = proto::EntryOpenings::decode(entry_openings).map_err(|error| damaged(error.to_string()))?;
    message.openings.into_iter().map(opening).collect()
}

/// All openings but those of the entry at this position.
pub(crate) fn without(openings: &Bytes, position: u32) -> Result<Bytes> {
    let mut kept = BytesMut::with_capacity(openings.len());
    for field in each(openings) {
        let (found, field) = field?;
        if found != position {
            kept.extend_from_slice(&openings[field.start..field.content.end]);
        }
    }
    Ok(kept.freeze())
}

/// The fields of the blob, each with the position of its entry.
fn each(openings: &[u8]) -> impl Iterator<Item = Result<(u32, Field)>> {
    let mut fields = Fields::of(openings);
    std::iter::from_fn(move || {
        let field = fields.next_field().transpose()?;
        Some(field.and_then(|field| Ok((position_of(&openings[field.content.clone()])?, field))))
    })
}

/// Field 1 of `EntryOpenings` comes first, unless it is 0 and so is not written.
fn position_of(entry_openings: &[u8]) -> Result<u32> {
    const POSITION_TAG: u8 = 1 << 3;
    match entry_openings.split_first() {
        Some((&POSITION_TAG, rest)) => {
            let position = Fields::of(rest).varint()?;
            u32::try_from(position).map_err(|_| damaged("a position is too large"))
        }
        _ => Ok(0),
    }
}

fn opening(message: proto::Opening) -> Result<Opening> {
    Ok(Opening {
        action: message.action,
        path: message.path.try_into().map_err(|error: bulla_types::Fault| damaged(error.to_string()))?,
        salt: message.salt.as_ref().try_into().map_err(|_| damaged("a salt is not 32 bytes"))?,
        value: message.value,
    })
}

fn damaged(detail: impl Into<String>) -> StorageError {
    StorageError::corrupted("openings", detail.into())
}
