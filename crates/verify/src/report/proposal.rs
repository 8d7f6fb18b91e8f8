//! Proposals: what an entry says of one, and how its record stands.

use bulla_types::{
    Action, Identifier, KeyId, LedgerId, ProposalDigest, ProposalOutcome, ProposalRecord, Propose, RequestId,
    Subject,
};
use serde::Serialize;

use super::names::Names;
use super::{ActionReport, text, text_if_any, words};

/// What an action about a proposal says, and what became of the proposal by it.
#[derive(Debug, Clone, Serialize)]
pub struct ProposalReport {
    /// The proposal.
    #[serde(serialize_with = "text")]
    pub identifier: Identifier,
    /// Digest of what is proposed; none for a withdrawal.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "text_if_any")]
    pub digest: Option<ProposalDigest>,
    /// Of a vote: `approve` or `reject`. Who proposes approves.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ballot: Option<&'static str>,
    /// Of a proposal: no block whose time is later takes a vote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub not_after_ms: Option<u64>,
    /// `open`, `carried_out`, `rejected` or `withdrawn`, from this entry on.
    pub status: &'static str,
    /// The acts that are proposed, or carried out.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub acts: Vec<ActionReport>,
}

/// A proposal, as its record stands.
#[derive(Debug, Clone, Serialize)]
pub struct ProposalRecordReport {
    /// Its identifier.
    #[serde(serialize_with = "text")]
    pub identifier: Identifier,
    /// Who made it.
    #[serde(serialize_with = "text")]
    pub proposer: Identifier,
    /// Digest of what is proposed.
    #[serde(serialize_with = "text")]
    pub digest: ProposalDigest,
    /// Index of the entry in which that stands.
    pub entry_index: u64,
    /// Place of the action there, from 0.
    pub action: u32,
    /// Request id of that transaction, to which its openings are bound.
    #[serde(serialize_with = "text")]
    pub request_id: RequestId,
    /// No block whose time is later takes a vote.
    pub not_after_ms: u64,
    /// The votes, rising by member. Each counts while its body is active and its key in force.
    pub votes: Vec<CastVoteReport>,
}

/// The vote of one registration body.
#[derive(Debug, Clone, Serialize)]
pub struct CastVoteReport {
    /// The body.
    #[serde(serialize_with = "text")]
    pub member: Identifier,
    /// The key that signed it.
    #[serde(serialize_with = "text")]
    pub key_id: KeyId,
    /// `approve` or `reject`.
    pub ballot: &'static str,
    /// Index of the entry that cast it.
    pub entry_index: u64,
}

impl ProposalReport {
    pub(crate) fn new(ledger_id: &LedgerId, action: Option<&Action>, outcome: &ProposalOutcome) -> Self {
        let (digest, ballot, not_after_ms) = match action {
            Some(Action::Propose(propose)) => (Some(propose.digest()), None, Some(propose.not_after.0)),
            Some(Action::VoteOnProposal(vote)) => (Some(vote.digest), Some(words::ballot(vote.ballot)), None),
            _ => (None, None, None),
        };
        Self {
            identifier: Names(ledger_id).of(Subject::Proposal(outcome.number)),
            digest,
            ballot,
            not_after_ms,
            status: words::proposal_status(outcome.status),
            acts: acts(ledger_id, action, outcome),
        }
    }
}

fn acts(ledger_id: &LedgerId, action: Option<&Action>, outcome: &ProposalOutcome) -> Vec<ActionReport> {
    match action {
        Some(Action::Propose(Propose { actions, .. })) => {
            let outcomes = outcome.outcomes.iter().map(Some).chain(std::iter::repeat(None));
            let acts = actions.iter().zip(outcomes);
            acts.map(|(act, outcome)| ActionReport::new(ledger_id, Some(act), outcome)).collect()
        }
        _ => outcome.outcomes.iter().map(|found| ActionReport::new(ledger_id, None, Some(found))).collect(),
    }
}

impl ProposalRecordReport {
    pub(crate) fn new(ledger_id: &LedgerId, head: &ProposalRecord) -> Self {
        let names = Names(ledger_id);
        let votes = head.votes.iter().map(|vote| CastVoteReport {
            member: names.of(Subject::Member(vote.member)),
            key_id: vote.key_id,
            ballot: words::ballot(vote.ballot),
            entry_index: vote.log_index,
        });
        Self {
            identifier: names.of(Subject::Proposal(head.number)),
            proposer: names.of(Subject::Member(head.proposer)),
            digest: head.digest,
            entry_index: head.log_index,
            action: head.action,
            request_id: head.request_id,
            not_after_ms: head.not_after.0,
            votes: votes.collect(),
        }
    }
}
