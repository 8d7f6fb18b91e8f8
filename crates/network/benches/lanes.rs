//! How long a vote is on its way between two hosts while the other lanes are full: over loopback, and over a
//! link of 100 Mbit/s that holds little itself; with bulk on the same connection, with the system's own bound
//! of what it holds unsent, and with bulk on a connection of its own.
//!
//! `cargo bench -p bulla-network --bench lanes`

#![allow(clippy::unwrap_used, clippy::print_stdout, missing_docs)]

use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

use bulla_network::{
    Budget, Host, HostConfig, HostHandle, Inbox, Limits, Multiaddr, NetworkEvent, NodeKey, PeerAddress,
    PeerId, StreamLane,
};
use bulla_types::LedgerId;
use bytes::Bytes;
use socket2::SockRef;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc::Receiver;
use tokio::time::{sleep, sleep_until};

const LINK_BYTES_PER_SECOND: u64 = 100_000_000 / 8;
const VOTES: usize = 100;
const VOTE_EVERY: Duration = Duration::from_millis(5);

struct Node {
    handle: HostHandle,
    events: Receiver<NetworkEvent>,
    inbox: Inbox,
}

async fn start(seed: u8, limits: Limits) -> Node {
    let (_, events, lanes) = Host::spawn(HostConfig {
        key: NodeKey::from_seed(&mut [seed; 32]),
        ledger_id: LedgerId::from_bytes([1; 32]),
        listen: "/ip4/127.0.0.1/tcp/0".parse().unwrap(),
        peers: Vec::new(),
        limits,
    })
    .await
    .unwrap();
    let (handle, inbox) = lanes.attend();
    Node { handle, events, inbox }
}

/// Two hosts that hear each other, over a link of this capacity if there is one.
async fn pair(seed: u8, limits: Limits, link: Option<u64>) -> (Node, Node) {
    let (mut a, b) = (start(seed, limits).await, start(seed + 1, limits).await);
    let listed = |node: &Node, address| PeerAddress { peer_id: node.handle.peer_id(), address };
    let address = match link {
        Some(bytes_per_second) => through_link(&b.handle.listen_addresses()[0], bytes_per_second).await,
        None => b.handle.listen_addresses()[0].clone(),
    };
    b.handle.set_allowed(vec![listed(&a, None)]);
    a.handle.set_allowed(vec![listed(&b, Some(address))]);
    let peer = b.handle.peer_id();
    a.inbox
        .presence
        .wait_for(|peers| {
            peers.get(&peer).is_some_and(|p| p.hears_votes.is_some() && p.hears_parts.is_some())
        })
        .await
        .unwrap();
    (a, b)
}

async fn through_link(target: &Multiaddr, bytes_per_second: u64) -> Multiaddr {
    let port = target.to_string().rsplit('/').next().unwrap().parse().unwrap();
    let target = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.unwrap();
    SockRef::from(&listener).set_recv_buffer_size(32 << 10).unwrap();
    let here = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (dialled, _) = listener.accept().await.unwrap();
            let listening = TcpStream::connect(target).await.unwrap();
            for stream in [&dialled, &listening] {
                stream.set_nodelay(true).unwrap();
                SockRef::from(stream).set_send_buffer_size(32 << 10).unwrap();
            }
            let (from_a, to_a) = dialled.into_split();
            let (from_b, to_b) = listening.into_split();
            tokio::spawn(carry(from_a, to_b, bytes_per_second));
            tokio::spawn(carry(from_b, to_a, bytes_per_second));
        }
    });
    format!("/ip4/127.0.0.1/tcp/{here}").parse().unwrap()
}

async fn carry(
    mut from: impl AsyncReadExt + Unpin,
    mut to: impl AsyncWriteExt + Unpin,
    bytes_per_second: u64,
) {
    let mut buffer = vec![0; 8 << 10];
    let mut free_at = tokio::time::Instant::now();
    while let Ok(bytes) = from.read(&mut buffer).await {
        if bytes == 0 || to.write_all(&buffer[..bytes]).await.is_err() {
            return;
        }
        let takes = Duration::from_nanos(1_000_000_000 * bytes as u64 / bytes_per_second);
        free_at = free_at.max(tokio::time::Instant::now()) + takes;
        sleep_until(free_at).await;
    }
}

/// Keeps parts, relay and sync of a connection full.
fn fill(sender: HostHandle, mut receiver: Node, peer: PeerId) {
    let (parts, relay) = (sender.clone(), sender.clone());
    let filled = receiver.handle.clone();
    tokio::spawn(async move {
        let part = Bytes::from(vec![1; 256 << 10]);
        for group in 0.. {
            // As much as the lane's bound lets wait.
            let waits = parts.counters().values().parts.frames_out + 32 <= group;
            parts.push(StreamLane::Parts, group, &part).unwrap();
            if waits {
                sleep(Duration::from_millis(2)).await;
            }
        }
    });
    tokio::spawn(async move {
        let batch = Bytes::from(vec![2; 1 << 20]);
        loop {
            let _ = relay.relay(batch.clone());
            sleep(Duration::from_millis(2)).await;
        }
    });
    // Answers with blocks flow from the sender of votes.
    tokio::spawn(async move {
        loop {
            let asks = (0..4).map(|_| filled.ask(peer, Bytes::new()));
            futures::future::join_all(asks).await;
            sleep(Duration::from_millis(1)).await;
        }
    });
    tokio::spawn(async move {
        loop {
            tokio::select! {
                Some(_) = receiver.inbox.parts.recv() => {}
                Some(event) = receiver.events.recv() => if let NetworkEvent::Relay { reply, .. } = event { reply.taken(1, 0) },
                else => return,
            }
        }
    });
}

/// Answers requests for blocks, with eight MiB each.
fn serve(mut inbox: Inbox) {
    tokio::spawn(async move {
        let answer = Bytes::from(vec![3; 8 << 20]);
        while let Some(request) = inbox.sync.recv().await {
            request.reply.answer(answer.clone());
        }
    });
}

async fn measure(what: &str, sender: &HostHandle, votes: &mut Receiver<bulla_network::InboundFrame>) {
    let mut waits = Vec::new();
    for number in 0..VOTES {
        let (sent, mut frame) = (Instant::now(), vec![0; 200]);
        frame[..8].copy_from_slice(&(number as u64).to_be_bytes());
        sender.push(StreamLane::Votes, number as u64, &frame.into()).unwrap();
        votes.recv().await.unwrap();
        waits.push(sent.elapsed());
        sleep(VOTE_EVERY).await;
    }
    waits.sort_unstable();
    let at = |percent: usize| waits[(waits.len() - 1) * percent / 100];
    println!("{what:58} p50 {:>10.1?}  p99 {:>10.1?}  max {:>10.1?}", at(50), at(99), at(100));
}

/// Forwards votes of a node that is otherwise busy.
fn split(node: Node) -> (Receiver<bulla_network::InboundFrame>, Node) {
    let (_, nothing) = tokio::sync::mpsc::channel(1);
    let mut node = node;
    let votes = std::mem::replace(&mut node.inbox.votes, nothing);
    (votes, node)
}

#[tokio::main]
async fn main() {
    // As much as the link carries, and nobody is set aside for it.
    let anything = Budget { frames_per_second_max: u32::MAX, bytes_per_second_max: u64::MAX };
    let mut few = Limits { relay_budget: anything, sync_budget: anything, ..Limits::default() };
    few.parts.budget = anything;
    let fewer = Limits { unsent_bytes_max: 32 << 10, ..few };
    let many = Limits { unsent_bytes_max: u32::MAX, ..few };
    let mut seed = 1;
    for (name, link) in [("loopback", None), ("100 Mbit/s", Some(LINK_BYTES_PER_SECOND))] {
        for (bound, limits) in
            [("128 KiB unsent", few), ("32 KiB unsent", fewer), ("the system's bound", many)]
        {
            let (a, b) = pair(seed, limits, link).await;
            seed += 2;
            let (mut votes, b) = split(b);
            if bound.starts_with("128") {
                measure(&format!("{name}, nothing else"), &a.handle, &mut votes).await;
            }
            let peer = a.handle.peer_id();
            fill(a.handle.clone(), b, peer);
            serve(a.inbox);
            sleep(Duration::from_secs(1)).await;
            measure(&format!("{name}, bulk beside, {bound}"), &a.handle, &mut votes).await;
            let sent = a.handle.counters().values();
            println!(
                "    {} MiB of parts, {} MiB of the rest",
                sent.parts.bytes_out >> 20,
                sent.bytes_out >> 20
            );
            a.handle.shutdown().await;
        }
        // Bulk on a connection of its own, over a link of its own when there is one: votes then only share the
        // processor.
        let (a, b) = pair(seed, few, link).await;
        let (bulk_a, bulk_b) = pair(seed + 2, few, link).await;
        seed += 4;
        let peer = bulk_a.handle.peer_id();
        fill(bulk_a.handle.clone(), bulk_b, peer);
        serve(bulk_a.inbox);
        sleep(Duration::from_secs(1)).await;
        let (mut votes, _b) = split(b);
        measure(&format!("{name}, bulk on its own connection"), &a.handle, &mut votes).await;
        a.handle.shutdown().await;
        bulk_a.handle.shutdown().await;
    }
}
