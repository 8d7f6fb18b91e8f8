//! `vote.json`, `certificate.json` and `ticket.json`.

use bulla_crypto::{SecretKey, Signature};
use bulla_types::*;
use serde_json::{Value, json};

use crate::check;
use crate::samples::*;

fn vote_json(what: &str, vote: &Vote, key: &SecretKey, seed: u8) -> Value {
    json!({
        "what": what,
        "ledger_id": vote.ledger_id.to_string(),
        "type": vote.vote_type.number(),
        "height": vote.height.0,
        "round": vote.round,
        "value": vote.value.map(|value| value.to_string()),
        "address": vote.address.to_string(),
        "preimage": hex::encode(vote.preimage()),
        "secret_key_seed": hex::encode([seed; 32]),
        "public_key": hex::encode(key.public_key().to_bytes()),
        "signature": key.sign(&vote.preimage()).to_string(),
    })
}

#[test]
fn vote_vectors() {
    let (key, ledger_id) = (consensus_secret(0), genesis().ledger_id());
    let vote = Vote {
        ledger_id,
        vote_type: VoteType::Precommit,
        height: Height(2),
        round: 0,
        value: Some(header().hash()),
        address: Address::of(key.public_key()),
    };
    let prevote = Vote { vote_type: VoteType::Prevote, height: Height(0x0102_0304_0506), round: 7, ..vote };
    let nil = Vote { value: None, ..vote };
    check(
        "vote",
        &json!({ "votes": [
            vote_json("a precommit for a block", &vote, &key, 3),
            vote_json("a prevote for a block", &prevote, &key, 3),
            vote_json("a precommit for nil", &nil, &key, 3),
        ]}),
    );
}

fn validators_json(set: &ValidatorSet) -> Value {
    let validator = |validator: &Validator| {
        json!({
            "address": validator.address().to_string(),
            "public_key": hex::encode(validator.key().to_bytes()),
            "power": validator.power(),
        })
    };
    json!({
        "validators": set.validators().iter().map(validator).collect::<Vec<_>>(),
        "validator_set": hex::encode(set.encode()),
        "validators_hash": set.hash().to_string(),
    })
}

fn certificate_json(what: &str, certificate: &CommitCertificate, set: &ValidatorSet) -> Value {
    let verdict = certificate.verify(&genesis().ledger_id(), set);
    let signature = |(address, signature): &(Address, Signature)| json!({ "address": address.to_string(), "signature": signature.to_string() });
    json!({
        "what": what,
        "height": certificate.height.0,
        "round": certificate.round,
        "block_hash": certificate.block_hash.to_string(),
        "signatures": certificate.signatures.iter().map(signature).collect::<Vec<_>>(),
        "certificate": hex::encode(certificate.encode()),
        "certificate_hash": certificate.hash().to_string(),
        "verdict": verdict.err().map_or("accepted", |error| error.reason().as_str()),
    })
}

#[test]
fn certificate_vectors() {
    let genesis = genesis();
    let set = genesis.validators();
    let outsider = {
        let mut certificate = certificate_of(&header(), &[0, 1, 7]);
        certificate.signatures.sort();
        certificate
    };
    let mut swapped = certificate();
    swapped.signatures.swap(0, 1);
    let mut forged = certificate();
    forged.signatures[1].1 = forged.signatures[0].1;
    let other_round = CommitCertificate { round: 1, ..certificate() };
    check(
        "certificate",
        &json!({
            "ledger_id": genesis.ledger_id().to_string(),
            "validator_set": validators_json(set),
            "certificates": [
                certificate_json("three of four validators", &certificate(), set),
                certificate_json("two of four validators", &certificate_of(&header(), &[0, 1]), set),
                certificate_json("four of four: one too many", &certificate_of(&header(), &[0, 1, 2, 3]), set),
                certificate_json("signatures out of order", &swapped, set),
                certificate_json("a signer who is no validator", &outsider, set),
                certificate_json("a signature of another validator", &forged, set),
                certificate_json("signatures of another round", &other_round, set),
            ],
        }),
    );
}

#[test]
fn ticket_vectors() {
    let Ticket { ledger_id, transaction_id, admitted_at, expires_at, note_key_id, signature } = ticket();
    let message = Ticket::signing_message(&ledger_id, &transaction_id, admitted_at, expires_at);
    check(
        "ticket",
        &json!({
            "ledger_id": ledger_id.to_string(),
            "transaction_id": transaction_id.to_string(),
            "admitted_at_ms": admitted_at.0,
            "expires_at_ms": expires_at.0,
            "note_public_key": hex::encode(public(4).to_bytes()),
            "note_key_id": note_key_id.to_string(),
            "signed_message": hex::encode(message),
            "signature": signature.to_string(),
            "ticket": hex::encode(ticket().encode()),
        }),
    );
}
