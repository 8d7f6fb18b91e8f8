//! Openings that lack, and those that were erased.

use bulla_types::{BlockHash, Height, MemberNumber};

use super::{KeyValue, View, damaged};
use crate::{
    column::{self, Column, meta},
    error::Result,
    lacking::{Lacking, Looked},
    local_encoding::{self, LackingRow, LookedRow},
};

impl View<'_> {
    /// The decided blocks that lack openings, in rising order.
    ///
    /// # Errors
    /// The iterator ends with the first error.
    pub fn lacking(&self) -> impl Iterator<Item = Result<(Height, Lacking)>> + use<'_> {
        self.scan(Column::Lacking, &[], &[]).map(|row| read(&row?))
    }

    /// How far the blocks were looked through for openings that lack; `None` before the first look.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn looked(&self) -> Result<Option<Looked>> {
        let row: Option<LookedRow> = self.row(Column::Meta, meta::LOOKED)?;
        Ok(row.map(|row| Looked {
            height: Height(row.height),
            member: row.member.map(MemberNumber),
            reads_all: row.reads_all,
        }))
    }

    /// Whether the openings of the entry at this position of a block were erased.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn is_erased(&self, block: &BlockHash, position: u32) -> Result<bool> {
        Ok(self.get(Column::Erased, column::erased(block, position))?.is_some())
    }
}

pub(crate) fn read((key, value): &KeyValue) -> Result<(Height, Lacking)> {
    let height = column::number(key).ok_or_else(|| damaged(Column::Lacking, key, "it names no height"))?;
    let LackingRow { entries, rounds } =
        local_encoding::decode(value).map_err(|error| damaged(Column::Lacking, key, error))?;
    Ok((Height(height), Lacking { entries, rounds }))
}
