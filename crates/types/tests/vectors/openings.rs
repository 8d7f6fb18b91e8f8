//! `openings.json`.

use bulla_types::*;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::check;
use crate::samples::*;

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
            ],
            "transaction": hex::encode(deposit_transaction().encode()),
            "refused": refused(),
        }),
    );
}
