//! Which requests are remembered after a block, and which entries tell of them.
//!
//! The requests that are remembered stand outside the state map (decision record 0002), so that no root covers
//! them. They follow from the entries, whose order and number the log root covers; the entries of the window and
//! the last one before it show that none is left out.

use bulla_types::{
    BlockTime, Canonical, Counter, CounterRecord, Header, ParameterSetNumber, ParameterSetRecord, Parameters,
    StateKey,
};
use bytes::Bytes;

use crate::{column::Column, error::Result, view::damaged};

/// The window after one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct RequestWindow {
    /// Requests whose own time is before this are forgotten, and refused from now on, milliseconds UTC.
    pub(crate) requests_from_ms: u64,
    /// An entry of a block before this time holds no request that is still remembered.
    pub(crate) entries_from: BlockTime,
}

impl RequestWindow {
    /// The window after the block with this header, by the records of the state as they are then.
    ///
    /// Each block forgets what is older than the window that it had; what is forgotten stays so, however the window
    /// changes. A request is taken when its own time lies no further from the block's than the window, on either
    /// side: so it may have been taken as long before its own time as any window was wide.
    pub(crate) fn after(header: &Header, read: impl Fn(&[u8]) -> Result<Option<Bytes>>) -> Result<Self> {
        let now: Parameters = record(&StateKey::Parameters, &read)?;
        let sets = parameter_sets(&read)?;
        let forgotten = |window_ms: u64| header.time.0.saturating_sub(window_ms);
        let requests_from_ms = match sets.last() {
            None => forgotten(now.request_window_ms),
            // The block itself had the parameters before: what it forgot stands with the new ones.
            Some(newest) if newest.first_height > header.height => from_ms(newest),
            Some(newest) => from_ms(newest).max(forgotten(now.request_window_ms)),
        };
        let widest_ms = sets.iter().map(|set| set.parameters.request_window_ms).max();
        let widest_ms = widest_ms.unwrap_or(0).max(now.request_window_ms);
        Ok(Self { requests_from_ms, entries_from: BlockTime(requests_from_ms.saturating_sub(widest_ms)) })
    }
}

fn from_ms(set: &ParameterSetRecord) -> u64 {
    set.requests_from.map_or(0, |time| time.0)
}

/// All parameters that the ledger has had, in order; none if they have never changed.
fn parameter_sets(read: &impl Fn(&[u8]) -> Result<Option<Bytes>>) -> Result<Vec<ParameterSetRecord>> {
    let counter = StateKey::Counter(Counter::ParameterSets);
    if read(&counter.encode())?.is_none() {
        return Ok(Vec::new());
    }
    let CounterRecord { next } = record(&counter, read)?;
    (1..next).map(|number| record(&StateKey::ParameterSet(ParameterSetNumber(number)), read)).collect()
}

fn record<R: Canonical>(key: &StateKey, read: &impl Fn(&[u8]) -> Result<Option<Bytes>>) -> Result<R> {
    let key = key.encode();
    let value = read(&key)?.ok_or_else(|| damaged(Column::State, &key, "missing"))?;
    R::decode(&value).map_err(|error| damaged(Column::State, &key, error))
}
