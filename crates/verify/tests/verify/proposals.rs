//! Proposals and votes on them: what a receipt says of an entry, and a status proof of the proposal.

use bulla_fixtures::{GENESIS_MS, Ledger};
use bulla_types::{
    Action, Ballot, BlockTime, ChangeMemberStatus, Identifier, MemberNumber, MemberStatus, ProposalNumber,
    Propose, RecordKey, Subject, Transaction, VoteOnProposal,
};
use bulla_verify::{Asked, verify, verify_status};
use serde_json::{Value, json};

use crate::anchor;

fn at(ms: u64) -> BlockTime {
    BlockTime(GENESIS_MS + ms)
}

fn number() -> ProposalNumber {
    ProposalNumber(1)
}

/// To suspend the exchange; votes are taken through block 4.
fn propose() -> Propose {
    let (member, status) = (MemberNumber(6), MemberStatus::Suspended);
    let act = Action::ChangeMemberStatus(ChangeMemberStatus { member, status, grounds: None });
    Propose { actions: vec![act], not_after: at(4500), grounds: None }
}

fn vote(ledger: &mut Ledger) -> Transaction {
    let (digest, ballot) = (propose().digest(), Ballot::Approve);
    let vote = Action::VoteOnProposal(VoteOnProposal { proposal: number(), digest, ballot, grounds: None });
    ledger.transaction(vec![vote], &[(MemberNumber(2), "member 2 administer")])
}

/// Member 1 proposes in block 2, alone of the two that are needed.
fn proposed() -> Ledger {
    let mut ledger = Ledger::found();
    let signer = (MemberNumber(1), "member 1 administer");
    let proposal = ledger.transaction(vec![Action::Propose(propose())], &[signer]);
    ledger.block(vec![proposal]);
    ledger
}

fn identifier(ledger: &Ledger) -> String {
    Identifier { ledger: (&ledger.id).into(), subject: Subject::Proposal(number()) }.to_string()
}

fn action(ledger: &Ledger, index: u64) -> Value {
    let file = ledger.file(&[index]).encode();
    let report = serde_json::to_value(verify(&file, &anchor(ledger), &[]).unwrap()).unwrap();
    report["receipts"][0]["content"]["actions"][0].clone()
}

fn status(ledger: &Ledger, asked: u64) -> Value {
    let file = ledger.status_proof(RecordKey::Proposal(number()), ledger.height()).encode();
    let report = verify_status(&file, &anchor(ledger), Some(Asked::at(at(asked)))).unwrap();
    serde_json::to_value(report).unwrap()
}

#[test]
fn a_receipt_says_what_was_proposed_and_what_a_vote_has_decided() {
    let mut ledger = proposed();
    let vote = vote(&mut ledger);
    ledger.block(vec![vote]);
    ledger.block(vec![]);
    let digest = propose().digest().to_string();
    let found = action(&ledger, 1);
    assert_eq!(found["action"], "propose");
    assert_eq!(
        found["proposal"],
        json!({
            "identifier": identifier(&ledger),
            "digest": digest,
            "not_after_ms": at(4500).0,
            "status": "open",
            "acts": [{ "action": "change_member_status" }],
        })
    );
    let found = action(&ledger, 2);
    assert_eq!(found["action"], "vote_on_proposal");
    assert_eq!(
        found["proposal"],
        json!({
            "identifier": identifier(&ledger),
            "digest": digest,
            "ballot": "approve",
            "status": "carried_out",
            "acts": [{ "action": "proposed" }],
        })
    );
}

#[test]
fn one_proof_shows_who_voted_and_when_a_proposal_was_decided() {
    let mut ledger = proposed();
    ledger.block(vec![]);
    let vote = vote(&mut ledger);
    ledger.block(vec![vote]);
    ledger.block(vec![]);
    ledger.block(vec![]);
    let report = status(&ledger, 3500);
    assert_eq!(report["answer"]["verdict"], "in_force");
    assert_eq!(report["answer"]["spans"][0]["standing"], "open");
    let record = &report["record"];
    assert_eq!(record["record"], "proposal");
    assert_eq!((&record["entry_index"], &record["action"]), (&json!(1), &json!(0)));
    let votes: Vec<_> = record["votes"].as_array().unwrap().iter().map(|vote| &vote["entry_index"]).collect();
    assert_eq!(votes, [&json!(1), &json!(2)]);
    let decided = status(&ledger, 4000);
    assert_eq!(decided["answer"]["spans"][0]["standing"], "carried_out");
    assert_ne!(decided["answer"]["verdict"], "in_force");
    // Its time changes nothing any more.
    assert_eq!(status(&ledger, 5000)["answer"]["spans"][0]["standing"], "carried_out");
}

#[test]
fn a_proposal_has_expired_by_its_time_without_an_entry() {
    let mut ledger = proposed();
    for _ in 0..4 {
        ledger.block(vec![]);
    }
    let before = status(&ledger, 4500);
    assert_eq!(before["answer"]["spans"][0]["standing"], "open");
    let after = status(&ledger, 4501);
    assert_eq!(after["answer"]["spans"][0]["standing"], "expired");
    assert_ne!(after["answer"]["verdict"], "in_force");
}

/// Every byte flipped is refused, and every cut, and never taken for a proof of something else.
fn no_byte_is_another(file: &[u8], accepted: impl Fn(&[u8]) -> bool) {
    assert!(accepted(file), "the file itself");
    for position in 0..file.len() {
        let mut flipped = file.to_vec();
        flipped[position] ^= 0x01;
        assert!(!accepted(&flipped), "byte {position} flipped");
        assert!(!accepted(&file[..position]), "cut off before byte {position}");
    }
}

#[test]
fn no_byte_of_what_proves_a_proposal_and_its_votes_can_be_changed_unnoticed() {
    let mut ledger = proposed();
    let vote = vote(&mut ledger);
    ledger.block(vec![vote]);
    ledger.block(vec![]);
    let anchor = anchor(&ledger);
    let receipts = ledger.file(&[1, 2]).encode();
    no_byte_is_another(&receipts, |file| verify(file, &anchor, &[]).is_ok());
    let proof = ledger.status_proof(RecordKey::Proposal(number()), ledger.height()).encode();
    no_byte_is_another(&proof, |file| verify_status(file, &anchor, None).is_ok());
}
