//! Parameters that come into force with the next height, and their history.

use std::sync::Arc;

use bulla_types::{BlockTime, ParameterSetRecord, Parameters, StateKey};

use crate::block::BlockContext;
use crate::by_height;
use crate::overlay::Overlay;
use crate::record::Record;
use crate::request;
use crate::view::{StateView, ViewError};

/// Puts parameters in force from the next height on.
pub(crate) fn put<V: StateView>(
    next: Parameters,
    context: &BlockContext,
    state: &mut Overlay<'_, V>,
) -> Result<(), ViewError> {
    state.write(StateKey::Parameters, Record::Parameters(Arc::new(next.clone())));
    // A wider window must not take again what a narrower one has forgotten.
    let forgotten = BlockTime(request::forgotten_before_ms(context));
    let requests_from = request::taken_from(state.view())?.max(Some(forgotten));
    let present = ((*context.parameters).clone(), None);
    by_height::keep::<ParameterSetRecord, _>(present, (next, requests_from), context.height, state)?;
    Ok(())
}

/// Ends a block as far as the version of the protocol is concerned: the one that is scheduled for the next height
/// takes its place among the parameters.
pub(crate) fn begin_scheduled_protocol<V: StateView>(
    context: &BlockContext,
    state: &mut Overlay<'_, V>,
) -> Result<(), ViewError> {
    let scheduled = state.protocol_schedule()?.and_then(|record| record.pending_after(context.height));
    let Some(scheduled) = scheduled.filter(|scheduled| scheduled.height.0 - 1 == context.height.0) else {
        return Ok(());
    };
    let parameters = (*state.parameters()?).clone();
    put(Parameters { protocol_version: scheduled.version, ..parameters }, context, state)
}
