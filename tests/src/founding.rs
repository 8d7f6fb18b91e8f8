//! Founding a ledger: members, their keys, the genesis, and a folder with keys and configuration for each node.

use std::fs;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};

use bulla_client::Signer;
use bulla_crypto::{SecretKey, key_file};
use bulla_fixtures::{declaration, genesis, organisation};
use bulla_network::peer_id_of;
use bulla_node::config::{ApiConfig, KeyPaths, NodeConfig, NodeLimits, PeerNetwork, SnapshotConfig};
use bulla_types::{
    AccessToEntries, BlockTime, Canonical, ConsensusTimeouts, Founder, Genesis, KeyDeclaration, KeyPurpose,
    MemberNumber, Parameters, Role, Roles, SecondLog,
};
use rand_core::OsRng;

use crate::ports::NodePorts;

/// A ledger to be founded.
#[derive(Debug, Clone)]
pub struct Founding {
    validators: usize,
    candidates: usize,
    /// The role of each observer's member.
    observers: Vec<Role>,
    services: usize,
    parameters: Parameters,
}

/// A founded ledger. Its nodes are the validators, the candidates, then the observers; members have numbers in that order,
/// the evidence services last.
#[derive(Clone)]
pub struct Ledger {
    /// The genesis.
    pub genesis: Genesis,
    /// The configuration of each node. It stands as `node.toml` in the folder of the node's keys and data.
    pub configs: Vec<NodeConfig>,
    /// The members that the nodes belong to: registration bodies, then supervisors or whoever else observes.
    pub operators: Vec<Member>,
    /// The evidence services.
    pub services: Vec<Member>,
}

/// A member with the keys that its people hold.
#[derive(Clone)]
pub struct Member {
    number: MemberNumber,
    operate: SecretKey,
    administer: SecretKey,
}

impl Member {
    /// The member's number.
    #[must_use]
    pub fn number(&self) -> MemberNumber {
        self.number
    }

    /// The key for daily business.
    #[must_use]
    pub fn operate_key(&self) -> &SecretKey {
        &self.operate
    }

    /// The key for acts of administration.
    #[must_use]
    pub fn administer_key(&self) -> &SecretKey {
        &self.administer
    }

    /// Signs deposits.
    #[must_use]
    pub fn operator(&self) -> Signer {
        Signer::new(self.number, self.operate.clone())
    }

    /// Signs acts of administration.
    #[must_use]
    pub fn administrator(&self) -> Signer {
        Signer::new(self.number, self.administer.clone())
    }

    /// Signs with these keys from now on.
    pub fn takes(&mut self, operate: SecretKey, administer: SecretKey) {
        (self.operate, self.administer) = (operate, administer);
    }
}

impl Founding {
    /// A ledger of so many validators, and two evidence services.
    #[must_use]
    pub fn of(validators: usize) -> Self {
        Self {
            validators,
            candidates: 0,
            observers: Vec::new(),
            services: 2,
            parameters: parameters(validators),
        }
    }

    /// With so many registration bodies that have a node and a consensus key, and do not validate yet.
    #[must_use]
    pub fn candidates(mut self, candidates: usize) -> Self {
        self.candidates = candidates;
        self
    }

    /// With so many observers, of supervisors.
    #[must_use]
    pub fn observers(self, observers: usize) -> Self {
        (0..observers).fold(self, |founding, _| founding.observer_of(Role::Supervisor))
    }

    /// With one more observer, of a member with this role.
    #[must_use]
    pub fn observer_of(mut self, role: Role) -> Self {
        self.observers.push(role);
        self
    }

    /// With other parameters.
    #[must_use]
    pub fn parameters(mut self, change: impl FnOnce(&mut Parameters)) -> Self {
        change(&mut self.parameters);
        self
    }

    /// Founds the ledger. Writes the genesis, and a folder for each node with its key files.
    #[must_use]
    pub fn found(&self, folder: &Path) -> Ledger {
        let bodies = self.validators + self.candidates;
        let nodes: Vec<NewNode> = (0..bodies + self.observers.len())
            .map(|position| NewNode::make(&home(folder, position), position < bodies))
            .collect();
        let (mut founders, mut members) = (Vec::new(), Vec::new());
        let mut join = |role, node_keys: &[KeyDeclaration], power| {
            let number = founders.len() as u64 + 1;
            let (founder, member) = founder(number, role, node_keys, power);
            founders.push(founder);
            members.push(member);
        };
        for (position, node) in nodes.iter().enumerate() {
            let observer = position.checked_sub(bodies).and_then(|observer| self.observers.get(observer));
            let role = observer.copied().unwrap_or(Role::RegistrationBody);
            join(role, &node.declared, u64::from(position < self.validators));
        }
        (0..self.services).for_each(|_| join(Role::EvidenceService, &[], 0));
        let genesis = genesis(BlockTime(1_700_000_000_000), self.parameters.clone(), founders);
        fs::write(folder.join("genesis.bin"), genesis.encode()).unwrap();
        let services = members.split_off(nodes.len());
        Ledger { genesis, configs: configs(folder, &nodes), operators: members, services }
    }
}

impl Ledger {
    /// Positions of the validators' nodes in the order in which they propose: at height `h` in round `r` it is
    /// the turn of number `h - 1 + r`, counted round and round.
    #[must_use]
    pub fn turns(&self) -> Vec<usize> {
        let consensus_key = |position: usize| {
            let keys = &self.genesis.founders()[position].member.keys;
            keys.iter()
                .find(|declared| declared.purpose == KeyPurpose::Consensus)
                .map(|declared| &declared.key)
        };
        let validators = self.genesis.validators().validators().iter();
        let position = |key| (0..self.configs.len()).find(|node| consensus_key(*node) == Some(key)).unwrap();
        validators.map(|validator| position(validator.key())).collect()
    }
}

/// A node before anyone knows of it.
struct NewNode {
    /// Whether it has a consensus key.
    has_vote: bool,
    declared: Vec<KeyDeclaration>,
    peer_id: String,
    ports: NodePorts,
}

impl NewNode {
    fn make(folder: &Path, has_vote: bool) -> Self {
        fs::create_dir_all(folder).unwrap();
        let declare = |name: &str, purpose| {
            let key = SecretKey::generate(&mut OsRng);
            key_file::write(&folder.join(format!("{name}.pem")), &key, None).unwrap();
            declaration(&key, purpose)
        };
        let mut declared = vec![declare("note", KeyPurpose::Note), declare("peer", KeyPurpose::Peer)];
        let peer_id = peer_id_of(&declared[1].key.to_bytes()).unwrap().to_string();
        if has_vote {
            declared.push(declare("consensus", KeyPurpose::Consensus));
        }
        Self { has_vote, declared, peer_id, ports: NodePorts::free() }
    }

    fn pinned(&self) -> String {
        format!("{}/p2p/{}", multiaddr(self.ports.network), self.peer_id)
    }
}

fn founder(number: u64, role: Role, node_keys: &[KeyDeclaration], power: u64) -> (Founder, Member) {
    let member = Member {
        number: MemberNumber(number),
        operate: SecretKey::generate(&mut OsRng),
        administer: SecretKey::generate(&mut OsRng),
    };
    let mut keys = node_keys.to_vec();
    keys.push(declaration(&member.operate, KeyPurpose::Operate));
    keys.push(declaration(&member.administer, KeyPurpose::Administer));
    let organisation = organisation(number, &format!("测试机构{number}"), &[role], keys);
    (Founder { member: organisation, power }, member)
}

fn configs(folder: &Path, nodes: &[NewNode]) -> Vec<NodeConfig> {
    let config = |(position, node): (usize, &NewNode)| {
        let others = nodes.iter().enumerate().filter(|(other, _)| *other != position);
        config(folder, position, node, others.map(|(_, other)| other.pinned()).collect())
    };
    nodes.iter().enumerate().map(config).collect()
}

/// The configuration of a node, with a consensus key or without, and its key files, that nobody knows.
pub(crate) fn newcomer(folder: &Path, position: usize, has_vote: bool, peers: Vec<String>) -> NodeConfig {
    let node = NewNode::make(&home(folder, position), has_vote);
    config(folder, position, &node, peers)
}

fn home(folder: &Path, position: usize) -> PathBuf {
    folder.join(format!("node-{}", position + 1))
}

fn config(folder: &Path, position: usize, node: &NewNode, peers: Vec<String>) -> NodeConfig {
    let home = home(folder, position);
    let loopback = |port: u16| SocketAddr::from((Ipv4Addr::LOCALHOST, port));
    let NodePorts { grpc, http, network } = node.ports;
    NodeConfig {
        label: format!("node-{}", position + 1),
        genesis: folder.join("genesis.bin"),
        data: home.join("data"),
        keys: KeyPaths {
            consensus: node.has_vote.then(|| home.join("consensus.pem")),
            consensus_besides: Vec::new(),
            note: home.join("note.pem"),
            peer: home.join("peer.pem"),
            consensus_signers: Vec::new(),
            consensus_tokens: Vec::new(),
        },
        network: PeerNetwork { listen: multiaddr(network), peers },
        api: ApiConfig { grpc: loopback(grpc), http: loopback(http), tls: None },
        limits: NodeLimits { disk_reserve_bytes: 0, disk_free_bytes_min: 0, ..NodeLimits::default() },
        trust_copied_data: false,
        backup: None,
        snapshots: SnapshotConfig::default(),
        clock: None,
    }
}

fn multiaddr(port: u16) -> String {
    format!("/ip4/127.0.0.1/tcp/{port}")
}

/// Parameters for nodes that share one machine with others: short timeouts would only cost rounds.
fn parameters(validators: usize) -> Parameters {
    Parameters {
        protocol_version: 1,
        block_bytes_max: 4 << 20,
        block_entries_max: 10_000,
        request_window_ms: 600_000,
        time_bound_ms: 10_000,
        heartbeat_ms: 60_000,
        admin_threshold: u32::try_from(validators / 2 + 1).unwrap(),
        evidence_roles: Roles::new([Role::RegistrationBody, Role::EvidenceService]).unwrap(),
        entry_access: AccessToEntries::Open,
        second_log: SecondLog::Sm3,
        timeouts: ConsensusTimeouts {
            propose_ms: 1_000,
            propose_delta_ms: 500,
            prevote_ms: 300,
            prevote_delta_ms: 200,
            precommit_ms: 300,
            precommit_delta_ms: 200,
            rebroadcast_ms: 1_000,
        },
        block_interval_ms: 20,
        outage: None,
    }
}
