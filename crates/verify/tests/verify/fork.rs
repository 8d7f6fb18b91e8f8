//! Two decided blocks of one height, and `docs/formats/vectors/fork_proof.json` for other languages.
//!
//! `BULLA_WRITE_VECTORS=1` writes the file; otherwise it must be what this software makes.

use std::fs;
use std::path::{Path, PathBuf};

use bulla_crypto::Domain;
use bulla_fixtures::{Ledger, certificate, validator_keys, validator_set};
use bulla_types::{BlockTime, Canonical, CommitCertificate, ForkProof, Header, ReasonCode, proto};
use bulla_verify::{Anchor, TrustedGenesis, verify_fork};
use serde_json::{Value, json};

use crate::anchor;

/// A change of validators at height 5, and a block after it.
const CHANGED: [(&str, u64); 4] = [
    ("member 1 consensus", 3),
    ("member 2 consensus", 2),
    ("member 7 consensus", 2),
    ("member 8 consensus", 2),
];

fn ledger() -> Ledger {
    let mut ledger = Ledger::with_deposits();
    ledger.change_validators(&CHANGED);
    ledger.block(Vec::new());
    ledger
}

/// The block at this height, and another that these decide beside it.
fn fork(ledger: &Ledger, height: u64, signers: &[usize]) -> [(Header, CommitCertificate); 2] {
    let header = ledger.header(height).clone();
    let other = Header { time: BlockTime(header.time.0 + 1), ..header.clone() };
    let validators = if height > 5 { validator_set(&CHANGED) } else { ledger.genesis.validators().clone() };
    let keys = validator_keys(&validators);
    let signers: Vec<_> = signers.iter().map(|signer| keys[*signer].clone()).collect();
    let own = certificate(&header, &keys).minimised(&validators);
    let decided = certificate(&other, &signers).minimised(&validators);
    [(header, own), (other, decided)]
}

fn proof(ledger: &Ledger, height: u64, signers: &[usize]) -> ForkProof {
    ForkProof::new(ledger.genesis.clone(), ledger.transitions.clone(), fork(ledger, height, signers)).unwrap()
}

#[test]
fn a_fork_is_shown_and_who_signed_both_is_named() {
    let ledger = ledger();
    for (height, total) in [(1, 4), (6, 9)] {
        let report = verify_fork(&proof(&ledger, height, &[0, 1, 2, 3]).encode(), &anchor(&ledger)).unwrap();
        assert_eq!((report.height, report.total_power), (height, total));
        assert_ne!(report.blocks[0].block_hash, report.blocks[1].block_hash);
        assert!(3 * report.signed_both_power > report.total_power, "{report:?}");
        let founders: Vec<_> = report.signed_both.iter().map(|signer| signer.founder.is_some()).collect();
        assert!(if height == 1 { founders.iter().all(|known| *known) } else { founders.contains(&true) });
    }
}

#[test]
fn whoever_sees_the_two_blocks_makes_the_same_file() {
    let ledger = ledger();
    let [one, other] = fork(&ledger, 4, &[0, 1, 2]);
    let file =
        |blocks| ForkProof::new(ledger.genesis.clone(), ledger.transitions.clone(), blocks).unwrap().encode();
    assert_eq!(file([one.clone(), other.clone()]), file([other, one]));
}

#[test]
fn what_is_no_fork_makes_no_file() {
    let ledger = ledger();
    let [one, _] = fork(&ledger, 4, &[0, 1, 2]);
    let [_, of_another_height] = fork(&ledger, 3, &[0, 1, 2]);
    for blocks in [[one.clone(), one.clone()], [one, of_another_height]] {
        let genesis = ledger.genesis.clone();
        assert!(ForkProof::new(genesis, Vec::new(), blocks).unwrap_err().path().starts_with("blocks"));
    }
}

/// Files that are refused: name, bytes, reason, place.
fn refused(ledger: &Ledger) -> Vec<(&'static str, Vec<u8>, ReasonCode, &'static str)> {
    let whole = proof(ledger, 6, &[0, 1, 2, 3]);
    let altered = |change: fn(&mut proto::ForkProof)| {
        let mut message: proto::ForkProof = prost::Message::decode(&whole.encode()[..]).unwrap();
        change(&mut message);
        prost::Message::encode_to_vec(&message)
    };
    let minority = proof(ledger, 6, &[2, 3]);
    let place = if minority.blocks()[0].1.signatures.len() == 2 { 0 } else { 1 };
    let of_minority = ["blocks[0].certificate.signatures", "blocks[1].certificate.signatures"][place];
    vec![
        ("too few signed the other block", minority.encode(), ReasonCode::CertificateNoQuorum, of_minority),
        (
            "the change of validators is left out",
            altered(|message| message.transitions.clear()),
            ReasonCode::ValidatorsMismatch,
            "blocks[0].header.validators_hash",
        ),
        (
            "a signature is altered",
            altered(|message| {
                let certificate = message.blocks[1].certificate.as_mut().unwrap();
                let signature = certificate.signatures[0].signature.as_mut().unwrap();
                let mut bytes = signature.value.to_vec();
                bytes[0] ^= 1;
                signature.value = bytes.into();
            }),
            ReasonCode::CertificateSignatureInvalid,
            "blocks[1].certificate.signatures",
        ),
        (
            "the blocks stand in the other order",
            altered(|message| message.blocks.reverse()),
            ReasonCode::Malformed,
            "blocks[1]",
        ),
        (
            "one block stands twice",
            altered(|message| message.blocks[1] = message.blocks[0].clone()),
            ReasonCode::Malformed,
            "blocks[1]",
        ),
        (
            "a third block",
            altered(|message| message.blocks.push(message.blocks[0].clone())),
            ReasonCode::TooLarge,
            "blocks[2]",
        ),
        ("another version", altered(|message| message.version = 2), ReasonCode::UnknownVersion, "version"),
        (
            "another kind",
            altered(|message| message.kind = "bulla/1/fork-prooF".to_owned()),
            ReasonCode::Malformed,
            "kind",
        ),
    ]
}

#[test]
fn a_file_of_which_any_part_does_not_hold_is_refused_with_reason_and_place() {
    let ledger = ledger();
    for (what, file, reason, place) in refused(&ledger) {
        let refused = verify_fork(&file, &anchor(&ledger)).unwrap_err();
        assert_eq!((refused.reason, refused.place.as_str()), (reason, place), "{what}: {refused}");
    }
    let other = Ledger::found_as("另一账本", bulla_types::LedgerClass::Test);
    let file = proof(&ledger, 6, &[0, 1, 2, 3]).encode();
    assert_eq!(verify_fork(&file, &anchor(&other)).unwrap_err().reason, ReasonCode::AnchorMismatch);
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/vectors/fork_proof.json")
}

fn vectors() -> Value {
    let ledger = ledger();
    let accepted = [("at the first height", 1), ("after a change of validators", 6)].map(|(name, height)| {
        let proof = proof(&ledger, height, &[0, 1, 2, 3]);
        json!({
            "name": name,
            "fork_proof": hex::encode(proof.encode()),
            "digest": proof.digest().to_string(),
            "report": verify_fork(&proof.encode(), &anchor(&ledger)).unwrap(),
        })
    });
    let refused = refused(&ledger).into_iter().map(|(name, file, reason, place)| {
        json!({ "name": name, "fork_proof": hex::encode(file), "reason": reason.as_str(), "field": place })
    });
    json!({
        "page": "docs/formats/fork-proof.md",
        "kind": Domain::ForkProof.as_str(),
        "genesis": hex::encode(ledger.genesis.encode()),
        "accepted": accepted,
        "refused": refused.collect::<Vec<_>>(),
    })
}

#[test]
fn fork_proofs_are_what_the_vectors_say() {
    let made = serde_json::to_string_pretty(&vectors()).unwrap() + "\n";
    if std::env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(path(), &made).unwrap();
    }
    assert_eq!(fs::read_to_string(path()).expect("run once with BULLA_WRITE_VECTORS=1"), made);
}

/// From the bytes of the vectors alone.
#[test]
fn the_vectors_verify() {
    let vectors: Value = serde_json::from_str(&fs::read_to_string(path()).unwrap()).unwrap();
    let bytes = |value: &Value| hex::decode(value.as_str().unwrap()).unwrap();
    let anchor = Anchor::Genesis(TrustedGenesis::from_file(&bytes(&vectors["genesis"])).unwrap());
    for case in vectors["accepted"].as_array().unwrap() {
        let report = verify_fork(&bytes(&case["fork_proof"]), &anchor).unwrap();
        assert_eq!(serde_json::to_value(report).unwrap(), case["report"]);
    }
    for case in vectors["refused"].as_array().unwrap() {
        let refused = verify_fork(&bytes(&case["fork_proof"]), &anchor).unwrap_err();
        assert_eq!(
            (refused.reason.as_str(), refused.place.as_str().into()),
            (case["reason"].as_str().unwrap(), case["field"].clone())
        );
    }
}
