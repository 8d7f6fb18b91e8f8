//! An equivocation: two votes of a validator for different values in one step. It proves itself, so whoever
//! builds a block may record it, once for each (validator, height, round, type).

use bulla_types::{Equivocation, EquivocationRecord, StateKey};

use crate::block::BlockContext;
use crate::overlay::Overlay;
use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::validators::validators_at;
use crate::view::StateView;

/// Records an equivocation into the overlay's pending writes.
pub(crate) fn apply<V: StateView>(
    context: &BlockContext,
    log_index: u64,
    equivocation: &Equivocation,
    state: &mut Overlay<'_, V>,
) -> Result<(), ExecutionError> {
    let (address, height) = (equivocation.address(), equivocation.height());
    if height > context.height {
        return Err(Cause::EquivocationInFuture { found: height, height: context.height }.into());
    }
    let (round, vote_type) = (equivocation.round(), equivocation.vote_type());
    let key = StateKey::Equivocation { address, height, round, vote_type };
    if let Some(EquivocationRecord { log_index }) = state.equivocation(&key)? {
        return Err(Cause::EquivocationRepeated { address, log_index }.into());
    }
    let validators = validators_at(state.view(), height)?;
    let validator = validators.get(&address).ok_or(Cause::ValidatorUnknown(address))?;
    if !equivocation.is_proved(context.ledger_id, validator.key()) {
        return Err(Cause::EquivocationNotProved(address).into());
    }
    state.write(key, Record::Equivocation(EquivocationRecord { log_index }));
    Ok(())
}
