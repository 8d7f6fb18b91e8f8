//! Votes on a proposal (表决), by each registration body that signs. The one that decides carries the acts out.

use bulla_types::{
    Ballot, Outcome, ProposalOutcome, ProposalRecord, ProposalStatus, StateKey, VoteOnProposal,
};

use crate::history;
use crate::proposals;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::{StateView, ViewError};

pub(super) fn apply<V: StateView>(
    vote: &VoteOnProposal,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    let &VoteOnProposal { proposal: number, digest, ballot, grounds: _ } = vote;
    let mut proposal = proposals::open(number, execution)?;
    if proposal.digest != digest {
        return Err(
            Cause::ProposalDiffers { proposal: number, expected: proposal.digest, found: digest }.into()
        );
    }
    proposals::cast(ballot, &mut proposal, execution)?;
    let (status, outcomes) = decide(ballot, &proposal, execution)?;
    if status == ProposalStatus::Open {
        proposal.history_count = history::one_more(proposal.history_count);
        history::write_proposal(proposal, execution.stamp, execution.state);
    } else {
        proposals::end(proposal, status, execution.stamp, execution.state);
    }
    Ok(Outcome::Proposal(ProposalOutcome { number, status, outcomes }))
}

/// What a vote leads to. Only an approval carries out, only a rejection rejects.
fn decide<V: StateView>(
    ballot: Ballot,
    proposal: &ProposalRecord,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(ProposalStatus, Vec<Outcome>), ExecutionError> {
    match ballot {
        Ballot::Approve => {
            let approvers = proposals::approvers(proposal, execution)?;
            let key = StateKey::Proposed(proposal.number);
            let propose = execution.state.proposed(proposal.number)?.ok_or(ViewError::Missing { key })?;
            let outcomes = proposals::carry_out(proposal, &propose, approvers, execution)?;
            Ok(outcomes.map_or((ProposalStatus::Open, Vec::new()), |outcomes| {
                (ProposalStatus::CarriedOut, outcomes)
            }))
        }
        Ballot::Reject if proposals::can_still_pass(proposal, execution)? => {
            Ok((ProposalStatus::Open, Vec::new()))
        }
        Ballot::Reject => Ok((ProposalStatus::Rejected, Vec::new())),
    }
}
