//! Votes on a proposal: casting them, and which of them count.

use std::collections::BTreeSet;

use bulla_types::limits::PROPOSAL_VOTES_MAX;
use bulla_types::{Ballot, CastVote, KeyStatus, ProposalRecord};

use crate::history;
use crate::refusal::{Cause, ExecutionError};
use crate::signers::{self, Signers, count};
use crate::transaction::Execution;
use crate::view::{StateView, ViewError};

/// Casts the vote of each registration body that signs. A body votes once; when the key of its vote has ended, the
/// vote counts no more, and another may take its place.
pub(crate) fn cast<V: StateView>(
    ballot: Ballot,
    proposal: &mut ProposalRecord,
    execution: &mut Execution<'_, '_, V>,
) -> Result<(), ExecutionError> {
    let bodies = execution.signers.bodies();
    if bodies.is_empty() {
        return Err(Cause::BodyMissing.into());
    }
    for (member, key_id) in bodies {
        let place = proposal.votes.binary_search_by_key(&member, |vote| vote.member);
        let vote = CastVote { member, key_id, ballot, log_index: execution.stamp.log_index };
        match place {
            Ok(place) => {
                let former = execution.state.key(proposal.votes[place].key_id)?;
                if former.is_some_and(|key| key.status == KeyStatus::InForce) {
                    return Err(Cause::VoteCast { member, proposal: proposal.number }.into());
                }
                proposal.votes[place] = vote;
            }
            Err(_) if proposal.votes.len() == PROPOSAL_VOTES_MAX => {
                let max = PROPOSAL_VOTES_MAX;
                return Err(Cause::VotesTooMany { proposal: proposal.number, max }.into());
            }
            Err(place) => proposal.votes.insert(place, vote),
        }
    }
    Ok(())
}

/// The bodies that approve, by votes that count now.
pub(crate) fn approvers<V: StateView>(
    proposal: &ProposalRecord,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Signers, ViewError> {
    counting(Ballot::Approve, proposal, execution)
}

/// Whether the active bodies that have not rejected it are as many as the threshold.
pub(crate) fn can_still_pass<V: StateView>(
    proposal: &ProposalRecord,
    execution: &mut Execution<'_, '_, V>,
) -> Result<bool, ViewError> {
    let mut rejecting = BTreeSet::new();
    for (member, _) in counting(Ballot::Reject, proposal, execution)?.bodies() {
        // A signer that this very transaction suspends is not among the active ones any more.
        if execution.state.member(member)?.is_some_and(|member| history::is_active_body(&member)) {
            rejecting.insert(member);
        }
    }
    let active = execution.state.body_count()?.active;
    Ok(active.saturating_sub(count(&rejecting)) >= execution.threshold)
}

fn counting<V: StateView>(
    ballot: Ballot,
    proposal: &ProposalRecord,
    execution: &mut Execution<'_, '_, V>,
) -> Result<Signers, ViewError> {
    let mut counting = Signers::default();
    for vote in proposal.votes.iter().filter(|vote| vote.ballot == ballot) {
        match execution.signers.by_key(vote.key_id) {
            // Its standing was taken before the first action.
            Some(signer) => counting.add(signer.clone()),
            None => {
                if let Some(signer) = signers::body_now(vote.member, vote.key_id, execution.state)? {
                    counting.add(signer);
                }
            }
        }
    }
    Ok(counting)
}
