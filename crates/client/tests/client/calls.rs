//! Calls that are answered once.

use std::time::Duration;

use bulla_client::{Client, ClientError, DepositRequest, EntryRef, Submitted, TransactionBuilder, Trust};
use bulla_crypto::{DocumentHasher, sha256};
use bulla_types::{
    CaptureMode, EvidenceNumber, LedgerId, MemberNumber, MemberRecord, ReasonCode, RecordKey, StateKey,
    Submission,
};
use bulla_verify::Asked;
use bulla_verify::report::Verdict;

use crate::node::{Fault, Serving, depositor, ledger_id, request_id, serve};

const DOCUMENT: &[u8] = "框架合同".as_bytes();

pub fn submission(number: u8) -> Submission {
    let digests = DocumentHasher::digest_reader(DOCUMENT).unwrap();
    let mut request = DepositRequest::of(&digests, "application/pdf".parse().unwrap(), CaptureMode::Original);
    request.title = Some(format!("合同 {number}"));
    TransactionBuilder::with_request_id(ledger_id(), request_id(number))
        .signer(&depositor())
        .action(request)
        .build()
        .unwrap()
}

#[tokio::test]
async fn a_submission_that_waits_gives_a_receipt_that_verifies_with_the_number_given() {
    let Serving { client, .. } = serve(Fault::None).await;
    let submission = submission(1);
    let receipt = client.submit_and_wait(&submission).await.unwrap();
    assert_eq!(receipt.transaction().unwrap().id(), submission.transaction().id());
    assert_eq!(receipt.evidence_numbers().collect::<Vec<_>>(), [EvidenceNumber(1)]);
    assert_eq!(receipt.index(), 1);
    assert_eq!(receipt.report().receipts.len(), 1);
}

#[tokio::test]
async fn a_true_receipt_of_another_transaction_is_not_taken_for_ones_own() {
    let Serving { client, .. } = serve(Fault::EntryOfAnother).await;
    let error = client.submit_and_wait(&submission(1)).await.unwrap_err();
    assert!(matches!(error, ClientError::Unasked(_)), "{error}");
}

#[tokio::test]
async fn a_submission_that_does_not_wait_gives_a_ticket_whose_signer_is_a_node() {
    let Serving { client, .. } = serve(Fault::None).await;
    let Submitted::Admitted(mut ticket) = client.submit(&submission(1)).await.unwrap() else { panic!() };
    client.verify_ticket(&ticket).await.unwrap();
    ticket.admitted_at.0 += 1;
    let error = client.verify_ticket(&ticket).await.unwrap_err();
    assert_eq!(error.reason(), Some(ReasonCode::TicketInvalid));
}

#[tokio::test]
async fn a_ticket_for_another_transaction_is_refused() {
    let Serving { client, .. } = serve(Fault::TicketOfAnother).await;
    let error = client.submit(&submission(1)).await.unwrap_err();
    assert!(matches!(error, ClientError::Unasked(_)), "{error}");
}

#[tokio::test]
async fn what_nobody_has_read_of_a_stream_holds_up_no_other_call() {
    // More than a connection carries before its reader takes something.
    const ENTRIES: u8 = 250;
    let Serving { client, node, .. } = serve(Fault::None).await;
    let transactions = (1..=ENTRIES).map(|number| submission(number).transaction().clone());
    node.ledger().block(transactions.collect());
    let mut unread = client.subscribe(0).await.unwrap();
    unread.next().await.unwrap().unwrap();
    for _ in 0..20 {
        let answered = tokio::time::timeout(Duration::from_secs(20), client.status()).await;
        answered.expect("it waits behind the stream").unwrap();
    }
}

#[tokio::test]
async fn a_full_node_is_asked_again_until_it_answers() {
    let Serving { client, node, .. } = serve(Fault::Full { calls: 2 }).await;
    client.status().await.unwrap();
    assert_eq!(node.calls(), 3);
}

#[tokio::test]
async fn a_node_that_is_down_is_passed_over() {
    let Serving { client, node, address } = serve(Fault::None).await;
    let trust = || Trust::Genesis(client.genesis().clone());
    let client = Client::connect(&["127.0.0.1:1", &address], None, trust()).await.unwrap();
    client.submit_and_wait(&submission(1)).await.unwrap();
    assert_eq!(node.calls(), 1);
}

#[tokio::test]
async fn a_client_that_trusts_a_ledger_id_takes_the_genesis_of_that_id_only() {
    let Serving { address, .. } = serve(Fault::None).await;
    let client = Client::connect(&[&address], None, Trust::Ledger(ledger_id())).await.unwrap();
    assert_eq!(client.ledger_id(), ledger_id());
    let other = Trust::Ledger(LedgerId::from_bytes([1; 32]));
    let error = Client::connect(&[&address], None, other).await.err().unwrap();
    assert_eq!(error.reason(), Some(ReasonCode::AnchorMismatch));
}

#[tokio::test]
async fn a_receipt_is_found_by_transaction() {
    let Serving { client, .. } = serve(Fault::None).await;
    let submission = submission(1);
    client.submit_and_wait(&submission).await.unwrap();
    let id = submission.transaction().id();
    let receipt = client.receipt(EntryRef::Transaction(id), None).await.unwrap();
    assert_eq!(receipt.transaction().unwrap().id(), id);
}

#[tokio::test]
async fn a_record_and_its_absence_are_proved() {
    let Serving { client, .. } = serve(Fault::None).await;
    let present = client.record(&StateKey::Member(MemberNumber(5))).await.unwrap();
    assert_eq!(present.read::<MemberRecord>().unwrap().unwrap().number, MemberNumber(5));
    let absent = client.record(&StateKey::Member(MemberNumber(99))).await.unwrap();
    assert_eq!(absent.read::<MemberRecord>().unwrap(), None);
}

#[tokio::test]
async fn a_forged_record_is_refused_and_so_is_a_true_one_that_was_not_asked_for() {
    let key = StateKey::Member(MemberNumber(5));
    let Serving { client, .. } = serve(Fault::RecordForged).await;
    assert_eq!(client.record(&key).await.unwrap_err().reason(), Some(ReasonCode::StateProofInvalid));
    let Serving { client, .. } = serve(Fault::RecordOfAnother).await;
    assert!(matches!(client.record(&key).await.unwrap_err(), ClientError::Unasked(_)));
    let Serving { client, .. } = serve(Fault::CertificateForged).await;
    let reason = client.record(&key).await.unwrap_err().reason();
    assert_eq!(reason, Some(ReasonCode::CertificateSignatureInvalid));
}

#[tokio::test]
async fn what_a_record_was_is_proved_and_forged_and_unasked_proofs_are_refused() {
    let record = RecordKey::Member(MemberNumber(5));
    let Serving { client, node, .. } = serve(Fault::None).await;
    let founded = node.ledger().genesis.time();
    let proof = client.status_proof(record, Some(Asked::at(founded))).await.unwrap();
    assert_eq!(proof.report().answer.as_ref().unwrap().verdict, Verdict::InForce);
    assert_eq!(proof.file().record(), record);
    let Serving { client, .. } = serve(Fault::RecordForged).await;
    let reason = client.status_proof(record, None).await.unwrap_err().reason();
    assert_eq!(reason, Some(ReasonCode::StateProofInvalid));
    let Serving { client, .. } = serve(Fault::RecordOfAnother).await;
    assert!(matches!(client.status_proof(record, None).await.unwrap_err(), ClientError::Unasked(_)));
}

#[tokio::test]
async fn a_change_of_validators_is_learnt_on_the_way() {
    let Serving { client, node, .. } = serve(Fault::None).await;
    let key = StateKey::Member(MemberNumber(5));
    client.record(&key).await.unwrap();
    node.ledger().change_validators(&[("member 1 consensus", 1), ("member 7 consensus", 1)]);
    node.ledger().block(vec![]);
    let record = client.record(&key).await.unwrap();
    assert_eq!(record.header.header().height.0, 3);
}

#[tokio::test]
async fn a_deposit_that_is_found_is_of_the_digest_that_was_asked_for() {
    let Serving { client, .. } = serve(Fault::None).await;
    client.submit_and_wait(&submission(1)).await.unwrap();
    let hits = client.find(sha256(&[DOCUMENT]), 0).await.unwrap();
    assert_eq!(hits[0].number, EvidenceNumber(1));
    let error = client.find(sha256(&[b"another"]), 0).await.unwrap_err();
    assert!(matches!(error, ClientError::Unasked(_)), "{error}");
}

#[tokio::test]
async fn entries_are_followed_in_order_and_none_is_left_out() {
    let Serving { client, .. } = serve(Fault::None).await;
    client.submit_and_wait(&submission(1)).await.unwrap();
    let mut subscription = client.subscribe(0).await.unwrap();
    assert_eq!(subscription.next().await.unwrap().unwrap().index, 0);
    assert_eq!(subscription.next().await.unwrap().unwrap().index, 1);
    assert!(subscription.next().await.unwrap().is_none());
    assert_eq!(subscription.next_index(), 2);
}

#[tokio::test]
async fn a_gap_in_the_entries_is_refused() {
    let Serving { client, .. } = serve(Fault::IndexWrong).await;
    client.submit_and_wait(&submission(1)).await.unwrap();
    let mut subscription = client.subscribe(0).await.unwrap();
    subscription.next().await.unwrap();
    let error = subscription.next().await.unwrap_err();
    assert!(matches!(error, ClientError::Unasked(_)), "{error}");
}

#[tokio::test]
async fn a_ledger_that_is_open_to_members_only_is_read_as_a_member() {
    let Serving { client, .. } = serve(Fault::MembersOnly).await;
    assert!(client.subscribe(0).await.is_err());
    let client = client.reading_as(depositor()).unwrap();
    assert_eq!(client.subscribe(0).await.unwrap().next().await.unwrap().unwrap().index, 0);
}

#[tokio::test]
async fn an_access_token_does_not_travel_where_others_can_listen() {
    let Serving { client, .. } = serve(Fault::None).await;
    let trust = Trust::Genesis(client.genesis().clone());
    let client = Client::connect(&["http://192.0.2.1:1"], None, trust).await.unwrap();
    assert!(matches!(client.reading_as(depositor()), Err(ClientError::Address { .. })));
}
