//! What a builder is given, and what a validator must still verify.

#![allow(clippy::unwrap_used)]

mod common;

use bulla_fixtures::key;
use bulla_mempool::{BlockSignatureError, Limits, Mempool, Source};
use bulla_types::*;
use common::*;

const ROOM: u64 = 1 << 20;

async fn admit(mempool: &Mempool, transactions: &[Transaction]) {
    let batch = transactions.iter().map(submission).collect();
    for verdict in mempool.admit_batch(batch, Source::Client).await {
        verdict.unwrap();
    }
}

fn ids(mempool: &Mempool, bytes_max: u64, entries_max: u32) -> Vec<TransactionId> {
    mempool.take(bytes_max, entries_max, BlockTime(NOW)).iter().map(|pooled| pooled.id()).collect()
}

fn ids_of(transactions: &[Transaction]) -> Vec<TransactionId> {
    transactions.iter().map(Transaction::id).collect()
}

#[tokio::test]
async fn a_block_with_room_for_all_takes_all_in_order_of_admission() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let transactions: Vec<_> = [2, 1, 2, 3, 1].iter().zip(0..).map(|(&m, n)| ledger.deposit(m, n)).collect();
    admit(&mempool, &transactions).await;
    assert_eq!(ids(&mempool, ROOM, 5), ids_of(&transactions));
    assert_eq!(ids(&mempool, ROOM, 5), ids_of(&transactions), "taking removes nothing");
}

#[tokio::test]
async fn in_a_block_too_small_members_take_turns() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let mut transactions: Vec<_> = (0..6).map(|n| ledger.deposit(1, n)).collect();
    transactions.push(ledger.deposit(2, 0));
    transactions.push(ledger.deposit(3, 0));
    transactions.push(ledger.deposit(3, 1));
    admit(&mempool, &transactions).await;
    let picked = |positions: &[usize]| positions.iter().map(|&at| transactions[at].id()).collect::<Vec<_>>();
    assert_eq!(ids(&mempool, ROOM, 2), picked(&[0, 6]));
    assert_eq!(ids(&mempool, ROOM, 6), picked(&[0, 1, 2, 6, 7, 8]));
    let bytes: usize = transactions[..3].iter().map(|one| one.encode().len()).sum();
    assert_eq!(ids(&mempool, u64::try_from(bytes).unwrap(), 100), picked(&[0, 6, 7]));
}

#[tokio::test]
async fn committed_and_refused_transactions_leave() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let transactions: Vec<_> = (0..3).map(|n| ledger.deposit(1, n)).collect();
    admit(&mempool, &transactions).await;
    mempool.committed(&[transactions[0].id(), ledger.deposit(2, 9).id()]);
    mempool.refused(&[transactions[2].id()]);
    assert_eq!(ids(&mempool, ROOM, 10), [transactions[1].id()]);
    assert_eq!(*mempool.waiting().borrow(), 1);
    let counters = mempool.counters().values();
    assert_eq!((counters.committed, counters.refused_by_builder), (1, 1));
    mempool.committed(&[transactions[1].id()]);
    assert_eq!((mempool.usage().entries, mempool.usage().bytes), (0, 0));
}

#[tokio::test]
async fn a_block_of_admitted_transactions_is_not_verified_again() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let transactions: Vec<_> = (0..20).map(|n| ledger.deposit(1, n)).collect();
    admit(&mempool, &transactions[..15]).await;
    mempool.verify_block(&transactions.iter().collect::<Vec<_>>()).unwrap();
    let counters = mempool.counters().values();
    assert_eq!((counters.verified_before_block, counters.signatures_for_blocks), (15, 5));
}

#[tokio::test]
async fn the_same_body_under_another_signature_is_not_verified() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let transaction = ledger.deposit(1, 1);
    admit(&mempool, std::slice::from_ref(&transaction)).await;
    let forged = spoiled(&transaction);
    assert_eq!(forged.id(), transaction.id());
    assert!(mempool.verified(&transaction).is_some());
    assert!(mempool.verified(&forged).is_none());
    let refused = mempool.verify_block(&[&ledger.deposit(2, 2), &forged]).unwrap_err();
    assert!(matches!(refused, BlockSignatureError::BadSignature { position: 1, .. }), "{refused}");
    assert_eq!(refused.reason(), ReasonCode::SignatureInvalid);
}

#[tokio::test]
async fn what_was_verified_ahead_of_its_block_is_not_verified_with_it() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let transactions: Vec<_> = (0..20).map(|n| ledger.deposit(1, n)).collect();
    let transactions: Vec<_> = transactions.iter().collect();
    let ahead = mempool.verify_ahead(&transactions[..15]);
    assert_eq!(ahead, [true; 15]);
    mempool.verify_rest(&transactions, &ahead).unwrap();
    assert_eq!(mempool.counters().values().signatures_for_blocks, 20);
}

#[tokio::test]
async fn a_batch_ahead_that_does_not_hold_says_nothing_and_its_block_says_which() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits { gather_max: 4, ..Limits::default() });
    let mut transactions: Vec<_> = (0..12).map(|n| ledger.deposit(1, n)).collect();
    transactions[6] = spoiled(&transactions[6]);
    let transactions: Vec<_> = transactions.iter().collect();
    let ahead = mempool.verify_ahead(&transactions);
    assert_eq!(ahead, [[true; 4], [false; 4], [false; 4]].concat(), "the first batch that fails is the last");
    let refused = mempool.verify_rest(&transactions, &ahead).unwrap_err();
    assert!(matches!(refused, BlockSignatureError::BadSignature { position: 6, .. }), "{refused}");
}

#[tokio::test]
async fn a_key_may_sign_in_the_block_that_votes_on_its_enrolment() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let new = key("a new key");
    let proposed_by = ledger.body(1, Vec::new(), Vec::new()).request_id;
    let shows =
        possession_message(&ledger.genesis.ledger_id(), &proposed_by, KeyPurpose::Operate, new.public_key());
    let enrol = Action::EnrolKey(EnrolKey {
        member: MemberNumber(1),
        key: KeyDeclaration { possession: Some(new.sign(&shows)), ..declaration(&new, KeyPurpose::Operate) },
    });
    let not_after = BlockTime(NOW + 86_400_000);
    let propose = Propose { actions: vec![enrol], not_after, grounds: None };
    let (proposal, digest) = (ProposalNumber(1), propose.digest());
    let vote = VoteOnProposal { proposal, digest, ballot: Ballot::Approve, grounds: None };
    let proposal = ledger.body(1, vec![signer(1, &administer_key(1))], vec![Action::Propose(propose)]);
    let proposal = sign(&proposal, &[administer_key(1)]);
    let vote = ledger.body(2, vec![signer(2, &administer_key(2))], vec![Action::VoteOnProposal(vote)]);
    let vote = sign(&vote, &[administer_key(2)]);
    let body = ledger.body(3, vec![signer(1, &new)], vec![Action::DepositEvidence(deposit())]);
    let deposit = sign(&body, &[new]);
    mempool.verify_block(&[&proposal, &vote, &deposit]).unwrap();
    ledger.commit(&proposal, 1);
    mempool.verify_block(&[&vote, &deposit]).unwrap();
    let refused = mempool.verify_block(&[&deposit]).unwrap_err();
    assert!(matches!(refused, BlockSignatureError::UnknownKey { position: 0, .. }));
}

#[tokio::test]
async fn a_key_may_sign_in_the_block_that_declares_it() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let new = key("a new key");
    let enrol = Action::EnrolKey(EnrolKey {
        member: MemberNumber(1),
        key: KeyDeclaration {
            possession: Some(new.sign(b"whether this proves possession is for execution to say")),
            ..declaration(&new, KeyPurpose::Operate)
        },
    });
    let enrolment =
        sign(&ledger.body(1, vec![signer(1, &administer_key(1))], vec![enrol]), &[administer_key(1)]);
    let body = ledger.body(2, vec![signer(1, &new)], vec![Action::DepositEvidence(deposit())]);
    let deposit = sign(&body, &[new]);
    mempool.verify_block(&[&enrolment, &deposit]).unwrap();
    let refused = mempool.verify_block(&[&deposit]).unwrap_err();
    assert!(matches!(refused, BlockSignatureError::UnknownKey { position: 0, .. }));
}
