//! What gets into the mempool, and what an applicant is told.

#![allow(clippy::unwrap_used)]

mod common;

use std::sync::atomic::Ordering;
use std::time::Duration;

use bulla_crypto::SecretKey;
use bulla_fixtures::key;
use bulla_mempool::{AdmissionError, Limits, Source};
use bulla_types::*;
use bytes::Bytes;
use common::*;
use curve25519_dalek::constants::{ED25519_BASEPOINT_POINT, EIGHT_TORSION};
use curve25519_dalek::scalar::Scalar;
use sha2::{Digest, Sha512};

#[tokio::test]
async fn a_client_s_transaction_is_admitted_and_waits() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let transaction = ledger.deposit(1, 1);
    let admitted = mempool.admit(submission(&transaction), Source::Client).await.unwrap();
    assert_eq!(admitted.transaction_id, transaction.id());
    assert_eq!(admitted.not_after, transaction.body().not_after);
    assert!(!admitted.already_known);
    assert_eq!(*mempool.waiting().borrow(), 1);
    assert_eq!(mempool.take(1 << 20, 10, BlockTime(NOW))[0].id(), transaction.id());
}

#[tokio::test]
async fn the_same_submission_twice_is_one_transaction() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let bytes = submission(&ledger.deposit(1, 1));
    let verdicts = mempool.admit_batch(vec![bytes.clone(), bytes.clone()], Source::Client).await;
    assert_eq!(verdicts.iter().map(|v| v.as_ref().unwrap().already_known).collect::<Vec<_>>(), [false, true]);
    assert!(mempool.admit(bytes, Source::Peer).await.unwrap().already_known);
    assert_eq!(mempool.usage().entries, 1);
}

#[tokio::test]
async fn a_request_id_with_another_body_is_refused() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let first = ledger.deposit(1, 1);
    mempool.admit(submission(&first), Source::Client).await.unwrap();
    let mut body = ledger.deposit_body(1, 1);
    body.not_after = BlockTime(NOW + 1);
    let second = sign(&body, &[operate_key(1)]);
    let refused = mempool.admit(submission(&second), Source::Client).await.unwrap_err();
    assert!(matches!(&refused, AdmissionError::RequestIdReused { other, .. } if *other == first.id()));
    assert_eq!(refused.reason(), ReasonCode::RequestIdReused);
    // Another member's requests are its own.
    mempool.admit(submission(&ledger.deposit(2, 1)), Source::Client).await.unwrap();
}

#[tokio::test]
async fn a_committed_request_is_answered_with_its_index() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let transaction = ledger.deposit(1, 1);
    ledger.commit(&transaction, 42);
    let known = mempool.admit(submission(&transaction), Source::Client).await.unwrap_err();
    assert!(matches!(known, AdmissionError::AlreadyCommitted { index: 42, .. }));

    ledger.now.store(NOW + 60_001, Ordering::Relaxed);
    let late = mempool.admit(submission(&transaction), Source::Client).await.unwrap_err();
    assert!(
        matches!(late, AdmissionError::AlreadyCommitted { index: 42, .. }),
        "even after its time: {late}"
    );

    let mut body = ledger.deposit_body(1, 1);
    body.not_after = BlockTime(NOW + 60_002);
    let other = sign(&body, &[operate_key(1)]);
    let reused = mempool.admit(submission(&other), Source::Client).await.unwrap_err();
    assert!(matches!(reused, AdmissionError::RequestIdReused { other, .. } if other == transaction.id()));
}

#[tokio::test]
async fn bad_form_ledger_time_and_signers_are_refused_with_the_reason() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let good = ledger.deposit_body(1, 1);
    let signed = |change: fn(&mut TransactionBody)| {
        let mut body = good.clone();
        change(&mut body);
        submission(&sign(&body, &[operate_key(1)]))
    };
    let stranger = key("a stranger");
    let unknown_key = sign(&ledger.body(1, vec![signer(1, &stranger)], good.actions.clone()), &[stranger]);
    let others_key = ledger.body(1, vec![signer(1, &operate_key(2))], good.actions.clone());
    let mut trailing = submission(&ledger.deposit(1, 1)).to_vec();
    trailing.extend([0x78, 1]);
    let cases = [
        (Bytes::from_static(b"rubbish"), ReasonCode::Malformed),
        (trailing.into(), ReasonCode::NotCanonical),
        (signed(|body| body.ledger_id = LedgerId::from_bytes([9; 32])), ReasonCode::WrongLedger),
        (signed(|body| body.not_after = BlockTime(NOW - 1)), ReasonCode::Expired),
        (submission(&unknown_key), ReasonCode::KeyUnknown),
        (submission(&sign(&others_key, &[operate_key(2)])), ReasonCode::SignerUnknown),
        (submission(&spoiled(&ledger.deposit(1, 1))), ReasonCode::SignatureInvalid),
        (submission(&sign(&good, &[operate_key(2)])), ReasonCode::SignatureInvalid),
    ];
    for source in [Source::Client, Source::Peer] {
        for (bytes, reason) in &cases {
            let refused = mempool.admit(bytes.clone(), source).await.unwrap_err();
            assert_eq!(refused.reason(), *reason, "{refused}");
        }
    }
    assert_eq!(mempool.usage().entries, 0);
    assert_eq!(mempool.counters().values().refused, 16);
}

#[tokio::test]
async fn a_transaction_that_the_rules_refuse_is_refused_at_the_door() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let link = EvidenceLink { relation: LinkRelation::Related, evidence_number: EvidenceNumber(77) };
    let action = Action::DepositEvidence(DepositEvidence { links: vec![link], ..deposit() });
    let body = ledger.body(1, vec![signer(1, &operate_key(1))], vec![action]);
    let refused =
        mempool.admit(submission(&sign(&body, &[operate_key(1)])), Source::Client).await.unwrap_err();
    assert_eq!(refused.reason(), ReasonCode::EvidenceUnknown);
    assert!(!refused.is_misconduct());
}

#[tokio::test]
async fn one_bad_signature_in_a_peer_s_batch_spoils_only_its_own_transaction() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let mut batch: Vec<Bytes> = (0..40).map(|n| submission(&ledger.deposit(1, n))).collect();
    batch[17] = submission(&spoiled(&ledger.deposit(1, 17)));
    let verdicts = mempool.admit_batch(batch, Source::Peer).await;
    for (position, verdict) in verdicts.iter().enumerate() {
        assert_eq!(verdict.is_err(), position == 17);
    }
    assert!(verdicts[17].as_ref().unwrap_err().is_misconduct());
    assert_eq!(mempool.usage().entries, 39);
}

/// Valid under ZIP-215 and not for a tool that multiplies by no cofactor: R has a part of order 8.
fn lax(body: &TransactionBody, key: &SecretKey) -> Transaction {
    let expanded = Sha512::digest(key.to_seed());
    let mut clamped: [u8; 32] = expanded[..32].try_into().unwrap();
    clamped[0] &= 248;
    clamped[31] = (clamped[31] & 127) | 64;
    let secret = Scalar::from_bytes_mod_order(clamped);
    let public = (ED25519_BASEPOINT_POINT * secret).compress();
    let nonce = Scalar::from(123_456_789_u64);
    let r = (ED25519_BASEPOINT_POINT * nonce + EIGHT_TORSION[1]).compress();
    let challenge = Sha512::new()
        .chain_update(r.as_bytes())
        .chain_update(public.as_bytes())
        .chain_update(signing_message(&body.id()));
    let s = nonce + Scalar::from_bytes_mod_order_wide(&challenge.finalize().into()) * secret;
    let mut signature = [0; 64];
    signature[..32].copy_from_slice(r.as_bytes());
    signature[32..].copy_from_slice(s.as_bytes());
    Transaction::new(body, &[signature.into()]).unwrap()
}

#[tokio::test]
async fn a_signature_that_a_court_s_tool_would_refuse_is_admitted_from_no_client() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let lax = lax(&ledger.deposit_body(1, 1), &operate_key(1));
    let refused = mempool.admit(submission(&lax), Source::Client).await.unwrap_err();
    assert!(matches!(refused, AdmissionError::BadSignature { .. }));
    // On the ledger it is valid, so a block that holds it is too.
    mempool.verify_block(&[&lax]).unwrap();
    mempool.admit(submission(&lax), Source::Peer).await.unwrap();
}

#[tokio::test]
async fn a_transaction_of_several_signers_needs_all_signatures() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let suspend = Action::ChangeMemberStatus(ChangeMemberStatus {
        member: MemberNumber(4),
        status: MemberStatus::Suspended,
        grounds: None,
    });
    let signers = vec![signer(1, &administer_key(1)), signer(2, &administer_key(2))];
    let body = ledger.body(1, signers, vec![suspend]);
    for source in [Source::Client, Source::Peer] {
        let forged = sign(&body, &[administer_key(1), administer_key(1)]);
        let refused = mempool.admit(submission(&forged), source).await.unwrap_err();
        assert!(
            matches!(refused, AdmissionError::BadSignature { signer } if signer.member == MemberNumber(2))
        );
    }
    let signed = sign(&body, &[administer_key(1), administer_key(2)]);
    mempool.admit(submission(&signed), Source::Peer).await.unwrap();
}

#[tokio::test]
async fn a_suspended_member_is_refused_from_its_suspension_on() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    // The key is looked up before and stays in the cache.
    mempool.admit(submission(&ledger.deposit(4, 1)), Source::Client).await.unwrap();
    let suspend = Action::ChangeMemberStatus(ChangeMemberStatus {
        member: MemberNumber(4),
        status: MemberStatus::Suspended,
        grounds: None,
    });
    let signers = vec![signer(1, &administer_key(1)), signer(2, &administer_key(2))];
    ledger.commit(&sign(&ledger.body(9, signers, vec![suspend]), &[administer_key(1), administer_key(2)]), 1);
    let refused = mempool.admit(submission(&ledger.deposit(4, 2)), Source::Client).await.unwrap_err();
    assert_eq!(refused.reason(), ReasonCode::MemberSuspended);
}

#[tokio::test]
async fn a_key_signs_as_soon_as_it_is_enrolled() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let new = key("a new key");
    let body = ledger.body(1, vec![signer(1, &new)], vec![Action::DepositEvidence(deposit())]);
    let deposit = submission(&sign(&body, std::slice::from_ref(&new)));
    let refused = mempool.admit(deposit.clone(), Source::Client).await.unwrap_err();
    assert!(matches!(refused, AdmissionError::UnknownKey { .. }));

    ledger.commit(&enrolment(&ledger, 2, &new), 1);
    mempool.admit(deposit, Source::Client).await.unwrap();
}

/// Adds an OPERATE key to member 1.
fn enrolment(ledger: &Ledger, request: u16, new: &SecretKey) -> Transaction {
    let mut body = ledger.body(request, vec![signer(1, &administer_key(1))], Vec::new());
    let key = new.public_key().clone();
    let message = possession_message(&body.ledger_id, &body.request_id, KeyPurpose::Operate, &key);
    let possession = Some(new.sign(&message));
    let key = KeyDeclaration { key, purpose: KeyPurpose::Operate, possession };
    body.actions = vec![Action::EnrolKey(EnrolKey { member: MemberNumber(1), key })];
    sign(&body, &[administer_key(1)])
}

#[tokio::test]
async fn openings_that_a_peer_stripped_off_are_completed_by_one_that_has_them() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let mut body = ledger.deposit_body(1, 1);
    let opening = Opening {
        action: 0,
        path: "title".parse().unwrap(),
        salt: [5; 32],
        value: Bytes::from("数据采购合同"),
    };
    let title = Some(opening.commitment(&body.request_id));
    body.actions = vec![Action::DepositEvidence(DepositEvidence { title, ..deposit() })];
    let transaction = sign(&body, &[operate_key(1)]);

    let bare = submission(&transaction);
    let whole = submission_with(&transaction, vec![opening]);
    mempool.admit(bare.clone(), Source::Peer).await.unwrap();
    assert!(mempool.admit(whole, Source::Peer).await.unwrap().already_known);
    assert!(mempool.admit(bare, Source::Peer).await.unwrap().already_known);
    let usage = mempool.usage();
    let taken = mempool.take(1 << 20, 10, BlockTime(NOW));
    assert_eq!(taken[0].openings().len(), 1);
    assert_eq!(usage.bytes, taken[0].footprint_bytes());
}

#[tokio::test]
async fn a_full_pool_says_when_to_retry_and_has_room_again_after_a_commit() {
    let ledger = Ledger::new();
    let limits = Limits { entries_max: 4, ..Limits::default() };
    let (mempool, _) = ledger.mempool(limits);
    for member in 1..=4 {
        mempool.admit(submission(&ledger.deposit(member, 1)), Source::Client).await.unwrap();
    }
    let full = mempool.admit(submission(&ledger.deposit(1, 2)), Source::Client).await.unwrap_err();
    assert_eq!(full.reason(), ReasonCode::QueueFull);
    assert_eq!(full.retry_after(), Some(limits.retry_after));
    mempool.committed(&[ledger.deposit(1, 1).id()]);
    mempool.admit(submission(&ledger.deposit(1, 2)), Source::Client).await.unwrap();
}

#[tokio::test]
async fn no_member_fills_the_pool_alone() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits { entries_max: 12, ..Limits::default() });
    let batch = |member, from: u16, count: u16| {
        (from..from + count).map(|request| submission(&ledger.deposit(member, request))).collect::<Vec<_>>()
    };
    let admitted = |verdicts: Vec<Result<_, AdmissionError>>| verdicts.iter().filter(|v| v.is_ok()).count();
    // Alone: half of the pool. Then equal shares of two, of three.
    assert_eq!(admitted(mempool.admit_batch(batch(1, 0, 12), Source::Client).await), 6);
    assert_eq!(admitted(mempool.admit_batch(batch(2, 0, 3), Source::Client).await), 3);
    assert_eq!(admitted(mempool.admit_batch(batch(1, 20, 1), Source::Client).await), 0);
    assert_eq!(admitted(mempool.admit_batch(batch(3, 0, 12), Source::Client).await), 3);
    assert_eq!(mempool.usage().entries, 12);
}

#[tokio::test]
async fn a_batch_beyond_the_queue_is_told_to_come_back() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits { queue_entries_max: 8, ..Limits::default() });
    let batch = |count| (0..count).map(|n| submission(&ledger.deposit(1, n))).collect::<Vec<_>>();
    let refused = mempool.admit_batch(batch(5), Source::Peer).await;
    assert_eq!(refused.len(), 5);
    assert!(refused.iter().all(|v| matches!(v, Err(AdmissionError::QueueFull { .. }))));
    assert!(mempool.admit_batch(batch(5), Source::Client).await.iter().all(Result::is_ok));
}

#[tokio::test]
async fn what_has_expired_leaves_the_pool() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    mempool.admit(submission(&ledger.deposit(1, 1)), Source::Client).await.unwrap();
    mempool.expire(BlockTime(NOW + 60_000));
    assert_eq!(mempool.take(1 << 20, 10, BlockTime(NOW + 60_000)).len(), 1, "its last moment is in time");
    let mut waiting = mempool.waiting();
    assert!(mempool.take(1 << 20, 10, BlockTime(NOW + 60_001)).is_empty());
    assert_eq!(*waiting.borrow_and_update(), 0);
    ledger.now.store(NOW + 60_001, Ordering::Relaxed);
    let expired = mempool.admit(submission(&ledger.deposit(1, 1)), Source::Client).await.unwrap_err();
    assert!(matches!(expired, AdmissionError::Expired { .. }));
}

#[tokio::test]
async fn a_waiting_chain_is_woken_by_the_first_entry() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let mut waiting = mempool.waiting();
    let woken = tokio::spawn(async move { *waiting.wait_for(|waiting| *waiting > 0).await.unwrap() });
    mempool.admit(submission(&ledger.deposit(1, 1)), Source::Peer).await.unwrap();
    assert_eq!(tokio::time::timeout(Duration::from_secs(5), woken).await.unwrap().unwrap(), 1);
}
