//! A request takes effect once, ever, although the ledger remembers only the requests of a window: older
//! ones are refused by the time that stands in their id.

use std::collections::BTreeMap;

use bulla_types::{BlockTime, MemberNumber, ParameterSetRecord, RequestId, Transaction};

use crate::block::BlockContext;
use crate::by_height;
use crate::refusal::{Cause, ExecutionError};
use crate::view::{SeenRequest, StateView, ViewError};

/// Checks that a transaction is for this ledger, in time, and new. A repeated request is told so even when
/// its time has passed: its sender wants to know what became of it.
pub(crate) fn check<V: StateView>(
    context: &BlockContext,
    seen_in_block: &BTreeMap<(MemberNumber, RequestId), SeenRequest>,
    view: &V,
    taken_from: Option<BlockTime>,
    transaction: &Transaction,
) -> Result<(), ExecutionError> {
    let body = transaction.body();
    if body.ledger_id != context.ledger_id {
        return Err(Cause::WrongLedger { found: body.ledger_id, expected: context.ledger_id }.into());
    }
    let (first_signer, request_id) = (body.signers[0].member, body.request_id);
    let seen = match seen_in_block.get(&(first_signer, request_id)) {
        Some(seen) => Some(*seen),
        None => view.request(first_signer, &request_id)?,
    };
    if let Some(SeenRequest { transaction_id, log_index }) = seen {
        return Err(if transaction_id == transaction.id() {
            Cause::RequestRepeated { transaction_id, log_index }
        } else {
            Cause::RequestIdReused { transaction_id, log_index }
        }
        .into());
    }
    let (time, window_ms) = (context.time, context.parameters.request_window_ms);
    if body.not_after < time {
        return Err(Cause::Expired { not_after: body.not_after, time }.into());
    }
    let request_time = BlockTime(request_id.time_ms());
    if request_time.distance_ms(time) > window_ms {
        return Err(Cause::RequestOutsideWindow { request_time, time, window_ms }.into());
    }
    match taken_from {
        Some(from) if request_time < from => Err(Cause::RequestForgotten { request_time, from }.into()),
        _ => Ok(()),
    }
}

/// From when on requests are taken, by their own time, since the parameters were changed: older ones may be
/// forgotten although the window of now is wide enough for them.
pub(crate) fn taken_from(view: &impl StateView) -> Result<Option<BlockTime>, ViewError> {
    Ok(by_height::newest::<ParameterSetRecord>(view)?.and_then(|newest| newest.requests_from))
}

/// From the end of this block on, requests with a time before this are outside the window of every block.
pub(crate) fn forgotten_before_ms(context: &BlockContext) -> u64 {
    context.time.0.saturating_sub(context.parameters.request_window_ms)
}
