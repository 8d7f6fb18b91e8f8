//! The end of an outage (停机恢复): the first block after the ledger stood still says so, and what fell due
//! meanwhile is held until governance has had time for a suspension of clocks.

use bulla_types::{OutageEnded, OutageRecord, StateKey};

use crate::block::BlockContext;
use crate::overlay::Overlay;
use crate::record::Record;
use crate::view::{StateView, ViewError};

/// The event with which a block begins that comes later than the parameters allow.
pub(crate) fn ended(context: &BlockContext) -> Option<OutageEnded> {
    let rule = context.parameters.outage?;
    let lasted_ms = context.time.0.saturating_sub(context.parent_time.0);
    let founded = context.next_index > 0;
    (founded && lasted_ms > rule.longer_than_ms).then(|| OutageEnded {
        from: context.parent_time,
        held_until: bulla_types::BlockTime(context.time.0.saturating_add(rule.held_ms)),
    })
}

/// Records an outage. One that begins while another is still held lengthens that one.
pub(crate) fn apply<V: StateView>(
    event: OutageEnded,
    context: &BlockContext,
    state: &mut Overlay<'_, V>,
) -> Result<(), ViewError> {
    let held = state.outage()?.filter(|outage| event.from < outage.held_until);
    let from = held.map_or(event.from, |outage| outage.from);
    let outage = OutageRecord { from, until: context.time, held_until: event.held_until };
    state.write(StateKey::Outage, Record::Outage(outage));
    Ok(())
}
