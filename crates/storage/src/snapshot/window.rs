//! Which requests must be remembered after a block, and which entries tell of them.
//!
//! The requests that are remembered stand outside the state map (decision record 0002), so that no root covers
//! them. They follow from the entries, whose order and number the log root covers; the entries of the window and
//! the last one before it show that none is left out.

use bulla_types::{BlockTime, Header, Parameters};

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
    /// it may have been taken as long before its own time.
    pub(super) fn after(header: &Header, parameters: &Parameters) -> Self {
        let window_ms = parameters.request_window_ms;
        let requests_from_ms = header.time.0.saturating_sub(window_ms);
        Self { requests_from_ms, entries_from: BlockTime(requests_from_ms.saturating_sub(window_ms)) }
    }
}
