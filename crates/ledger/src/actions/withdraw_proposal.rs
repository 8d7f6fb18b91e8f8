//! Withdrawal of a proposal by the body that made it.

use bulla_types::{Outcome, ProposalOutcome, ProposalStatus, WithdrawProposal};

use crate::proposals;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    withdrawal: &WithdrawProposal,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    let number = withdrawal.proposal;
    let proposal = proposals::open(number, execution)?;
    if !execution.signers.administers(proposal.proposer) {
        return Err(Cause::ProposerMissing { proposal: number, member: proposal.proposer }.into());
    }
    let status = ProposalStatus::Withdrawn;
    proposals::end(proposal, status, execution.stamp, execution.state);
    Ok(Outcome::Proposal(ProposalOutcome { number, status, outcomes: Vec::new() }))
}
