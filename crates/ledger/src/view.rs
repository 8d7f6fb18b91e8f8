//! What the state machine reads: the committed state, through three questions.

use bulla_types::{KeyRange, MemberNumber, RequestId, StateKey, TransactionId};
use thiserror::Error;

use crate::decoded::DecodedProfiles;

/// The committed state of one height. Every answer belongs to that height, whatever is committed later.
pub trait StateView {
    /// The value of a key of the state map, or `None` when the map does not hold it.
    ///
    /// # Errors
    /// [`ViewError::Read`] when the store behind the view fails.
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError>;

    /// The first `limit` keys of the state map that lie in a range, in rising order of their bytes.
    ///
    /// # Errors
    /// [`ViewError::Read`] when the store behind the view fails, [`ViewError::Foreign`] for bytes that are no
    /// key.
    fn keys(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ViewError>;

    /// The entry that a request of `first_signer` led to, if it is still remembered. A view may answer
    /// for longer than the request window, never for less.
    ///
    /// # Errors
    /// [`ViewError::Read`] when the store behind the view fails.
    fn request(
        &self,
        first_signer: MemberNumber,
        request_id: &RequestId,
    ) -> Result<Option<SeenRequest>, ViewError>;

    /// Where profiles are kept decoded for other executions, if they are.
    fn decoded_profiles(&self) -> Option<&DecodedProfiles> {
        None
    }
}

/// What became of a request: the one entry that it took effect with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeenRequest {
    /// The transaction that carried the request.
    pub transaction_id: TransactionId,
    /// Log index of its entry.
    pub log_index: u64,
}

/// The view did not answer, or answered with what no execution can have written. Never the fault of a
/// transaction: the node must not go on as if it were.
#[derive(Debug, Error)]
pub enum ViewError {
    /// The store failed to read.
    #[error("the state could not be read: {0}")]
    Read(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A stored value is not the canonical encoding of the record that its key calls for.
    #[error("the state holds no valid record under {key}: {reason}")]
    Corrupt {
        /// Key of the record.
        key: StateKey,
        /// What is wrong with its bytes.
        reason: String,
    },
    /// The state map holds bytes as a key that are none.
    #[error("the state holds a record under bytes that are no key: {0}")]
    Foreign(String),
    /// A record is missing that another record, or genesis, promises.
    #[error("the state lacks {key}")]
    Missing {
        /// Key of the record.
        key: StateKey,
    },
}
