//! Reading back: the standing of members and keys at an entry, and what a receipt must prove.

use bulla_ledger::{key_status_at, member_status_at, records_for_receipt};
use bulla_types::{KeyPurpose, KeyStatus, MemberNumber, MemberStatus, RecordKey, Role, StateKey};

use crate::support::{Ledger, secret};

#[test]
fn the_status_at_an_entry_is_the_one_that_stood_before_it() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange); // 1
    ledger.request().administered_by_bodies([1, 2, 3]).suspend(exchange.number).recorded(); // 2
    ledger.request().administered_by_bodies([1, 2, 3]).readmit(exchange.number).recorded(); // 3
    let at = |log_index| {
        let step = member_status_at(&ledger.view, exchange.number, log_index).unwrap();
        step.map(|step| (step.seq, step.record.status))
    };
    assert_eq!(at(0), None);
    assert_eq!(at(1), None, "the entry that enrols a member finds it not yet enrolled");
    assert_eq!(at(2), Some((0, MemberStatus::Active)));
    assert_eq!(at(3), Some((1, MemberStatus::Suspended)));
    assert_eq!(at(4), Some((2, MemberStatus::Active)));
    assert_eq!(at(u64::MAX), Some((2, MemberStatus::Active)));
    assert_eq!(member_status_at(&ledger.view, MemberNumber(99), 4).unwrap(), None);
}

#[test]
fn founders_stand_from_the_first_entry_on() {
    let ledger = Ledger::new();
    let key_id = ledger.body(1).key_id(KeyPurpose::Operate);
    for log_index in [0, 1, 2] {
        let step = key_status_at(&ledger.view, key_id, log_index).unwrap().unwrap();
        assert_eq!((step.seq, step.count, step.record.status), (0, 1, KeyStatus::InForce));
    }
}

#[test]
fn of_two_steps_in_one_entry_the_last_counts() {
    let mut ledger = Ledger::new();
    let exchange = ledger.enrol("exchange", Role::Exchange).number;
    let request = ledger.request().administered_by_bodies([1, 2, 3]);
    request.suspend(exchange).readmit(exchange).suspend(exchange).recorded();
    let seq = |log_index| member_status_at(&ledger.view, exchange, log_index).unwrap().unwrap().seq;
    assert_eq!((seq(2), seq(3)), (0, 3));
}

#[test]
fn a_receipt_proves_the_head_and_every_step_from_the_one_in_force_on_of_each_signer() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let key_id = body.key_id(KeyPurpose::Operate);
    let log_index = ledger.next_index();
    ledger.request().operated_by(&body).deposit("a").recorded();
    let entry = ledger.log.last().unwrap().clone();
    let (member, key) = (RecordKey::Member(body.number), RecordKey::Key(key_id));
    let step = |record, seq| StateKey::History { record, seq };
    let sorted = |mut keys: Vec<StateKey>| {
        keys.sort_by_key(StateKey::encode);
        keys
    };

    let now = sorted(vec![member.into(), key.into(), step(member, 0), step(key, 0)]);
    assert_eq!(records_for_receipt(&ledger.view, &entry, log_index).unwrap(), now);

    // Once the key has ended, the next step shows that this was later; and the last, that it was stolen.
    ledger.request().administered_by(&body).retire(key_id).recorded();
    let from = ledger.time;
    ledger.request().administered_by(&body).report_compromised(key_id, from).recorded();
    let steps = [step(member, 0), step(key, 0), step(key, 1), step(key, 2)];
    let later = sorted([&[member.into(), key.into()][..], &steps].concat());
    assert_eq!(records_for_receipt(&ledger.view, &entry, log_index).unwrap(), later);
    assert!(later.iter().all(|key| ledger.view.state.contains_key(&key.encode())));
}

#[test]
fn a_receipt_proves_a_member_once_that_signs_with_two_keys() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let log_index = ledger.next_index();
    let request = ledger.request().operated_by(&body).administered_by(&body).deposit("a");
    request.enrol_key(body.number, &secret("new"), KeyPurpose::Audit).recorded();
    let keys = records_for_receipt(&ledger.view, ledger.log.last().unwrap(), log_index).unwrap();
    assert_eq!(keys.len(), 6, "one member and two keys, a head and a step each: {keys:?}");
    assert!(keys.is_sorted_by(|a, b| a.encode() < b.encode()));
}

#[test]
fn a_receipt_of_an_event_proves_no_signers() {
    let ledger = Ledger::new();
    assert!(records_for_receipt(&ledger.view, &ledger.log[0], 0).unwrap().is_empty());
}
