//! What a proof answers for a time.

use bulla_fixtures::{GENESIS_MS, Ledger, key_id};
use bulla_types::{Canonical, CertificateStatus, KeyRecord, KeyStatus, LedgerClass, RecordKey, StateKey};
use bulla_verify::{Asked, verify_status};
use serde_json::{Value, json};

use super::{Register, append, at, key_step, report};
use crate::anchor;

fn instant(ms: u64) -> Option<Asked> {
    Some(Asked::at(at(ms)))
}

fn span(from: u64, until: u64) -> Option<Asked> {
    Asked::from_until(at(from), at(until))
}

/// The verdict, and what held from when until when, in milliseconds after the genesis.
fn answer(register: &Register, asked: Option<Asked>) -> (String, Vec<(u64, u64, String)>) {
    let answer = register.report(asked)["answer"].clone();
    let ms = |value: &Value| value.as_u64().unwrap() - GENESIS_MS;
    let spans = answer["spans"].as_array().unwrap().iter();
    let spans = spans.map(|span| {
        (ms(&span["from_ms"]), ms(&span["until_ms"]), span["standing"].as_str().unwrap().to_owned())
    });
    (answer["verdict"].as_str().unwrap().to_owned(), spans.collect())
}

fn verdict(register: &Register, asked: Option<Asked>) -> (String, String) {
    let (verdict, spans) = answer(register, asked);
    (verdict, spans.into_iter().map(|(.., standing)| standing).collect::<Vec<_>>().join(" "))
}

fn is(verdict: &str, standing: &str) -> (String, String) {
    (verdict.to_owned(), standing.to_owned())
}

/// Issued at 2000 until before 4500, header at 6000, no lapse recorded.
fn unrecorded_lapse() -> Register {
    let mut register = Register::issue(Some(4500));
    (0..4).for_each(|_| register.wait());
    register
}

#[test]
fn a_certificate_is_valid_from_its_issue_until_before_its_term() {
    let register = unrecorded_lapse();
    assert_eq!(verdict(&register, instant(1999)), is("not_in_force", "not_yet"));
    assert_eq!(verdict(&register, instant(2000)), is("in_force", "in_force"));
    assert_eq!(verdict(&register, instant(4499)), is("in_force", "in_force"));
}

#[test]
fn a_term_that_has_come_ends_it_though_no_lapse_is_recorded() {
    let register = unrecorded_lapse();
    assert_eq!(verdict(&register, instant(4500)), is("not_in_force", "lapsed"));
    assert_eq!(verdict(&register, instant(6000)), is("not_in_force", "lapsed"));
}

#[test]
fn a_lapse_that_is_recorded_later_takes_effect_at_the_term() {
    let mut register = Register::issue(Some(2500));
    register.wait();
    register.step(CertificateStatus::Lapsed, Some(2500));
    assert_eq!(verdict(&register, instant(2499)), is("in_force", "in_force"));
    assert_eq!(verdict(&register, instant(2500)), is("not_in_force", "lapsed"));
    assert_eq!(verdict(&register, instant(4000)), is("not_in_force", "lapsed"));
    let timeline = register.report(None)["timeline"].clone();
    assert_eq!(timeline.as_array().unwrap().len(), 2, "{timeline:#}");
}

#[test]
fn what_comes_after_the_header_is_not_known() {
    let register = Register::issue(Some(9000));
    assert_eq!(verdict(&register, instant(2000)), is("in_force", "in_force"));
    assert_eq!(verdict(&register, instant(2001)), is("not_known", "not_known"));
    assert_eq!(verdict(&register, instant(9000)), is("not_known", "not_known"), "it may have been extended");
    assert_eq!(verdict(&register, instant(u64::MAX - GENESIS_MS)), is("not_known", "not_known"));
}

#[test]
fn a_day_is_answered_with_from_when_until_when() {
    let register = unrecorded_lapse();
    assert_eq!(verdict(&register, span(2000, 4500)), is("in_force", "in_force"));
    assert_eq!(verdict(&register, span(0, 2000)), is("not_in_force", "not_yet"));
    assert_eq!(verdict(&register, span(4500, 6001)), is("not_in_force", "lapsed"));
    let (verdict, spans) = answer(&register, span(1000, 6001));
    assert_eq!(verdict, "partly_in_force");
    let told = |from, until, standing: &str| (from, until, standing.to_owned());
    let expected = [told(1000, 2000, "not_yet"), told(2000, 4500, "in_force"), told(4500, 6001, "lapsed")];
    assert_eq!(spans, expected);
}

#[test]
fn a_day_that_is_not_over_at_the_header_is_not_known_but_for_its_first_part() {
    let (verdict, spans) = answer(&unrecorded_lapse(), span(5000, 9000));
    assert_eq!(verdict, "not_known");
    assert_eq!(spans, [(5000, 6001, "lapsed".to_owned()), (6001, 9000, "not_known".to_owned())]);
}

#[test]
fn an_extension_changes_the_term_from_then_on_and_each_time_has_its_own() {
    let mut register = Register::issue(Some(4500));
    register.wait();
    register.step(CertificateStatus::InForce, Some(9000));
    (0..3).for_each(|_| register.wait());
    assert_eq!(verdict(&register, span(2000, 7001)), is("in_force", "in_force in_force"));
    let term = |ms| {
        let answer = register.report(instant(ms))["answer"].clone();
        answer["spans"][0]["valid_until_ms"].as_u64().unwrap() - GENESIS_MS
    };
    assert_eq!((term(3999), term(4000), term(5000)), (4500, 9000, 9000));
}

#[test]
fn while_suspended_it_is_not_valid() {
    let mut register = Register::issue(None);
    register.step(CertificateStatus::Suspended, None);
    register.step(CertificateStatus::InForce, None);
    register.wait();
    let (verdict, spans) = answer(&register, span(2000, 5001));
    assert_eq!(verdict, "partly_in_force");
    let told = |from, until, standing: &str| (from, until, standing.to_owned());
    let expected =
        [told(2000, 3000, "in_force"), told(3000, 4000, "suspended"), told(4000, 5001, "in_force")];
    assert_eq!(spans, expected);
}

#[test]
fn one_that_is_suspended_at_its_term_lapses() {
    let mut register = Register::issue(Some(3500));
    register.step(CertificateStatus::Suspended, Some(3500));
    (0..2).for_each(|_| register.wait());
    assert_eq!(verdict(&register, instant(3499)), is("not_in_force", "suspended"));
    assert_eq!(verdict(&register, instant(3500)), is("not_in_force", "lapsed"));
}

#[test]
fn one_that_is_void_stays_void_beyond_its_term() {
    let mut register = Register::issue(Some(4500));
    register.step(CertificateStatus::Void, Some(4500));
    (0..3).for_each(|_| register.wait());
    assert_eq!(verdict(&register, instant(2999)), is("in_force", "in_force"));
    assert_eq!(verdict(&register, instant(3000)), is("not_in_force", "void"));
    assert_eq!(verdict(&register, instant(5000)), is("not_in_force", "void"));
}

#[test]
fn an_older_proof_holds_and_knows_less() {
    let mut register = Register::issue(None);
    register.wait();
    register.step(CertificateStatus::Void, None);
    let older = register.ledger.status_proof(super::RECORD, 3);
    let verdict = |asked| report(&register.ledger, &older, asked)["answer"]["verdict"].clone();
    assert_eq!(verdict(instant(3000)), "in_force");
    assert_eq!(verdict(instant(4000)), "not_known");
}

#[test]
fn a_later_report_of_compromise_is_told_with_the_time_that_it_reaches_back_to() {
    let mut ledger = Ledger::found();
    let record = RecordKey::Key(key_id("member 5 operate"));
    (0..3).for_each(|_| ledger.block(vec![]));
    let head = ledger.prove(record.into(), 4).value.unwrap();
    let head = KeyRecord::decode(&head).unwrap();
    let head = KeyRecord { status: KeyStatus::Compromised, history_count: 2, ..head };
    let step = key_step(KeyStatus::Compromised, &ledger, Some(at(3000)));
    let changes = [(StateKey::History { record, seq: 1 }, step.encode()), (record.into(), head.encode())];
    append(&mut ledger, &changes);
    let file = ledger.status_proof(record, 5);
    let answer = |ms| report(&ledger, &file, instant(ms))["answer"].clone();
    assert_eq!(answer(2999)["verdict"], "in_force");
    assert_eq!(answer(2999)["distrusted_from_ms"], Value::Null);
    assert_eq!(answer(3000)["verdict"], "in_force", "a report never rewrites what the record said");
    assert_eq!(answer(3000)["distrusted_from_ms"], GENESIS_MS + 3000);
    assert_eq!(answer(5000)["verdict"], "not_in_force");
}

#[test]
fn the_report_says_what_it_is_about_and_as_of_when() {
    let register = unrecorded_lapse();
    let report = register.report(None);
    assert_eq!(report["ledger"]["class"], "test");
    assert_eq!(report["as_of"], json!({ "height": 6, "time_ms": GENESIS_MS + 6000 }));
    assert_eq!(report["block_hash"], register.ledger.header(6).hash().to_string());
    assert_eq!(report["digest"], register.proof().digest().to_string());
    assert_eq!(report["claims"]["proved"], json!(["status_history", "decided_by_quorum"]));
    let record = &report["record"];
    assert_eq!(record["record"], "certificate");
    assert!(record["identifier"].as_str().unwrap().starts_with("Z-"), "{record}");
    assert_eq!(
        (&record["valid_until_ms"], &record["issued_ms"]),
        (&json!(GENESIS_MS + 4500), &json!(GENESIS_MS + 2000))
    );
    let expected = json!([
        { "from_ms": GENESIS_MS + 2000, "until_ms": GENESIS_MS + 4500, "standing": "in_force", "in_force": true,
          "valid_until_ms": GENESIS_MS + 4500 },
        { "from_ms": GENESIS_MS + 4500, "until_ms": null, "standing": "lapsed", "in_force": false,
          "valid_until_ms": GENESIS_MS + 4500 },
    ]);
    assert_eq!(report["timeline"], expected);
    assert_eq!(report["steps"].as_array().unwrap().len(), 1);
    assert_eq!(report["answer"], Value::Null);
}

#[test]
fn a_term_still_to_come_is_stated_and_not_told_as_past() {
    let report = Register::issue(Some(9000)).report(None);
    let expected = json!([{
        "from_ms": GENESIS_MS + 2000, "until_ms": null, "standing": "in_force", "in_force": true,
        "valid_until_ms": GENESIS_MS + 9000,
    }]);
    assert_eq!(report["timeline"], expected);
}

#[test]
fn a_production_ledger_says_so() {
    let ledger = Ledger::found_as("登记账本", LedgerClass::Production);
    let record = RecordKey::Member(bulla_fixtures::SERVICE);
    let file = ledger.status_proof(record, 1).encode();
    let report = verify_status(&file, &anchor(&ledger), None).unwrap();
    assert_eq!(serde_json::to_value(report).unwrap()["ledger"]["class"], "production");
}
