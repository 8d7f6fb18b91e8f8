//! Bulk streams.

use bulla_client::{BulkEvent, BulkReceiver, ClientError};
use bulla_types::ReasonCode;

use crate::calls::submission;
use crate::node::{Fault, Serving, serve};

/// Sends two transactions under the tags 1 and 2 and ends the sending.
async fn sent(fault: Fault) -> BulkReceiver {
    let Serving { client, .. } = serve(fault).await;
    let (sender, receiver) = client.submit_stream().await.unwrap();
    for number in [1, 2] {
        sender.send(number.into(), &submission(number)).await.unwrap();
    }
    receiver
}

/// Reads answers to the first error.
async fn error_of(fault: Fault) -> ClientError {
    let mut receiver = sent(fault).await;
    loop {
        match receiver.next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("all was answered"),
            Err(error) => return error,
        }
    }
}

/// The tags that tickets and inclusions came for.
async fn answered(fault: Fault) -> (Vec<u64>, Vec<u64>) {
    let mut receiver = sent(fault).await;
    let (mut admitted, mut included) = (Vec::new(), Vec::new());
    while let Some(event) = receiver.next().await.unwrap() {
        match event {
            BulkEvent::Admitted { tag, .. } => admitted.push(tag),
            BulkEvent::Included(inclusion) => included.push(inclusion.tag),
            BulkEvent::Refused { refusal, .. } => panic!("{refusal}"),
        }
    }
    assert!(receiver.unanswered().is_empty());
    (admitted, included)
}

#[tokio::test]
async fn each_transaction_is_admitted_then_included() {
    assert_eq!(answered(Fault::None).await, (vec![1, 2], vec![1, 2]));
}

#[tokio::test]
async fn a_ticket_that_comes_after_its_inclusion_is_dropped() {
    assert_eq!(answered(Fault::TicketLate).await, (vec![], vec![1, 2]));
}

#[tokio::test]
async fn an_inclusion_that_is_not_proved_ends_the_stream() {
    let reason = |error: ClientError| error.reason();
    assert_eq!(reason(error_of(Fault::IndexWrong).await), Some(ReasonCode::LeafMismatch));
    let forged = Some(ReasonCode::CertificateSignatureInvalid);
    assert_eq!(reason(error_of(Fault::CertificateForged).await), forged);
    let missing = error_of(Fault::HeaderMissing).await;
    assert!(matches!(missing, ClientError::Unasked(_)), "{missing}");
}

#[tokio::test]
async fn an_answer_about_another_transaction_ends_the_stream() {
    let error = error_of(Fault::TicketOfAnother).await;
    assert!(matches!(error, ClientError::Unasked(_)), "{error}");
    assert!(
        error_of(Fault::EntryOfAnother)
            .await
            .reason()
            .is_some_and(|reason| reason == ReasonCode::LeafMismatch)
    );
}

#[tokio::test]
async fn a_refusal_says_when_to_try_again() {
    let mut receiver = sent(Fault::RefusesAll).await;
    let Some(BulkEvent::Refused { tag, refusal, .. }) = receiver.next().await.unwrap() else { panic!() };
    assert_eq!((tag, refusal.known_reason()), (1, Some(ReasonCode::QueueFull)));
    assert_eq!(refusal.retry_after.unwrap().as_millis(), 250);
    assert_eq!(receiver.unanswered(), [2]);
}

#[tokio::test]
async fn a_stream_that_breaks_off_names_what_is_open() {
    let mut receiver = sent(Fault::BreaksOff).await;
    let error = receiver.next().await.unwrap_err();
    assert!(matches!(error, ClientError::StreamEnded), "{error}");
    assert_eq!(receiver.unanswered(), [1, 2]);
}

#[tokio::test]
async fn a_tag_is_not_used_twice_at_a_time() {
    let Serving { client, .. } = serve(Fault::None).await;
    let (sender, _receiver) = client.submit_stream().await.unwrap();
    sender.send(1, &submission(1)).await.unwrap();
    let error = sender.send(1, &submission(2)).await.unwrap_err();
    assert!(matches!(error, ClientError::TagInUse(1)), "{error}");
}
