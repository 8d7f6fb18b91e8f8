//! The committed state of one moment, as the rules read it.

use bulla_ledger::{SeenRequest, StateView, ViewError};
use bulla_storage::{StorageError, View};
use bulla_types::{MemberNumber, RequestId, StateKey};

/// A view of the store that answers the rules. What is committed meanwhile does not show.
pub(crate) struct Snapshot<'a>(pub(crate) View<'a>);

impl StateView for Snapshot<'_> {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        let value = self.0.state(&key.encode()).map_err(unreadable)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn request(&self, first_signer: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        let remembered = self.0.request(first_signer, id).map_err(unreadable)?;
        Ok(remembered.map(|request| SeenRequest {
            transaction_id: request.transaction_id,
            log_index: request.log_index,
        }))
    }
}

pub(crate) fn unreadable(error: StorageError) -> ViewError {
    ViewError::Read(Box::new(error))
}
