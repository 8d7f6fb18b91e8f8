//! `openings.json`.

use bulla_types::*;
use bytes::Bytes;
use prost::Message;
use serde_json::{Value, json};

use crate::samples::*;
use crate::{check, refused as unread};

fn opening_json(opening: &Opening, request_id: &RequestId) -> Value {
    json!({
        "action": opening.action,
        "path": opening.path.as_str(),
        "salt": hex::encode(opening.salt),
        "value": hex::encode(&opening.value),
        "value_text": std::str::from_utf8(&opening.value).ok(),
        "commitment": opening.commitment(request_id).0.to_string(),
    })
}

fn submission(what: &str, transaction: Transaction, openings: Vec<Opening>) -> Value {
    let id = transaction.body().request_id;
    let submission = Submission::new(transaction, openings).unwrap();
    json!({
        "what": what,
        "request_id": id.to_string(),
        "openings": submission.openings().iter().map(|opening| opening_json(opening, &id)).collect::<Vec<_>>(),
        "submission": hex::encode(submission.encode()),
    })
}

fn refused() -> Vec<Value> {
    let first = || deposit_openings()[0].clone();
    let cases = [
        ("another value", vec![Opening { value: Bytes::from_static(b"other"), ..first() }]),
        ("another salt", vec![Opening { salt: [0; 32], ..first() }]),
        ("another field's commitment", vec![Opening { path: "title".parse().unwrap(), ..first() }]),
        ("a field that has no commitment", vec![Opening { path: "grounds".parse().unwrap(), ..first() }]),
        ("an action that does not exist", vec![Opening { action: 1, ..first() }]),
        ("the same opening twice", vec![first(), first()]),
    ];
    let case = |(what, openings): (&str, Vec<Opening>)| {
        let error = Submission::new(deposit_transaction(), openings.clone()).unwrap_err();
        let id = deposit_body().request_id;
        json!({
            "what": what,
            "openings": openings.iter().map(|opening| opening_json(opening, &id)).collect::<Vec<_>>(),
            "reason": error.reason().as_str(),
        })
    };
    cases.into_iter().map(case).collect()
}

/// The content of a file that the owner of committed fields keeps.
fn kept(what: &str, transaction: &Transaction, openings: Vec<Opening>) -> Value {
    let kept = KeptOpenings::new(transaction, openings).unwrap();
    kept.verify(transaction).unwrap();
    assert_eq!(KeptOpenings::decode(&kept.encode()).unwrap(), kept);
    let id = transaction.body().request_id;
    json!({
        "what": what,
        "transaction": hex::encode(transaction.encode()),
        "ledger_id": kept.ledger_id().to_string(),
        "transaction_id": kept.transaction_id().to_string(),
        "request_id": id.to_string(),
        "openings": kept.openings().iter().map(|opening| opening_json(opening, &id)).collect::<Vec<_>>(),
        "kept": hex::encode(kept.encode()),
    })
}

/// What is broken in a file, and how.
type Broken = (&'static str, fn(&mut proto::KeptOpenings));

/// Files that do not read.
fn kept_unread() -> Vec<Value> {
    let message = || KeptOpenings::new(&case_transaction(), case_openings()).unwrap().to_message();
    let cases: [Broken; 6] = [
        ("no openings", |message| message.openings.clear()),
        ("openings that do not rise", |message| message.openings.reverse()),
        ("an opening twice", |message| message.openings = vec![message.openings[0].clone(); 2]),
        ("no ledger", |message| message.ledger_id = Bytes::new()),
        ("a transaction id that is too short", |message| {
            message.transaction_id = Bytes::from_static(&[1; 31]);
        }),
        ("no request id", |message| message.request_id = Bytes::new()),
    ];
    let case = |(what, change): Broken| {
        let mut message = message();
        change(&mut message);
        let bytes = message.encode_to_vec();
        unread(what, &bytes, KeptOpenings::decode(&bytes))
    };
    cases.into_iter().map(case).collect()
}

/// Files that read, and do not open what they are shown with.
fn kept_mismatched() -> Vec<Value> {
    let case = |what: &str, kept: &KeptOpenings, transaction: &Transaction| {
        let error = kept.verify(transaction).unwrap_err();
        json!({
            "what": what,
            "kept": hex::encode(kept.encode()),
            "transaction": hex::encode(transaction.encode()),
            "field": error.path(),
            "reason": error.reason().as_str(),
        })
    };
    let of_case = KeptOpenings::new(&case_transaction(), case_openings()).unwrap();
    let mut message = of_case.to_message();
    message.openings[0].salt = Bytes::from_static(&[9; 32]);
    let other_salt = KeptOpenings::decode(&message.encode_to_vec()).unwrap();
    vec![
        case("of another transaction", &of_case, &deposit_transaction()),
        case("with another salt", &other_salt, &case_transaction()),
    ]
}

#[test]
fn opening_vectors() {
    check(
        "openings",
        &json!({
            "accepted": [
                submission("all fields of a deposit opened", deposit_transaction(), deposit_openings()),
                submission("no field opened", deposit_transaction(), vec![]),
                submission("fields of two actions opened", administration_transaction(), administration_openings()),
                submission("a field of a case and its reasons opened", case_transaction(), case_openings()),
                submission("decisions opened", suspension_transaction(), suspension_openings()),
                submission("grounds opened", governance_transaction(), governance_openings()),
                submission("a proposal and an act in it opened", proposal_transaction(), proposal_openings()),
                submission("a vote opened", grounded_vote_transaction(), grounded_vote_openings()),
            ],
            "transaction": hex::encode(deposit_transaction().encode()),
            "refused": refused(),
            "kept": [
                kept("committed fields of a step", &case_transaction(), case_openings()),
                kept("one field of several", &administration_transaction(), vec![administration_openings()[0].clone()]),
            ],
            "kept_unread": kept_unread(),
            "kept_mismatched": kept_mismatched(),
        }),
    );
}
