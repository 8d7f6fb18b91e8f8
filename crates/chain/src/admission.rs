//! The committed state, as admission asks for it.

use std::sync::Arc;

use bulla_ledger::{BlockContext, BlockExecution, ExecutionError, SeenRequest, StateView, ViewError};
use bulla_mempool::{AdmissionView, Clock};
use bulla_storage::Store;
use bulla_types::{
    BlockTime, Canonical, DecodeError, Height, KeyRange, MemberNumber, Parameters, RequestId, StateKey,
    Transaction,
};

use crate::fault::ChainError;
use crate::tip::Tip;
use crate::view::{Snapshot, unreadable};

/// The newest committed state. It stands before the chain: the mempool needs it, and the chain the mempool.
pub struct CommittedState {
    store: Arc<Store>,
    clock: Arc<dyn Clock>,
}

impl CommittedState {
    /// The committed state of this store.
    ///
    /// # Errors
    /// When the store cannot be read or lacks what its tip promises.
    pub fn new(store: Arc<Store>, clock: Arc<dyn Clock>) -> Result<Self, ChainError> {
        Tip::load(&Snapshot(store.view()?))?;
        Ok(Self { store, clock })
    }

    fn snapshot(&self) -> Result<Snapshot<'_>, ViewError> {
        self.store.view().map(Snapshot).map_err(unreadable)
    }

    /// A block that is built now: by the clock, unless it has not come so far as the newest block.
    fn context(&self, snapshot: &Snapshot<'_>) -> Result<BlockContext, ViewError> {
        let tip = snapshot.0.tip();
        let newest = snapshot.0.decided(tip.height).map_err(unreadable)?;
        let key = StateKey::Parameters;
        let bytes = snapshot.get(&key)?.ok_or(ViewError::Missing { key })?;
        let corrupt = |error: DecodeError| ViewError::Corrupt { key, reason: error.to_string() };
        let parameters = Parameters::decode(&bytes).map_err(corrupt)?;
        let parent_time = newest.map_or(BlockTime(0), |newest| newest.header.time);
        let earliest = parent_time.0.saturating_add(1);
        Ok(BlockContext {
            ledger_id: self.store.ledger_id(),
            height: Height(tip.height.0 + 1),
            time: self.clock.now().max(BlockTime(earliest)),
            parent_time,
            next_index: tip.log_size,
            parameters: Arc::new(parameters),
        })
    }
}

impl StateView for CommittedState {
    fn get(&self, key: &StateKey) -> Result<Option<Vec<u8>>, ViewError> {
        self.snapshot()?.get(key)
    }

    fn keys(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ViewError> {
        self.snapshot()?.keys(range, limit)
    }

    fn request(&self, first_signer: MemberNumber, id: &RequestId) -> Result<Option<SeenRequest>, ViewError> {
        self.snapshot()?.request(first_signer, id)
    }
}

impl AdmissionView for CommittedState {
    fn check(&self, transactions: &[&Transaction]) -> Vec<Result<(), ExecutionError>> {
        let checked = self.snapshot().and_then(|snapshot| {
            let context = self.context(&snapshot)?;
            let mut execution = BlockExecution::new(&snapshot, context);
            Ok(transactions.iter().map(|transaction| execution.dry_run(transaction).map(|_| ())).collect())
        });
        checked.unwrap_or_else(|error| {
            let why = error.to_string();
            transactions.iter().map(|_| Err(ExecutionError::View(unavailable(&why)))).collect()
        })
    }
}

fn unavailable(why: &str) -> ViewError {
    ViewError::Read(why.into())
}
