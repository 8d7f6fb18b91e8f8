//! A proposal of acts of administration (提案), by one or more registration bodies, each of which approves by it.

use std::sync::Arc;

use bulla_types::limits::PROPOSAL_TERM_MS_MAX;
use bulla_types::{
    Ballot, BlockTime, Counter, Outcome, ProposalNumber, ProposalOutcome, ProposalRecord, ProposalStatus,
    Propose, StateKey,
};

use crate::history;
use crate::proposals;
use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::StateView;

pub(super) fn apply<V: StateView>(
    propose: &Propose,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Outcome, ExecutionError> {
    let Some(&(proposer, _)) = execution.signers.bodies().first() else {
        return Err(Cause::BodyMissing.into());
    };
    check_term(propose.not_after, execution.context.time)?;
    let number = ProposalNumber(execution.state.take(Counter::Proposals)?);
    let mut proposal = ProposalRecord {
        number,
        proposer,
        digest: propose.digest(),
        log_index: execution.stamp.log_index,
        action: execution.action,
        request_id: execution.request_id,
        not_after: propose.not_after,
        votes: Vec::new(),
        status: ProposalStatus::Open,
        history_count: history::FIRST,
    };
    proposals::cast(Ballot::Approve, &mut proposal, execution)?;
    proposals::check_possession(propose, execution)?;
    let approvers = proposals::approvers(&proposal, execution)?;
    let outcomes = match proposals::carry_out(&proposal, propose, approvers, execution)? {
        Some(outcomes) => {
            proposal.status = ProposalStatus::CarriedOut;
            outcomes
        }
        None => {
            proposals::take_place(&proposal, execution)?;
            proposals::check_possible(propose, execution)?;
            let proposed = Record::Proposed(Arc::new(propose.clone()));
            execution.state.write(StateKey::Proposed(number), proposed);
            Vec::new()
        }
    };
    let status = proposal.status;
    history::write_proposal(proposal, execution.stamp, execution.state);
    Ok(Outcome::Proposal(ProposalOutcome { number, status, outcomes }))
}

fn check_term(not_after: BlockTime, time: BlockTime) -> Result<(), Cause> {
    let last = BlockTime(time.0.saturating_add(PROPOSAL_TERM_MS_MAX));
    if not_after <= time || not_after > last {
        return Err(Cause::ProposalTermInvalid { not_after, time, last });
    }
    Ok(())
}
