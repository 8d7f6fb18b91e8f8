//! Openings that their owner kept, against the entry in which they were committed to.

use bulla_fixtures::{Ledger, SERVICE, Signer, deposit};
use bulla_types::{Action, Canonical, DepositEvidence, KeptOpenings, Opening, ReasonCode, Transaction};
use bulla_verify::{OpeningsFile, Refused, Report, verify_opened};
use bytes::Bytes;

use crate::anchor;

const OPERATE: Signer<'static> = (SERVICE, "member 5 operate");

fn opening(path: &str, value: &str) -> Opening {
    let value = Bytes::copy_from_slice(value.as_bytes());
    Opening { action: 0, path: path.parse().unwrap(), salt: [7; 32], value }
}

/// A ledger with a deposit of which title and description are committed to, and what opens them.
fn ledger() -> (Ledger, Transaction, Vec<Opening>) {
    let mut ledger = Ledger::found();
    let openings = vec![opening("description", "第一页"), opening("title", "合同")];
    let request = ledger.next_request();
    let committed = DepositEvidence {
        description: Some(openings[0].commitment(&request)),
        title: Some(openings[1].commitment(&request)),
        ..deposit(b"a document")
    };
    let transaction = ledger.transaction(vec![Action::DepositEvidence(committed)], &[OPERATE]);
    let other = ledger.deposit(b"another document", &[OPERATE]);
    ledger.block(vec![transaction.clone(), other]);
    (ledger, transaction, openings)
}

fn shown(ledger: &Ledger, index: u64, openings: &[u8]) -> Result<Report, Refused> {
    let file = OpeningsFile { name: "kept".to_owned(), bytes: openings.to_vec() };
    verify_opened(&ledger.file(&[index]).encode(), &anchor(ledger), &[], &[file])
}

#[test]
fn what_was_committed_to_is_told_with_its_entry() {
    let (ledger, transaction, openings) = ledger();
    let kept = KeptOpenings::new(&transaction, openings).unwrap().encode();
    let report = serde_json::to_value(shown(&ledger, 1, &kept).unwrap()).unwrap();
    let opened = &report["openings"][0];
    assert_eq!((&opened["name"], &opened["entry_index"]), (&"kept".into(), &1.into()));
    assert_eq!(opened["transaction_id"], transaction.id().to_string());
    assert_eq!(
        opened["fields"],
        serde_json::json!([
            { "action": 0, "path": "description", "values": ["第一页"] },
            { "action": 0, "path": "title", "values": ["合同"] },
        ])
    );
}

#[test]
fn openings_of_another_entry_are_refused_by_name() {
    let (ledger, transaction, openings) = ledger();
    let kept = KeptOpenings::new(&transaction, openings).unwrap().encode();
    let refused = shown(&ledger, 2, &kept).unwrap_err();
    assert_eq!(
        (refused.reason, refused.place.as_str()),
        (ReasonCode::OpeningMismatch, "openings[kept].transaction_id")
    );
}

#[test]
fn a_file_of_which_one_bit_is_another_is_refused() {
    let (ledger, transaction, openings) = ledger();
    let kept = KeptOpenings::new(&transaction, openings).unwrap().encode();
    for at in 0..kept.len() {
        for bit in 0..8 {
            let mut altered = kept.clone();
            altered[at] ^= 1 << bit;
            let refused = shown(&ledger, 1, &altered).expect_err("an altered file");
            assert!(refused.place.starts_with("openings[kept]"), "byte {at}: {refused:?}");
        }
    }
    assert!(shown(&ledger, 1, &kept[..kept.len() - 1]).is_err());
    let huge = vec![0; KeptOpenings::BYTES_MAX + 1];
    assert_eq!(shown(&ledger, 1, &huge).unwrap_err().reason, ReasonCode::TooLarge);
}
