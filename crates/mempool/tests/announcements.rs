//! What goes out to the peers. Time stands still but for what a test waits for.

#![allow(clippy::unwrap_used)]

mod common;

use std::time::Duration;

use bulla_mempool::{Limits, Source, relay_batch};
use bytes::Bytes;
use common::*;
use tokio::time::timeout;

const PATIENCE: Duration = Duration::from_secs(5);
const MOMENT: Duration = Duration::from_millis(100);

#[tokio::test(start_paused = true)]
async fn what_clients_bring_goes_out_in_batches_and_what_peers_bring_does_not() {
    let ledger = Ledger::new();
    let (mempool, mut announcements) = ledger.mempool(Limits::default());
    let from_peer = submission(&ledger.deposit(1, 0));
    let from_clients: Vec<Bytes> = (1..10).map(|n| submission(&ledger.deposit(1, n))).collect();
    mempool.admit(from_peer.clone(), Source::Peer).await.unwrap();
    for verdict in mempool.admit_batch(from_clients.clone(), Source::Client).await {
        verdict.unwrap();
    }
    // A repetition is no news.
    mempool.admit(from_peer, Source::Client).await.unwrap();
    let batch = timeout(PATIENCE, announcements.next()).await.unwrap().unwrap();
    assert_eq!(relay_batch::decode(batch).unwrap(), from_clients);
    assert!(timeout(MOMENT, announcements.next()).await.is_err());
}

#[tokio::test(start_paused = true)]
async fn a_batch_ends_where_it_is_full() {
    let ledger = Ledger::new();
    let submissions: Vec<Bytes> = (0..10).map(|n| submission(&ledger.deposit(1, n))).collect();
    let relay_batch_bytes_max = 4 * (submissions[0].len() + 4);
    let (mempool, mut announcements) = ledger.mempool(Limits { relay_batch_bytes_max, ..Limits::default() });
    mempool.admit_batch(submissions.clone(), Source::Client).await;
    let mut received = Vec::new();
    for expected in [4, 4, 2] {
        let batch = timeout(PATIENCE, announcements.next()).await.unwrap().unwrap();
        let batch = relay_batch::decode(batch).unwrap();
        assert_eq!(batch.len(), expected);
        received.extend(batch);
    }
    assert_eq!(received, submissions);
}

#[tokio::test(start_paused = true)]
async fn what_stays_uncommitted_is_announced_again_and_what_is_committed_is_not() {
    let ledger = Ledger::new();
    let limits = Limits { announce_again_after: Duration::from_millis(200), ..Limits::default() };
    let (mempool, mut announcements) = ledger.mempool(limits);
    let (stays, goes) = (ledger.deposit(1, 1), ledger.deposit(1, 2));
    let batch = vec![submission(&stays), submission(&goes)];
    mempool.admit_batch(batch.clone(), Source::Client).await;
    let first = timeout(PATIENCE, announcements.next()).await.unwrap().unwrap();
    assert_eq!(relay_batch::decode(first).unwrap(), batch);
    mempool.committed(&[goes.id()]);
    for _ in 0..2 {
        let again = timeout(PATIENCE, announcements.next()).await.unwrap().unwrap();
        assert_eq!(relay_batch::decode(again).unwrap(), [submission(&stays)]);
    }
}

#[tokio::test(start_paused = true)]
async fn announcements_end_with_the_mempool() {
    let ledger = Ledger::new();
    let (mempool, mut announcements) = ledger.mempool(Limits::default());
    drop(mempool);
    assert_eq!(timeout(PATIENCE, announcements.next()).await.unwrap(), None);
}
