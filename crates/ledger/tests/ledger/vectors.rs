//! The rules, pinned: a genesis and its first blocks give these changes for ever, in every build.
//!
//! `docs/formats/vectors/ledger_execution.json` holds them for other implementations. To write it anew after
//! a change that is meant: `BULLA_WRITE_VECTORS=1 cargo test -p bulla-ledger`.

use std::collections::BTreeMap;
use std::path::Path;

use bulla_crypto::{Hash, sha256};
use bulla_ledger::{BlockExecution, found};
use bulla_types::{
    Action, Address, Ballot, BlockHash, BlockTime, Canonical, Content, Entry, Equivocation, KeyPurpose,
    ProposalNumber, ProposalRecord, Role, SignedValue, StateKey, SystemEvent, Vote, VoteOnProposal, VoteType,
    WithdrawProposal,
};
use serde_json::{Value, json};

use crate::support::{Ledger, Request, START, secret};

const PATH: &str = "../../docs/formats/vectors/ledger_execution.json";

#[test]
fn execution_gives_the_changes_of_the_vectors() {
    let vectors = vectors();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(PATH);
    if std::env::var_os("BULLA_WRITE_VECTORS").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    }
    let written: Value = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    assert_eq!(vectors, written, "run with BULLA_WRITE_VECTORS=1 if this change of the rules is meant");
}

fn vectors() -> Value {
    let mut ledger = Ledger::unfounded(4, 3);
    let founding = found(&ledger.genesis);
    let blocks = [block_1, block_2, block_3, block_4, block_5].map(|entries| block(&mut ledger, entries));
    let blocks: Vec<Value> = blocks.into();
    json!({
        "about": "Execution of a genesis and five blocks. A digest of changes is SHA-256 over, for each \
                  changed key in rising order of bytes: u32 length of key, key, u32 length of value, value; \
                  a length of 0 says that the key is removed.",
        "genesis": hex::encode(ledger.genesis.encode()),
        "ledger_id": ledger.id.to_string(),
        "founding": { "keys": founding.len(), "changes_digest": digest(&founding).to_string() },
        "blocks": blocks,
    })
}

fn block(ledger: &mut Ledger, entries: fn(&mut Ledger) -> Vec<Content>) -> Value {
    let contents = entries(ledger);
    let context = ledger.context();
    let mut block = BlockExecution::new(&ledger.view, context.clone());
    let mut recorded = Vec::new();
    for content in contents {
        let outcomes = match &content {
            Content::Transaction(transaction) => block.transaction(transaction).unwrap(),
            Content::Event(event) => block.event(event).map(|()| Vec::new()).unwrap(),
        };
        recorded.push((content, outcomes));
    }
    let changes = block.finish().unwrap();
    let value = json!({
        "height": context.height.0,
        "time_ms": context.time.0,
        "first_index": context.next_index,
        "entries": recorded.iter().map(|(content, outcomes)| {
            let (content, outcomes) = (content.clone(), outcomes.clone());
            let entry = Entry { height: context.height, time: context.time, content, outcomes };
            hex::encode(entry.encode())
        }).collect::<Vec<_>>(),
        "keys": changes.state.len(),
        "changes_digest": digest(&changes.state).to_string(),
        "prune_requests_before_ms": changes.prune_requests_before_ms,
    });
    ledger.commit(recorded, changes);
    value
}

/// The founding and an enrolment.
fn block_1(ledger: &mut Ledger) -> Vec<Content> {
    let founded = SystemEvent::Founded { ledger_id: ledger.id };
    let enrolment = ledger.request().administered_by_bodies([1, 2, 3]);
    let enrolment =
        enrolment.enrol("存证服务机构", [Role::EvidenceService]).enrol_person("甲", [Role::Subject]);
    vec![Content::Event(founded), Content::Transaction(enrolment.transaction())]
}

/// Deposits that link to each other, a new key, a report, and a suspension.
fn block_2(ledger: &mut Ledger) -> Vec<Content> {
    let (first, second) = (ledger.body(1), ledger.body(2));
    let deposits = ledger.request().operated_by(&first).operated_by(&second);
    let deposits = deposits.deposit("first").deposit_linked("second", &[1]).transaction();
    let rotation = ledger.request().administered_by(&first);
    let rotation = rotation.enrol_key(first.number, &secret("new"), KeyPurpose::Administer);
    let rotation = rotation.retire(first.key_id(KeyPurpose::Administer)).transaction();
    let report = ledger.request().administered_by(&second);
    let report = report.report_compromised(second.key_id(KeyPurpose::Operate), BlockTime(START.0 + 7));
    let report = report.transaction();
    let suspension = ledger.request().administered_by_bodies([2, 3, 4]);
    let suspension = suspension.suspend(bulla_types::MemberNumber(5)).transaction();
    [deposits, rotation, report, suspension].map(Content::Transaction).into()
}

/// An equivocation, and a readmission in which the new key counts.
fn block_3(ledger: &mut Ledger) -> Vec<Content> {
    let culprit = ledger.body(4).key(KeyPurpose::Consensus);
    let address = Address::of(culprit.public_key());
    let (height, round, vote_type) = (ledger.height, 1, VoteType::Precommit);
    let vote = |value| {
        let vote = Vote { ledger_id: ledger.id, vote_type, height, round, value, address };
        SignedValue { value, signature: culprit.sign(&vote.preimage()) }
    };
    let votes = [vote(None), vote(Some(BlockHash(sha256(&[b"a block"]))))];
    let equivocation = Equivocation::new(address, height, round, vote_type, votes).unwrap();
    let body = ledger.body(1);
    let readmission =
        ledger.request().signed_with(body.number, &secret("new")).administered_by_bodies([2, 3]);
    let readmission = readmission.readmit(bulla_types::MemberNumber(5)).transaction();
    vec![Content::Event(SystemEvent::Equivocation(equivocation)), Content::Transaction(readmission)]
}

/// Three proposals of two bodies each at the most, one of them to enrol a member.
fn block_4(ledger: &mut Ledger) -> Vec<Content> {
    let not_after = BlockTime(ledger.time.0 + 86_400_000);
    let enrol = ledger.request().administered_by_bodies([2, 3]).enrol("交易机构", [Role::Exchange]);
    let enrol = enrol.suspend(bulla_types::MemberNumber(6)).proposed(not_after).transaction();
    let suspend = ledger.request().administered_by_bodies([3]).suspend(bulla_types::MemberNumber(4));
    let suspend = suspend.proposed(not_after).transaction();
    let readmit = ledger.request().administered_by_bodies([4]).readmit(bulla_types::MemberNumber(5));
    let readmit = readmit.proposed(not_after).transaction();
    [enrol, suspend, readmit].map(Content::Transaction).into()
}

/// Votes that carry out the first, reject the second, and leave the third open; it is withdrawn.
fn block_5(ledger: &mut Ledger) -> Vec<Content> {
    let vote = |ledger: &Ledger, number, ballot| {
        let proposal = ProposalNumber(number);
        let record: ProposalRecord = ledger.view.record(StateKey::Proposal(proposal)).unwrap();
        Action::VoteOnProposal(VoteOnProposal { proposal, digest: record.digest, ballot, grounds: None })
    };
    let approvals = [1, 3].map(|number| vote(ledger, number, Ballot::Approve));
    let rejection = vote(ledger, 2, Ballot::Reject);
    let body = ledger.body(1);
    let request = ledger.request().signed_with(body.number, &secret("new"));
    let votes = approvals.into_iter().chain([rejection.clone()]).fold(request, Request::action).transaction();
    let last = ledger.request().administered_by_bodies([4]).action(rejection);
    let withdrawal = WithdrawProposal { proposal: ProposalNumber(3) };
    let last = last.action(Action::WithdrawProposal(withdrawal)).transaction();
    [votes, last].map(Content::Transaction).into()
}

fn digest(changes: &BTreeMap<Vec<u8>, Option<Vec<u8>>>) -> Hash {
    let mut bytes = Vec::new();
    for (key, value) in changes {
        for part in [key, value.as_ref().unwrap_or(&Vec::new())] {
            bytes.extend_from_slice(&u32::try_from(part.len()).unwrap().to_be_bytes());
            bytes.extend_from_slice(part);
        }
    }
    sha256(&[&bytes])
}
