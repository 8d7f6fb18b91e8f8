//! Who gets in, what is relayed to whom, and what happens to those who break the rules.

use std::time::Duration;

use bulla_network::{
    Allowance, Budget, Host, HostConfig, HostError, Limits, NetworkEvent, NodeStatus, PeerId, RelayError,
};
use bulla_types::{BlockHash, Height, LedgerId};
use bytes::Bytes;
use tokio::time::sleep;

use crate::node::{Node, config, pair, start, until};

#[tokio::test]
async fn a_batch_reaches_every_connected_peer() {
    let (a, mut b, mut c) = (start(config(1)).await, start(config(2)).await, start(config(3)).await);
    let all = vec![a.listed(), b.listed(), c.listed()];
    for node in [&a, &b, &c] {
        node.handle.set_allowed(all.clone());
    }
    until(|| a.counters().connections_opened == 2).await;

    let batch = Bytes::from(vec![7; 1 << 20]);
    a.handle.relay(batch.clone()).unwrap();
    assert_eq!(b.takes_batch().await, (a.handle.peer_id(), batch.clone()));
    assert_eq!(c.takes_batch().await, (a.handle.peer_id(), batch));
    until(|| a.counters().relay_entries_taken == 2).await;
}

#[tokio::test]
async fn peers_that_call_each_other_at_once_keep_one_connection() {
    for _ in 0..5 {
        let (mut a, mut b) = pair(config(1), config(2)).await;
        a.handle.relay(Bytes::from_static(b"after the calls crossed")).unwrap();
        b.takes_batch().await;
        a.nothing_happens().await;
        assert_eq!(a.counters().connections_closed, 0);
        assert_eq!(b.counters().connections_opened, 1);
    }
}

#[tokio::test]
async fn a_stranger_is_refused_after_the_handshake_and_nothing_of_it_is_read() {
    let mut host = start(config(1)).await;
    let stranger = start(config(9)).await;
    stranger.handle.set_allowed(vec![host.listed()]);

    until(|| host.counters().strangers_refused > 0).await;
    stranger.handle.relay(Bytes::from_static(b"let me in")).unwrap();
    host.nothing_happens().await;
    let counters = host.counters();
    assert_eq!((counters.bytes_in, counters.bytes_out, counters.connections_opened), (0, 0, 0));
    assert!(host.handle.peers().await.is_empty());
}

#[tokio::test]
async fn a_removed_peer_is_cut_off_at_once_and_comes_back_when_listed_again() {
    let (mut a, mut b) = pair(config(1), config(2)).await;
    a.handle.set_allowed(Vec::new());
    a.disconnected_from(b.handle.peer_id()).await;
    b.disconnected_from(a.handle.peer_id()).await;
    until(|| a.counters().strangers_refused > 0).await;
    b.handle.relay(Bytes::from_static(b"still here")).unwrap();
    a.nothing_happens().await;

    a.handle.set_allowed(vec![b.listed()]);
    a.connected_to(b.handle.peer_id()).await;
}

#[tokio::test]
async fn a_peer_of_another_ledger_is_not_understood() {
    let other = HostConfig { ledger_id: LedgerId::from_bytes([2; 32]), ..config(2) };
    let (a, mut b) = pair(config(1), other).await;
    a.handle.relay(Bytes::from_static(b"not for you")).unwrap();
    b.nothing_happens().await;
    until(|| a.counters().relay_batches_dropped == 1).await;
}

#[tokio::test]
async fn an_oversize_frame_is_not_read_and_its_sender_is_set_aside() {
    let strict =
        Limits { relay_batch_bytes_max: 1_000, set_aside: Duration::from_secs(1), ..Limits::default() };
    let (mut a, b) = pair(HostConfig { limits: strict, ..config(1) }, config(2)).await;

    b.handle.relay(Bytes::from(vec![0; 1_001])).unwrap();
    a.disconnected_from(b.handle.peer_id()).await;
    assert_eq!((a.counters().peers_set_aside, a.counters().bytes_in), (1, 0));
    assert!(a.handle.peers().await[0].set_aside);

    // While it is kept out its calls are refused only after the handshake, so it relays now and then.
    let relaying = async {
        loop {
            b.handle.relay(Bytes::from(vec![0; 1_000])).unwrap();
            sleep(Duration::from_millis(50)).await;
        }
    };
    tokio::select! {
        (_, batch) = a.takes_batch() => assert_eq!(batch.len(), 1_000),
        () = relaying => {}
    }
}

#[tokio::test]
async fn a_peer_over_its_budget_is_set_aside() {
    let strict = Limits {
        relay_budget: Budget { frames_per_second_max: 20, ..Limits::default().relay_budget },
        ..Limits::default()
    };
    let (mut a, b) = pair(HostConfig { limits: strict, ..config(1) }, config(2)).await;
    for _ in 0..21 {
        b.handle.relay(Bytes::from_static(b"again")).unwrap();
    }
    let flooder = b.handle.peer_id();
    let disconnected = a.next(|event| match event {
        NetworkEvent::Relay { reply, .. } => {
            reply.taken(0, 0);
            None
        }
        NetworkEvent::Disconnected { peer } => Some(peer),
        _ => None,
    });
    assert_eq!(disconnected.await, flooder);
    assert_eq!(a.counters().peers_set_aside, 1);
}

#[tokio::test]
async fn a_peer_that_relays_what_no_honest_node_would_is_set_aside() {
    let (mut a, b) = pair(config(1), config(2)).await;
    b.handle.relay(Bytes::from_static(b"forged")).unwrap();
    a.next(|event| match event {
        NetworkEvent::Relay { reply, .. } => {
            reply.misconduct("an invalid signature");
            Some(())
        }
        _ => None,
    })
    .await;
    a.disconnected_from(b.handle.peer_id()).await;
    assert_eq!(a.counters().peers_set_aside, 1);
}

/// Two hosts, the second of which offers what it is told again and again, many at a time, and does not wait when it
/// is told to.
async fn impatient(limits: Limits) -> (Node, Node) {
    let impatient = Limits { relay_tries_max: 1, relay_in_flight_max: 16, ..Limits::default() };
    pair(HostConfig { limits, ..config(1) }, HostConfig { limits: impatient, ..config(2) }).await
}

/// Says of each batch that this many submissions of it were useless, until the peer is gone.
async fn until_gone(node: &mut Node, useless: u32) -> PeerId {
    node.next(|event| match event {
        NetworkEvent::Relay { reply, .. } => {
            reply.taken(0, useless);
            None
        }
        NetworkEvent::Disconnected { peer } => Some(peer),
        _ => None,
    })
    .await
}

async fn relay_without_end(node: &Node) {
    loop {
        // A full queue is what it wants.
        let _ = node.handle.relay(Bytes::from_static(b"again"));
        sleep(Duration::from_millis(1)).await;
    }
}

#[tokio::test]
async fn a_peer_that_relays_what_is_known_is_told_to_wait_and_set_aside_when_it_does_not() {
    let relay_useless = Allowance { per_second: 1, at_once: 1_000 };
    let limits = Limits { relay_useless, relay_batches_despite_busy_max: 5, ..Limits::default() };
    let (mut a, b) = impatient(limits).await;
    tokio::select! {
        gone = until_gone(&mut a, 400) => assert_eq!(gone, b.handle.peer_id()),
        () = relay_without_end(&b) => {}
    }
    let counted = a.counters();
    assert_eq!((counted.peers_set_aside, counted.relay_batches_unread), (1, 5), "{counted:?}");
    assert!((1_200..=400 * 20).contains(&counted.relay_entries_useless), "{counted:?}");
}

#[tokio::test]
async fn a_peer_that_relays_what_is_known_and_waits_when_told_to_stays() {
    let relay_useless = Allowance { per_second: 10_000, at_once: 0 };
    let limits = Limits { relay_useless, ..Limits::default() };
    let (mut a, b) = pair(HostConfig { limits, ..config(1) }, config(2)).await;
    tokio::select! {
        () = async {
            while a.counters().relay_batches_unread < 20 {
                a.next(|event| match event {
                    NetworkEvent::Relay { reply, .. } => {
                        reply.taken(0, 200);
                        Some(())
                    }
                    _ => None,
                }).await;
            }
        } => {}
        () = relay_without_end(&b) => {}
    }
    assert_eq!(a.counters().peers_set_aside, 0);
}

#[tokio::test]
async fn a_peer_that_offers_a_batch_again_as_it_was_told_to_owes_nothing_for_what_was_taken_of_it() {
    let relay_useless = Allowance { per_second: 1, at_once: 1_000 };
    let limits = Limits { relay_useless, ..Limits::default() };
    let (mut a, b) = pair(HostConfig { limits, ..config(1) }, config(2)).await;
    b.handle.relay(Bytes::from_static(b"too many")).unwrap();
    for (new, useless) in [(900, 0), (100, 900), (0, 1_000), (0, 1_000)] {
        let busy = |event| match event {
            NetworkEvent::Relay { reply, .. } => {
                reply.busy(Duration::from_millis(1), new, useless);
                Some(())
            }
            _ => None,
        };
        a.next(busy).await;
    }
    a.takes_batch().await;
    assert_eq!(a.counters().relay_batches_unread, 0);
}

#[tokio::test]
async fn a_busy_peer_is_offered_the_batch_again() {
    let (a, mut b) = pair(config(1), config(2)).await;
    a.handle.relay(Bytes::from_static(b"patience")).unwrap();
    let busy = |event| match event {
        NetworkEvent::Relay { reply, .. } => {
            reply.busy(Duration::from_millis(20), 0, 0);
            Some(())
        }
        _ => None,
    };
    b.next(busy).await;
    b.next(busy).await;
    assert_eq!(b.takes_batch().await.1, "patience");
    until(|| a.counters().relay_entries_taken == 1).await;
    assert_eq!((a.counters().relay_busy_heard, a.counters().relay_batches_dropped), (2, 0));
}

#[tokio::test]
async fn a_peer_that_stays_busy_loses_the_batch() {
    let limits = Limits { relay_tries_max: 2, ..Limits::default() };
    let (a, mut b) = pair(HostConfig { limits, ..config(1) }, config(2)).await;
    a.handle.relay(Bytes::from_static(b"patience")).unwrap();
    for _ in 0..2 {
        // A reply that is dropped says "busy" as well.
        b.next(|event| matches!(event, NetworkEvent::Relay { .. }).then_some(())).await;
    }
    until(|| a.counters().relay_batches_dropped == 1).await;
    b.nothing_happens().await;
}

#[tokio::test]
async fn a_full_queue_drops_batches_of_that_peer_only() {
    let limits = Limits { relay_queue_batches_max: 3, relay_in_flight_max: 1, ..Limits::default() };
    let (mut a, mut slow) = pair(HostConfig { limits, ..config(1) }, config(2)).await;
    let mut quick = start(config(3)).await;
    a.handle.set_allowed(vec![slow.listed(), quick.listed()]);
    quick.handle.set_allowed(vec![a.listed()]);
    a.connected_to(quick.handle.peer_id()).await;

    let mut held = Vec::new();
    for number in 0..8 {
        a.handle.relay(Bytes::from(vec![number])).unwrap();
        assert_eq!(quick.takes_batch().await.1, vec![number]);
        if number == 0 {
            held.push(
                slow.next(|event| match event {
                    NetworkEvent::Relay { reply, .. } => Some(reply),
                    _ => None,
                })
                .await,
            );
        }
    }
    until(|| a.counters().relay_batches_dropped == 4).await;
    let peers = a.handle.peers().await;
    let dropped =
        |node: &Node| peers.iter().find(|p| p.peer_id == node.handle.peer_id()).unwrap().relay_dropped;
    assert_eq!((dropped(&slow), dropped(&quick)), (4, 0));
}

#[tokio::test]
async fn a_peer_that_restarts_is_found_again() {
    let (mut a, mut b) = pair(config(1), config(2)).await;
    let listen = b.address();
    b.handle.shutdown().await;
    a.disconnected_from(b.handle.peer_id()).await;

    b = start(HostConfig { listen, peers: vec![a.awaited()], ..config(2) }).await;
    a.connected_to(b.handle.peer_id()).await;
    a.handle.relay(Bytes::from_static(b"welcome back")).unwrap();
    b.takes_batch().await;
}

#[tokio::test]
async fn a_status_is_told_on_change_and_to_each_new_peer() {
    let (mut a, mut b) = pair(config(1), config(2)).await;
    let status = |height| NodeStatus {
        height: Height(height),
        block_hash: BlockHash::from_bytes([3; 32]),
        waiting: 0,
        newest_protocol: 1,
    };
    a.handle.send_status(status(1));
    assert_eq!(b.hears_status().await, status(1));
    for height in 2..=50 {
        a.handle.send_status(status(height));
    }
    let mut heard = b.hears_status().await;
    while heard != status(50) {
        heard = b.hears_status().await;
    }
    assert!(b.counters().statuses_received <= 4, "the interval keeps statuses few");
    assert_eq!(b.handle.peers().await[0].status, Some(status(50)));

    let mut late = start(config(3)).await;
    late.handle.set_allowed(vec![a.listed()]);
    a.handle.set_allowed(vec![b.listed(), late.awaited()]);
    a.connected_to(late.handle.peer_id()).await;
    assert_eq!(late.hears_status().await, status(50));
}

#[tokio::test]
async fn a_port_in_use_is_a_clear_error() {
    let first = start(config(1)).await;
    let second = Host::spawn(HostConfig { listen: first.address(), ..config(2) }).await;
    assert!(matches!(second, Err(HostError::PortInUse { address }) if address == first.address()));
}

#[tokio::test]
async fn an_address_that_is_neither_tcp_nor_quic_is_a_clear_error() {
    let udp = "/ip4/127.0.0.1/udp/4001".parse().unwrap();
    let host = Host::spawn(HostConfig { listen: udp, ..config(1) }).await;
    assert!(matches!(host, Err(HostError::NotListenable { .. })));
}

#[tokio::test]
async fn a_batch_that_no_peer_would_take_is_refused_at_the_door() {
    let host = start(config(1)).await;
    let too_long = Bytes::from(vec![0; Limits::default().relay_batch_bytes_max + 1]);
    assert!(matches!(host.handle.relay(too_long), Err(RelayError::TooLong { .. })));
    host.handle.shutdown().await;
    assert_eq!(host.handle.relay(Bytes::new()), Err(RelayError::Stopped));
}
