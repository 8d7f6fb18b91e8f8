//! A ledger of several nodes in one process, on free loopback ports and temporary folders.

#![allow(dead_code, clippy::unwrap_used, clippy::expect_used, missing_docs, unreachable_pub)]

use std::future::Future;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::time::Duration;

use bulla_client::{Client, Signer, Trust};
use bulla_crypto::{SecretKey, key_file};
use bulla_network::peer_id_of;
use bulla_node::config::{ApiConfig, KeyPaths, NodeConfig, NodeLimits, PeerNetwork};
use bulla_node::{Decorate, NodeError, run_decorated};
use bulla_types::{
    AccessToEntries, BlockTime, Canonical, ConsensusTimeouts, CreditCode, EnrolMember, Founder, Genesis, KeyDeclaration,
    KeyPurpose, LedgerClass, MemberIdentity, MemberNumber, Name, OrganisationForm, Parameters, Role, Roles, SecondLog,
};
use rand_core::OsRng;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// A condition that does not come true within this fails the test.
pub const LIMIT: Duration = Duration::from_secs(60);

pub struct Network {
    folder: TempDir,
    pub genesis: Genesis,
    configs: Vec<NodeConfig>,
    running: Vec<Option<Running>>,
    service: SecretKey,
}

struct Running {
    stop: oneshot::Sender<()>,
    task: JoinHandle<Result<(), NodeError>>,
}

#[derive(Clone, Copy)]
struct NodePorts {
    grpc: u16,
    http: u16,
    network: u16,
    consensus: u16,
}

impl Network {
    /// Founds a ledger of so many nodes and starts them all.
    pub fn start(validators: usize, observers: usize) -> Self {
        let mut network = Self::found(validators, observers);
        (0..validators + observers).for_each(|node| network.start_node(node));
        network
    }

    pub fn found(validators: usize, observers: usize) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let count = validators + observers;
        let ports = free_ports(count);
        let mut founders = Vec::new();
        let mut peer_ids = Vec::new();
        for number in 1..=count {
            let validates = number <= validators;
            let keys = folder.path().join(format!("node-{number}"));
            std::fs::create_dir_all(&keys).unwrap();
            let mut declared = vec![
                declare(&keys, "note", KeyPurpose::Note),
                declare(&keys, "peer", KeyPurpose::Peer),
                declare(&keys, "administer", KeyPurpose::Administer),
            ];
            peer_ids.push(peer_id_of(&declared[1].key.to_bytes()).unwrap().to_string());
            if validates {
                declared.push(declare(&keys, "consensus", KeyPurpose::Consensus));
            }
            let role = if validates { Role::RegistrationBody } else { Role::Supervisor };
            founders.push(founder(number, role, declared, u64::from(validates)));
        }
        let service = SecretKey::generate(&mut OsRng);
        let declared = vec![KeyDeclaration {
            key: service.public_key().clone(),
            purpose: KeyPurpose::Operate,
            possession: None,
        }];
        founders.push(founder(count + 1, Role::EvidenceService, declared, 0));
        let name = Name::try_from("测试账本".to_owned()).unwrap();
        let genesis =
            Genesis::new(LedgerClass::Test, name, BlockTime(1_700_000_000_000), parameters(validators), founders).unwrap();
        std::fs::write(folder.path().join("genesis.bin"), genesis.encode()).unwrap();
        let address = |port: u16, id: &str| format!("/ip4/127.0.0.1/tcp/{port}/p2p/{id}");
        let configs = (0..count)
            .map(|node| {
                let others = |port: fn(&NodePorts) -> u16| {
                    let others = (0..count).filter(|other| *other != node);
                    others.map(|other| address(port(&ports[other]), &peer_ids[other])).collect::<Vec<_>>()
                };
                let keys = folder.path().join(format!("node-{}", node + 1));
                let listen = |port: u16| format!("/ip4/127.0.0.1/tcp/{port}");
                NodeConfig {
                    label: format!("node-{}", node + 1),
                    genesis: folder.path().join("genesis.bin"),
                    data: keys.join("data"),
                    keys: KeyPaths {
                        consensus: (node < validators).then(|| keys.join("consensus.pem")),
                        note: keys.join("note.pem"),
                        peer: keys.join("peer.pem"),
                    },
                    consensus: PeerNetwork { listen: listen(ports[node].consensus), peers: others(|p| p.consensus) },
                    network: PeerNetwork { listen: listen(ports[node].network), peers: others(|p| p.network) },
                    api: ApiConfig {
                        grpc: SocketAddr::from((Ipv4Addr::LOCALHOST, ports[node].grpc)),
                        http: SocketAddr::from((Ipv4Addr::LOCALHOST, ports[node].http)),
                        tls: None,
                    },
                    limits: NodeLimits { disk_reserve_bytes: 0, disk_free_bytes_min: 0, ..NodeLimits::default() },
                }
            })
            .collect();
        Self { folder, genesis, configs, running: (0..count).map(|_| None).collect(), service }
    }

    pub fn start_node(&mut self, node: usize) {
        self.start_node_as(node, Box::new(|application| application));
    }

    pub fn start_node_as(&mut self, node: usize, decorate: Decorate) {
        bulla_node::telemetry::start();
        let (stop, stopped) = oneshot::channel();
        let config = self.configs[node].clone();
        let task = tokio::spawn(run_decorated(config, decorate, async move {
            let _ = stopped.await;
        }));
        self.running[node] = Some(Running { stop, task });
    }

    pub async fn stop_node(&mut self, node: usize) {
        let running = self.running[node].take().expect("the node runs");
        let _ = running.stop.send(());
        running.task.await.unwrap().unwrap();
    }

    pub async fn stop(mut self) {
        for node in 0..self.running.len() {
            if self.running[node].is_some() {
                self.stop_node(node).await;
            }
        }
    }

    pub fn data(&self, node: usize) -> PathBuf {
        self.configs[node].data.clone()
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn endpoint(&self, node: usize) -> String {
        format!("http://{}", self.configs[node].api.grpc)
    }

    pub fn http(&self, node: usize) -> String {
        format!("http://{}", self.configs[node].api.http)
    }

    /// The member who deposits.
    pub fn service(&self) -> Signer {
        Signer::new(MemberNumber(self.genesis.founders().len() as u64), self.service.clone())
    }

    pub async fn client(&self, node: usize) -> Client {
        until("the node answers", || async {
            Client::connect(&[self.endpoint(node)], None, Trust::Ledger(self.genesis.ledger_id())).await.ok()
        })
        .await
    }
}

/// Waits until a condition gives a value.
pub async fn until<T, F: Future<Output = Option<T>>>(what: &str, mut condition: impl FnMut() -> F) -> T {
    let waited = tokio::time::timeout(LIMIT, async {
        loop {
            if let Some(value) = condition().await {
                return value;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    });
    waited.await.unwrap_or_else(|_| panic!("did not happen within {LIMIT:?}: {what}"))
}

fn declare(folder: &Path, name: &str, purpose: KeyPurpose) -> KeyDeclaration {
    let key = SecretKey::generate(&mut OsRng);
    key_file::write(&folder.join(format!("{name}.pem")), &key, None).unwrap();
    KeyDeclaration { key: key.public_key().clone(), purpose, possession: None }
}

fn founder(number: usize, role: Role, keys: Vec<KeyDeclaration>, power: u64) -> Founder {
    let identity = MemberIdentity::Organisation {
        form: OrganisationForm::LegalPerson,
        name: Name::try_from(format!("测试机构{number}")).unwrap(),
        credit_code: credit_code(number),
    };
    Founder { member: EnrolMember { identity, roles: Roles::new([role]).unwrap(), keys }, power }
}

fn credit_code(number: usize) -> CreditCode {
    let candidates = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    candidates
        .map(|check| format!("91000000MA{number:07}{check}"))
        .find_map(|code| CreditCode::parse(code.as_bytes()).ok())
        .unwrap()
}

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
    }
}

fn free_ports(nodes: usize) -> Vec<NodePorts> {
    let held: Vec<TcpListener> =
        (0..nodes * 4).map(|_| TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap()).collect();
    let ports: Vec<u16> = held.iter().map(|listener| listener.local_addr().unwrap().port()).collect();
    ports
        .chunks(4)
        .map(|four| NodePorts { grpc: four[0], http: four[1], network: four[2], consensus: four[3] })
        .collect()
}
