//! The sync lane: questions for blocks and their answers.

use bulla_network::{Allowance, HostConfig, Inbox, Limits, SyncFailure, SyncRequest};
use bytes::Bytes;
use tokio::time::timeout;

use crate::node::{MOMENT, Node, PATIENCE, config, pair, until};

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
    let limits = Limits { answers_bytes_max: 1_000, ..Limits::default() };
    let (a, b, mut inbox) = served(HostConfig { limits, ..config(2) }).await;
    for (bytes, fits) in [(1_001, false), (1_000, true)] {
        let asking = a.handle.ask(b.handle.peer_id(), Bytes::new());
        let serving = async { next(&mut inbox).await.reply.answer(Bytes::from(vec![0; bytes])) };
        let (answered, ()) = tokio::join!(asking, serving);
        assert_eq!(answered.is_ok(), fits, "{bytes} bytes");
    }
    until(|| b.counters().sync_requests_refused == 1).await;
}

#[tokio::test]
async fn the_questions_of_one_peer_are_looked_at_one_after_the_other_and_those_of_another_meanwhile() {
    let (a, b, mut inbox) = served(config(2)).await;
    let mut c = crate::node::start(config(3)).await;
    c.handle.set_allowed(vec![b.listed()]);
    b.handle.set_allowed(vec![a.awaited(), c.listed()]);
    c.connected_to(b.handle.peer_id()).await;
    let ask = |from: &Node, what| {
        let (from, at_b) = (from.handle.clone(), b.handle.peer_id());
        tokio::spawn(async move { from.ask(at_b, Bytes::from_static(what)).await })
    };
    let first = ask(&a, b"first");
    let asked = next(&mut inbox).await;
    let second = ask(&a, b"second");
    until(|| b.counters().sync_requests_received == 2).await;
    let third = ask(&c, b"third");
    let of_another = next(&mut inbox).await;
    assert_eq!((of_another.peer, &of_another.request[..]), (c.handle.peer_id(), &b"third"[..]));
    assert!(inbox.sync.try_recv().is_err(), "the second waits for the first");
    asked.reply.answer(Bytes::from_static(b"1"));
    let asked = next(&mut inbox).await;
    assert_eq!(&asked.request[..], b"second");
    asked.reply.answer(Bytes::from_static(b"2"));
    of_another.reply.answer(Bytes::from_static(b"3"));
    for (asking, answer) in [(first, "1"), (second, "2"), (third, "3")] {
        assert_eq!(asking.await.unwrap().unwrap(), answer);
    }
}

/// A server that gives each peer a MiB, and no more in the time of a test.
fn gives_little() -> HostConfig {
    let limits = Limits {
        answers_bytes_max: 1_000,
        serving: Allowance { per_second: 1, at_once: 1 << 20 },
        ..Limits::default()
    };
    HostConfig { limits, ..config(2) }
}

/// Asks once more: the question comes, and is not looked at.
async fn waits_now(a: &Node, b: &Node, inbox: &mut Inbox) {
    let (asker, at_b) = (a.handle.clone(), b.handle.peer_id());
    let received = b.counters().sync_requests_received;
    let asking = tokio::spawn(async move { asker.ask(at_b, Bytes::new()).await });
    until(|| b.counters().sync_requests_received > received).await;
    assert!(timeout(MOMENT, inbox.sync.recv()).await.is_err(), "it has had what is its due");
    asking.abort();
}

#[tokio::test]
async fn who_does_not_read_its_answers_pays_for_those_that_are_not_sent() {
    let (a, b, mut inbox) = served(gives_little()).await;
    let asking = a.handle.ask(b.handle.peer_id(), Bytes::new());
    let serving = async { next(&mut inbox).await.reply.answer(Bytes::from(vec![0; 2 << 20])) };
    let (answered, ()) = tokio::join!(asking, serving);
    assert_eq!(answered, Err(SyncFailure::BrokenOff));
    waits_now(&a, &b, &mut inbox).await;
}

#[tokio::test]
async fn who_gives_up_a_question_that_is_being_answered_pays_for_it_on_its_next_connection_too() {
    let (mut a, b, mut inbox) = served(gives_little()).await;
    let (asker, at_b) = (a.handle.clone(), b.handle.peer_id());
    let asking = tokio::spawn(async move { asker.ask(at_b, Bytes::new()).await });
    let SyncRequest { mut reply, .. } = next(&mut inbox).await;
    // One of them calls, or their calls could cross, and one connection of two end.
    b.handle.set_allowed(vec![a.awaited()]);
    a.handle.set_allowed(Vec::new());
    timeout(PATIENCE, reply.given_up()).await.unwrap();
    assert_eq!(asking.await.unwrap(), Err(SyncFailure::NotConnected));
    a.handle.set_allowed(vec![b.listed()]);
    a.connected_to(at_b).await;
    waits_now(&a, &b, &mut inbox).await;
}
