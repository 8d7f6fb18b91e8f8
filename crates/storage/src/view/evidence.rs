//! Deposits by number and by digest.

use bulla_crypto::Hash;
use bulla_types::EvidenceNumber;

use super::{View, damaged};
use crate::{
    column::{self, Column},
    error::Result,
    local_encoding::EvidenceRow,
};

/// Where a deposit stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EvidencePlace {
    /// Index of its entry in the log.
    pub log_index: u64,
    /// The action of that entry's transaction, from 0.
    pub action: u32,
}

impl View<'_> {
    /// Where the deposit with this number stands.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn evidence(&self, number: EvidenceNumber) -> Result<Option<EvidencePlace>> {
        let row: Option<EvidenceRow> = self.row(Column::ByEvidence, column::evidence(number))?;
        Ok(row.map(|row| EvidencePlace { log_index: row.log_index, action: row.action }))
    }

    /// The number of the first deposit that is held here; `None` when there is none.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn first_evidence(&self) -> Result<Option<EvidenceNumber>> {
        let Some(row) = self.scan(Column::ByEvidence, &[], &[]).next() else { return Ok(None) };
        let (key, _) = row?;
        let number = column::number(&key).map(EvidenceNumber);
        number.map(Some).ok_or_else(|| damaged(Column::ByEvidence, &key, "no evidence number"))
    }

    /// The deposits of a document with this digest, under whichever algorithm, in rising order of number,
    /// from the number `from` on. The iterator ends with its first error.
    pub fn evidence_by_digest(
        &self,
        digest: &Hash,
        from: EvidenceNumber,
    ) -> impl Iterator<Item = Result<EvidenceNumber>> + use<'_> {
        let digest = digest.as_bytes();
        let rows = self.scan(Column::ByDigest, &column::digest(digest, from), &column::after_prefix(digest));
        rows.map(|row| {
            let (key, _) = row?;
            let number = key.get(32..).and_then(column::number);
            number.map(EvidenceNumber).ok_or_else(|| damaged(Column::ByDigest, &key, "no evidence number"))
        })
    }
}
