//! Documents against deposits.

use bulla_crypto::{Hash, blake3, sha256, sm3};
use bulla_fixtures::Ledger;
use bulla_types::{DigestAlgorithm, DocumentDigest, ReasonCode};
use bulla_verify::{Original, verify};
use serde_json::json;

use crate::anchor;

const PAGE: &[u8] = b"contract, page 1";

fn original(name: &str, digests: &[(DigestAlgorithm, Hash)]) -> Original {
    let digest = |&(algorithm, value)| DocumentDigest { algorithm, value };
    Original { name: name.to_owned(), digests: digests.iter().map(digest).collect() }
}

/// As a caller computes them: under every algorithm.
fn of(name: &str, document: &[u8]) -> Original {
    let digests = [
        (DigestAlgorithm::Sha256, sha256(&[document])),
        (DigestAlgorithm::Sm3, sm3(&[document])),
        (DigestAlgorithm::Blake3, blake3(&[document])),
    ];
    original(name, &digests)
}

#[test]
fn each_original_is_matched_with_its_deposit_under_all_algorithms_that_both_have() {
    let ledger = Ledger::with_deposits();
    let originals = [of("第二页.txt", "合同，第二页".as_bytes()), of("page1.txt", PAGE)];
    let report = verify(&ledger.file(&[1, 2]).encode(), &anchor(&ledger), &originals).unwrap();
    let report = serde_json::to_value(report).unwrap();
    for (position, (name, entry)) in [("第二页.txt", 2), ("page1.txt", 1)].into_iter().enumerate() {
        let original = &report["originals"][position];
        assert_eq!(original["name"], name);
        assert_eq!(original["matches"].as_array().unwrap().len(), 1);
        assert_eq!(original["matches"][0]["entry_index"], entry);
        assert_eq!(original["matches"][0]["algorithms"], json!(["SHA-256", "SM3"]));
    }
}

#[test]
fn an_altered_original_is_refused_by_name() {
    let ledger = Ledger::with_deposits();
    let file = ledger.file(&[1]).encode();
    let refused = |original| {
        let refused = verify(&file, &anchor(&ledger), &[original]).unwrap_err();
        assert_eq!(refused.place, "originals[page1.txt]");
        refused.reason
    };
    assert_eq!(refused(of("page1.txt", b"contract, page 2")), ReasonCode::OriginalMismatch);
    assert_eq!(refused(original("page1.txt", &[])), ReasonCode::OriginalMismatch);
    let unknown_algorithm = original("page1.txt", &[(DigestAlgorithm::Blake3, blake3(&[PAGE]))]);
    assert_eq!(refused(unknown_algorithm), ReasonCode::OriginalMismatch);
}

#[test]
fn one_algorithm_that_disagrees_outweighs_one_that_agrees() {
    let ledger = Ledger::with_deposits();
    let halfway = original(
        "page1.txt",
        &[(DigestAlgorithm::Sha256, sha256(&[PAGE])), (DigestAlgorithm::Sm3, sm3(&[b"something else"]))],
    );
    let refused = verify(&ledger.file(&[1]).encode(), &anchor(&ledger), &[halfway]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::OriginalMismatch);
}

#[test]
fn an_original_of_an_entry_without_deposits_is_refused() {
    let ledger = Ledger::with_deposits();
    let refused =
        verify(&ledger.file(&[0]).encode(), &anchor(&ledger), &[of("page1.txt", PAGE)]).unwrap_err();
    assert_eq!(refused.reason, ReasonCode::OriginalMismatch);
}
