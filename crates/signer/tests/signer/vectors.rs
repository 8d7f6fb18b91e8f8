//! The vectors of `docs/formats/signer.md`: made here, compared with the file. `BULLA_WRITE_VECTORS=1` writes it
//! anew.

use std::{env, fs};

use bulla_signer::wire::{Answer, Refusal, Request, State};
use bulla_types::Height;
use serde_json::{Value as Json, json};

use super::*;

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/signer.json");

fn requests() -> Vec<(&'static str, Request)> {
    vec![
        ("a hello", Request::Hello { ledger_id: ledger() }),
        ("a prevote for a block", Request::Sign(vote(PREVOTE, 7, 0, Some(0x22)))),
        ("a precommit for none", Request::Sign(vote(PRECOMMIT, 7, 1, None))),
        ("a fresh proposal", Request::Sign(proposal(7, 0, None, 0x22))),
        ("a proposal of a block locked in round 0", Request::Sign(proposal(7, 2, Some(0), 0x22))),
        ("the first part of a fresh proposal", Request::Sign(first_part(7, 0, None, 0x22))),
        ("a network identity", Request::ProveValidator(proof())),
        ("the network's height", Request::NetworkHeight { ledger_id: ledger(), height: Height(40) }),
    ]
}

pub(crate) fn answers() -> Vec<(&'static str, Answer)> {
    let state = |settled, floor| State { settled, floor: Height(floor) };
    let welcome = Answer::Welcome { public_key: key().public_key().to_bytes(), state: state(true, 41) };
    let mut answers = vec![
        ("welcome", welcome),
        ("a signature", Answer::Signature(key().sign(&vote(PREVOTE, 7, 0, Some(0x22)).preimage()))),
        ("a state in doubt", Answer::State(state(false, 0))),
        ("a state", Answer::State(state(true, 41))),
    ];
    let refusals = [
        ("another version", Refusal::UnknownVersion),
        ("another ledger", Refusal::OtherLedger),
        ("not readable", Refusal::Malformed),
        ("another value, or a place that was passed", Refusal::WouldEquivocate),
        ("at or below the floor", Refusal::BelowFloor { floor: Height(41) }),
        ("in doubt", Refusal::Unsettled),
        ("no record", Refusal::RecordFailed),
        ("no key", Refusal::KeyFailed),
    ];
    answers.extend(refusals.map(|(what, refusal)| (what, Answer::Refused(refusal))));
    answers
}

/// What is signed for a request.
fn preimage(request: &Request) -> Json {
    match request {
        Request::Sign(message) => hex::encode(message.preimage()).into(),
        Request::ProveValidator(proof) => hex::encode(proof.preimage()).into(),
        Request::Hello { .. } | Request::NetworkHeight { .. } => Json::Null,
    }
}

fn refused() -> Vec<(&'static str, Vec<u8>)> {
    let prevote = vote(PREVOTE, 7, 0, None);
    let altered = |at: usize, byte: u8| {
        let mut bytes = Request::Sign(prevote).encode();
        bytes[at] = byte;
        bytes
    };
    let identity = |length: u16| {
        let mut bytes = vec![5];
        bytes.extend_from_slice(ledger().as_bytes());
        bytes.extend_from_slice(&length.to_be_bytes());
        bytes.resize(bytes.len() + usize::from(length), 1);
        bytes
    };
    vec![
        ("empty", Vec::new()),
        ("an unknown kind", altered(0, 9)),
        ("an unknown type of vote", altered(33, 3)),
        ("a flag that is neither 0 nor 1", altered(46, 2)),
        ("a value where the flag says that there is none", altered(78, 1)),
        ("cut off", altered(0, 2)[..78].to_vec()),
        ("something behind it", [altered(0, 2), vec![0]].concat()),
        ("an empty network identity", identity(0)),
        ("a network identity of 129 bytes", identity(129)),
    ]
}

#[test]
fn requests_and_answers_are_those_of_the_vectors() {
    let requests = requests().into_iter().map(|(what, request)| {
        json!({ "what": what, "bytes": hex::encode(request.encode()), "signed_message": preimage(&request) })
    });
    let answers = answers()
        .into_iter()
        .map(|(what, answer)| json!({ "what": what, "bytes": hex::encode(answer.encode()) }));
    let refused = refused().into_iter().map(|(what, bytes)| {
        assert!(Request::decode(&bytes, key().public_key()).is_err(), "{what}");
        json!({ "what": what, "bytes": hex::encode(bytes) })
    });
    let vectors = json!({
        "ledger_id": ledger().to_string(),
        "secret_key_seed": hex::encode([7; 32]),
        "public_key": key().public_key().to_string(),
        "address": address().to_string(),
        "requests": requests.collect::<Vec<_>>(),
        "answers": answers.collect::<Vec<_>>(),
        "refused_requests": refused.collect::<Vec<_>>(),
    });
    if env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(FILE, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    }
    let found: Json = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
    assert!(found == vectors, "signer.json differs from the code: run with BULLA_WRITE_VECTORS=1");
}
