//! The end of a proposal: what it proposed stands in the log, and no more in the state.

use bulla_types::{ProposalRecord, ProposalStatus, StateKey};

use crate::history;
use crate::overlay::Overlay;
use crate::transaction::Stamp;
use crate::view::StateView;

/// Ends a proposal that was open.
pub(crate) fn end<V: StateView>(
    mut proposal: ProposalRecord,
    status: ProposalStatus,
    stamp: Stamp,
    state: &mut Overlay<'_, V>,
) {
    let ProposalRecord { number, proposer, not_after, history_count, .. } = proposal;
    state.remove(StateKey::Proposed(number));
    state.remove_row(StateKey::OpenProposal { proposer, not_after, number });
    proposal.status = status;
    proposal.history_count = history::one_more(history_count);
    history::write_proposal(proposal, stamp, state);
}
