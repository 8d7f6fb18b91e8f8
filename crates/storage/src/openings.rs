//! The openings beside a block: the tail of its encoding, one `EntryOpenings` for each entry that has any.

use bulla_types::{Opening, proto};
use bytes::{Bytes, BytesMut};
use prost::Message;

use crate::{
    block::{Field, Fields},
    error::{Result, StorageError},
};

/// The openings of the entry at this position of a block, out of [all of them](crate::View::openings). They are
/// copies, which do not keep the others in memory.
///
/// # Errors
/// When the bytes are damaged.
pub fn openings_of_entry(openings: &[u8], position: u32) -> Result<Vec<Opening>> {
    for field in each(openings) {
        let (found, field) = field?;
        if found == position {
            let message = proto::EntryOpenings::decode(&openings[field.content])
                .map_err(|error| damaged(error.to_string()))?;
            return message.openings.into_iter().map(opening).collect();
        }
    }
    Ok(Vec::new())
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
