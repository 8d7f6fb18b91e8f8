//! A step of a case (程序步骤), taken by members.

use bulla_types::{Outcome, TakeStep};

use crate::cases::take;
use crate::refusal::ExecutionError;
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    step: &TakeStep,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    let outcome = take::take(step, &execution.signers, execution.stamp, execution.state)?;
    execution.acted.extend(take::signing_members(step));
    Ok(Outcome::Case(outcome))
}
