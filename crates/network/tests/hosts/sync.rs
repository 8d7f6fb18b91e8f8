//! The sync lane: questions for blocks and their answers.

use bulla_network::{HostConfig, Inbox, Limits, SyncFailure, SyncRequest};
use bytes::Bytes;
use tokio::time::timeout;

use crate::node::{Node, PATIENCE, config, pair, until};

async fn next(inbox: &mut Inbox) -> SyncRequest {
    timeout(PATIENCE, inbox.sync.recv()).await.unwrap().unwrap()
}

/// Two connected hosts; the second serves.
async fn served(server: HostConfig) -> (Node, Node, Inbox) {
    let (a, b) = pair(config(1), server).await;
    let inbox = b.attend();
    (a, b, inbox)
}

#[tokio::test]
async fn a_question_is_answered_by_the_one_who_was_asked() {
    let (a, b, mut inbox) = served(config(2)).await;
    let answer = Bytes::from(vec![5; 3 << 20]);
    let asking = a.handle.ask(b.handle.peer_id(), Bytes::from_static(b"blocks 1 to 5"));
    let serving = async {
        let SyncRequest { peer, request, reply } = next(&mut inbox).await;
        assert_eq!((peer, &request[..]), (a.handle.peer_id(), &b"blocks 1 to 5"[..]));
        reply.answer(answer.clone());
    };
    let (answered, ()) = tokio::join!(asking, serving);
    assert_eq!(answered, Ok(answer));
}

#[tokio::test]
async fn a_question_that_nobody_attends_to_fails_at_once() {
    let (a, b) = pair(config(1), config(2)).await;
    let answered = timeout(PATIENCE / 4, a.handle.ask(b.handle.peer_id(), Bytes::new())).await.unwrap();
    assert_eq!(answered, Err(SyncFailure::BrokenOff));
    let stranger = bulla_network::NodeKey::from_seed(&mut [77; 32]).peer_id();
    assert_eq!(a.handle.ask(stranger, Bytes::new()).await, Err(SyncFailure::NotConnected));
    assert_eq!((a.counters().sync_requests_failed, b.counters().sync_requests_refused), (1, 1));
}

#[tokio::test]
async fn a_reply_that_is_dropped_tells_the_one_who_asked() {
    let (a, b, mut inbox) = served(config(2)).await;
    let asking = a.handle.ask(b.handle.peer_id(), Bytes::new());
    let (answered, ()) = tokio::join!(asking, async { drop(next(&mut inbox).await) });
    assert_eq!(answered, Err(SyncFailure::BrokenOff));
}

#[tokio::test]
async fn who_serves_hears_that_the_one_who_asked_is_gone() {
    let (a, b, mut inbox) = served(config(2)).await;
    let (asker, at_b) = (a.handle.clone(), b.handle.peer_id());
    let asking = tokio::spawn(async move { asker.ask(at_b, Bytes::new()).await });
    let SyncRequest { mut reply, .. } = next(&mut inbox).await;
    a.handle.shutdown().await;
    timeout(PATIENCE, reply.given_up()).await.unwrap();
    assert_eq!(asking.await.unwrap(), Err(SyncFailure::NotConnected));
}

#[tokio::test]
async fn answers_over_the_bound_of_what_is_under_way_are_not_sent() {
    let limits = Limits { sync_answers_bytes_max: 1_000, ..Limits::default() };
    let (a, b, mut inbox) = served(HostConfig { limits, ..config(2) }).await;
    for (bytes, fits) in [(1_001, false), (1_000, true)] {
        let asking = a.handle.ask(b.handle.peer_id(), Bytes::new());
        let serving = async { next(&mut inbox).await.reply.answer(Bytes::from(vec![0; bytes])) };
        let (answered, ()) = tokio::join!(asking, serving);
        assert_eq!(answered.is_ok(), fits, "{bytes} bytes");
    }
    until(|| b.counters().sync_requests_refused == 1).await;
}
