//! What a batch of entries costs the mempool: admitted from a peer or a client, met again, taken for a
//! block, and let go when the block is committed.
//!
//! Run with `cargo bench -p bulla-mempool`. `Throughput` gives entries per second. Admission includes the
//! verification of every signature, on one worker thread; what it costs without is the figure of a batch
//! that is known already.
#![allow(missing_docs, clippy::unwrap_used)]

#[path = "../tests/common/mod.rs"]
mod common;

use std::hint::black_box;

use bulla_mempool::{Limits, Mempool, Source};
use bulla_types::{BlockTime, Transaction};
use bytes::Bytes;
use common::{Ledger, NOW, submission};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use tokio::runtime::Runtime;

const BATCH: u16 = 2_000;
const BLOCK_BYTES_MAX: u64 = 8 << 20;

fn bench_batch(criterion: &mut Criterion) {
    let runtime = Runtime::new().unwrap();
    let _entered = runtime.enter();
    let ledger = Ledger::new();
    let deposit = |request: u16| ledger.deposit(1 + u8::try_from(request % 4).unwrap(), request);
    let transactions: Vec<Transaction> = (0..BATCH).map(deposit).collect();
    let ids: Vec<_> = transactions.iter().map(Transaction::id).collect();
    let batch: Vec<Bytes> = transactions.iter().map(submission).collect();
    let empty = || ledger.mempool(Limits::default()).0;
    let admit = |mempool: Mempool, source| {
        let verdicts = runtime.block_on(mempool.admit_batch(batch.clone(), source));
        assert!(verdicts.iter().all(Result::is_ok));
        mempool
    };
    let filled = || admit(empty(), Source::Peer);

    let mut group = criterion.benchmark_group("batch");
    group.sample_size(10).throughput(Throughput::Elements(BATCH.into()));
    group.bench_function("new, from a peer", |bench| {
        bench.iter_batched(empty, |mempool| admit(mempool, Source::Peer), BatchSize::PerIteration);
    });
    group.bench_function("new, from a client", |bench| {
        bench.iter_batched(empty, |mempool| admit(mempool, Source::Client), BatchSize::PerIteration);
    });
    group.bench_function("known already", |bench| {
        bench.iter_batched(filled, |mempool| admit(mempool, Source::Peer), BatchSize::PerIteration);
    });
    group.bench_function("taken", |bench| {
        let mempool = filled();
        bench.iter(|| black_box(mempool.take(BLOCK_BYTES_MAX, BATCH.into(), BlockTime(NOW))).len());
    });
    group.bench_function("committed", |bench| {
        let commit = |mempool: Mempool| {
            mempool.committed(&ids);
            mempool
        };
        bench.iter_batched(filled, commit, BatchSize::PerIteration);
    });
    group.finish();
}

criterion_group!(benches, bench_batch);
criterion_main!(benches);
