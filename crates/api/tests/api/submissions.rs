use bulla_types::{ReasonCode, proto};
use futures::stream::iter;
use tonic::client::Grpc;
use tonic::{Code, Request};
use tonic_prost::ProstCodec;

use crate::served::{Served, path, reason};

const TOO_LARGE: usize = (1 << 20) + 1;

#[tokio::test]
async fn a_node_that_failed_or_has_no_room_promises_nothing() {
    let node = Served::open().await;
    for (health, expected) in
        [(proto::NodeHealth::Failed, "NODE_FAILED"), (proto::NodeHealth::DiskFull, "DISK_FULL")]
    {
        node.falls_ill(health);
        let submission = node.deposit("一", None).encode();
        let refused = node.wire().submit(submission, proto::WaitFor::Ticket).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unavailable, expected));
    }
}

#[tokio::test]
async fn a_node_that_reaches_nobody_by_the_ledgers_word_promises_nothing_and_one_that_lacks_others_may() {
    let node = Served::open().await;
    for shut_out in [
        ReasonCode::NodeKeysNotInForce,
        ReasonCode::NodeMemberExpelled,
        ReasonCode::NodeMemberSuspended,
        ReasonCode::NodeNotLetIn,
    ] {
        node.falls_ill_of(proto::NodeHealth::NoQuorum, Some(shut_out));
        let submission = node.deposit("一", None).encode();
        let refused = node.wire().submit(submission, proto::WaitFor::Ticket).await.unwrap_err();
        assert_eq!((refused.code(), reason(&refused).as_str()), (Code::Unavailable, shut_out.as_str()));
    }
    node.falls_ill_of(proto::NodeHealth::NoQuorum, Some(ReasonCode::NoQuorum));
    let submission = node.deposit("一", None).encode();
    assert!(node.wire().submit(submission, proto::WaitFor::Ticket).await.unwrap().ticket.is_some());
}

#[tokio::test]
async fn a_committed_transaction_has_its_receipt_whatever_is_waited_for_and_even_after_its_time() {
    let node = Served::open().await;
    let submission = node.deposited("一").await;
    node.advance_clock(submission.transaction().body().not_after.0 - node.chain.tip().time.0 + 1_000);
    for wait_for in [proto::WaitFor::Ticket, proto::WaitFor::Receipt] {
        let answer = node.wire().submit(submission.encode(), wait_for).await.unwrap();
        assert_eq!(answer.receipt_file.unwrap().receipts[0].index, 1, "{wait_for:?}");
        assert_eq!(answer.ticket, None);
    }
}

#[tokio::test]
async fn a_message_over_the_limit_is_refused_by_reason() {
    let node = Served::open().await;
    let refused = node.wire().submit(vec![0; TOO_LARGE], proto::WaitFor::Ticket).await.unwrap_err();
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "TOO_LARGE"));
}

#[tokio::test]
async fn a_bulk_stream_ends_at_a_message_over_the_limit_by_reason() {
    let node = Served::open().await;
    let mut grpc = Grpc::new(node.wire().0);
    grpc.ready().await.unwrap();
    let codec = ProstCodec::<proto::SubmitStreamRequest, proto::SubmitStreamResponse>::default();
    let request =
        |tag, submission: Vec<u8>| proto::SubmitStreamRequest { tag, submission: submission.into() };
    let good = || node.deposit("一", None).encode();
    let requests = iter([request(1, vec![0; TOO_LARGE]), request(2, good()), request(3, good())]);
    let answers = grpc.streaming(Request::new(requests), path("SubmitStream"), codec).await;
    let mut answers = answers.unwrap().into_inner();
    let refused = loop {
        match answers.message().await {
            Ok(answer) => assert!(answer.is_some(), "the stream ends without a reason"),
            Err(refused) => break refused,
        }
    };
    assert_eq!((refused.code(), reason(&refused).as_str()), (Code::InvalidArgument, "TOO_LARGE"));
}
