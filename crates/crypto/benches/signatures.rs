//! What one signature costs: alone under each rule, and in batches of several sizes and numbers of signers.
//!
//! Run with `cargo bench -p bulla-crypto`. Every figure is per call; `Throughput` gives signatures per second.
#![allow(missing_docs)]

use std::hint::black_box;

use bulla_crypto::{PublicKey, SecretKey, Signature, batch};
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use rand::{RngCore, SeedableRng, rngs::StdRng};

/// Length of the messages, in bytes: frame and id of a transaction.
const MESSAGE_BYTES: usize = 63;

struct Signed {
    key: PublicKey,
    signature: Signature,
    message: Vec<u8>,
}

fn signed(count: usize, signers: usize) -> Vec<Signed> {
    let mut rng = StdRng::seed_from_u64(0x0062_756c_6c61);
    let keys: Vec<_> = (0..signers).map(|_| SecretKey::generate(&mut rng)).collect();
    let sign = |index: usize| {
        let mut message = vec![0; MESSAGE_BYTES];
        rng.fill_bytes(&mut message);
        let secret = &keys[index % signers];
        Signed { key: secret.public_key().clone(), signature: secret.sign(&message), message }
    };
    (0..count).map(sign).collect()
}

fn single(criterion: &mut Criterion) {
    let one = signed(1, 1).remove(0);
    let mut group = criterion.benchmark_group("single");
    group.throughput(Throughput::Elements(1));
    group.bench_function("strict", |bench| {
        bench.iter(|| black_box(&one.key).verify_strict(black_box(&one.message), &one.signature));
    });
    group.bench_function("zip215", |bench| {
        bench.iter(|| black_box(&one.key).verify_zip215(black_box(&one.message), &one.signature));
    });
    group.bench_function("key_from_bytes", |bench| {
        let bytes = one.key.to_bytes();
        bench.iter(|| PublicKey::from_bytes(black_box(&bytes)));
    });
    group.finish();
}

fn batches(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("batch");
    for size in [64, 256, 1024] {
        let mut signer_counts = vec![1, 64, size];
        signer_counts.dedup();
        for signers in signer_counts {
            let signed = signed(size, signers);
            let items: Vec<_> =
                signed.iter().map(|one| (one.key.clone(), one.signature, one.message.as_slice())).collect();
            let mut rng = StdRng::seed_from_u64(7);
            group.throughput(Throughput::Elements(size as u64));
            group.bench_with_input(
                BenchmarkId::new(format!("of_{size}"), signers),
                &items,
                |bench, items| {
                    bench.iter(|| batch::verify(black_box(items), &mut rng));
                },
            );
        }
    }
    group.finish();
}

criterion_group!(benches, single, batches);
criterion_main!(benches);
