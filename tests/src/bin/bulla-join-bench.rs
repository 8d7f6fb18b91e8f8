//! How quickly a new observer is in step: from a snapshot, and from genesis.
//!
//! The ledger is made in this process, block by block, by the code that a node runs: admitted, built, certified by all
//! validators, committed. Its folder is then given to each validator, with a snapshot of its newest block; the
//! validators run as processes of their own, and so do the new observers, one after the other. An observer is in step
//! when it says that it is ready at the validators' height. All blocks lie within the request window, so that the
//! snapshot carries every entry: it has no worse case.
//!
//! Arguments: blocks (10,000), deposits in each (20), observers from genesis, one after the other (1).
#![allow(clippy::unwrap_used, clippy::print_stdout)]

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use bulla_chain::{Chain, CommittedState, make_snapshot, open_or_found};
use bulla_client::Signer;
use bulla_crypto::{SecretKey, key_file};
use bulla_fixtures::certificate;
use bulla_mempool::{Clock, Mempool, Source, SystemClock};
use bulla_node::config::SnapshotConfig;
use bulla_storage::StoreOptions;
use bulla_tests::deposits::submission;
use bulla_tests::{Network, copy_folder, until, until_within};
use bulla_types::proto::NodeHealth;
use bulla_types::{Address, Block, LedgerId, Submission};
use futures::future::join_all;
use serde_json::json;

const VALIDATORS: usize = 4;
const FROM_SNAPSHOT: usize = VALIDATORS;

/// A new node that is not in step within this never will be.
const PATIENCE: Duration = Duration::from_secs(3_600);

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1);
    let mut number = |default: u64| arguments.next().map_or(default, |text| text.parse().unwrap());
    let (blocks, deposits, times) = (number(10_000), number(20), number(1));
    let observers = 1 + usize::try_from(times).unwrap();
    let mut network = Network::of(VALIDATORS).observers(observers).found().await;
    let made = network.folder().join("made");
    let started = Instant::now();
    let snapshot_bytes = make(&network, &made, blocks, deposits).await;
    let made_s = started.elapsed().as_secs_f64();
    for node in 0..VALIDATORS {
        copy_folder(&made, network.nodes()[node].data());
        network.node(node).configure(|config| config.trust_copied_data = true);
        network.node(node).start();
    }
    network.ready().await;
    let from_snapshot_s = in_step(&mut network, FROM_SNAPSHOT, true).await;
    let mut from_genesis = Vec::new();
    for node in FROM_SNAPSHOT + 1..VALIDATORS + observers {
        let before = serving(&network);
        let seconds = in_step(&mut network, node, false).await;
        let us_per_block = |cpu: Duration| (cpu.as_secs_f64() * 1e6 / blocks as f64).round();
        from_genesis.push(json!({
            "seconds": seconds,
            "blocks_per_s": (blocks as f64 / seconds).round(),
            "cpu_us_per_block": us_per_block(network.nodes()[node].cpu()),
            "validators_cpu_us_per_block": us_per_block(serving(&network) - before),
        }));
        network.node(node).terminate().await;
    }
    let report = json!({
        "blocks": blocks,
        "deposits_per_block": deposits,
        "snapshot_bytes": snapshot_bytes,
        "made_s": made_s,
        "from_snapshot_s": from_snapshot_s,
        "from_genesis": from_genesis,
    });
    println!("{report:#}");
    // The validators began with copies of one folder.
    network.close_checking((0..1).chain(VALIDATORS..VALIDATORS + observers)).await;
}

/// CPU time of all validators.
fn serving(network: &Network) -> Duration {
    network.nodes()[..VALIDATORS].iter().map(bulla_tests::Node::cpu).sum()
}

/// Starts a new observer; gives the seconds until it is in step.
async fn in_step(network: &mut Network, node: usize, join: bool) -> f64 {
    let height = network.nodes()[0].status().await.unwrap().height;
    let snapshots = SnapshotConfig { join, ..SnapshotConfig::default() };
    network.node(node).configure(|config| config.snapshots = snapshots);
    let started = Instant::now();
    network.node(node).start();
    let node = &network.nodes()[node];
    until_within(PATIENCE, "the new observer is in step", || async {
        node.status().await.filter(|status| status.health() == NodeHealth::Ready && status.height >= height)
    })
    .await;
    started.elapsed().as_secs_f64()
}

/// Makes a data folder with so many blocks of so many deposits, and a snapshot of the newest; gives its length.
async fn make(network: &Network, data: &Path, blocks: u64, deposits: u64) -> u64 {
    let genesis = &network.ledger().genesis;
    let validators = Validators::of(network);
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let store = Arc::new(open_or_found(data, &StoreOptions::default(), genesis).unwrap().store);
    let view = Arc::new(CommittedState::new(Arc::clone(&store), Arc::clone(&clock)).unwrap());
    let limits = bulla_mempool::Limits::default();
    let (mempool, _announcements) = Mempool::new(limits, genesis.ledger_id(), view, Arc::clone(&clock));
    let chain = Arc::new(Chain::open(Arc::clone(&store), Arc::new(mempool), clock).unwrap());
    let (ledger_id, service) = (genesis.ledger_id(), network.service());
    for height in 1..=blocks {
        let signed = signed(ledger_id, service.clone(), height, deposits).await;
        let bytes = signed.iter().map(|submission| submission.encode().into());
        for admitted in join_all(bytes.map(|bytes| chain.mempool().admit(bytes, Source::Client))).await {
            admitted.unwrap();
        }
        let (chain, validators) = (Arc::clone(&chain), validators.clone());
        tokio::task::spawn_blocking(move || validators.decide(&chain, height)).await.unwrap();
        if height.is_multiple_of(1_000) {
            println!("made {height} of {blocks} blocks");
        }
    }
    let snapshots = data.join("snapshots");
    std::fs::create_dir_all(&snapshots).unwrap();
    let manifest = make_snapshot(&store, |height| snapshots.join(height.to_string()), || ()).unwrap();
    drop((chain, store));
    until("the folder is closed", || {
        // The last worker of the mempool may not have ended yet.
        std::future::ready(open_or_found(data, &StoreOptions::default(), genesis).ok().map(drop))
    })
    .await;
    manifest.content_bytes()
}

async fn signed(ledger_id: LedgerId, service: Signer, height: u64, deposits: u64) -> Vec<Submission> {
    let sign = move || {
        (0..deposits).map(|number| submission(ledger_id, &service, &format!("{height}/{number}"))).collect()
    };
    tokio::task::spawn_blocking(sign).await.unwrap()
}

/// The keys of all validators.
#[derive(Clone)]
struct Validators(Arc<Vec<SecretKey>>);

impl Validators {
    fn of(network: &Network) -> Self {
        let key = |node: usize| -> PathBuf { network.nodes()[node].config().keys.consensus.clone().unwrap() };
        Self(Arc::new((0..VALIDATORS).map(|node| key_file::read(&key(node), None).unwrap()).collect()))
    }

    /// Builds the next block and commits it, decided by all.
    fn decide(&self, chain: &Chain, height: u64) {
        let validators = Arc::clone(&chain.tip().validators);
        let (_, bytes) = chain.build(height, 0, Address::of(self.0[0].public_key())).unwrap();
        let header = Block::decode(&bytes).unwrap().header;
        chain.commit(&certificate(&header, &self.0).minimised(&validators)).unwrap();
    }
}
