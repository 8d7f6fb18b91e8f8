//! The openings lane, and to whom openings go unasked.

use std::collections::BTreeSet;
use std::time::Duration;

use bulla_network::{
    Budget, HostConfig, InboundFrame, Limits, NetworkEvent, OPENINGS_ASKED_MAX, OpeningsAnswer,
    OpeningsQuestion, OpeningsReply, StreamLane, SyncFailure, Unopened,
};
use bulla_types::{BlockHash, EntryOpenings, Height, Opening};
use bytes::Bytes;
use tokio::time::timeout;

use crate::node::{Node, PATIENCE, config, pair, until};

fn question(positions: Vec<u32>) -> OpeningsQuestion {
    OpeningsQuestion { height: Height(7), block_hash: BlockHash::from_bytes([9; 32]), positions }
}

fn answer(position: u32, value: Vec<u8>) -> OpeningsAnswer {
    let opening = Opening { action: 0, path: "title".parse().unwrap(), salt: [1; 32], value: value.into() };
    OpeningsAnswer {
        entries: vec![EntryOpenings { position, openings: vec![opening] }],
        rest: Unopened::NotKept,
    }
}

async fn asked(node: &mut Node) -> (OpeningsQuestion, OpeningsReply) {
    node.next(|event| match event {
        NetworkEvent::Openings { question, reply, .. } => Some((question, reply)),
        _ => None,
    })
    .await
}

#[tokio::test]
async fn openings_are_given_to_the_one_who_asks() {
    let (a, mut b) = pair(config(1), config(2)).await;
    let at_b = b.handle.peer_id();
    let wanted = question(vec![1, 4]);
    let asking = a.handle.openings(at_b, &wanted);
    let answering = async {
        let (heard, reply) = asked(&mut b).await;
        assert_eq!(heard, wanted);
        reply.give(&answer(4, vec![5; 60_000]));
    };
    let (answered, ()) = tokio::join!(asking, answering);
    assert_eq!(answered, Ok(Some(answer(4, vec![5; 60_000]))));
    let asking = a.handle.openings(at_b, &wanted);
    let (answered, ()) = tokio::join!(asking, async { drop(asked(&mut b).await) });
    assert_eq!(answered, Err(SyncFailure::BrokenOff), "a reply that is dropped tells the one who asked");
    assert_eq!(b.counters().openings_questions_received, 2);
}

#[tokio::test]
async fn an_answer_over_its_limit_is_not_sent() {
    let (a, mut b) = pair(config(1), config(2)).await;
    let at_b = b.handle.peer_id();
    let wanted = question(vec![1]);
    let asking = a.handle.openings(at_b, &wanted);
    let answering = async { asked(&mut b).await.1.give(&answer(1, vec![0; 2 << 20])) };
    let (answered, ()) = tokio::join!(asking, answering);
    assert_eq!(answered, Err(SyncFailure::BrokenOff));
}

#[tokio::test]
async fn who_asks_for_nothing_too_much_or_too_often_is_set_aside() {
    let too_many = (0..=u32::try_from(OPENINGS_ASKED_MAX).unwrap()).collect();
    for wrong in [vec![], vec![3, 2], too_many] {
        let (a, b) = pair(config(1), config(2)).await;
        let answered = a.handle.openings(b.handle.peer_id(), &question(wrong)).await;
        assert!(answered.is_err(), "{answered:?}");
        until(|| b.counters().peers_set_aside == 1).await;
    }
    let openings_budget = Budget { frames_per_second_max: 4, bytes_per_second_max: 10_000 };
    let limits = Limits { openings_budget, ..Limits::default() };
    let (a, b) = pair(config(1), HostConfig { limits, ..config(2) }).await;
    let wanted = question(vec![1]);
    let many =
        (0..40).map(|_| timeout(Duration::from_millis(500), a.handle.openings(b.handle.peer_id(), &wanted)));
    futures::future::join_all(many).await;
    until(|| b.counters().peers_set_aside == 1).await;
}

#[tokio::test]
async fn parts_and_relay_batches_go_to_those_alone_that_may_have_openings() {
    let (a, mut b) = pair(config(1), config(2)).await;
    let at_b = b.handle.peer_id();
    let (mut in_a, mut in_b) = (a.attend(), b.attend());
    let hears = |presence: &bulla_network::Presence| {
        presence.get(&at_b).is_some_and(|peer| peer.hears_votes.is_some() && peer.hears_parts.is_some())
    };
    timeout(PATIENCE, in_a.presence.wait_for(hears)).await.unwrap().unwrap();
    let send = |number: u8| {
        let frame = Bytes::from(vec![number]);
        a.handle.push(StreamLane::Parts, number.into(), &frame).unwrap();
        a.handle.push(StreamLane::Votes, number.into(), &frame).unwrap();
        a.handle.relay(frame).unwrap();
    };
    a.handle.set_readers(Some(BTreeSet::new()));
    send(1);
    let vote = timeout(PATIENCE, in_b.votes.recv()).await.unwrap().unwrap();
    assert_eq!(vote.frame[..], [1], "votes go to everyone");
    a.handle.push_to_others(StreamLane::Votes, 9, &Bytes::from_static(b"news")).unwrap();
    let vote = timeout(PATIENCE, in_b.votes.recv()).await.unwrap().unwrap();
    assert_eq!(vote.frame[..], *b"news", "and some to who gets no parts alone");
    // What a command asks is done when a later one is answered.
    a.handle.peers().await;
    assert_eq!(a.counters().relay_batches_sent, 0);

    a.handle.set_readers(Some(BTreeSet::from([at_b])));
    a.handle.push_to_others(StreamLane::Votes, 10, &Bytes::from_static(b"news")).unwrap();
    send(2);
    let vote = timeout(PATIENCE, in_b.votes.recv()).await.unwrap().unwrap();
    assert_eq!(vote.frame[..], [2], "it gets parts now");
    let InboundFrame { frame, .. } = timeout(PATIENCE, in_b.parts.recv()).await.unwrap().unwrap();
    assert_eq!((&frame[..], &b.takes_batch().await.1[..]), (&[2][..], &[2][..]));
    a.handle.set_readers(None);
    send(3);
    let InboundFrame { frame, .. } = timeout(PATIENCE, in_b.parts.recv()).await.unwrap().unwrap();
    assert_eq!((&frame[..], &b.takes_batch().await.1[..]), (&[3][..], &[3][..]));
}

#[tokio::test]
async fn a_batch_that_waits_for_a_peer_is_dropped_when_it_may_no_longer_have_openings() {
    let (a, mut b) = pair(config(1), config(2)).await;
    a.handle.relay(Bytes::from_static(b"openings")).unwrap();
    let busy = |event| match event {
        NetworkEvent::Relay { reply, .. } => {
            reply.busy(Duration::from_secs(1), 0, 0);
            Some(())
        }
        _ => None,
    };
    b.next(busy).await;
    a.handle.set_readers(Some(BTreeSet::new()));
    until(|| a.counters().relay_batches_dropped == 1).await;
    assert_eq!(a.counters().relay_batches_sent, 1, "it was not offered once more");
}
