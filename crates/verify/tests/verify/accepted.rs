//! What a good receipt proves.

use bulla_fixtures::{GENESIS_MS, Ledger, key, key_id};
use bulla_types::LedgerClass;
use bulla_verify::{Anchor, verify};
use serde_json::{Value, json};

use crate::anchor;

fn report(ledger: &Ledger, indexes: &[u64]) -> Value {
    let file = ledger.file(indexes).encode();
    serde_json::to_value(verify(&file, &anchor(ledger), &[]).unwrap()).unwrap()
}

#[test]
fn a_receipt_says_what_was_recorded_when_and_by_whom() {
    let ledger = Ledger::with_deposits();
    let report = report(&ledger, &[2]);
    let receipt = &report["receipts"][0];
    assert_eq!(receipt["entry_index"], 2);
    assert_eq!(receipt["height"], 2);
    assert_eq!(receipt["block_hash"], ledger.header(2).hash().to_string());
    let transaction = &receipt["content"];
    assert_eq!(transaction["kind"], "transaction");
    let signer = &transaction["signers"][0];
    assert_eq!(
        signer["member"],
        format!("M-{}-5-{}", report["ledger"]["short_id"].as_str().unwrap(), check(signer))
    );
    assert_eq!(signer["key_id"], key_id("member 5 operate").to_string());
    assert_eq!(signer["public_key"], key("member 5 operate").public_key().to_string());
    assert_eq!(signer["strict"], true);
    assert_eq!(signer["enrolment"]["name"], "某某存证服务有限公司");
    assert_eq!(signer["enrolment"]["purpose"], "operate");
    assert_eq!(signer["enrolment"]["roles"], json!(["evidence_service"]));
    let active = json!({
        "status": "active",
        "since_index": 0,
        "since_ms": GENESIS_MS,
        "newest": "active",
        "later": [],
        "later_complete": true,
    });
    assert_eq!(signer["enrolment"]["member"], active);
    let deposit = &transaction["deposits"][0];
    assert!(deposit["evidence"].as_str().unwrap().starts_with("E-"));
    assert_eq!(transaction["actions"][0], json!({ "action": "deposit_evidence", "evidence_number": 2 }));
    assert_eq!(deposit["digests"][1]["algorithm"], "SM3");
    assert_eq!(deposit["media_type"], "text/plain");
    assert_eq!(deposit["size_bytes"], 18);
    assert_eq!(deposit["provenance"]["mode"], "original");
    assert_eq!(deposit["provenance"]["captured_at_ms"], GENESIS_MS - 5);
}

/// The check digits of an identifier, which `bulla-types` tests.
fn check(signer: &Value) -> String {
    signer["member"].as_str().unwrap().rsplit('-').next().unwrap().to_owned()
}

#[test]
fn what_is_proved_stands_apart_from_what_is_declared() {
    let report = report(&Ledger::with_deposits(), &[1]);
    let claims = &report["receipts"][0]["claims"];
    let proved =
        ["integrity_since_storage", "time", "signed_by_keys", "signers_in_force", "decided_by_quorum"];
    assert_eq!(claims["proved"], json!(proved));
    assert_eq!(claims["declared"], json!(["capture_before_storage", "media_type_and_size"]));
    assert_eq!(claims["conditional"], json!([]));
    assert_eq!(claims["not_examined"], json!([]));
}

#[test]
fn time_is_an_interval_after_the_parent_and_within_the_bound() {
    // The first deposits stand in block 2, whose parent is not in the file; with the founding entry it is.
    let ledger = Ledger::with_deposits();
    let recorded = GENESIS_MS + 2000;
    let alone = &report(&ledger, &[1])["receipts"][0]["time"];
    let expected = json!({
        "recorded_ms": recorded,
        "parent": ledger.header(1).hash().to_string(),
        "parent_ms": null,
        "bound_ms": 5000,
        "earliest_ms": recorded - 5000,
        "latest_ms": recorded + 5000,
    });
    assert_eq!(*alone, expected);
    let with_parent = &report(&ledger, &[1, 0])["receipts"][0]["time"];
    assert_eq!(with_parent["parent_ms"], recorded - 1000);
    assert_eq!(with_parent["earliest_ms"], recorded - 1000);
}

#[test]
fn the_age_of_the_genesis_is_told_in_the_ledgers_own_time() {
    let report = report(&Ledger::with_deposits(), &[3]);
    assert_eq!(report["anchor"], json!({ "kind": "genesis", "time_ms": GENESIS_MS }));
    let anchored = json!({ "by": "genesis", "elapsed_ms": 3000, "validator_changes": 0 });
    assert_eq!(report["receipts"][0]["anchored"], anchored);
    assert_eq!(report["receipts"][0]["records_as_of"], json!({ "height": 4, "time_ms": GENESIS_MS + 4000 }));
    let votes = json!({ "round": 0, "validators": 4, "signatures": 3, "signed_power": 3, "total_power": 4 });
    assert_eq!(report["receipts"][0]["votes"], votes);
}

#[test]
fn the_digest_of_the_genesis_alone_proves_what_the_genesis_proves() {
    let ledger = Ledger::with_deposits();
    let by_digest = verify(&ledger.file(&[1, 3]).encode(), &Anchor::Ledger(ledger.id), &[]).unwrap();
    assert_eq!(serde_json::to_value(by_digest).unwrap(), report(&ledger, &[1, 3]));
}

#[test]
fn a_test_ledger_says_so() {
    assert_eq!(report(&Ledger::found(), &[0])["ledger"]["class"], "test");
    let production = Ledger::found_as("贵州数据要素登记账本", LedgerClass::Production);
    let report = report(&production, &[0]);
    assert_eq!(report["ledger"]["class"], "production");
    assert_eq!(report["ledger"]["name"], "贵州数据要素登记账本");
    assert_eq!(report["receipts"][0]["content"], json!({ "kind": "founded" }));
}

#[test]
fn every_entry_of_a_ledger_verifies_alone_and_all_in_one_file() {
    let ledger = Ledger::with_deposits();
    for index in 0..ledger.log_size() {
        assert_eq!(report(&ledger, &[index])["receipts"][0]["entry_index"], index);
    }
    let all = report(&ledger, &[0, 1, 2, 3]);
    assert_eq!(all["receipts"].as_array().unwrap().len(), 4);
    assert_eq!(all["receipts"][3]["content"]["signers"].as_array().unwrap().len(), 2);
}
