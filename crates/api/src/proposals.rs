//! Proposals of the registration bodies. Open to all, on every ledger, as the members and the law are.

use bulla_chain::StateReader;
use bulla_types::{Canonical, Counter, KeyRange, ProposalNumber, ProposalRecord, StateKey, proto};

use crate::error::ApiError;
use crate::limits::{PROPOSALS_MAX, PROPOSALS_READ_MAX, REGISTER_BYTES_MAX, limit};
use crate::node_api::NodeApi;

impl NodeApi {
    pub(crate) fn proposals(
        &self,
        request: &proto::ListProposalsRequest,
    ) -> Result<proto::ListProposalsResponse, ApiError> {
        let state = self.chain.state_reader()?;
        let numbers = numbers(&state, request)?;
        let limit = limit(request.limit, PROPOSALS_MAX);
        // The next block's, by this node's clock.
        let time = self.clock.now().max(self.chain.tip().time);
        let mut list = proto::ListProposalsResponse::default();
        let mut bytes = 0_usize;
        for (read, number) in numbers.into_iter().enumerate() {
            if list.proposals.len() == limit || read == PROPOSALS_READ_MAX || bytes > REGISTER_BYTES_MAX {
                list.next_number = number.0;
                break;
            }
            let (record, listed) = listed(&state, number)?;
            // One whose time has passed stays in the state until its proposer needs the place.
            if !request.ended && !record.is_open_at(time) {
                continue;
            }
            bytes = bytes.saturating_add(listed.record.len()).saturating_add(listed.propose.len());
            list.proposals.push(listed);
        }
        Ok(list)
    }

    pub(crate) fn proposal(&self, number: ProposalNumber) -> Result<proto::ListedProposal, ApiError> {
        let state = self.chain.state_reader()?;
        if number.0 == 0 || number.0 > state.last(Counter::Proposals)? {
            return Err(ApiError::not_found(format!("proposal {number}")));
        }
        listed(&state, number).map(|(_, listed)| listed)
    }
}

/// Those to look at, and the one after them.
fn numbers(
    state: &StateReader<'_>,
    request: &proto::ListProposalsRequest,
) -> Result<Vec<ProposalNumber>, ApiError> {
    let from = request.from_number.max(1);
    let most = PROPOSALS_READ_MAX.saturating_add(1);
    if request.ended {
        return Ok((from..=state.last(Counter::Proposals)?).take(most).map(ProposalNumber).collect());
    }
    let keys = state.keys(&KeyRange::proposed_from(ProposalNumber(from)), most)?;
    let number = |key| match key {
        StateKey::Proposed(number) => Ok(number),
        other => Err(ApiError::internal(format!("{other:?} among the proposals"))),
    };
    keys.into_iter().map(number).collect()
}

fn listed(
    state: &StateReader<'_>,
    number: ProposalNumber,
) -> Result<(ProposalRecord, proto::ListedProposal), ApiError> {
    let record = state
        .value(&StateKey::Proposal(number))?
        .ok_or_else(|| ApiError::internal(format!("proposal {number} is missing")))?;
    let read = ProposalRecord::decode(&record)
        .map_err(|error| ApiError::internal(format!("proposal {number}: {error}")))?;
    let propose = state.value(&StateKey::Proposed(number))?.unwrap_or_default();
    Ok((read, proto::ListedProposal { record, propose }))
}
