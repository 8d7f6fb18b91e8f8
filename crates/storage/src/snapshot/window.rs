//! Which requests must be remembered after a block, and which entries tell of them.
//!
//! The requests that are remembered stand outside the state map (decision record 0002), so that no root covers
//! them. They follow from the entries, whose order and number the log root covers; the entries of the window and
//! the last one before it show that none is left out.

use bulla_types::{
    BlockTime, Canonical, Counter, CounterRecord, Header, ParameterSetNumber, ParameterSetRecord, Parameters,
    StateKey,
};
use bytes::Bytes;

use crate::column::Column;
use crate::error::Result;
use crate::view::damaged;

/// The window after one block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Window {
    /// Requests whose own time is before this are refused from now on, milliseconds UTC.
    pub(super) requests_from_ms: u64,
    /// An entry of a block before this time holds no request that is still to be remembered.
    pub(super) entries_from: BlockTime,
}

impl Window {
    /// The window after the block with this header, under the parameters of the next one.
    ///
    /// A request is taken when its own time lies no further from the block's than the window, on either side. So
    /// it may have been taken as long before its own time; and by a wider window than today's, if there was one.
    ///
    /// # Errors
    /// Records of the state that cannot be read.
    pub(super) fn after(header: &Header, record: impl Fn(&[u8]) -> Result<Option<Bytes>>) -> Result<Self> {
        let state = State(record);
        let present: Parameters = state.needed(&StateKey::Parameters)?;
        let mut widest_ms = present.request_window_ms;
        let sets: Option<CounterRecord> = state.read(&StateKey::Counter(Counter::ParameterSets))?;
        for number in 1..sets.map_or(1, |sets| sets.next) {
            let set: ParameterSetRecord =
                state.needed(&StateKey::ParameterSet(ParameterSetNumber(number)))?;
            widest_ms = widest_ms.max(set.parameters.request_window_ms);
        }
        let requests_from_ms = header.time.0.saturating_sub(present.request_window_ms);
        Ok(Self { requests_from_ms, entries_from: BlockTime(requests_from_ms.saturating_sub(widest_ms)) })
    }
}

/// The state map's records by their encoded keys.
struct State<R>(R);

impl<R: Fn(&[u8]) -> Result<Option<Bytes>>> State<R> {
    fn read<T: Canonical>(&self, key: &StateKey) -> Result<Option<T>> {
        let key = key.encode();
        let row = (self.0)(&key)?;
        row.map(|row| T::decode(&row).map_err(|error| damaged(Column::State, &key, error))).transpose()
    }

    fn needed<T: Canonical>(&self, key: &StateKey) -> Result<T> {
        self.read(key)?.ok_or_else(|| damaged(Column::State, &key.encode(), "missing"))
    }
}
