//! The vectors of `docs/formats/proposal.md`: made here, compared with the file. `BULLA_WRITE_VECTORS=1`
//! writes it anew.

use std::{env, fs};

use bulla_crypto::{PublicKey, SecretKey, Signature};
use bulla_types::{Address, BlockHash, LedgerId};
use malachitebft_core_types::{Round, ValidatorProof};
use serde_json::{Value as Json, json};

use super::{ABSTAINED, preimage};
use crate::context::{Bulla, Height, Proposal, ValidatorAddress, Value};
use crate::parts::{FirstPart, digest_of};

const FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/formats/vectors/proposal.json");
const SEED: [u8; 32] = [3; 32];
const BLOCK: &[u8] = b"a block";

fn ledger() -> LedgerId {
    LedgerId::from_bytes([0x11; 32])
}

fn signed(what: &str, message: &[u8], fields: &Json) -> Json {
    let key = SecretKey::from_seed(&SEED);
    let signature = key.sign(message);
    assert!(key.public_key().verify_strict(message, &signature).is_ok());
    json!({
        "what": what,
        "ledger_id": ledger().to_string(),
        "fields": fields,
        "message": hex::encode(message),
        "secret_key_seed": hex::encode(SEED),
        "public_key": hex::encode(key.public_key().to_bytes()),
        "signature": hex::encode(signature.0),
    })
}

fn proposal(what: &str, round: u32, pol_round: Option<u32>) -> Json {
    let address = Address::of(SecretKey::from_seed(&SEED).public_key());
    let block_hash = BlockHash::from_bytes([0x22; 32]);
    let proposal = Proposal {
        height: Height(7),
        round: Round::new(round),
        value: Value(block_hash),
        pol_round: Round::from(pol_round),
        proposer: ValidatorAddress(address),
    };
    let message = preimage::proposal(&ledger(), &proposal).unwrap().preimage();
    assert_eq!(message.len(), 131);
    let fields = json!({
        "height": 7, "round": round, "pol_round": pol_round,
        "block_hash": block_hash.to_string(), "address": address.to_string(),
    });
    signed(what, &message, &fields)
}

fn first_part(what: &str, round: u32, pol_round: Option<u32>) -> Json {
    let first = FirstPart {
        height: 7,
        round,
        pol_round,
        proposer: Address::of(SecretKey::from_seed(&SEED).public_key()),
        block_hash: BlockHash::from_bytes([0x22; 32]),
        size: u32::try_from(BLOCK.len()).unwrap(),
        digest: digest_of(BLOCK),
        signature: ABSTAINED,
    };
    let message = preimage::first_part(&ledger(), &first).preimage();
    assert_eq!(message.len(), 172);
    let fields = json!({
        "height": 7, "round": round, "pol_round": pol_round,
        "block_hash": first.block_hash.to_string(), "address": first.proposer.to_string(),
        "block": hex::encode(BLOCK), "blake3": first.digest.to_string(),
    });
    signed(what, &message, &fields)
}

fn validator_proof() -> Json {
    let key: PublicKey = SecretKey::from_seed(&SEED).public_key().clone();
    let peer_id = b"\x00\x24\x08\x01\x12\x20 and the 32 bytes of a network key";
    let statement = ValidatorProof::<Bulla>::signing_bytes(&key.to_bytes(), peer_id);
    let claim = bulla_types::ValidatorProof { ledger_id: ledger(), key, network_identity: peer_id.to_vec() };
    let message = claim.preimage();
    assert!(message.ends_with(&statement), "the engine states the same");
    signed("a validator's network identity", &message, &json!({ "network_identity": hex::encode(peer_id) }))
}

#[test]
fn signed_messages_are_those_of_the_vectors() {
    let vectors = json!({
        "proposals": [
            proposal("a fresh proposal", 0, None),
            proposal("a proposal of a block locked in round 0", 2, Some(0)),
        ],
        "first_parts": [
            first_part("of a fresh proposal", 0, None),
            first_part("of a proposal of a block locked in round 0", 2, Some(0)),
        ],
        "validator_proofs": [validator_proof()],
    });
    if env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(FILE, serde_json::to_string_pretty(&vectors).unwrap() + "\n").unwrap();
    }
    let found: Json = serde_json::from_str(&fs::read_to_string(FILE).unwrap()).unwrap();
    assert!(found == vectors, "proposal.json differs from the code: run with BULLA_WRITE_VECTORS=1");
}

#[test]
fn no_key_verifies_an_abstention() {
    let key = SecretKey::from_seed(&SEED);
    assert!(key.public_key().verify_strict(b"anything", &ABSTAINED).is_err());
    assert_eq!(ABSTAINED, Signature([0; 64]));
}
