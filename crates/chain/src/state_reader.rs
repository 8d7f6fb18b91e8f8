//! Reading records and what the rules say about them, all from one view of the store.

use bulla_ledger::{PossibleStep, StateView, StepTime, possible_steps_of_each, running_deadlines};
use bulla_storage::View;
use bulla_types::canonical::Canonical;
use bulla_types::{BlockTime, CaseNumber, Counter, CounterRecord, KeyRange, StateKey};
use bytes::Bytes;

use crate::builder::unread;
use crate::chain::Chain;
use crate::fault::ChainError;
use crate::view::Snapshot;

/// The committed state of one moment, as readers ask for it.
pub struct StateReader<'a>(pub(crate) Snapshot<'a>);

impl Chain {
    /// Reads records one after another, as of now.
    ///
    /// # Errors
    /// Storage errors.
    pub fn state_reader(&self) -> Result<StateReader<'_>, ChainError> {
        Ok(StateReader(Snapshot(self.store().view()?)))
    }
}

impl StateReader<'_> {
    /// The value of a key.
    ///
    /// # Errors
    /// Storage errors; so for every method here.
    pub fn value(&self, key: &StateKey) -> Result<Option<Bytes>, ChainError> {
        Ok(self.0.0.state(&key.encode())?)
    }

    /// The record of a key, read as the type that belongs to it.
    ///
    /// # Errors
    /// Storage errors, and a value of another type.
    pub fn record<R: Canonical>(&self, key: &StateKey) -> Result<Option<R>, ChainError> {
        let Some(value) = self.value(key)? else { return Ok(None) };
        R::decode(&value).map(Some).map_err(|error| ChainError::Invariant(format!("{key:?}: {error}")))
    }

    /// The keys of a range, in order, at most `limit`.
    ///
    /// # Errors
    /// Storage errors.
    pub fn keys(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ChainError> {
        self.0.keys(range, limit).map_err(unread)
    }

    /// The last number that a sequence has given out; 0 before any.
    ///
    /// # Errors
    /// Storage errors.
    pub fn last(&self, counter: Counter) -> Result<u64, ChainError> {
        let record: Option<CounterRecord> = self.record(&StateKey::Counter(counter))?;
        Ok(record.map_or(0, |record| record.next.saturating_sub(1)))
    }

    /// The steps that members may take in each of these cases at a time.
    ///
    /// # Errors
    /// Storage errors, and a case that does not exist.
    pub fn possible_steps(
        &self,
        cases: impl IntoIterator<Item = CaseNumber>,
        time: BlockTime,
    ) -> Result<Vec<Vec<PossibleStep>>, ChainError> {
        possible_steps_of_each(&self.0, cases, time).map_err(unread)
    }

    /// The deadlines that run in each of these cases at a time, as they stand now.
    ///
    /// # Errors
    /// Storage errors, and a case that does not exist.
    pub fn running_deadlines(
        &self,
        cases: impl IntoIterator<Item = CaseNumber>,
        time: BlockTime,
    ) -> Result<Vec<Vec<StepTime>>, ChainError> {
        running_deadlines(&self.0, cases, time).map_err(unread)
    }

    /// The indexes of the store, as of the same moment.
    #[must_use]
    pub fn indexes(&self) -> &View<'_> {
        &self.0.0
    }
}
