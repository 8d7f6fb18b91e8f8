//! Status proofs (状态证明): a record with every step of its past, gathered from one view of the store.

use bulla_ledger::history_count;
use bulla_types::limits::STATUS_STEPS_MAX;
use bulla_types::{RecordKey, StatusProofFile};

use crate::builder::unread;
use crate::chain::Chain;
use crate::fault::ChainError;
use crate::receipt::{broken, bundle};
use crate::view::Snapshot;

/// What can be shown of a record.
#[derive(Debug, Clone)]
pub enum StatusProof {
    /// What it is and was.
    Proved(Box<StatusProofFile>),
    /// There is no such record, or no block yet.
    NoRecord,
    /// Its past has more steps than one file holds.
    TooLong {
        /// How many.
        steps: u32,
    },
}

impl Chain {
    /// Proves what a record is and was, as of now.
    ///
    /// # Errors
    /// Storage errors.
    pub fn status_proof(&self, record: RecordKey) -> Result<StatusProof, ChainError> {
        let snapshot = Snapshot(self.store().view()?);
        let view = &snapshot.0;
        let Some(newest) = view.decided(view.tip().height)? else { return Ok(StatusProof::NoRecord) };
        let Some(steps) = history_count(&snapshot, record).map_err(unread)? else {
            return Ok(StatusProof::NoRecord);
        };
        if usize::try_from(steps).is_ok_and(|steps| steps > STATUS_STEPS_MAX) {
            return Ok(StatusProof::TooLong { steps });
        }
        let newest = (newest.header, newest.certificate);
        let bundle = bundle(&snapshot, newest, record.keys_with_steps(steps))?;
        let file = StatusProofFile::new(record, bundle).map_err(broken)?;
        Ok(StatusProof::Proved(Box::new(file)))
    }
}
