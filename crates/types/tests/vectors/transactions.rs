//! `transaction.json` and `entry.json`.

use bulla_crypto::{sha256, sm3};
use bulla_types::*;
use prost::Message;
use serde_json::{Value, json};

use crate::samples::*;
use crate::{check, refused};

fn transaction(what: &str, transaction: &Transaction, seeds: &[u8]) -> Value {
    let body = transaction.body();
    let signature = |(signature, &seed): (&bulla_crypto::Signature, &u8)| {
        json!({
            "secret_key_seed": hex::encode([seed; 32]),
            "public_key": hex::encode(public(seed).to_bytes()),
            "signature": signature.to_string(),
        })
    };
    json!({
        "what": what,
        "ledger_id": body.ledger_id.to_string(),
        "request_id": body.request_id.to_string(),
        "request_time_ms": body.request_id.time_ms(),
        "not_after_ms": body.not_after.0,
        "signers": body.signers.iter().map(signer_json).collect::<Vec<_>>(),
        "actions": body.actions.iter().map(|action| hex::encode(action_bytes(action))).collect::<Vec<_>>(),
        "body": hex::encode(transaction.body_bytes()),
        "transaction_id": transaction.id().to_string(),
        "signed_message": hex::encode(transaction.signing_message()),
        "signatures": transaction.signatures().iter().zip(seeds).map(signature).collect::<Vec<_>>(),
        "transaction": hex::encode(transaction.encode()),
    })
}

fn signer_json(signer: &SignerRef) -> Value {
    json!({ "member": signer.member.0, "key_id": signer.key_id.to_string() })
}

/// The encoded action, found in the encoded body of a transaction that holds only it.
fn action_bytes(action: &Action) -> Vec<u8> {
    let body = body_of(request_id(0), vec![signer(1, 1)], vec![action.clone()]);
    let message = proto::TransactionBody::decode(body.encode().as_slice()).unwrap();
    message.actions[0].encode_to_vec()
}

fn refused_transactions() -> Vec<Value> {
    type Change = fn(&mut proto::Transaction);
    fn body(transaction: &mut proto::Transaction) -> &mut proto::TransactionBody {
        transaction.body.as_mut().unwrap()
    }
    let changes: [(&str, Change); 11] = [
        ("an unknown version", |t| body(t).version = 2),
        ("a ledger id of 31 bytes", |t| body(t).ledger_id = vec![1; 31].into()),
        ("a request id that is a UUID of version 4", |t| {
            let mut id = body(t).request_id.to_vec();
            id[6] = 0x40 | (id[6] & 0x0f);
            body(t).request_id = id.into();
        }),
        ("no time limit", |t| body(t).not_after_ms = 0),
        ("no signer", |t| body(t).signers.clear()),
        ("a key that signs twice", |t| {
            let signer = body(t).signers[0].clone();
            body(t).signers.push(signer);
            let signature = t.signatures[0].clone();
            t.signatures.push(signature);
        }),
        ("no action", |t| body(t).actions.clear()),
        ("an action of no kind", |t| body(t).actions[0].kind = None),
        ("a signature missing", |t| t.signatures.clear()),
        ("a signature too many", |t| {
            let signature = t.signatures[0].clone();
            t.signatures.push(signature);
        }),
        ("a signature under an algorithm not accepted", |t| t.signatures[0].algorithm = 2),
    ];
    let case = |(what, change): (&str, Change)| {
        let mut message = proto::Transaction::decode(deposit_transaction().encode()).unwrap();
        change(&mut message);
        let bytes = message.encode_to_vec();
        refused(what, &bytes, Transaction::decode(bytes.clone().into()))
    };
    changes.into_iter().map(case).chain(refused_schedules()).chain(refused_proposals()).collect()
}

/// What a proposal does not hold, and how many a transaction is about.
fn refused_proposals() -> impl Iterator<Item = Value> {
    use proto::action::Kind;
    type Change = fn(&mut Vec<proto::Action>);
    fn propose(actions: &mut [proto::Action]) -> &mut proto::Propose {
        let Some(Kind::Propose(propose)) = &mut actions[0].kind else { panic!("a proposal") };
        propose
    }
    let changes: [(&str, Change); 6] = [
        ("a proposal of nothing", |actions| propose(actions).actions.clear()),
        ("a proposal without a time", |actions| propose(actions).not_after_ms = 0),
        ("a proposal in a proposal", |actions| {
            let inner = actions[0].clone();
            propose(actions).actions.push(inner);
        }),
        ("a deposit in a proposal", |actions| {
            let deposit = proto::Transaction::decode(deposit_transaction().encode()).unwrap();
            propose(actions).actions.push(deposit.body.unwrap().actions[0].clone());
        }),
        ("a proposal of 17 acts", |actions| {
            let act = propose(actions).actions[1].clone();
            propose(actions).actions = vec![act; 17];
        }),
        ("five actions about proposals", |actions| *actions = vec![actions[0].clone(); 5]),
    ];
    changes.into_iter().map(|(what, change)| {
        let mut message = proto::Transaction::decode(proposal_transaction().encode()).unwrap();
        change(&mut message.body.as_mut().unwrap().actions);
        let bytes = message.encode_to_vec();
        refused(what, &bytes, Transaction::decode(bytes.clone().into()))
    })
}

/// Version and height are both there or neither.
fn refused_schedules() -> impl Iterator<Item = Value> {
    let schedules = [("a schedule of no version", 0, 1_000), ("a schedule for no height", 2, 0)];
    schedules.into_iter().map(|(what, version, height)| {
        let mut message = proto::Transaction::decode(schedule_transactions()[0].encode()).unwrap();
        let schedule = proto::ScheduleProtocol { version, height };
        message.body.as_mut().unwrap().actions[0].kind =
            Some(proto::action::Kind::ScheduleProtocol(schedule));
        let bytes = message.encode_to_vec();
        refused(what, &bytes, Transaction::decode(bytes.clone().into()))
    })
}

fn possession() -> Value {
    let (ledger, id, purpose, key) =
        (genesis().ledger_id(), request_id(0xa5), KeyPurpose::Audit, public(104));
    let message = possession_message(&ledger, &id, purpose, &key);
    json!({
        "ledger_id": ledger.to_string(),
        "request_id": id.to_string(),
        "purpose": purpose.number(),
        "secret_key_seed": hex::encode([104; 32]),
        "public_key": hex::encode(key.to_bytes()),
        "signed_message": hex::encode(&message),
        "signature": secret(104).sign(&message).to_string(),
    })
}

#[test]
fn transaction_vectors() {
    check(
        "transaction",
        &json!({
            "accepted": [
                transaction("a deposit of evidence", &deposit_transaction(), &[1]),
                transaction("every action of administration", &administration_transaction(), &[2, 12]),
                transaction("adoptions, and a step of a case", &case_transaction(), &[2, 81]),
                transaction("suspensions of clocks", &suspension_transaction(), &[2]),
                transaction("acts of governance", &governance_transaction(), &[2, 12]),
                transaction("a proposal", &proposal_transaction(), &[12]),
                transaction("votes on proposals, and a withdrawal", &votes_transaction(), &[2]),
                transaction("a vote with its grounds", &grounded_vote_transaction(), &[2]),
                transaction("a schedule of the protocol", &schedule_transactions()[0], &[2, 12]),
                transaction("a schedule of the protocol that is taken back", &schedule_transactions()[1], &[2, 12]),
            ],
            "proof_of_possession": possession(),
            "refused": refused_transactions(),
        }),
    );
}

fn entry(what: &str, entry: &Entry) -> Value {
    let bytes = entry.encode();
    let (content, body) = match &entry.content {
        Content::Transaction(transaction) => ("transaction", hex::encode(transaction.encode())),
        Content::Event(_) => ("event", hex::encode(event_bytes(&bytes))),
    };
    json!({
        "what": what,
        "height": entry.height.0,
        "time_ms": entry.time.0,
        content: body,
        "outcomes": entry.outcomes.iter().map(outcome_json).collect::<Vec<_>>(),
        "entry": hex::encode(&bytes),
        "leaf_hash_sha256": sha256(&[&[0], &bytes]).to_string(),
        "leaf_hash_sm3": sm3(&[&[0], &bytes]).to_string(),
    })
}

fn event_bytes(entry: &[u8]) -> Vec<u8> {
    match proto::Entry::decode(entry).unwrap().content {
        Some(proto::entry::Content::Event(event)) => event.encode_to_vec(),
        other => panic!("an event, not {other:?}"),
    }
}

fn outcome_json(outcome: &Outcome) -> Value {
    match outcome {
        Outcome::EvidenceNumber(number) => json!({ "evidence_number": number.0 }),
        Outcome::MemberNumber(number) => json!({ "member_number": number.0 }),
        Outcome::KeyId(id) => json!({ "key_id": id.to_string() }),
        Outcome::Done => json!({ "done": {} }),
        Outcome::Suspension(number) => json!({ "suspension_number": number.0 }),
        Outcome::Profile(digest) => json!({ "profile_digest": digest.to_string() }),
        Outcome::Proposal(outcome) => json!({
            "proposal": outcome.number.0,
            "status": outcome.status.number(),
            "outcomes": outcome.outcomes.iter().map(outcome_json).collect::<Vec<_>>(),
        }),
        Outcome::Case(outcome) => json!({
            "case": outcome.case.0,
            "given": outcome.subjects().skip(1).map(|subject| subject.to_string()).collect::<Vec<_>>(),
        }),
    }
}

fn refused_entries() -> Vec<Value> {
    type Change = fn(&mut proto::Entry);
    let changes: [(&str, Change); 7] = [
        ("an unknown version", |entry| entry.version = 2),
        ("height 0", |entry| entry.height = 0),
        ("no time", |entry| entry.time_ms = 0),
        ("no content", |entry| entry.content = None),
        ("no outcome", |entry| entry.outcomes.clear()),
        ("an outcome of another kind", |entry| {
            entry.outcomes[0].kind = Some(proto::outcome::Kind::MemberNumber(4));
        }),
        ("an outcome too many", |entry| {
            let outcome = entry.outcomes[0].clone();
            entry.outcomes.push(outcome);
        }),
    ];
    let case = |(what, change): (&str, Change)| {
        let mut message = proto::Entry::decode(deposit_entry().encode().as_slice()).unwrap();
        change(&mut message);
        let bytes = message.encode_to_vec();
        refused(what, &bytes, Entry::decode(bytes.clone().into()))
    };
    changes.into_iter().map(case).collect()
}

#[test]
fn entry_vectors() {
    check(
        "entry",
        &json!({
            "accepted": [
                entry("the founding entry", &founded_entry()),
                entry("a deposit of evidence", &deposit_entry()),
                entry("acts of administration", &administration_entry()),
                entry("an equivocation", &equivocation_entry()),
                entry("adoptions, and a step of a case", &case_entry()),
                entry("a deadline that has come", &deadline_entry()),
                entry("a deadline that a calendar settles", &settled_entry()),
                entry("suspensions of clocks", &suspension_entry()),
                entry("acts of governance", &governance_entry()),
                entry("a proposal", &proposal_entry()),
                entry("votes on proposals, and a withdrawal", &votes_entry()),
                entry("the end of an outage", &outage_entry()),
                entry("the end of a cycle of reports", &cycle_entry()),
            ],
            "refused": refused_entries(),
        }),
    );
}
