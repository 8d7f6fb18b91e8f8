//! Which proposals take votes.

use bulla_types::{ProposalNumber, ProposalRecord, ProposalStatus};

use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

/// A proposal that takes votes now.
pub(crate) fn open<V: StateView>(
    number: ProposalNumber,
    execution: &mut Execution<'_, '_, V>,
) -> Result<ProposalRecord, ExecutionError> {
    let proposal = execution.state.proposal(number)?.ok_or(Cause::ProposalUnknown(number))?;
    let (status, not_after, time) = (proposal.status, proposal.not_after, execution.context.time);
    if proposal.is_open_at(time) {
        Ok((*proposal).clone())
    } else if status == ProposalStatus::Open || status == ProposalStatus::Expired {
        Err(Cause::ProposalExpired { proposal: number, not_after, time }.into())
    } else {
        Err(Cause::ProposalEnded { proposal: number, status }.into())
    }
}
