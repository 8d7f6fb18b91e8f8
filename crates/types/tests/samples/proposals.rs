//! A proposal, the votes on it, and its records.

use super::*;

/// Openings of a proposal's own grounds and of a field of an act in it.
pub fn proposal_openings() -> Vec<Opening> {
    vec![opening(0, "actions.1.grounds", "长期未履行存证义务"), opening(0, "grounds", "登记机构联席会议决定")]
}

/// To enrol a member and to suspend another.
pub fn propose() -> Propose {
    let id = request_id(0x7d);
    let commitments: Vec<_> = proposal_openings().iter().map(|opening| opening.commitment(&id)).collect();
    let key = |seed, purpose| {
        let key = public(seed);
        let message = possession_message(&genesis().ledger_id(), &id, purpose, &key);
        KeyDeclaration { key, purpose, possession: Some(secret(seed).sign(&message)) }
    };
    let enrolment = EnrolMember {
        identity: organisation("某市数据交易中心", CREDIT_CODES[1]),
        roles: roles(&[Role::Exchange]),
        keys: vec![key(101, KeyPurpose::Operate), key(102, KeyPurpose::Administer)],
    };
    let suspension = ChangeMemberStatus {
        member: MemberNumber(6),
        status: MemberStatus::Suspended,
        grounds: Some(commitments[0]),
    };
    Propose {
        actions: vec![Action::EnrolMember(enrolment), Action::ChangeMemberStatus(suspension)],
        not_after: BlockTime(BLOCK_TIME + 30 * 86_400_000),
        grounds: Some(commitments[1]),
    }
}

/// A transaction that proposes.
pub fn proposal_transaction() -> Transaction {
    let body = body_of(request_id(0x7d), vec![signer(2, 12)], vec![Action::Propose(propose())]);
    sign(&body, &[12]).unwrap()
}

/// A transaction that approves it, rejects another, and takes a third one back.
pub fn votes_transaction() -> Transaction {
    let vote = |number, ballot| {
        let (proposal, digest) = (ProposalNumber(number), propose().digest());
        Action::VoteOnProposal(VoteOnProposal { proposal, digest, ballot, grounds: None })
    };
    let withdrawal = WithdrawProposal { proposal: ProposalNumber(9) };
    let actions =
        vec![vote(7, Ballot::Approve), vote(8, Ballot::Reject), Action::WithdrawProposal(withdrawal)];
    sign(&body_of(request_id(0x7e), vec![signer(1, 2)], actions), &[2]).unwrap()
}

/// What opens the grounds of [`grounded_vote_transaction`].
pub fn grounded_vote_openings() -> Vec<Opening> {
    vec![opening(0, "grounds", "准入条件尚未核实")]
}

/// A transaction that rejects it, and says why.
pub fn grounded_vote_transaction() -> Transaction {
    let id = request_id(0x7f);
    let vote = VoteOnProposal {
        proposal: ProposalNumber(7),
        digest: propose().digest(),
        ballot: Ballot::Reject,
        grounds: Some(grounded_vote_openings()[0].commitment(&id)),
    };
    sign(&body_of(id, vec![signer(1, 2)], vec![Action::VoteOnProposal(vote)]), &[2]).unwrap()
}

/// The same on its way to its signer, with what the votes are on.
pub fn votes_draft() -> TransactionDraft {
    let draft = TransactionDraft::new(votes_transaction().body(), Vec::new()).unwrap();
    draft.with_voted_on(vec![propose().into()]).unwrap()
}

/// The same, with the grounds of what the votes are on.
pub fn opened_votes_draft() -> TransactionDraft {
    let draft = TransactionDraft::new(votes_transaction().body(), Vec::new()).unwrap();
    let opened = OpenedProposal { request_id: request_id(0x7d), openings: proposal_openings() };
    draft.with_voted_on(vec![VotedOn { propose: propose(), opened: Some(opened) }]).unwrap()
}

/// An outcome of a proposal of this number.
pub fn proposal_outcome(number: u64, status: ProposalStatus, outcomes: Vec<Outcome>) -> Outcome {
    Outcome::Proposal(ProposalOutcome { number: ProposalNumber(number), status, outcomes })
}

pub fn proposal_entry() -> Entry {
    let content = Content::Transaction(proposal_transaction());
    let outcomes = vec![proposal_outcome(7, ProposalStatus::Open, Vec::new())];
    Entry { content, outcomes, ..deposit_entry() }
}

pub fn votes_entry() -> Entry {
    let content = Content::Transaction(votes_transaction());
    let acts = vec![Outcome::MemberNumber(MemberNumber(9)), Outcome::Done];
    let outcomes = vec![
        proposal_outcome(7, ProposalStatus::CarriedOut, acts),
        proposal_outcome(8, ProposalStatus::Rejected, Vec::new()),
        proposal_outcome(9, ProposalStatus::Withdrawn, Vec::new()),
    ];
    Entry { content, outcomes, ..deposit_entry() }
}

pub fn proposal_record() -> ProposalRecord {
    let vote = |member, seed, ballot, log_index| CastVote {
        member: MemberNumber(member),
        key_id: KeyId::of(&public(seed)),
        ballot,
        log_index,
    };
    ProposalRecord {
        number: ProposalNumber(7),
        proposer: MemberNumber(2),
        digest: propose().digest(),
        log_index: 310,
        action: 0,
        request_id: request_id(0x7d),
        not_after: propose().not_after,
        votes: vec![vote(1, 2, Ballot::Reject, 312), vote(2, 12, Ballot::Approve, 310)],
        status: ProposalStatus::Open,
        history_count: 2,
    }
}

pub fn proposal_step() -> StatusRecord<ProposalStatus> {
    StatusRecord {
        status: ProposalStatus::Open,
        log_index: 312,
        time: BlockTime(BLOCK_TIME),
        transaction_id: Some(TransactionId::from_bytes([9; 32])),
        effective_from: None,
        valid_until: Some(proposal_record().votes_end()),
    }
}
