//! Proposals of the registration bodies.

use axum::extract::State;
use bulla_types::{ProposalNumber, SubjectKind, proto};
use serde::Deserialize;
use serde_json::{Value, json};

use super::extract::{Path, Query};
use super::json::bytes_to_json;
use super::reads::{Api, Json};
use crate::error::ApiError;

#[derive(Deserialize)]
pub(super) struct ProposalsQuery {
    #[serde(default)]
    from: u64,
    #[serde(default)]
    limit: u32,
    #[serde(default)]
    ended: bool,
}

pub(super) async fn proposals(State(api): Api, Query(query): Query<ProposalsQuery>) -> Json {
    let ProposalsQuery { from, limit, ended } = query;
    let request = proto::ListProposalsRequest { from_number: from, limit, ended };
    let list = api.read(move |api| api.proposals(&request)).await?;
    let proposals = list.proposals.iter().map(listed).collect::<Result<Vec<_>, _>>()?;
    Ok(axum::Json(json!({ "proposals": proposals, "nextNumber": list.next_number.to_string() })))
}

pub(super) async fn proposal(State(api): Api, Path(number): Path<String>) -> Json {
    let number = ProposalNumber(api.number(&number, SubjectKind::Proposal)?);
    let found = api.read(move |api| api.proposal(number)).await?;
    Ok(axum::Json(listed(&found)?))
}

fn listed(proposal: &proto::ListedProposal) -> Result<Value, ApiError> {
    let mut json = json!({ "record": bytes_to_json("ProposalRecord", &proposal.record)? });
    if !proposal.propose.is_empty() {
        json["propose"] = bytes_to_json("Propose", &proposal.propose)?;
    }
    Ok(json)
}
