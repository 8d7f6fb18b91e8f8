//! Every kind of record that keeps its past.

use bulla_fixtures::{Ledger, SERVICE, key_id};
use bulla_types::{
    AccountNumber, AccountRecord, BlockTime, CalendarRecord, CalendarRevision, Canonical, CaseNumber,
    CaseRecord, CaseStatus, CaseStepRecord, ObjectNumber, ObjectRecord, ObjectStatus, ProfileDigest,
    ProfileRecord, ProfileStatus, RecordKey, RecordStatus, RegisterStatus, RegistrationNumber,
    RegistrationRecord, StateKey, StatusRecord, proto,
};
use bulla_verify::Asked;
use bytes::Bytes;
use serde_json::{Value, json};

use super::{append, at, report};

/// The report of a record that was written in block 2 with one step, asked for the time of block 2.
fn written(record: RecordKey, head: Vec<u8>, step: Vec<u8>) -> Value {
    let mut ledger = Ledger::found();
    append(&mut ledger, &[(StateKey::History { record, seq: 0 }, step), (record.into(), head)]);
    ledger.block(vec![]);
    report(&ledger, &ledger.status_proof(record, 3), Some(Asked::at(at(2000))))
}

fn step<S: RecordStatus>(status: S) -> Vec<u8> {
    let time = at(2000);
    let (transaction_id, effective_from, valid_until) = (None, None, None);
    StatusRecord { status, log_index: 1, time, transaction_id, effective_from, valid_until }.encode()
}

fn hash(fill: u8) -> Bytes {
    Bytes::from(vec![fill; 32])
}

fn of_message<R: Canonical>(message: R::Message) -> Vec<u8> {
    R::from_message(message).unwrap().encode()
}

fn in_force(report: &Value, record: &str) {
    assert_eq!(report["record"]["record"], record);
    assert_eq!(report["answer"]["verdict"], "in_force", "{report:#}");
}

#[test]
fn a_member_and_a_key_from_the_founding() {
    let ledger = Ledger::with_deposits();
    let id = key_id("member 5 operate");
    for (record, name) in [(RecordKey::Member(SERVICE), "member"), (RecordKey::Key(id), "key")] {
        let file = ledger.status_proof(record, ledger.height());
        in_force(&report(&ledger, &file, Some(Asked::at(at(0)))), name);
        let before = report(&ledger, &file, Some(Asked::at(BlockTime(1))));
        assert_eq!(before["answer"]["spans"][0]["standing"], "not_yet");
    }
}

#[test]
fn a_profile_and_a_year_of_the_calendar() {
    let profile = Bytes::from_static(b"a profile");
    let digest = ProfileDigest::of(&profile);
    let head = ProfileRecord { profile, status: ProfileStatus::InForce, history_count: 1 };
    let found = written(RecordKey::Profile(digest), head.encode(), step(ProfileStatus::InForce));
    in_force(&found, "profile");
    assert_eq!(found["record"]["digest"], digest.to_string());
    let year = CalendarRecord {
        year: Bytes::from_static(b"a year"),
        revision: CalendarRevision(3),
        history_count: 1,
    };
    let found = written(RecordKey::Calendar(2026), year.encode(), step(CalendarRevision(3)));
    in_force(&found, "calendar");
    assert_eq!(found["record"], json!({ "record": "calendar", "year": 2026, "revision": 3 }));
}

#[test]
fn an_account_an_object_and_a_registration() {
    let number = 9;
    let account = of_message::<AccountRecord>(proto::AccountRecord {
        number,
        profile: hash(1),
        kind: "main_account".to_owned(),
        holder: 5,
        case_number: 2,
        status: 1,
        history_count: 1,
        ..Default::default()
    });
    in_force(
        &written(RecordKey::Account(AccountNumber(number)), account, step(RegisterStatus::InForce)),
        "account",
    );
    let object = of_message::<ObjectRecord>(proto::ObjectRecord {
        number,
        profile: hash(1),
        kind: "data_product".to_owned(),
        key: hash(2),
        registration: 4,
        status: 1,
        history_count: 1,
    });
    in_force(
        &written(RecordKey::Object(ObjectNumber(number)), object, step(ObjectStatus::Registered)),
        "object",
    );
    let registration = of_message::<RegistrationRecord>(proto::RegistrationRecord {
        number,
        profile: hash(1),
        object: 9,
        case_number: 2,
        changed_by: 2,
        rights: vec!["data_operation".to_owned(), "data_use".to_owned()],
        holders: Some(whole(5)),
        apart: vec![proto::HeldRight { right: "data_use".to_owned(), holders: Some(whole(6)) }],
        status: 1,
        history_count: 1,
        ..Default::default()
    });
    let record = RecordKey::Registration(RegistrationNumber(number));
    let found = written(record, registration, step(RegisterStatus::InForce));
    in_force(&found, "registration");
    assert_eq!(found["record"]["holders"][0]["ppm"], 1_000_000);
    let apart = &found["record"]["apart"][0];
    assert_eq!(apart["right"], "data_use");
    assert_eq!(apart["holders"][0]["ppm"], 1_000_000);
    assert_ne!(apart["holders"][0]["member"], found["record"]["holders"][0]["member"]);
}

fn whole(member: u64) -> proto::Shares {
    proto::Shares { shares: vec![proto::Share { member, share_ppm: 1_000_000 }] }
}

#[test]
fn a_case_with_its_state() {
    let case = of_message::<CaseRecord>(proto::CaseRecord {
        number: 2,
        profile: hash(1),
        procedure: "initial_registration".to_owned(),
        status: 1,
        state: "review".to_owned(),
        opened_ms: at(2000).0,
        history_count: 1,
        ..Default::default()
    });
    let step = CaseStepRecord {
        status: CaseStatus::Open,
        state: "review".parse().unwrap(),
        step: Some("apply".parse().unwrap()),
        deadline: None,
        log_index: 1,
        time: at(2000),
        transaction_id: None,
    };
    let found = written(RecordKey::Case(CaseNumber(2)), case, step.encode());
    in_force(&found, "case");
    let span = &found["answer"]["spans"][0];
    assert_eq!((&span["standing"], &span["state"]), (&json!("open"), &json!("review")));
    assert_eq!(
        (&found["steps"][0]["step"], &found["steps"][0]["state"]),
        (&json!("apply"), &json!("review"))
    );
}
