//! Governance: requests whose texts are attached, never clear, and proposals as nodes list them.

use bulla_types::{
    Action, Ballot, BlockTime, Canonical, ChangeRoles, MemberNumber, ProposalDigest, ProposalNumber,
    ProposalRecord, Propose, Roles, VoteOnProposal, proto,
};

use crate::client::Client;
use crate::error::{Answer, ClientError};
use crate::node::Patience;
use crate::transaction::{ActionRequest, AttachedFields};

/// Grants roles to a member and takes them away.
#[derive(Clone)]
pub struct ChangeRolesRequest {
    /// The member.
    pub member: MemberNumber,
    /// All roles that it then has.
    pub roles: Roles,
    /// Attached: the grounds.
    pub grounds: Option<String>,
}

impl ActionRequest for ChangeRolesRequest {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let grounds = self.grounds.map(|grounds| attached.attach("grounds", grounds));
        Action::ChangeRoles(ChangeRoles { member: self.member, roles: self.roles, grounds })
    }
}

/// Votes on a proposal (表决).
#[derive(Clone)]
pub struct VoteRequest {
    /// The proposal.
    pub proposal: ProposalNumber,
    /// What was proposed.
    pub digest: ProposalDigest,
    /// How the signers vote.
    pub ballot: Ballot,
    /// Attached: why they vote so.
    pub grounds: Option<String>,
}

impl ActionRequest for VoteRequest {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let Self { proposal, digest, ballot, grounds } = self;
        let grounds = grounds.map(|grounds| attached.attach("grounds", grounds));
        Action::VoteOnProposal(VoteOnProposal { proposal, digest, ballot, grounds })
    }
}

/// A proposal in which nothing is proposed yet.
pub(crate) struct ProposeRequest {
    pub(crate) not_after: BlockTime,
    pub(crate) grounds: Option<String>,
}

impl ActionRequest for ProposeRequest {
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action {
        let grounds = self.grounds.map(|grounds| attached.attach("grounds", grounds));
        Action::Propose(Propose { actions: Vec::new(), not_after: self.not_after, grounds })
    }
}

/// A proposal (提案) as a node lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ListedProposal {
    /// Its record.
    pub record: ProposalRecord,
    /// What is proposed, by the digest in the record. `None` once the proposal is no longer open: then only its
    /// entry holds it.
    pub propose: Option<Propose>,
}

impl Client {
    /// Proposals from a number on, at most `limit`, or the node's limit for 0: those that take votes, or with `ended`
    /// the others too. With the number at which to go on, if there are more. The node's word.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn proposals(
        &self,
        from: ProposalNumber,
        limit: u32,
        ended: bool,
    ) -> Result<(Vec<ListedProposal>, Option<ProposalNumber>), ClientError> {
        let request = proto::ListProposalsRequest { from_number: from.0, limit, ended };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| async move {
            stub.list_proposals(request).await
        });
        let page = rpc.await?;
        // A node that goes back would lead round for ever.
        let next = (page.next_number > from.0).then_some(ProposalNumber(page.next_number));
        let listed = page.proposals.into_iter().map(ListedProposal::from_message);
        Ok((listed.collect::<Result<_, _>>()?, next))
    }
}

impl ListedProposal {
    fn from_message(message: proto::ListedProposal) -> Result<Self, ClientError> {
        const WHAT: &str = "a proposal";
        let record = ProposalRecord::decode(&message.record).into_answer(WHAT)?;
        let propose = (!message.propose.is_empty()).then(|| Propose::decode(&message.propose));
        let propose = propose.transpose().into_answer(WHAT)?;
        match &propose {
            Some(propose) if propose.digest() != record.digest => {
                Err(ClientError::Unasked(format!("something else as proposal {}", record.number)))
            }
            _ => Ok(Self { record, propose }),
        }
    }
}
