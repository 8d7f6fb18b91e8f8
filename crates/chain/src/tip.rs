//! The committed tip: what the next block builds on.

use std::sync::Arc;

use bulla_ledger::validators_at;
use bulla_merkle::log::{Frontier, Sha256Log, Sm3Log};
use bulla_storage::View;
use bulla_types::canonical::Canonical;
use bulla_types::{
    BlockHash, BlockTime, CommitCertificate, Genesis, Header, Height, LedgerId, Parameters, StateKey,
    TestClock, ValidatorSet,
};

use crate::builder::unread;
use crate::executed::Executed;
use crate::fault::ChainError;
use crate::view::Snapshot;

/// The newest committed block, or the genesis before any.
#[derive(Debug, Clone)]
pub struct Tip {
    /// The ledger.
    pub ledger_id: LedgerId,
    /// Height of the newest block; 0 before any.
    pub height: u64,
    /// Its time; the genesis time at height 0.
    pub time: BlockTime,
    /// Its hash; the ledger id at height 0.
    pub block_hash: BlockHash,
    /// Its header and certificate; absent at height 0.
    pub certified: Option<Arc<(Header, CommitCertificate)>>,
    /// Number of entries in the log.
    pub log_size: u64,
    /// The log's frontier, once this process has appended to it; so for the second log.
    pub(crate) log_frontier: Option<Arc<Frontier<Sha256Log>>>,
    pub(crate) second_log_frontier: Option<Arc<Frontier<Sm3Log>>>,
    /// Version of the state tree: the height of its newest change.
    pub state_version: u64,
    /// The validators of the next height.
    pub validators: Arc<ValidatorSet>,
    /// The validators that certified this height: they check its certificate in the next block.
    pub certified_by: Arc<ValidatorSet>,
    /// The parameters in force for the next height.
    pub parameters: Arc<Parameters>,
    /// Whether nodes may run by another clock than their machine's.
    pub test_clock: Option<TestClock>,
}

impl Tip {
    /// The tip that a store holds.
    ///
    /// # Errors
    /// When the store cannot be read, or lacks what its tip promises.
    pub(crate) fn load(snapshot: &Snapshot<'_>) -> Result<Self, ChainError> {
        let view = &snapshot.0;
        let stored = view.tip();
        let genesis = Genesis::decode(&view.genesis()?)
            .map_err(|error| ChainError::Invariant(format!("the stored genesis: {error}")))?;
        let validators = Arc::new(record::<ValidatorSet>(view, &StateKey::Validators)?);
        let certified_by = match stored.height {
            Height(0) => Arc::clone(&validators),
            height => Arc::new(validators_at(snapshot, height).map_err(unread)?),
        };
        let parameters = Arc::new(record::<Parameters>(view, &StateKey::Parameters)?);
        let decided = view.decided(stored.height)?;
        if decided.is_none() && stored.height > Height(0) {
            return Err(ChainError::Invariant(format!("the block of the tip {} is missing", stored.height)));
        }
        let time = decided.as_ref().map_or(genesis.time(), |decided| decided.header.time);
        Ok(Self {
            ledger_id: genesis.ledger_id(),
            height: stored.height.0,
            time,
            block_hash: stored.block_hash,
            certified: decided.map(|decided| Arc::new((decided.header, decided.certificate))),
            log_size: stored.log_size,
            log_frontier: None,
            second_log_frontier: None,
            state_version: stored.state_version,
            certified_by,
            validators,
            parameters,
            test_clock: genesis.test_clock(),
        })
    }

    /// The tip once a block is committed on top of this one.
    pub(crate) fn after(&self, executed: &Executed, certificate: &CommitCertificate) -> Self {
        let header = executed.header();
        Self {
            ledger_id: self.ledger_id,
            height: header.height.0,
            time: header.time,
            block_hash: executed.hash(),
            certified: Some(Arc::new((header.clone(), certificate.clone()))),
            log_size: header.log_size_after,
            log_frontier: Some(Arc::new(executed.log.frontier())),
            second_log_frontier: executed.second_log.as_ref().map(|log| Arc::new(log.frontier())),
            state_version: executed.state_version,
            certified_by: Arc::clone(&self.validators),
            validators: Arc::clone(&executed.next_validators),
            parameters: Arc::clone(&executed.next_parameters),
            test_clock: self.test_clock,
        }
    }

    /// The earliest time that the next block may have.
    #[must_use]
    pub fn earliest_next(&self) -> BlockTime {
        BlockTime(self.time.0.saturating_add(1))
    }

    /// The height that comes next.
    #[must_use]
    pub fn next_height(&self) -> u64 {
        self.height + 1
    }
}

fn record<T: Canonical>(view: &View<'_>, key: &StateKey) -> Result<T, ChainError> {
    let bytes = view
        .state(&key.encode())?
        .ok_or_else(|| ChainError::Invariant(format!("the state lacks {key:?}")))?;
    T::decode(&bytes).map_err(|error| ChainError::Invariant(format!("{key:?}: {error}")))
}
