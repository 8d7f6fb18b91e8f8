//! A request takes effect once, on its ledger, in its time.

use bulla_crypto::sha256;
use bulla_ledger::Cause;
use bulla_types::{BlockTime, LedgerId, ReasonCode, RequestId};

use crate::support::Ledger;

const WINDOW_MS: u64 = 600_000;

#[test]
fn a_request_for_another_ledger_is_refused() {
    let mut ledger = Ledger::new();
    let (expected, found) = (ledger.id, LedgerId(sha256(&[b"another"])));
    let body = ledger.body(1);
    ledger.request().on(found).operated_by(&body).deposit("a").refused(
        None,
        Cause::WrongLedger { found, expected },
        ReasonCode::WrongLedger,
    );
}

#[test]
fn a_request_is_good_until_its_limit_and_no_longer() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let time = ledger.context().time;
    let limit = BlockTime(time.0 - 1);
    ledger.request().not_after(limit).operated_by(&body).deposit("a").refused(
        None,
        Cause::Expired { not_after: limit, time },
        ReasonCode::Expired,
    );
    ledger.request().not_after(time).operated_by(&body).deposit("a").recorded();
}

#[test]
fn a_request_id_must_be_made_within_the_window_around_block_time() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    for distance in [-1, 1_i64] {
        let time = ledger.context().time;
        let at = |ms: u64| time.0.saturating_add_signed(distance * i64::try_from(ms).unwrap());
        let late = BlockTime(at(WINDOW_MS + 1));
        ledger.request().with_id(RequestId::new(late.0, &[1; 10])).operated_by(&body).deposit("a").refused(
            None,
            Cause::RequestOutsideWindow { request_time: late, time, window_ms: WINDOW_MS },
            ReasonCode::RequestTimeOutOfWindow,
        );
        let just = RequestId::new(at(WINDOW_MS), &[1; 10]);
        ledger.request().with_id(just).operated_by(&body).deposit("a").recorded();
    }
}

#[test]
fn the_same_transaction_again_is_told_where_it_is_recorded() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let id = ledger.request_id();
    let transaction = ledger.request().with_id(id).operated_by(&body).deposit("a").transaction();
    let log_index = ledger.next_index();
    ledger.record(&transaction).unwrap();
    // Even after its own limit: its sender wants to know.
    ledger.sleep(300_000);
    let refusal = ledger.record(&transaction).unwrap_err();
    assert_eq!(refusal.cause, Cause::RequestRepeated { transaction_id: transaction.id(), log_index });
    assert_eq!(refusal.reason(), ReasonCode::RequestRepeated);
}

#[test]
fn a_request_id_is_not_used_for_another_transaction_of_its_first_signer() {
    let mut ledger = Ledger::new();
    let (first, second) = (ledger.body(1), ledger.body(2));
    let id = ledger.request_id();
    let transaction = ledger.request().with_id(id).operated_by(&first).deposit("a").transaction();
    let log_index = ledger.next_index();
    ledger.record(&transaction).unwrap();
    ledger.request().with_id(id).operated_by(&first).operated_by(&second).deposit("b").refused(
        None,
        Cause::RequestIdReused { transaction_id: transaction.id(), log_index },
        ReasonCode::RequestIdReused,
    );
    // Another first signer has its own ids.
    ledger.request().with_id(id).operated_by(&second).operated_by(&first).deposit("b").recorded();
}

#[test]
fn a_forgotten_request_is_too_old_to_be_repeated() {
    let mut ledger = Ledger::new();
    let body = ledger.body(1);
    let made_at = ledger.time;
    let forever = BlockTime(u64::MAX);
    let transaction = ledger.request().not_after(forever).operated_by(&body).deposit("a").transaction();
    ledger.record(&transaction).unwrap();
    ledger.sleep(WINDOW_MS);
    ledger.request().operated_by(&body).deposit("b").recorded();
    assert_eq!(ledger.view.requests.len(), 1, "the first request is forgotten");
    let time = ledger.context().time;
    let refusal = ledger.record(&transaction).unwrap_err();
    assert_eq!(
        refusal.cause,
        Cause::RequestOutsideWindow { request_time: made_at, time, window_ms: WINDOW_MS }
    );
}

#[test]
fn a_refused_request_may_be_made_again_under_its_id() {
    let mut ledger = Ledger::new();
    let (body, id) = (ledger.body(1), ledger.request_id());
    let unknown = Cause::EvidenceUnknown(bulla_types::EvidenceNumber(9));
    ledger.request().with_id(id).operated_by(&body).deposit_linked("a", &[9]).refused(
        0,
        unknown,
        ReasonCode::EvidenceUnknown,
    );
    ledger.request().with_id(id).operated_by(&body).deposit("a").recorded();
}
