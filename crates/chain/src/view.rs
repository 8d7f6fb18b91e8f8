//! The committed state of one moment, as the rules read it.

use bulla_ledger::{DecodedProfiles, SeenRequest, StateView, ViewError};
use bulla_storage::{StorageError, View};
use bulla_types::{KeyRange, MemberNumber, RequestId, StateKey};
use bytes::Bytes;

/// One for all ledgers of a process.
static DECODED_PROFILES: DecodedProfiles = DecodedProfiles::new();

/// A view of the store that answers the rules. What is committed meanwhile does not show.
pub(crate) struct Snapshot<'a>(pub(crate) View<'a>);

impl StateView for Snapshot<'_> {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        let value = self.0.state(&key.encode()).map_err(unreadable)?;
        Ok(value.map(|value| value.to_vec()))
    }

    fn keys(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ViewError> {
        let rows = self.0.state_range(&range.start, &range.end).take(limit);
        let read = |row: Result<Bytes, StorageError>| {
            let key = row.map_err(unreadable)?;
            StateKey::decode(&key).map_err(|error| ViewError::Foreign(error.to_string()))
        };
        rows.map(read).collect()
    }

    fn request(&self, first_signer: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        let remembered = self.0.request(first_signer, id).map_err(unreadable)?;
        Ok(remembered.map(|request| SeenRequest {
            transaction_id: request.transaction_id,
            log_index: request.log_index,
        }))
    }

    fn decoded_profiles(&self) -> Option<&DecodedProfiles> {
        Some(&DECODED_PROFILES)
    }
}

pub(crate) fn unreadable(error: StorageError) -> ViewError {
    ViewError::Read(Box::new(error))
}
