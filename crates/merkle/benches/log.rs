//! Appending a block's entries to both logs of a ledger, with the path of each entry.

use std::{convert::Infallible, hint::black_box, time::Duration};

use bulla_crypto::Hash;
use bulla_merkle::log::{LogHash, Sha256Log, Sm3Log, TileReader, append};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// What a deposit of two digests takes.
const ENTRY_BYTES: usize = 550;

/// A log that is neither empty nor aligned, so that each append begins with reading and hashing old tiles.
const SIZE_BEFORE: u64 = 1_000_003;

/// Tiles with hashes that stand for those of a real log: their values do not change what an append costs.
struct AnyTiles;

impl TileReader for AnyTiles {
    type Error = Infallible;

    fn tile(&self, level: u8, index: u64) -> Result<Option<Vec<Hash>>, Infallible> {
        let seed = [&[level], &index.to_be_bytes()[..]].concat();
        Ok(Some(vec![Sha256Log::leaf(&seed); 256]))
    }
}

fn entry(number: u32) -> Vec<u8> {
    let mut entry = vec![0; ENTRY_BYTES];
    entry[..4].copy_from_slice(&number.to_be_bytes());
    entry
}

/// Leaf hashes, append, and the path of every new entry.
fn append_block<H: LogHash>(entries: &[Vec<u8>]) -> usize {
    let leaves: Vec<_> = entries.iter().map(|entry| H::leaf(entry)).collect();
    let appended = append::<H, _>(&AnyTiles, SIZE_BEFORE, &leaves).expect("the log has all its tiles");
    (SIZE_BEFORE..appended.size)
        .filter_map(|index| appended.inclusion_path(index))
        .map(|path| path.len())
        .sum()
}

fn bench_append(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("append");
    group.measurement_time(Duration::from_secs(10));
    for count in [1_000_u32, 10_000] {
        let entries: Vec<_> = (0..count).map(entry).collect();
        group.throughput(Throughput::Elements(count.into()));
        group.bench_with_input(BenchmarkId::new("sha256", count), &entries, |bencher, entries| {
            bencher.iter(|| black_box(append_block::<Sha256Log>(entries)));
        });
        group.bench_with_input(BenchmarkId::new("sha256 and sm3", count), &entries, |bencher, entries| {
            bencher.iter(|| black_box(append_block::<Sha256Log>(entries) + append_block::<Sm3Log>(entries)));
        });
    }
    group.finish();
}

criterion_group!(benches, bench_append);
criterion_main!(benches);
