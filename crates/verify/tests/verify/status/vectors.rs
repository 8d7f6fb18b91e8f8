//! `docs/formats/vectors/status_proof.json`: a genesis, a file, and the answers that it gives, for other
//! languages.
//!
//! `BULLA_WRITE_VECTORS=1` writes the file; otherwise it must be what this software makes.

use std::fs;
use std::path::{Path, PathBuf};

use bulla_crypto::Domain;
use bulla_types::{Canonical, CertificateStatus, RecordKey, StatusProofFile};
use bulla_verify::{Anchor, Asked, TrustedGenesis, verify_status};
use serde_json::{Value, json};

use super::{Register, at};
use crate::anchor;

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../docs/formats/vectors/status_proof.json")
}

/// Issued, extended, suspended, in force again, lapsed by its term.
fn certificate() -> Register {
    let mut register = Register::issue(Some(4500));
    register.step(CertificateStatus::InForce, Some(8500));
    register.step(CertificateStatus::Suspended, Some(8500));
    let labels = ["member 1 consensus", "member 3 consensus", "member 7 consensus"];
    register.ledger.change_validators(&labels.map(|label| (label, 1)));
    register.step(CertificateStatus::InForce, Some(8500));
    (0..3).for_each(|_| register.wait());
    register
}

/// Times asked about, milliseconds after the genesis: first instant, first instant after it.
const ASKED: [(u64, u64); 8] = [
    (1999, 2000),
    (2000, 2001),
    (4500, 4501),
    (5000, 5001),
    (8499, 8500),
    (8500, 8501),
    (2000, 9001),
    (9000, 9002),
];

fn vectors() -> Value {
    let register = certificate();
    let ledger = &register.ledger;
    let member = ledger.status_proof(RecordKey::Member(bulla_fixtures::SERVICE), ledger.height());
    let case = |(name, file): (&str, StatusProofFile)| {
        let verified = |asked| verify_status(&file.encode(), &anchor(ledger), asked).unwrap();
        let answers = ASKED.map(|(from, until)| verified(Asked::from_until(at(from), at(until))).answer);
        json!({
            "name": name,
            "genesis": hex::encode(ledger.genesis.encode()),
            "record": hex::encode(file.record().encode()),
            "status_proof": hex::encode(file.encode()),
            "digest": file.digest().to_string(),
            "report": verified(None),
            "answers": answers,
        })
    };
    let cases =
        [("a certificate that was extended, suspended and lapsed", register.proof()), ("a member", member)];
    json!({
        "page": "docs/formats/status-proof.md",
        "kind": Domain::StatusProof.as_str(),
        "cases": cases.map(case),
    })
}

#[test]
fn status_proofs_are_what_the_vectors_say() {
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
    for case in vectors["cases"].as_array().unwrap() {
        let bytes = |field: &str| hex::decode(case[field].as_str().unwrap()).unwrap();
        let anchor = Anchor::Genesis(TrustedGenesis::from_file(&bytes("genesis")).unwrap());
        for answer in case["answers"].as_array().unwrap() {
            let time = |field: &str| bulla_types::BlockTime(answer[field].as_u64().unwrap());
            let asked = Asked::from_until(time("from_ms"), time("until_ms"));
            let report = verify_status(&bytes("status_proof"), &anchor, asked).unwrap();
            assert_eq!(serde_json::to_value(report.answer).unwrap(), *answer);
        }
    }
}
