//! The published edge cases of Ed25519, against both rules and the batch.
//!
//! Most of their keys are refused by [`PublicKey::from_bytes`], so these tests stand inside the crate,
//! where a key can be made without that check: the rules must hold on their own.
#![allow(clippy::unwrap_used)]

use rand_core::OsRng;
use serde::Deserialize;

use crate::{KeyError, PublicKey, Signature, batch};

#[derive(Deserialize)]
struct Vectors {
    signature_edge_cases: EdgeCases,
    small_order_signatures: SmallOrderSignatures,
}

#[derive(Deserialize)]
struct EdgeCases {
    cases: Vec<EdgeCase>,
}

#[derive(Deserialize)]
struct EdgeCase {
    number: u32,
    message: String,
    public_key: String,
    signature: String,
    key_refused: Option<String>,
    strict: bool,
    zip215: bool,
}

#[derive(Deserialize)]
struct SmallOrderSignatures {
    message: String,
    strict: bool,
    zip215: bool,
    encodings: Vec<Encoding>,
}

#[derive(Deserialize)]
struct Encoding {
    bytes: String,
    canonical: bool,
}

/// One signature with what each rule must say of it.
struct Case {
    name: String,
    key: PublicKey,
    message: Vec<u8>,
    signature: Signature,
    strict: bool,
    zip215: bool,
}

fn vectors() -> Vectors {
    serde_json::from_str(include_str!("../../../docs/formats/vectors/crypto.json")).unwrap()
}

fn bytes<const N: usize>(text: &str) -> [u8; N] {
    hex::decode(text).unwrap().try_into().unwrap()
}

fn taming_cases() -> Vec<Case> {
    let to_case = |case: EdgeCase| Case {
        name: format!("case {}", case.number),
        key: PublicKey::unrestricted(bytes(&case.public_key)).unwrap(),
        message: hex::decode(&case.message).unwrap(),
        signature: Signature(bytes(&case.signature)),
        strict: case.strict,
        zip215: case.zip215,
    };
    vectors().signature_edge_cases.cases.into_iter().map(to_case).collect()
}

/// Every pair of the fourteen encodings as key and R, with S = 0.
fn small_order_cases() -> Vec<Case> {
    let vectors = vectors().small_order_signatures;
    let mut cases = Vec::new();
    for key in &vectors.encodings {
        for r in &vectors.encodings {
            let mut signature = [0; Signature::LENGTH];
            signature[..32].copy_from_slice(&bytes::<32>(&r.bytes));
            cases.push(Case {
                name: format!("A {} R {}", key.bytes, r.bytes),
                key: PublicKey::unrestricted(bytes(&key.bytes)).unwrap(),
                message: hex::decode(&vectors.message).unwrap(),
                signature: Signature(signature),
                strict: vectors.strict,
                zip215: vectors.zip215,
            });
        }
    }
    cases
}

fn all_cases() -> Vec<Case> {
    taming_cases().into_iter().chain(small_order_cases()).collect()
}

fn batch_verdicts<'a>(cases: impl IntoIterator<Item = &'a Case>) -> Vec<bool> {
    let items: Vec<_> =
        cases.into_iter().map(|case| (case.key.clone(), case.signature, case.message.as_slice())).collect();
    batch::verify(&items, &mut OsRng)
}

#[test]
fn there_are_twelve_cases_and_196_pairs() {
    assert_eq!(taming_cases().len(), 12);
    assert_eq!(small_order_cases().len(), 196);
}

#[test]
fn the_strict_rule_judges_every_case_as_recorded() {
    for case in all_cases() {
        let verdict = case.key.verify_strict(&case.message, &case.signature).is_ok();
        assert_eq!(verdict, case.strict, "{}", case.name);
    }
}

#[test]
fn zip_215_judges_every_case_as_recorded() {
    for case in all_cases() {
        let verdict = case.key.verify_zip215(&case.message, &case.signature).is_ok();
        assert_eq!(verdict, case.zip215, "{}", case.name);
    }
}

#[test]
fn what_the_strict_rule_accepts_zip_215_accepts() {
    for case in all_cases() {
        assert!(!case.strict || case.zip215, "{}", case.name);
    }
}

#[test]
fn a_batch_of_one_agrees_with_the_single_check() {
    for case in all_cases() {
        assert_eq!(batch_verdicts([&case]), [case.zip215], "{}", case.name);
    }
}

#[test]
fn a_batch_of_all_cases_gives_each_its_own_verdict() {
    let cases = all_cases();
    let expected: Vec<_> = cases.iter().map(|case| case.zip215).collect();
    assert_eq!(batch_verdicts(&cases), expected);
}

#[test]
fn a_batch_of_the_valid_cases_passes_as_a_whole() {
    let cases = all_cases();
    let verdicts = batch_verdicts(cases.iter().filter(|case| case.zip215));
    assert!(verdicts.iter().all(|valid| *valid));
}

#[test]
fn every_key_of_the_cases_is_refused_at_enrolment_unless_only_the_signature_is_at_fault() {
    for case in vectors().signature_edge_cases.cases {
        let expected = case.key_refused.as_deref().map(|reason| match reason {
            "NON_CANONICAL" => KeyError::NonCanonical,
            "SMALL_ORDER" => KeyError::SmallOrder,
            "TORSION" => KeyError::Torsion,
            other => panic!("unknown reason {other}"),
        });
        let refusal = PublicKey::from_bytes(&bytes::<32>(&case.public_key)).err();
        assert_eq!(refusal, expected, "case {}", case.number);
    }
}

#[test]
fn every_encoding_of_a_small_order_point_is_refused_as_a_key() {
    for encoding in vectors().small_order_signatures.encodings {
        let expected = if encoding.canonical { KeyError::SmallOrder } else { KeyError::NonCanonical };
        let refusal = PublicKey::from_bytes(&bytes::<32>(&encoding.bytes)).err();
        assert_eq!(refusal, Some(expected), "{}", encoding.bytes);
    }
}
