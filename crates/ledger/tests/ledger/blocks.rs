//! Blocks of several entries.

use bulla_ledger::{BlockExecution, Cause, ExecutionError};
use bulla_types::{EvidenceNumber, KeyPurpose, KeyStatus, Outcome};

use crate::support::{Ledger, secret};

#[test]
fn later_entries_of_a_block_see_what_earlier_ones_did() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let new = secret("new");
    let key_id = body.key_id(KeyPurpose::Operate);
    let enrolment = ledger
        .request()
        .administered_by(&body)
        .enrol_key(body.number, &new, KeyPurpose::Operate)
        .transaction();
    let with_new_key = ledger.request().signed_with(body.number, &new).deposit("a").transaction();
    let retirement = ledger.request().administered_by(&body).retire(key_id).transaction();
    let with_old_key = ledger.request().operated_by(&body).deposit("b").transaction();

    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    assert!(block.transaction(&with_new_key).is_err(), "not yet enrolled");
    block.transaction(&enrolment).unwrap();
    block.transaction(&with_new_key).unwrap();
    block.transaction(&retirement).unwrap();
    let refused = block.transaction(&with_old_key).unwrap_err();
    let ExecutionError::Refused(refusal) = refused else { panic!("{refused}") };
    assert_eq!(refusal.cause, Cause::KeyEnded { key_id, status: KeyStatus::Retired });
}

#[test]
fn a_request_takes_effect_once_within_a_block_too() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let transaction = ledger.request().operated_by(&body).deposit("a").transaction();
    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    block.transaction(&transaction).unwrap();
    let repeated = block.transaction(&transaction).unwrap_err();
    let ExecutionError::Refused(refusal) = repeated else { panic!("{repeated}") };
    assert_eq!(refusal.cause, Cause::RequestRepeated { transaction_id: transaction.id(), log_index: 1 });
    assert_eq!(block.finish().unwrap().requests.len(), 1);
}

#[test]
fn refused_transactions_leave_no_gap_in_numbers_or_indexes() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let good = |ledger: &mut Ledger| ledger.request().operated_by(&body).deposit("a").transaction();
    let (first, second) = (good(&mut ledger), good(&mut ledger));
    let bad = ledger.request().operated_by(&body).deposit("b").deposit_linked("c", &[99]).transaction();

    let mut with_refusal = BlockExecution::new(&ledger.view, ledger.context());
    with_refusal.transaction(&first).unwrap();
    with_refusal.transaction(&bad).unwrap_err();
    let outcomes = with_refusal.transaction(&second).unwrap();
    assert_eq!(outcomes, [Outcome::EvidenceNumber(EvidenceNumber(2))]);

    let mut without = BlockExecution::new(&ledger.view, ledger.context());
    without.transaction(&first).unwrap();
    without.transaction(&second).unwrap();
    assert_eq!(with_refusal.finish().unwrap(), without.finish().unwrap());
}

#[test]
fn a_dry_run_changes_nothing() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let transaction = ledger.request().operated_by(&body).deposit("a").transaction();
    let mut block = BlockExecution::new(&ledger.view, ledger.context());
    let dry = block.dry_run(&transaction).unwrap();
    assert_eq!(block.dry_run(&transaction).unwrap(), dry);
    assert_eq!(block.transaction(&transaction).unwrap(), dry);
}

#[test]
fn an_empty_block_changes_nothing_but_forgets_old_requests() {
    let ledger = Ledger::new();
    let context = ledger.context();
    let window_ms = ledger.parameters.request_window_ms;
    let changes = BlockExecution::new(&ledger.view, context.clone()).finish().unwrap();
    assert!(changes.state.is_empty() && changes.requests.is_empty() && changes.validators.is_none());
    assert_eq!(changes.prune_requests_before_ms, context.time.0 - window_ms);
}
