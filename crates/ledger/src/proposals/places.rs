//! The places of a body's open proposals.

use bulla_types::limits::OPEN_PROPOSALS_OF_MEMBER_MAX;
use bulla_types::{IndexRecord, KeyRange, ProposalRecord, ProposalStatus, StateKey};

use crate::proposals::end;
use crate::record::Record;
use crate::refusal::{Cause, ExecutionError};
use crate::transaction::Execution;
use crate::view::{StateView, ViewError};

/// Takes a place for a proposal. Those of the same proposer whose time has passed give theirs up.
pub(crate) fn take_place<V: StateView>(
    proposal: &ProposalRecord,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let &ProposalRecord { number, proposer, not_after, .. } = proposal;
    let (max, stamp) = (OPEN_PROPOSALS_OF_MEMBER_MAX, execution.stamp);
    let mut open = 0;
    // There are never more: each was taken here.
    for row in execution.state.rows(&KeyRange::open_proposals(proposer), max)? {
        let StateKey::OpenProposal { number, not_after, .. } = row else { continue };
        if not_after < stamp.time {
            let key = StateKey::Proposal(number);
            let expired = execution.state.proposal(number)?.ok_or(ViewError::Missing { key })?;
            end((*expired).clone(), ProposalStatus::Expired, stamp, execution.state);
        } else {
            open += 1;
        }
    }
    if open >= max {
        return Err(Cause::ProposalsTooMany { member: proposer, max }.into());
    }
    let row = Record::Index(IndexRecord { log_index: stamp.log_index });
    execution.state.write(StateKey::OpenProposal { proposer, not_after, number }, row);
    Ok(())
}
