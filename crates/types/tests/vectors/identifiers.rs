//! `identifiers.json`.

use bulla_types::*;
use serde_json::{Value, json};

use crate::check;
use crate::samples::*;

fn keys() -> Vec<Value> {
    let key = |seed: u8| {
        let key = public(seed);
        json!({
            "algorithm": 1,
            "public_key": hex::encode(key.to_bytes()),
            "key_id": KeyId::of(&key).to_string(),
            "address": Address::of(&key).to_string(),
        })
    };
    [1, 2, 3].into_iter().map(key).collect()
}

fn identifiers() -> Value {
    let ledger = genesis().ledger_id();
    let other = LedgerId::from_bytes([0xff; 32]);
    let identifier = |ledger: &LedgerId, kind: &str, number: u64| {
        let known = SubjectKind::ALL.iter().find(|known| kind.starts_with(known.letter())).unwrap();
        let identifier = Identifier { ledger: ledger.into(), subject: Subject::new(*known, number) };
        json!({
            "ledger_id": ledger.to_string(), "kind": kind, "number": number, "identifier": identifier.to_string(),
        })
    };
    let right = Identifier::evidence(&ledger, EvidenceNumber(1024)).to_string();
    let (rest, check) = right.split_at(right.len() - 2);
    let other_check = if check == "02" { "03" } else { "02" };
    let wrong = vec![
        format!("{rest}{other_check}"),
        rest.trim_end_matches('-').to_owned(),
        right.replacen('E', "X", 1),
        right.replace("-1024-", "-01024-"),
        right.replace("-1024-", "-1042-"),
        right.replace('-', " "),
    ];
    assert!(wrong.iter().all(|text| text.parse::<Identifier>().is_err()));
    json!({
        "accepted": [
            identifier(&ledger, "M", 1),
            identifier(&ledger, "E", 1024),
            identifier(&other, "E", u64::MAX),
            identifier(&ledger, "A", 2),
            identifier(&ledger, "C", 7),
            identifier(&ledger, "O", 3),
            identifier(&ledger, "R", 300),
            identifier(&ledger, "Z", 5),
            identifier(&ledger, "P", 12),
        ],
        "refused": wrong,
    })
}

fn credit_codes() -> Value {
    let refused = ["91350100M000100Y44", "91350100M000100Y4", "9135010OM000100Y43", "91350100m000100Y43", ""];
    assert!(refused.iter().all(|code| code.parse::<CreditCode>().is_err()));
    json!({ "accepted": CREDIT_CODES, "refused": refused })
}

fn request_ids() -> Value {
    let id: RequestId = "017f22e2-79b0-7cc3-98c4-dc0c0c07398f".parse().unwrap();
    let refused = [
        "017f22e2-79b0-4cc3-98c4-dc0c0c07398f",
        "017f22e2-79b0-7cc3-d8c4-dc0c0c07398f",
        "017F22E2-79B0-7CC3-98C4-DC0C0C07398F",
    ];
    assert!(refused.iter().all(|id| id.parse::<RequestId>().is_err()));
    json!({
        "accepted": [{ "text": id.to_string(), "bytes": hex::encode(id.as_bytes()), "time_ms": id.time_ms() }],
        "refused": refused,
    })
}

fn media_types() -> Value {
    let accepted = ["application/pdf", "image/svg+xml", "application/vnd.ms-excel"];
    let refused = ["", "pdf", "text/", "Text/Plain", "text/plain; charset=utf-8", "a/b/c"];
    assert!(accepted.iter().all(|text| text.parse::<MediaType>().is_ok()));
    assert!(refused.iter().all(|text| text.parse::<MediaType>().is_err()));
    json!({ "accepted": accepted, "refused": refused })
}

#[test]
fn identifier_vectors() {
    check(
        "identifiers",
        &json!({
            "keys": keys(),
            "identifiers": identifiers(),
            "credit_codes": credit_codes(),
            "request_ids": request_ids(),
            "media_types": media_types(),
        }),
    );
}
