//! Trying what is proposed.

use bulla_types::Propose;

use crate::actions;
use crate::enrolment;
use crate::refusal::{Cause, ExecutionError, Refusal};
use crate::transaction::Execution;
use crate::view::StateView;

/// Checks the proofs of possession of all keys in a proposal, which are not asked again when it is carried out.
pub(crate) fn check_possession<V: StateView>(
    propose: &Propose,
    execution: &Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let (ledger_id, request_id) = (&execution.context.ledger_id, &execution.request_id);
    for (act, action) in propose.actions.iter().enumerate() {
        for declaration in action.declared_keys() {
            enrolment::check_possession(declaration, ledger_id, request_id)
                .map_err(|cause| never_possible(act, cause))?;
        }
    }
    Ok(())
}

/// Refuses a proposal of which an act is refused whatever is decided before it, by the reason of that act. Nothing of
/// the trial remains.
///
/// Each act is carried out after those before it, for as many bodies as sign; what must hold of all together is asked
/// at the deciding vote alone. An act that is refused for a reason that may pass is left out.
pub(crate) fn check_possible<V: StateView>(
    propose: &Propose,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let before = execution.state.pending();
    let (context, stamp, request_id) = (execution.context, execution.stamp, execution.request_id);
    let mut trial = Execution::new(context, stamp, request_id, execution.signers.clone(), execution.state);
    // Who votes is not known yet: the proposer stands for all.
    trial.threshold = 1;
    trial.possession_shown = true;
    for (act, action) in propose.actions.iter().enumerate() {
        let so_far = trial.state.pending();
        match actions::apply(action, &mut trial) {
            Ok(_) => {}
            Err(ExecutionError::Refused(Refusal { cause, .. })) if cause.lasts(context.time) => {
                return Err(never_possible(act, cause).into());
            }
            Err(ExecutionError::Refused(_)) => trial.state.back_to(so_far),
            Err(view @ ExecutionError::View(_)) => return Err(view),
        }
    }
    trial.state.back_to(before);
    Ok(())
}

fn never_possible(act: usize, cause: Cause) -> Cause {
    Cause::NeverPossible { act, cause: Box::new(cause) }
}
