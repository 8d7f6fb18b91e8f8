//! Change of the validators (验证节点变更) by the registration bodies, from the next height on.

use bulla_types::{ChangeValidators, Outcome, ValidatorChange};

use crate::refusal::ExecutionError;
use crate::transaction::Execution;
use crate::validators;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    action: &ChangeValidators,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    execution.require_bodies()?;
    let mut list = execution.state.validators()?.validators().to_vec();
    // Those who leave first, so that a validator can be replaced where there is room for no more.
    let (leave, others): (Vec<ValidatorChange>, Vec<_>) =
        action.changes.iter().copied().partition(|change| change.power == 0);
    for change in leave.into_iter().chain(others) {
        validators::change(&mut list, change, execution)?;
    }
    validators::put(list, execution)?;
    Ok(Outcome::Done)
}
