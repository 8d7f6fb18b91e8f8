//! How quickly peers' batches are admitted. Run in release: `cargo test --release -p bulla-mempool --test
//! throughput -- --ignored --nocapture`. The figure includes the verification of every signature; the
//! counterpart without it is the time per entry of a batch that is known already.

#![allow(clippy::unwrap_used, clippy::print_stdout)]

mod common;

use std::time::Instant;

use bulla_mempool::{Limits, Source};
use bytes::Bytes;
use common::*;

const BATCHES: u16 = 10;
const BATCH: u16 = 2_000;

#[tokio::test]
#[ignore = "measures, asserts little"]
async fn a_peer_s_batches_are_admitted_quickly() {
    let ledger = Ledger::new();
    let (mempool, _) = ledger.mempool(Limits::default());
    let batch = |number: u16| -> Vec<Bytes> {
        let requests = number * BATCH..(number + 1) * BATCH;
        requests
            .map(|request| submission(&ledger.deposit(1 + u8::try_from(request % 4).unwrap(), request)))
            .collect()
    };
    let batches: Vec<_> = (0..BATCHES).map(batch).collect();
    for pass in ["new", "known already"] {
        let started = Instant::now();
        for batch in &batches {
            let verdicts = mempool.admit_batch(batch.clone(), Source::Peer).await;
            assert!(verdicts.iter().all(Result::is_ok));
        }
        let per_entry = started.elapsed() / u32::from(BATCHES * BATCH);
        println!("{pass}: {per_entry:?} per entry");
    }
    let started = Instant::now();
    let taken = mempool.take(8 << 20, 20_000, bulla_types::BlockTime(NOW));
    println!("take of {}: {:?}", taken.len(), started.elapsed());
    let ids: Vec<_> = taken.iter().map(|pooled| pooled.id()).collect();
    let started = Instant::now();
    mempool.committed(&ids);
    println!("commit of {}: {:?}", ids.len(), started.elapsed());
}
