//! A network of nodes over one ledger.

use std::path::Path;

use bulla_client::{Client, Signer, Trust};
use bulla_crypto::{SecretKey, key_file};
use bulla_network::peer_id_of;
use bulla_node::config::NodeLimits;
use bulla_types::proto::{GetStatusResponse, NodeHealth};
use bulla_types::{LedgerId, Parameters, Role};
use tempfile::TempDir;
use tokio::sync::{Semaphore, SemaphorePermit};

use crate::bulla::{Answer, bulla};
use crate::fault::Fault;
use crate::founding::{self, Founding, Ledger};
use crate::integrity::assert_in_order;
use crate::links::Links;
use crate::node::Node;
use crate::wait::until;

/// Networks that run at the same time: more would only make each other slow.
static ROOM: Semaphore = Semaphore::const_new(2);

/// A network to be founded.
pub struct NetworkBuilder {
    founding: Founding,
    asleep: Vec<usize>,
    faults: Vec<(usize, Fault)>,
    limits: Vec<(usize, NodeLimits)>,
    linked: bool,
    quic: bool,
}

/// Nodes over one ledger, and the folder where all of it stands. Nodes are named by their position from 0:
/// the validators, the candidates, then the observers.
pub struct Network {
    nodes: Vec<Node>,
    ledger: Ledger,
    links: Option<Links>,
    folder: TempDir,
    _room: SemaphorePermit<'static>,
}

impl Network {
    /// A network of so many validators.
    #[must_use]
    pub fn of(validators: usize) -> NetworkBuilder {
        NetworkBuilder {
            founding: Founding::of(validators),
            asleep: Vec::new(),
            faults: Vec::new(),
            limits: Vec::new(),
            linked: false,
            quic: false,
        }
    }

    /// A node.
    pub fn node(&mut self, node: usize) -> &mut Node {
        &mut self.nodes[node]
    }

    /// All nodes.
    #[must_use]
    pub fn nodes(&self) -> &[Node] {
        &self.nodes
    }

    /// The nodes whose process was started and not seen to end.
    pub fn started(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.is_started())
    }

    /// The founded ledger: its genesis and members.
    #[must_use]
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }

    /// The ledger's id.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.ledger.genesis.ledger_id()
    }

    /// A member that deposits.
    #[must_use]
    pub fn service(&self) -> Signer {
        self.ledger.services[0].operator()
    }

    /// Where a node is found on the members' network, pinned.
    #[must_use]
    pub fn peer_address(&self, node: usize) -> String {
        let config = self.nodes[node].config();
        let key = key_file::read(&config.keys.peer, None).unwrap();
        let peer_id = peer_id_of(&key.public_key().to_bytes()).unwrap();
        format!("{}/p2p/{peer_id}", config.network.listen)
    }

    /// Adds a node with keys of its own that nobody knows, one for consensus among them, and gives its position. It
    /// finds these nodes; no node is told where to find it. It is not started.
    pub fn newcomer(&mut self, finds: &[usize]) -> usize {
        self.add(finds, true)
    }

    /// As [`newcomer`](Self::newcomer), without a key for consensus.
    pub fn new_observer(&mut self, finds: &[usize]) -> usize {
        self.add(finds, false)
    }

    fn add(&mut self, finds: &[usize], has_vote: bool) -> usize {
        let position = self.nodes.len();
        let peers = finds.iter().map(|node| self.peer_address(*node)).collect();
        self.nodes.push(Node::new(founding::newcomer(self.folder.path(), position, has_vote, peers)));
        position
    }

    /// A member that a node belongs to takes other keys for its people.
    pub fn rotate_people_keys(&mut self, node: usize, operate: SecretKey, administer: SecretKey) {
        self.ledger.operators[node].takes(operate, administer);
    }

    /// A folder for whatever a scenario keeps beside the nodes.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The links between the nodes, of a network that is built [with them](NetworkBuilder::links).
    #[must_use]
    pub fn links(&self) -> &Links {
        self.links.as_ref().expect("the network is built with links")
    }

    /// `bulla status` of a node, as a script asks.
    #[must_use]
    pub fn bulla_status(&self, node: usize) -> Answer {
        let genesis = self.folder().join("genesis.bin").display().to_string();
        bulla(["status", "--endpoint", &self.nodes[node].endpoint(), "--genesis", &genesis])
    }

    /// A client of one node.
    pub async fn client(&self, node: usize) -> Client {
        self.client_of(&[node]).await
    }

    /// A client of several nodes, in this order of preference.
    pub async fn client_of(&self, nodes: &[usize]) -> Client {
        let endpoints: Vec<String> = nodes.iter().map(|node| self.nodes[*node].endpoint()).collect();
        until("a node gives its genesis", || async {
            Client::connect(&endpoints, None, Trust::Ledger(self.ledger_id())).await.ok()
        })
        .await
    }

    /// Waits until all started nodes are ready.
    pub async fn ready(&self) {
        for node in self.started() {
            node.is(NodeHealth::Ready).await;
        }
    }

    /// Waits until nothing waits to be recorded and all started nodes stand at one height; then their blocks
    /// and roots must be the same. Gives what they agree on.
    pub async fn agreed(&self) -> GetStatusResponse {
        until("all nodes stand at one height, and nothing waits", || async {
            let mut statuses = Vec::new();
            for node in self.started() {
                statuses.push(node.status().await?);
            }
            let first = statuses.first()?.clone();
            let at_rest = |status: &GetStatusResponse| {
                status.height == first.height && status.height > 0 && status.mempool_transactions == 0
            };
            if !statuses.iter().all(at_rest) {
                return None;
            }
            for status in &statuses {
                assert_eq!(status.block_hash, first.block_hash, "two blocks at height {}", first.height);
                assert_eq!(status.log_root, first.log_root, "two logs at height {}", first.height);
                assert_eq!(status.state_root, first.state_root, "two states at height {}", first.height);
            }
            Some(first)
        })
        .await
    }

    /// Stops all started nodes in order, and checks every data folder.
    pub async fn close(self) {
        let all = 0..self.nodes.len();
        self.close_checking(all).await;
    }

    /// As [`close`](Self::close), and looks at the folders of these nodes alone: the check of a large ledger takes
    /// its time.
    pub async fn close_checking(mut self, checked: impl IntoIterator<Item = usize>) {
        for node in &mut self.nodes {
            if node.is_started() {
                node.terminate().await;
            }
        }
        for node in &self.nodes {
            assert!(!node.log().contains("panicked at"), "{} panicked", node.config().label);
        }
        for node in checked.into_iter().map(|node| &self.nodes[node]) {
            if node.data().exists() {
                assert_in_order(node.data());
            }
        }
    }
}

impl NetworkBuilder {
    /// With so many registration bodies that could validate, after the validators.
    #[must_use]
    pub fn candidates(mut self, candidates: usize) -> Self {
        self.founding = self.founding.candidates(candidates);
        self
    }

    /// With so many observers, of supervisors.
    #[must_use]
    pub fn observers(mut self, observers: usize) -> Self {
        self.founding = self.founding.observers(observers);
        self
    }

    /// With one more observer, of a member with this role.
    #[must_use]
    pub fn observer_of(mut self, role: Role) -> Self {
        self.founding = self.founding.observer_of(role);
        self
    }

    /// With other parameters in the genesis.
    #[must_use]
    pub fn parameters(mut self, change: impl FnOnce(&mut Parameters)) -> Self {
        self.founding = self.founding.parameters(change);
        self
    }

    /// With a node that is not started with the others.
    #[must_use]
    pub fn asleep(mut self, node: usize) -> Self {
        self.asleep.push(node);
        self
    }

    /// With a validator that breaks the protocol: the one whose turn to propose is number `turn`, from 0, see
    /// [`Ledger::turns`].
    #[must_use]
    pub fn faulty(mut self, turn: usize, fault: Fault) -> Self {
        self.faults.push((turn, fault));
        self
    }

    /// With limits of its own for a node.
    #[must_use]
    pub fn limits(mut self, node: usize, limits: NodeLimits) -> Self {
        self.limits.push((node, limits));
        self
    }

    /// With nodes that listen on QUIC, and not on TCP.
    #[must_use]
    pub fn quic(mut self) -> Self {
        self.quic = true;
        self
    }

    /// With links between the nodes that can be [cut](Links::cut): of TCP alone.
    #[must_use]
    pub fn links(mut self) -> Self {
        self.linked = true;
        self
    }

    /// Founds the ledger. No node runs.
    pub async fn found(self) -> Network {
        let room = ROOM.acquire().await.unwrap();
        let folder = tempfile::Builder::new().prefix("bulla-scenario-").tempdir().unwrap();
        let ledger = self.founding.found(folder.path());
        let mut nodes: Vec<Node> = ledger.configs.iter().cloned().map(Node::new).collect();
        for (node, limits) in self.limits {
            nodes[node].configure(|config| config.limits = limits);
        }
        if self.quic {
            nodes.iter_mut().for_each(listen_on_quic);
        }
        let turns = ledger.turns();
        for (turn, fault) in &self.faults {
            nodes[turns[*turn]].break_protocol(fault);
        }
        let links = self.linked.then(|| Links::between(&mut nodes));
        Network { nodes, ledger, links, folder, _room: room }
    }

    /// Founds the ledger, starts the nodes and waits until they are ready.
    pub async fn start(self) -> Network {
        let asleep = self.asleep.clone();
        let mut network = self.found().await;
        let awake = (0..network.nodes.len()).filter(|node| !asleep.contains(node));
        awake.for_each(|node| network.nodes[node].start());
        network.ready().await;
        network
    }
}

fn listen_on_quic(node: &mut Node) {
    node.configure(|config| {
        for address in config.network.peers.iter_mut().chain([&mut config.network.listen]) {
            let (before, rest) = address.split_once("/tcp/").unwrap();
            let (port, peer) =
                rest.split_once('/').map_or((rest, String::new()), |(port, peer)| (port, format!("/{peer}")));
            *address = format!("{before}/udp/{port}/quic-v1{peer}");
        }
    });
}

impl Drop for Network {
    fn drop(&mut self) {
        if std::thread::panicking() {
            self.nodes.iter().for_each(|node| eprintln!("{}", node.log_tail()));
        }
    }
}
