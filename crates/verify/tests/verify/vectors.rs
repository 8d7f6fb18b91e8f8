//! `docs/formats/vectors/receipt.json`: a genesis, a receipt file and what it proves, for other languages.
//!
//! `BULLA_WRITE_VECTORS=1` writes the file; otherwise it must be what this software makes.

use std::fs;
use std::path::Path;

use bulla_fixtures::{Ledger, SERVICE};
use bulla_types::Canonical;
use bulla_verify::{TrustedGenesis, verify};
use serde_json::{Value, json};

use crate::anchor;

const FILE: &str = "../../docs/formats/vectors/receipt.json";

fn vectors() -> Value {
    let mut changed = Ledger::with_deposits();
    changed.change_validators(&[
        ("member 1 consensus", 2),
        ("member 7 consensus", 3),
        ("member 8 consensus", 1),
    ]);
    let deposit = changed.deposit(b"late", &[(SERVICE, "member 5 operate")]);
    changed.block(vec![deposit]);
    let cases: [(&str, Ledger, &[u64]); 3] = [
        ("one deposit", Ledger::with_deposits(), &[1]),
        ("the founding entry and a deposit with two signers", Ledger::with_deposits(), &[0, 3]),
        ("deposits before and after a change of validators", changed, &[2, 4]),
    ];
    let case = |(name, ledger, indexes): (&str, Ledger, &[u64])| {
        let file = ledger.file(indexes);
        let report = verify(&file.encode(), &anchor(&ledger), &[]).unwrap();
        json!({
            "name": name,
            "genesis": hex::encode(ledger.genesis.encode()),
            "receipt_file": hex::encode(file.encode()),
            "bundle_digest": file.bundles()[0].digest().to_string(),
            "report": report,
        })
    };
    json!({
        "page": "docs/formats/receipt.md",
        "cases": cases.map(case),
    })
}

#[test]
fn receipts_are_what_the_vectors_say() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let made = serde_json::to_string_pretty(&vectors()).unwrap() + "\n";
    if std::env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(&path, &made).unwrap();
    }
    assert_eq!(fs::read_to_string(&path).expect("run once with BULLA_WRITE_VECTORS=1"), made);
}

/// From the bytes of the vectors alone.
#[test]
fn the_vectors_verify() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(FILE);
    let vectors: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    for case in vectors["cases"].as_array().unwrap() {
        let bytes = |field: &str| hex::decode(case[field].as_str().unwrap()).unwrap();
        let genesis = TrustedGenesis::from_file(&bytes("genesis")).unwrap();
        let report = verify(&bytes("receipt_file"), &bulla_verify::Anchor::Genesis(genesis), &[]).unwrap();
        assert_eq!(serde_json::to_value(report).unwrap(), case["report"]);
    }
}
