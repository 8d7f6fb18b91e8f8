//! Requests that are remembered so that each takes effect once.

use bulla_types::{MemberNumber, RequestId, TransactionId};

use super::View;
use crate::{
    column::{self, Column},
    error::Result,
    local_encoding::RequestRow,
};

/// What a request led to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RememberedRequest {
    /// The transaction that carried it.
    pub transaction_id: TransactionId,
    /// Log index of its entry.
    pub log_index: u64,
}

impl View<'_> {
    /// What the request of this first signer led to, if it is not older than what is remembered.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn request(
        &self,
        first_signer: MemberNumber,
        request_id: &RequestId,
    ) -> Result<Option<RememberedRequest>> {
        // Rows below the mark may still be there: they are swept in larger ranges. They must not answer, or
        // two nodes could answer differently.
        if request_id.time_ms() < self.tip_row().requests_from_ms {
            return Ok(None);
        }
        let row: Option<RequestRow> =
            self.row(Column::Requests, column::request(first_signer, request_id))?;
        Ok(row.map(|row| RememberedRequest {
            transaction_id: TransactionId::from_bytes(row.transaction_id),
            log_index: row.log_index,
        }))
    }
}
