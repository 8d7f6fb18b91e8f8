//! Proposals of heights not yet decided.

use bulla_types::Height;

use super::{KeyValue, View, damaged};
use crate::{
    column::{self, Column},
    error::Result,
    local_encoding::{self, ProposalRow},
    proposal::ProposalRecord,
};

impl View<'_> {
    /// The proposals of a round.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn proposals(&self, height: Height, round: u32) -> Result<Vec<ProposalRecord>> {
        self.scan_prefix(Column::Proposals, &column::round(height, round)).map(|row| read(&row?)).collect()
    }

    /// The proposals of all rounds of a height.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn proposals_at(&self, height: Height) -> Result<Vec<ProposalRecord>> {
        self.scan_prefix(Column::Proposals, &column::height(height)).map(|row| read(&row?)).collect()
    }
}

pub(crate) fn read((key, value): &KeyValue) -> Result<ProposalRecord> {
    let row: ProposalRow =
        local_encoding::decode(value).map_err(|error| damaged(Column::Proposals, key, error))?;
    column::read_proposal(key, row.valid)
        .ok_or_else(|| damaged(Column::Proposals, key, "the key has another length"))
}
