//! The state of a genesis and the first entry.

use std::fmt::Debug;

use bulla_crypto::sha256;
use bulla_ledger::{BlockExecution, Cause, ExecutionError, Refusal};
use bulla_types::{
    BodyCount, Counter, CounterRecord, Height, KeyPurpose, KeyRecord, KeyStatus, LedgerId, MemberNumber,
    MemberStatus, OwnerRecord, Parameters, RecordKey, StateKey, StatusRecord, SystemEvent, ValidatorSet,
};

use crate::support::{Ledger, START, credit_code};

fn is_refused<T: Debug>(result: Result<T, impl Into<ExecutionError>>, expected: Cause) {
    match result.map_err(Into::into) {
        Err(ExecutionError::Refused(Refusal { cause, .. })) => assert_eq!(cause, expected),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_genesis_founds_parameters_validators_members_keys_and_sequences() {
    let ledger = Ledger::unfounded(4, 3);
    let view = &ledger.view;
    assert_eq!(view.record::<Parameters>(StateKey::Parameters).unwrap(), *ledger.parameters);
    assert_eq!(view.record::<ValidatorSet>(StateKey::Validators).unwrap().validators().len(), 4);
    let counter = |counter| view.record::<CounterRecord>(StateKey::Counter(counter)).unwrap().next;
    assert_eq!((counter(Counter::Members), counter(Counter::Evidence)), (5, 1));
    let owner: OwnerRecord = view.record(StateKey::CreditCode(credit_code(2))).unwrap();
    assert_eq!(owner.member, MemberNumber(2));
    let key: KeyRecord = view.record(StateKey::Key(ledger.body(2).key_id(KeyPurpose::Note))).unwrap();
    assert_eq!((key.member, key.status), (MemberNumber(2), KeyStatus::InForce));
    let record = RecordKey::Member(MemberNumber(4));
    let step: StatusRecord<MemberStatus> = view.record(StateKey::History { record, seq: 0 }).unwrap();
    assert_eq!((step.log_index, step.time, step.transaction_id), (0, START, None));
    assert_eq!(view.record::<BodyCount>(StateKey::BodyCount).unwrap().active, 4);
    // Parameters, validators, two sequences, the count of bodies; for each body itself, its code, six keys, and seven pasts.
    assert_eq!(view.state.len(), 5 + 4 * (1 + 1 + 6 + 7));
}

#[test]
fn the_first_entry_is_the_founding() {
    let mut ledger = Ledger::unfounded(4, 3);
    let body = ledger.body(1);
    let transaction = ledger.request().operated_by(&body).deposit("a").transaction();
    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    is_refused(block.transaction(&transaction), Cause::NotFounded);
    is_refused(block.finish(), Cause::NotFounded);

    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    block.event(&SystemEvent::Founded { ledger_id: ledger.id }).unwrap();
    block.transaction(&transaction).unwrap();
    assert_eq!(block.finish().unwrap().requests[0].3, 1, "the founding has log index 0");
}

#[test]
fn admission_does_not_wait_for_the_founding() {
    let mut ledger = Ledger::unfounded(4, 3);
    let body = ledger.body(1);
    let transaction = ledger.request().operated_by(&body).deposit("a").transaction();
    bulla_ledger::admission(&ledger.view, ledger.context(), &transaction).unwrap();
}

#[test]
fn a_ledger_is_founded_once() {
    let mut ledger = Ledger::unfounded(4, 3);
    let founded = SystemEvent::Founded { ledger_id: ledger.id };
    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    block.event(&founded).unwrap();
    is_refused(block.event(&founded), Cause::FoundingMisplaced { height: Height(1), log_index: 1 });

    ledger.record_event(founded).unwrap();
    let misplaced = Cause::FoundingMisplaced { height: Height(2), log_index: 1 };
    assert_eq!(ledger.record_event(founded), Err(misplaced));
}

#[test]
fn a_ledger_is_founded_under_its_own_id() {
    let mut ledger = Ledger::unfounded(4, 3);
    let (expected, found) = (ledger.id, LedgerId(sha256(&[b"another"])));
    let event = SystemEvent::Founded { ledger_id: found };
    assert_eq!(ledger.record_event(event), Err(Cause::WrongLedger { found, expected }));
}
