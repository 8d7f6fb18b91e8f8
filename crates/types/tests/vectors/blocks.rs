//! `header.json`.

use bulla_crypto::Hash;
use bulla_types::*;
use serde_json::{Value, json};

use crate::samples::*;
use crate::{check, refused};

fn header_json(what: &str, header: &Header) -> Value {
    let optional = |hash: Option<Hash>| hash.unwrap_or(Hash::ZERO).to_string();
    json!({
        "what": what,
        "fields": {
            "version": 1,
            "suite": 1,
            "protocol_version": header.protocol_version,
            "ledger_id": header.ledger_id.to_string(),
            "height": header.height.0,
            "time_ms": header.time.0,
            "builder": header.builder.to_string(),
            "parent": header.parent.to_string(),
            "parent_certificate": optional(header.parent_certificate),
            "log_size_before": header.log_size_before,
            "log_size_after": header.log_size_after,
            "log_root": header.log_root.to_string(),
            "second_log_root": optional(header.second_log_root),
            "state_root": header.state_root.to_string(),
            "validators_hash": header.validators_hash.to_string(),
            "next_validators_hash": header.next_validators_hash.to_string(),
            "parameters_hash": header.parameters_hash.to_string(),
        },
        "header": hex::encode(header.encode()),
        "block_hash": header.hash().to_string(),
    })
}

fn refused_headers() -> Vec<Value> {
    let changed = |header: Header, at: usize, bytes: &[u8]| {
        let mut encoded = header.encode().to_vec();
        encoded[at..at + bytes.len()].copy_from_slice(bytes);
        encoded
    };
    let cases = [
        ("359 bytes", header().encode()[1..].to_vec()),
        ("361 bytes", [&header().encode()[..], &[0]].concat()),
        ("an unknown version", changed(header(), 0, &[0, 2])),
        ("an unknown suite", changed(header(), 2, &[0, 2])),
        ("protocol version 0", changed(header(), 4, &[0; 4])),
        ("height 0", changed(header(), 40, &[0; 8])),
        ("no time", changed(header(), 48, &[0; 8])),
        ("a first block whose parent is not the ledger id", changed(first_header(), 88, &[0; 32])),
        ("a first block with a parent certificate", changed(first_header(), 120, &[1; 32])),
        ("a later block without a parent certificate", changed(header(), 120, &[0; 32])),
        ("a first block on a log that is not empty", changed(first_header(), 152, &1_u64.to_be_bytes())),
        ("a later block on an empty log", changed(header(), 152, &[0; 8])),
        ("a log that shrinks", changed(header(), 152, &3_u64.to_be_bytes())),
    ];
    let case = |(what, bytes): (&str, Vec<u8>)| refused(what, &bytes, Header::decode(&bytes));
    cases.into_iter().map(case).collect()
}

#[test]
fn header_vectors() {
    check(
        "header",
        &json!({
            "accepted": [
                header_json("the first block", &first_header()),
                header_json("a later block of a ledger with a second log", &header()),
            ],
            "refused": refused_headers(),
        }),
    );
}
