//! Carrying out what was proposed.

use bulla_types::{Outcome, ProposalNumber, ProposalRecord, Propose};

use crate::refusal::{Cause, ExecutionError, Refusal};
use crate::signers::Signers;
use crate::transaction::Execution;
use crate::view::StateView;

/// Carries the acts out if the bodies that approve are as many as the threshold asks, as a transaction that they
/// have signed; `None` if they are fewer.
pub(crate) fn carry_out<V: StateView>(
    proposal: &ProposalRecord,
    propose: &Propose,
    approvers: Signers,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Option<Vec<Outcome>>, ExecutionError> {
    if approvers.require_bodies(execution.threshold).is_err() {
        return Ok(None);
    }
    let (context, stamp) = (execution.context, execution.stamp);
    let mut acts = Execution::new(context, stamp, proposal.request_id, approvers, execution.state);
    // Or else a vote of some hundred bytes would cost the checks of a thousand keys, each time it is refused.
    acts.possession_shown = true;
    let outcomes = acts.carry_out(&propose.actions);
    outcomes.map(Some).map_err(|error| of_proposal(proposal.number, error))
}

fn of_proposal(proposal: ProposalNumber, error: ExecutionError) -> ExecutionError {
    match error {
        ExecutionError::Refused(Refusal { action, cause }) => {
            Cause::ProposedAct { proposal, act: action, cause: Box::new(cause) }.into()
        }
        view @ ExecutionError::View(_) => view,
    }
}
