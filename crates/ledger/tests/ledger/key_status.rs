//! The end of keys.

use bulla_ledger::Cause;
use bulla_types::{
    BlockTime, KeyId, KeyPurpose, KeyRecord, KeyStatus, ReasonCode, RecordKey, Role, StateKey, StatusRecord,
};

use crate::support::{Ledger, START, secret};

fn step(ledger: &Ledger, key_id: KeyId, seq: u32) -> StatusRecord<KeyStatus> {
    ledger.view.record(StateKey::History { record: RecordKey::Key(key_id), seq }).unwrap()
}

#[test]
fn a_member_retires_its_key_and_the_past_stays() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    let key_id = exchange.key_id(KeyPurpose::Operate);
    let (enrolled_at, retired_at) = (ledger.next_index() - 1, ledger.next_index());
    ledger.request().administered_by(&exchange).retire(key_id).recorded();
    let head: KeyRecord = ledger.view.record(StateKey::Key(key_id)).unwrap();
    assert_eq!((head.status, head.history_count), (KeyStatus::Retired, 2));
    assert_eq!(step(&ledger, key_id, 0).log_index, enrolled_at);
    assert_eq!(step(&ledger, key_id, 1).log_index, retired_at);
    assert_eq!(step(&ledger, key_id, 1).effective_from, None);
}

#[test]
fn a_report_says_since_when_a_key_is_not_to_be_trusted() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    let key_id = exchange.key_id(KeyPurpose::Operate);
    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    request.report_compromised(key_id, START).recorded();
    let step = step(&ledger, key_id, 1);
    assert_eq!((step.status, step.effective_from), (KeyStatus::Compromised, Some(START)));
    assert_eq!(step.time, ledger.time, "the report itself is dated by its block");
}

#[test]
fn a_report_cannot_reach_into_the_future() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Operate);
    let time = ledger.context().time;
    let from = BlockTime(time.0 + 1);
    ledger.request().administered_by(&body).report_compromised(key_id, from).refused(
        0,
        Cause::CompromiseInFuture { from, time },
        ReasonCode::Malformed,
    );
    ledger.request().administered_by(&body).report_compromised(key_id, time).recorded();
}

#[test]
fn a_key_is_retired_once() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Operate);
    ledger.request().administered_by(&body).retire(key_id).recorded();
    ledger.request().administered_by(&body).retire(key_id).refused(
        0,
        Cause::KeyEnded { key_id, status: KeyStatus::Retired },
        ReasonCode::KeyRetired,
    );
}

#[test]
fn a_retired_key_can_turn_out_to_have_been_compromised_and_stays_so() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Operate);
    ledger.request().administered_by(&body).retire(key_id).recorded();
    ledger.request().administered_by(&body).report_compromised(key_id, START).recorded();
    ledger.request().administered_by(&body).retire(key_id).refused(
        0,
        Cause::KeyEnded { key_id, status: KeyStatus::Compromised },
        ReasonCode::KeyCompromised,
    );
}

#[test]
fn a_second_report_can_only_reach_further_back() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Operate);
    ledger.request().administered_by(&body).report_compromised(key_id, START).recorded();
    for from in [START, BlockTime(START.0 + 1)] {
        ledger.request().administered_by(&body).report_compromised(key_id, from).refused(
            0,
            Cause::CompromiseNotEarlier { key_id, known: START },
            ReasonCode::KeyCompromised,
        );
    }
    let earlier = BlockTime(START.0 - 1);
    ledger.request().administered_by(&body).report_compromised(key_id, earlier).recorded();
    assert_eq!(step(&ledger, key_id, 2).effective_from, Some(earlier));
}

#[test]
fn a_key_that_does_not_exist_does_not_end() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = KeyId::of(secret("nobody").public_key());
    let request = ledger.request().administered_by(&body).retire(key_id);
    request.refused(0, Cause::KeyUnknown(key_id), ReasonCode::KeyUnknown);
}

#[test]
fn nobody_else_ends_a_key_of_a_member() {
    let mut ledger = Ledger::new();
    let (exchange, other) = (ledger.enrol("exchange", Role::Exchange), ledger.enrol("other", Role::Exchange));
    let key_id = exchange.key_id(KeyPurpose::Operate);
    ledger.request().administered_by(&other).retire(key_id).refused(
        0,
        Cause::HolderMissing(exchange.number),
        ReasonCode::SignerMissing,
    );
    ledger.request().administered_by_bodies([1, 2, 3]).retire(key_id).recorded();
}

#[test]
fn a_member_that_is_no_registration_body_may_end_its_last_key() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange);
    ledger.request().administered_by(&exchange).retire(exchange.key_id(KeyPurpose::Administer)).recorded();
}

#[test]
fn a_registration_body_exchanges_its_key_in_one_transaction() {
    // All four bodies must sign every act here, so that none may be lost.
    let mut ledger = Ledger::of(4, 4);
    let body = ledger.body(1);
    let new = secret("new");
    let request = ledger.request().administered_by(&body);
    let request = request.enrol_key(body.number, &new, KeyPurpose::Administer);
    request.retire(body.key_id(KeyPurpose::Administer)).recorded();
    let request = ledger.request().signed_with(body.number, &new).administered_by_bodies([2, 3, 4]);
    request.enrol("exchange", [Role::Exchange]).recorded();
}

#[test]
fn a_registration_body_ends_one_of_its_keys_with_the_other() {
    let mut ledger = Ledger::of(4, 4);
    let body = ledger.body(1);
    let (old, new) = (body.key_id(KeyPurpose::Administer), secret("new"));
    let request = ledger.request().administered_by(&body);
    request.enrol_key(body.number, &new, KeyPurpose::Administer).recorded();
    ledger.request().signed_with(body.number, &new).report_compromised(old, START).recorded();
}

#[test]
fn a_registration_body_does_not_end_its_last_key_alone() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Administer);
    ledger.request().administered_by(&body).retire(key_id).refused(
        None,
        Cause::ThresholdUnreachable { needed: 3, present: 0 },
        ReasonCode::ThresholdUnreachable,
    );
    ledger.request().administered_by_bodies([2, 3, 4]).retire(key_id).recorded();
}

#[test]
fn the_last_keys_of_as_many_bodies_as_must_sign_do_not_end() {
    let mut ledger = Ledger::new();
    let retire = |ledger: &mut Ledger, number| ledger.body(number).key_id(KeyPurpose::Administer);
    let fourth = retire(&mut ledger, 4);
    ledger.request().administered_by_bodies([1, 2, 3]).retire(fourth).recorded();
    let third = retire(&mut ledger, 3);
    ledger.request().administered_by_bodies([1, 2, 3]).retire(third).refused(
        None,
        Cause::ThresholdUnreachable { needed: 3, present: 2 },
        ReasonCode::ThresholdUnreachable,
    );
}
