//! The independent verifier, `tests/receipt_check.py`, agrees.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use bulla_fixtures::{Ledger, SERVICE};
use bulla_types::Canonical;

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap().to_owned()
}

/// Runs the script on a receipt file and genesis.
fn script(options: &[&str], file: &[u8], genesis: &[u8]) -> Output {
    let folder = tempfile::tempdir().unwrap();
    let (receipt, anchor) = (folder.path().join("receipt"), folder.path().join("genesis"));
    fs::write(&receipt, file).unwrap();
    fs::write(&anchor, genesis).unwrap();
    let script = repository().join("tests/receipt_check.py");
    Command::new("python3")
        .arg(script)
        .args(options)
        .args([receipt, anchor])
        .output()
        .expect("python3 is installed")
}

fn text(output: &[u8]) -> String {
    String::from_utf8_lossy(output).into_owned()
}

/// Two receipts, one from before and one from after a change of validators.
fn ledger() -> Ledger {
    let mut ledger = Ledger::with_deposits();
    ledger.change_validators(&[
        ("member 1 consensus", 2),
        ("member 7 consensus", 3),
        ("member 8 consensus", 1),
    ]);
    let deposit = ledger.deposit(b"late", &[(SERVICE, "member 5 operate")]);
    ledger.block(vec![deposit]);
    ledger
}

#[test]
fn it_is_short() {
    let script = fs::read_to_string(repository().join("tests/receipt_check.py")).unwrap();
    assert!(script.lines().count() <= 150);
}

#[test]
fn it_verifies_receipts_and_tells_the_facts() {
    let ledger = ledger();
    let output = script(&[], &ledger.file(&[0, 2, 4]).encode(), &ledger.genesis.encode());
    assert!(output.status.success(), "{}{}", text(&output.stdout), text(&output.stderr));
    let facts = text(&output.stdout);
    let digest = bulla_crypto::sha256(&["合同，第二页".as_bytes()]).to_string();
    for fact in ["entry 2", "height 2", "evidence 2", &digest, "VERIFIED"] {
        assert!(facts.contains(fact), "{fact} is not in:\n{facts}");
    }
}

#[test]
fn it_refuses_every_single_field_mutation() {
    let ledger = ledger();
    let output = script(&["--mutations"], &ledger.file(&[4]).encode(), &ledger.genesis.encode());
    let lines = text(&output.stdout);
    assert!(output.status.success(), "{lines}{}", text(&output.stderr));
    assert!(lines.lines().count() > 500 && !lines.contains("ACCEPTED"), "{lines}");
}

#[test]
fn it_refuses_another_genesis_and_a_damaged_file_with_a_reason() {
    let ledger = ledger();
    let (mut file, genesis) = (ledger.file(&[2]).encode(), ledger.genesis.encode());
    let other = Ledger::found_as("另一账本", bulla_types::LedgerClass::Test).genesis.encode();
    let middle = file.len() / 2;
    let foreign = script(&[], &file, &other);
    file[middle] ^= 1;
    for refused in [foreign, script(&[], &file, &genesis), script(&[], b"no receipt", &genesis)] {
        assert_eq!(refused.status.code(), Some(1));
        assert!(text(&refused.stderr).starts_with("REFUSED: "), "{}", text(&refused.stderr));
    }
}
