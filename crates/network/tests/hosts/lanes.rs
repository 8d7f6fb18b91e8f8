//! The lanes that stay open: who hears, what is dropped, who is set aside.

use std::time::Duration;

use bulla_network::{
    Budget, FrameTooLong, InboundFrame, Inbox, Limits, PeerId, StreamLane, StreamLimits,
    VOTES_FRAME_BYTES_MAX,
};
use bytes::Bytes;
use tokio::sync::mpsc::Receiver;
use tokio::time::timeout;

use crate::node::{MOMENT, Node, PATIENCE, config, key, pair, start, until};
use bulla_network::HostConfig;

async fn next(frames: &mut Receiver<InboundFrame>) -> InboundFrame {
    timeout(PATIENCE, frames.recv()).await.unwrap().unwrap()
}

/// Waits until the peer hears both lanes of this node.
async fn heard_by(inbox: &mut Inbox, peer: PeerId) {
    let hears = |presence: &bulla_network::Presence| {
        presence.get(&peer).is_some_and(|peer| peer.hears_votes.is_some() && peer.hears_parts.is_some())
    };
    timeout(PATIENCE, inbox.presence.wait_for(hears)).await.unwrap().unwrap();
}

/// Two connected hosts, both attended to, that hear each other.
async fn attended(first: HostConfig, second: HostConfig) -> ((Node, Inbox), (Node, Inbox)) {
    let (a, b) = pair(first, second).await;
    let (mut in_a, mut in_b) = (a.attend(), b.attend());
    heard_by(&mut in_a, b.handle.peer_id()).await;
    heard_by(&mut in_b, a.handle.peer_id()).await;
    ((a, in_a), (b, in_b))
}

fn vote(number: u32) -> Bytes {
    Bytes::copy_from_slice(&number.to_be_bytes())
}

fn part(number: u8) -> Bytes {
    Bytes::from(vec![number; 200 << 10])
}

fn with_votes(votes: StreamLimits) -> Limits {
    Limits { votes, ..Limits::default() }
}

#[tokio::test]
async fn frames_arrive_whole_and_in_order_on_both_lanes_and_both_ways() {
    let ((a, mut in_a), (b, mut in_b)) = attended(config(1), config(2)).await;
    for number in 0..100_u8 {
        a.handle.push(StreamLane::Votes, number.into(), &vote(number.into())).unwrap();
        a.handle.push(StreamLane::Parts, 1, &part(number)).unwrap();
        b.handle.push_to(&a.handle.peer_id(), StreamLane::Votes, number.into(), vote(number.into())).unwrap();
    }
    for number in 0..100_u8 {
        let from_a = |frame| InboundFrame { peer: a.handle.peer_id(), frame };
        assert_eq!(next(&mut in_b.votes).await, from_a(vote(number.into())));
        assert_eq!(next(&mut in_b.parts).await, from_a(part(number)));
        assert_eq!(next(&mut in_a.votes).await.frame, vote(number.into()));
    }
    let (sent, received) = (a.counters(), b.counters());
    assert_eq!((sent.votes.frames_out, received.votes.frames_in), (100, 100));
    assert_eq!((sent.parts.bytes_out, received.parts.bytes_in), (100 * (200 << 10), 100 * (200 << 10)));
    assert_eq!((sent.votes.frames_dropped, sent.parts.frames_dropped), (0, 0));
}

#[tokio::test]
async fn nothing_is_sent_to_a_peer_before_somebody_attends_there_nor_after() {
    let (a, b) = pair(config(1), config(2)).await;
    let mut in_a = a.attend();
    let at_b = b.handle.peer_id();
    a.handle.push(StreamLane::Votes, 1, &vote(1)).unwrap();
    assert!(timeout(MOMENT, heard_by(&mut in_a, at_b)).await.is_err());

    let mut in_b = b.attend();
    heard_by(&mut in_a, at_b).await;
    a.handle.push(StreamLane::Votes, 2, &vote(2)).unwrap();
    assert_eq!(next(&mut in_b.votes).await.frame, vote(2));

    drop(in_b);
    let gone = in_a
        .presence
        .wait_for(|presence| presence[&at_b].hears_votes.is_none() && presence[&at_b].hears_parts.is_none());
    timeout(PATIENCE, gone).await.unwrap().unwrap();
    a.handle.push(StreamLane::Votes, 3, &vote(3)).unwrap();
    assert_eq!(a.counters().votes.frames_out, 1);
    assert_eq!(b.counters().peers_set_aside + a.counters().peers_set_aside, 0);
}

#[tokio::test]
async fn who_attends_again_gets_nothing_that_came_before_and_peers_learn_of_it() {
    let ((a, mut in_a), (b, in_b)) = attended(config(1), config(2)).await;
    let (at_a, at_b) = (a.handle.peer_id(), b.handle.peer_id());
    let before = in_a.presence.borrow()[&at_b];
    // More than the inbox takes, so that some wait in every place on the way; and some on the way back.
    for number in 0..500 {
        a.handle.push(StreamLane::Votes, number.into(), &vote(number)).unwrap();
        a.handle.push(StreamLane::Parts, number.into(), &part(0)).unwrap();
    }
    until(|| b.counters().votes.frames_in > 10 && b.counters().parts.frames_in > 2).await;
    b.handle.push(StreamLane::Parts, 1, &part(1)).unwrap();

    drop(in_b);
    let mut in_b = b.attend();
    let anew = |presence: &bulla_network::Presence| {
        let now = presence[&at_b];
        let later = |now: Option<_>, before| now.is_some() && now > before;
        later(now.hears_votes, before.hears_votes) && later(now.hears_parts, before.hears_parts)
    };
    timeout(PATIENCE, in_a.presence.wait_for(anew)).await.unwrap().unwrap();
    assert_eq!(in_a.presence.borrow()[&at_b].session, before.session, "the connection stands");
    a.handle.push(StreamLane::Votes, 1, &vote(1_000)).unwrap();
    a.handle.push(StreamLane::Parts, 1, &part(7)).unwrap();
    assert_eq!(next(&mut in_b.votes).await.frame, vote(1_000));
    assert_eq!(next(&mut in_b.parts).await.frame, part(7));

    heard_by(&mut in_b, at_a).await;
    b.handle.push(StreamLane::Parts, 1, &part(8)).unwrap();
    let told = async { while next(&mut in_a.parts).await.frame != part(8) {} };
    timeout(PATIENCE, told).await.unwrap();
    assert_eq!(b.counters().peers_set_aside + a.counters().peers_set_aside, 0);
}

#[tokio::test]
async fn who_attends_takes_the_lanes_from_the_one_before() {
    let ((a, mut in_a), (b, mut earlier)) = attended(config(1), config(2)).await;
    let at_b = b.handle.peer_id();
    let before = in_a.presence.borrow()[&at_b].hears_votes;
    let mut later = b.attend();
    let anew = |presence: &bulla_network::Presence| {
        presence[&at_b].hears_votes.is_some() && presence[&at_b].hears_votes > before
    };
    timeout(PATIENCE, in_a.presence.wait_for(anew)).await.unwrap().unwrap();
    a.handle.push(StreamLane::Votes, 1, &vote(1)).unwrap();
    assert_eq!(next(&mut later.votes).await.frame, vote(1));
    drop(later);
    assert_eq!(timeout(PATIENCE, earlier.votes.recv()).await.unwrap(), None, "it is over");
}

#[tokio::test]
async fn votes_pass_parts_that_nobody_takes() {
    let ((a, _in_a), (_b, mut in_b)) = attended(config(1), config(2)).await;
    for number in 0..60 {
        a.handle.push(StreamLane::Parts, number.into(), &part(number)).unwrap();
    }
    for number in 0..200 {
        a.handle.push(StreamLane::Votes, number.into(), &vote(number)).unwrap();
        assert_eq!(next(&mut in_b.votes).await.frame, vote(number));
    }
    for number in 0..60 {
        assert_eq!(next(&mut in_b.parts).await.frame, part(number), "and the parts are all there");
    }
}

#[tokio::test]
async fn a_peer_that_takes_no_parts_loses_the_oldest_blocks_whole_and_no_one_else_does() {
    let limits = Limits {
        parts: StreamLimits { queue_bytes_max: 4 << 20, ..Limits::default().parts },
        ..Limits::default()
    };
    let ((mut a, mut in_a), (slow, mut in_slow)) =
        attended(HostConfig { limits, ..config(1) }, config(2)).await;
    let quick = start(config(3)).await;
    let mut in_quick = quick.attend();
    a.handle.set_allowed(vec![slow.listed(), quick.listed()]);
    quick.handle.set_allowed(vec![a.listed()]);
    a.connected_to(quick.handle.peer_id()).await;
    heard_by(&mut in_a, quick.handle.peer_id()).await;

    // Blocks of four parts.
    for block in 0..50 {
        for _ in 0..4 {
            a.handle.push(StreamLane::Parts, block.into(), &part(block)).unwrap();
        }
        for _ in 0..4 {
            assert_eq!(next(&mut in_quick.parts).await.frame, part(block));
        }
    }
    let dropped = a.counters().parts.frames_dropped;
    assert!(dropped > 0);
    let mut taken = [0; 50];
    for _ in 0..200 - dropped {
        taken[usize::from(next(&mut in_slow.parts).await.frame[0])] += 1;
    }
    assert_eq!(taken[49], 4, "the newest is whole");
    let in_pieces = taken.iter().filter(|parts| ![0, 4].contains(*parts)).count();
    assert!(in_pieces <= 1, "at most the one that was being written: {taken:?}");
}

#[tokio::test]
async fn a_peer_over_the_budget_of_a_lane_is_set_aside() {
    let votes = StreamLimits {
        budget: Budget { frames_per_second_max: 50, bytes_per_second_max: 1 << 20 },
        ..Limits::default().votes
    };
    let ((mut a, mut in_a), (b, _in_b)) =
        attended(HostConfig { limits: with_votes(votes), ..config(1) }, config(2)).await;
    for number in 0..51 {
        b.handle.push(StreamLane::Votes, number.into(), &vote(number)).unwrap();
    }
    a.disconnected_from(b.handle.peer_id()).await;
    assert_eq!(a.counters().peers_set_aside, 1);
    assert!(a.handle.peers().await[0].set_aside);
    assert!(in_a.presence.borrow_and_update().is_empty());
}

#[tokio::test]
async fn a_frame_over_the_lanes_limit_is_refused_here_and_set_aside_there() {
    let votes = StreamLimits { frame_bytes_max: 100, ..Limits::default().votes };
    let ((mut a, _in_a), (b, _in_b)) =
        attended(HostConfig { limits: with_votes(votes), ..config(1) }, config(2)).await;
    let refused = a.handle.push(StreamLane::Votes, 1, &Bytes::from(vec![0; 101]));
    assert_eq!(refused, Err(FrameTooLong { bytes: 101, bytes_max: 100 }));
    let refused = b.handle.push(StreamLane::Votes, 1, &Bytes::from(vec![0; VOTES_FRAME_BYTES_MAX + 1]));
    assert!(refused.is_err());

    b.handle.push(StreamLane::Votes, 1, &Bytes::from(vec![0; 101])).unwrap();
    a.disconnected_from(b.handle.peer_id()).await;
    assert_eq!((a.counters().peers_set_aside, a.counters().votes.bytes_in), (1, 0));
}

#[tokio::test]
async fn a_peer_that_sent_what_no_honest_node_sends_is_set_aside_and_comes_back() {
    let limits = Limits { set_aside: Duration::from_secs(1), ..Limits::default() };
    let ((mut a, mut in_a), (b, mut in_b)) = attended(HostConfig { limits, ..config(1) }, config(2)).await;
    let before = in_a.presence.borrow()[&b.handle.peer_id()].session;
    a.handle.misconduct(b.handle.peer_id(), "a vote of 3 bytes");
    a.disconnected_from(b.handle.peer_id()).await;
    a.connected_to(b.handle.peer_id()).await;
    heard_by(&mut in_a, b.handle.peer_id()).await;
    heard_by(&mut in_b, a.handle.peer_id()).await;
    assert!(in_a.presence.borrow()[&b.handle.peer_id()].session > before);
    b.handle.push(StreamLane::Votes, 1, &vote(7)).unwrap();
    assert_eq!(next(&mut in_a.votes).await.frame, vote(7));
}

#[tokio::test]
async fn a_restarted_peer_is_heard_again() {
    let ((mut a, mut in_a), (b, in_b)) = attended(config(1), config(2)).await;
    let listen = b.address();
    b.handle.shutdown().await;
    drop((in_b, b.lanes));
    a.disconnected_from(b.handle.peer_id()).await;
    let b = start(HostConfig { listen, peers: vec![a.awaited()], ..config(2) }).await;
    let mut in_b = b.attend();
    heard_by(&mut in_a, b.handle.peer_id()).await;
    heard_by(&mut in_b, a.handle.peer_id()).await;
    b.handle.push(StreamLane::Votes, 1, &vote(1)).unwrap();
    assert_eq!(next(&mut in_a.votes).await.frame, vote(1));
}

/// The host itself then closes the connection on which its streams stood.
#[tokio::test]
async fn a_peer_that_calls_anew_hears_when_its_old_connection_never_did() {
    // Of two calls that cross, the one of the smaller peer id is kept.
    let (small, large) = if key(1).peer_id() < key(2).peer_id() { (1, 2) } else { (2, 1) };
    let mut a = start(config(large)).await;
    let mut before = start(HostConfig { peers: vec![a.awaited()], ..config(small) }).await;
    let peer = before.handle.peer_id();
    a.handle.set_allowed(vec![before.listed()]);
    let mut in_a = a.attend();
    a.connected_to(peer).await;
    assert!(timeout(MOMENT, heard_by(&mut in_a, peer)).await.is_err(), "nobody attends there");

    let anew = start(HostConfig { peers: vec![a.listed()], ..config(small) }).await;
    let mut in_anew = anew.attend();
    before.disconnected_from(a.handle.peer_id()).await;
    heard_by(&mut in_anew, a.handle.peer_id()).await;
    heard_by(&mut in_a, peer).await;
    a.handle.push(StreamLane::Votes, 1, &vote(1)).unwrap();
    a.handle.push(StreamLane::Parts, 1, &part(1)).unwrap();
    assert_eq!(next(&mut in_anew.votes).await.frame, vote(1));
    assert_eq!(next(&mut in_anew.parts).await.frame, part(1));
}

#[tokio::test]
async fn everything_travels_over_quic_as_well() {
    let quic =
        |number| HostConfig { listen: "/ip4/127.0.0.1/udp/0/quic-v1".parse().unwrap(), ..config(number) };
    let ((a, _in_a), (mut b, mut in_b)) = attended(quic(1), quic(2)).await;
    a.handle.push(StreamLane::Votes, 1, &vote(1)).unwrap();
    a.handle.push(StreamLane::Parts, 1, &part(1)).unwrap();
    a.handle.relay(part(2)).unwrap();
    assert_eq!(next(&mut in_b.votes).await.frame, vote(1));
    assert_eq!(next(&mut in_b.parts).await.frame, part(1));
    assert_eq!(b.takes_batch().await.1, part(2));
    until(|| a.counters().relay_entries_taken == 1).await;
}
