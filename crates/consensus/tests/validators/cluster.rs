//! Nodes on loopback, and waiting for what they do.

use std::collections::BTreeSet;
use std::net::TcpListener;
use std::sync::Arc;
use std::sync::atomic::{AtomicU16, Ordering};
use std::time::Duration;

use bulla_consensus::{ConsensusConfig, ConsensusHandle, ConsensusStatus, Role, spawn};
use bulla_crypto::SecretKey;
use bulla_network::{Host, HostConfig, HostHandle, Lanes, Limits, Multiaddr, NodeKey, PeerAddress, PeerId};
use bulla_types::{Address, LedgerId, Validator, ValidatorSet};
use tempfile::TempDir;

use crate::application::MemoryApplication;
use crate::signer::MemorySigner;

/// Nothing that a test waits for takes longer.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A node, running or not.
pub(crate) struct Node {
    pub(crate) app: Arc<MemoryApplication>,
    pub(crate) signer: Arc<MemorySigner>,
    pub(crate) config: ConsensusConfig,
    pub(crate) network: HostConfig,
    pub(crate) handle: Option<ConsensusHandle>,
    host: Option<HostHandle>,
    lanes: Option<Lanes>,
    observes: bool,
}

/// Validators in the order of their addresses, then observers.
pub(crate) struct Cluster {
    pub(crate) ledger_id: LedgerId,
    pub(crate) validators: ValidatorSet,
    pub(crate) nodes: Vec<Node>,
    addresses: Vec<PeerAddress>,
    _folder: TempDir,
}

impl Cluster {
    /// Four validators with blocks of this size, none started.
    pub(crate) fn of_four(payload_bytes: usize) -> Self {
        Self::new(4, 0, payload_bytes)
    }

    pub(crate) fn new(validator_count: usize, observers: usize, payload_bytes: usize) -> Self {
        let _ = tracing_subscriber::fmt()
            .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
            .with_test_writer()
            .try_init();

        let count = validator_count + observers;
        let mut keys: Vec<SecretKey> = (1..=count).map(|seed| SecretKey::from_seed(&seed_of(seed))).collect();
        keys[..validator_count].sort_by_key(|key| Address::of(key.public_key()));
        let validators =
            keys[..validator_count].iter().map(|key| Validator::new(key.public_key().clone(), 1).unwrap());
        let validators = ValidatorSet::new(validators.collect()).unwrap();
        let ledger_id = LedgerId(bulla_crypto::sha256(&[b"a ledger of a test"]));

        let folder = tempfile::tempdir().unwrap();
        let (addresses, listens) = addresses(count);
        let nodes = keys.into_iter().enumerate().map(|(index, key)| {
            let app =
                MemoryApplication::new(Address::of(key.public_key()), validators.clone(), payload_bytes);
            let log = folder.path().join(format!("{index}.log"));
            let mut config = ConsensusConfig::new(ledger_id, format!("node-{index}"), log);
            config.status_interval = Duration::from_millis(200);
            let others = addresses.iter().enumerate().filter(|(other, _)| *other != index);
            let network = HostConfig {
                key: key_of(index),
                ledger_id,
                listen: listens[index].clone(),
                peers: others.map(|(_, address)| address.clone()).collect(),
                limits: Limits::default(),
            };
            let observes = index >= validator_count;
            Node {
                app,
                signer: MemorySigner::new(key),
                config,
                network,
                handle: None,
                host: None,
                lanes: None,
                observes,
            }
        });
        let nodes = nodes.collect();
        Self { ledger_id, validators, nodes, addresses, _folder: folder }
    }

    /// Where a node is found, pinned.
    pub(crate) fn address(&self, node: usize) -> PeerAddress {
        self.addresses[node].clone()
    }

    pub(crate) async fn start_all(&mut self) {
        for node in &mut self.nodes {
            node.start().await;
        }
    }

    pub(crate) async fn stop_all(self) {
        for mut node in self.nodes {
            node.stop().await;
        }
    }

    pub(crate) fn want(&self, height: u64) {
        self.nodes.iter().for_each(|node| node.app.want(height));
    }

    /// Waits until each of these nodes has committed this height.
    pub(crate) async fn reach(&self, height: u64, nodes: &[usize]) {
        for index in nodes {
            let what = format!("node {index} at height {height}, not {}", self.nodes[*index].app.tip());
            self.nodes[*index].until(&what, |status| status.committed >= height).await;
        }
    }

    /// Every certificate holds, and every node has the same chain.
    pub(crate) fn assert_one_chain(&self, height: u64) {
        let chain = self.nodes[0].app.chain();
        for (index, node) in self.nodes.iter().enumerate() {
            let hashes = node.app.hashes();
            let shared = usize::try_from(height).unwrap();
            assert_eq!(hashes[..shared], self.nodes[0].app.hashes()[..shared], "node {index}");
            for (certificate, _) in node.app.chain() {
                certificate.verify(&self.ledger_id, &self.validators).unwrap();
            }
        }
        assert!(chain.len() as u64 >= height);
    }
}

impl Node {
    pub(crate) async fn start(&mut self) {
        self.connect().await;
        self.take_part().await;
    }

    /// The same, with parts of blocks for these alone.
    pub(crate) async fn start_sending_parts_to(&mut self, readers: BTreeSet<PeerId>) {
        self.connect().await;
        self.host().set_readers(Some(readers));
        self.take_part().await;
    }

    /// Takes part again as what it is now, on the same network.
    pub(crate) async fn start_again(&mut self, observes: bool) {
        self.observes = observes;
        self.handle.take().unwrap().shutdown().await;
        self.take_part().await;
    }

    async fn take_part(&mut self) {
        let role = if self.observes { Role::Observer } else { Role::Validator(self.signer.clone()) };
        let lanes = self.lanes.clone().unwrap();
        self.handle = Some(spawn(self.config.clone(), lanes, self.app.clone(), role).await.unwrap());
    }

    /// Starts the node's part in the network.
    pub(crate) async fn connect(&mut self) -> Lanes {
        let (host, _, lanes) = Host::spawn(self.network.clone()).await.unwrap();
        self.host = Some(host);
        self.lanes = Some(lanes.clone());
        lanes
    }

    pub(crate) fn host(&self) -> &HostHandle {
        self.host.as_ref().unwrap()
    }

    pub(crate) async fn stop(&mut self) {
        self.handle.take().unwrap().shutdown().await;
        self.host.take().unwrap().shutdown().await;
    }

    pub(crate) fn status(&self) -> ConsensusStatus {
        self.handle.as_ref().unwrap().status().borrow().clone()
    }

    /// Waits until the status is so.
    pub(crate) async fn until(&self, what: &str, so: impl FnMut(&ConsensusStatus) -> bool) {
        let mut status = self.handle.as_ref().unwrap().status();
        let reached = tokio::time::timeout(PATIENCE, status.wait_for(so)).await.is_ok();
        assert!(reached, "{what}: still {:?}", self.status());
    }
}

fn seed_of(number: usize) -> [u8; 32] {
    [u8::try_from(number).unwrap(); 32]
}

/// A free port below those that the system gives to outgoing connections, so that none takes it before the
/// node does. Processes start at different places.
fn free_port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    let start = 20_000 + u16::try_from(std::process::id() % 120).unwrap() * 100;
    let ports = std::iter::repeat_with(|| start + NEXT.fetch_add(1, Ordering::Relaxed));
    ports.take(1000).find(|port| TcpListener::bind(("127.0.0.1", *port)).is_ok()).unwrap()
}

fn key_of(index: usize) -> NodeKey {
    NodeKey::from_seed(&mut seed_of(100 + index))
}

/// Addresses of the nodes, with their identities and without.
fn addresses(count: usize) -> (Vec<PeerAddress>, Vec<Multiaddr>) {
    let listen = |_| format!("/ip4/127.0.0.1/tcp/{}", free_port()).parse().unwrap();
    let listens: Vec<Multiaddr> = (0..count).map(listen).collect();
    let pinned = listens.iter().enumerate().map(|(index, listen)| PeerAddress {
        peer_id: key_of(index).peer_id(),
        address: Some(listen.clone()),
    });
    (pinned.collect(), listens.clone())
}
