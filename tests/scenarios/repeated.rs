//! The same request, again and again: it takes effect once.

use bulla_client::{BulkEvent, TransactionBuilder};
use bulla_tests::deposits::{deposit, submission};
use bulla_tests::{Network, ends};
use tonic::Code;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_has_one_effect_whatever_node_and_time_it_comes_again() {
    let mut network = Network::of(4).start().await;
    let request = submission(network.ledger_id(), &network.service(), "一份合同");
    let (one, other) = (network.client(0).await, network.client(1).await);
    let before = network.agreed().await.log_size;

    let at_once = tokio::join!(
        one.submit_and_wait(&request),
        one.submit_and_wait(&request),
        other.submit_and_wait(&request)
    );
    let index = at_once.0.unwrap().index();
    assert_eq!((at_once.1.unwrap().index(), at_once.2.unwrap().index()), (index, index));
    for node in 0..4 {
        let again = network.client(node).await.submit_and_wait(&request).await.unwrap();
        assert_eq!(again.index(), index, "asked again at node {node}");
    }
    let (sender, mut answers) = one.submit_stream().await.unwrap();
    sender.send(1, &request).await.unwrap();
    let answer = ends("the stream answers", answers.next()).await.unwrap();
    let Some(BulkEvent::Refused { refusal, .. }) = answer else { panic!("{answer:?}") };
    assert_eq!(refusal.reason, "REQUEST_REPEATED");

    (0..4).for_each(|node| network.node(node).kill());
    (0..4).for_each(|node| network.node(node).start());
    network.ready().await;
    for node in [3, 2] {
        let again = network.client(node).await.submit_and_wait(&request).await.unwrap();
        assert_eq!(again.index(), index, "asked again at node {node} after a restart");
    }
    assert_eq!(network.agreed().await.log_size, before + 1);
    network.close().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_request_id_that_was_used_names_no_other_request() {
    let mut network = Network::of(4).start().await;
    let request = TransactionBuilder::new(network.ledger_id());
    let id = request.request_id();
    let body = |content| {
        let request = TransactionBuilder::with_request_id(network.ledger_id(), id);
        request.signer(&network.service()).action(deposit(content)).build().unwrap()
    };
    let (first, second) = (body("甲"), body("乙"));
    network.client(0).await.submit_and_wait(&first).await.unwrap();
    let tip = network.agreed().await;
    for node in network.nodes() {
        let refused = node.wire().submit(second.encode()).await.unwrap_err();
        assert_eq!(
            (refused.reason.as_deref(), refused.code),
            (Some("REQUEST_ID_REUSED"), Code::AlreadyExists)
        );
    }
    network.node(2).kill();
    network.node(2).start();
    network.ready().await;
    let refused = network.nodes()[2].wire().submit(second.encode()).await.unwrap_err();
    assert_eq!(refused.reason.as_deref(), Some("REQUEST_ID_REUSED"));
    assert_eq!(network.agreed().await.log_size, tip.log_size);
    network.close().await;
}
