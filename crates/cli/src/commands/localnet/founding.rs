//! Founding a test ledger: keys, members, parameters, genesis, and the configuration of each node.

use std::path::Path;
use std::time::{SystemTime, UNIX_EPOCH};

use bulla_crypto::{SecretKey, key_file};
use bulla_network::peer_id_of;
use bulla_node::config::{ApiConfig, KeyPaths, NodeConfig, NodeLimits, PeerNetwork};
use bulla_types::{
    AccessToEntries, BlockTime, Canonical, ConsensusTimeouts, CreditCode, EnrolMember, Founder, Genesis, KeyDeclaration,
    KeyPurpose, LedgerClass, MemberIdentity, Name, OrganisationForm, Parameters, Role, Roles, SecondLog,
};
use rand_core::OsRng;

use super::layout::{Localnet, Node, NodeRole};
use super::ports;
use crate::config::ClientConfig;
use crate::failure::Failure;

/// What a new local network is asked to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) validators: usize,
    pub(super) observers: usize,
    pub(super) base_port: Option<u16>,
    pub(super) entries: AccessToEntries,
}

/// Keys of one founder, written to its folder as they are made.
struct Keys<'a> {
    folder: &'a Path,
    declared: Vec<KeyDeclaration>,
}

impl Keys<'_> {
    fn make(&mut self, purpose: KeyPurpose, name: &str) -> Result<SecretKey, Failure> {
        let key = SecretKey::generate(&mut OsRng);
        let path = self.folder.join(format!("{name}.pem"));
        key_file::write(&path, &key, None).map_err(|error| Failure::key_file(&path, &error))?;
        self.declared.push(KeyDeclaration { key: key.public_key().clone(), purpose, possession: None });
        Ok(key)
    }
}

/// Makes the folder of a new ledger and everything in it.
pub(super) fn found(dir: &Path, plan: Plan) -> Result<Localnet, Failure> {
    let ports = ports::choose(plan.validators + plan.observers, plan.base_port)?;
    let mut founders = Vec::new();
    let mut nodes = Vec::new();
    for (position, ports) in ports.into_iter().enumerate() {
        let (role, number) = match position.checked_sub(plan.validators) {
            None => (NodeRole::Validator, position + 1),
            Some(observer) => (NodeRole::Observer, observer + 1),
        };
        let (founder, node) = found_node(dir, role, number, ports)?;
        founders.push(founder);
        nodes.push(node);
    }
    founders.push(found_evidence_service(dir)?);
    let service = u64::try_from(founders.len()).unwrap_or(u64::MAX);
    for (member, node) in (1..).zip(&mut nodes) {
        node.member = member;
    }
    let name = Name::try_from("Bulla 本地测试账本".to_owned()).map_err(|error| Failure::internal(&error))?;
    let genesis = Genesis::new(LedgerClass::Test, name, now(), parameters(plan), founders)
        .map_err(|error| Failure::internal(&error))?;
    write(&dir.join("genesis.bin"), &genesis.encode())?;
    for node in &nodes {
        write_config(dir, node, &nodes)?;
    }
    let client = ClientConfig {
        endpoints: nodes.iter().filter(|node| node.role == NodeRole::Validator).map(Node::grpc).collect(),
        genesis: "genesis.bin".into(),
        member: Some(service),
        key: Some("members/evidence-service/operate.pem".into()),
        administer_key: Some("members/evidence-service/administer.pem".into()),
    };
    client.write(&dir.join("client.toml"))?;
    let localnet = Localnet { ledger_id: genesis.ledger_id().to_string(), nodes };
    localnet.write(dir)?;
    Ok(localnet)
}

fn found_node(dir: &Path, role: NodeRole, number: usize, ports: super::layout::Ports) -> Result<(Founder, Node), Failure> {
    let (name, title, member_role) = match role {
        NodeRole::Validator => (format!("validator-{number}"), format!("测试登记机构{number}"), Role::RegistrationBody),
        NodeRole::Observer => (format!("observer-{number}"), format!("测试监管部门{number}"), Role::Supervisor),
    };
    let node_keys = dir.join(&name).join("keys");
    make_folder(&node_keys)?;
    let mut keys = Keys { folder: &node_keys, declared: Vec::new() };
    keys.make(KeyPurpose::Note, "note")?;
    let peer = keys.make(KeyPurpose::Peer, "peer")?;
    if role == NodeRole::Validator {
        keys.make(KeyPurpose::Consensus, "consensus")?;
    }
    let mut declared = keys.declared;
    let people = dir.join("members").join(&name);
    make_folder(&people)?;
    let mut keys = Keys { folder: &people, declared: Vec::new() };
    keys.make(KeyPurpose::Administer, "administer")?;
    keys.make(KeyPurpose::Operate, "operate")?;
    declared.append(&mut keys.declared);
    let peer_id = peer_id_of(&peer.public_key().to_bytes()).map_err(|error| Failure::internal(&error))?;
    let code_base = if role == NodeRole::Validator { 100 } else { 500 } + number;
    let founder = Founder { member: member(&title, code_base, member_role, declared)?, power: u64::from(role == NodeRole::Validator) };
    Ok((founder, Node { name, role, member: 0, peer_id: peer_id.to_string(), ports }))
}

fn found_evidence_service(dir: &Path) -> Result<Founder, Failure> {
    let folder = dir.join("members").join("evidence-service");
    make_folder(&folder)?;
    let mut keys = Keys { folder: &folder, declared: Vec::new() };
    keys.make(KeyPurpose::Operate, "operate")?;
    keys.make(KeyPurpose::Administer, "administer")?;
    Ok(Founder { member: member("测试存证服务机构", 900, Role::EvidenceService, keys.declared)?, power: 0 })
}

fn member(title: &str, code_base: usize, role: Role, keys: Vec<KeyDeclaration>) -> Result<EnrolMember, Failure> {
    // Registration authority 91 (enterprise), division 000000 (none): no real organisation has these codes.
    let credit_code = CreditCode::with_check_character(&format!("91000000MA{code_base:07}"))
        .map_err(|error| Failure::internal(&error))?;
    let name = Name::try_from(title.to_owned()).map_err(|error| Failure::internal(&error))?;
    let identity = MemberIdentity::Organisation { form: OrganisationForm::LegalPerson, name, credit_code };
    let roles = Roles::new([role]).ok_or_else(|| Failure::internal(&"a founder without a role"))?;
    Ok(EnrolMember { identity, roles, keys })
}

/// Parameters for nodes that share one machine. Half of the registration bodies and one more administer.
fn parameters(plan: Plan) -> Parameters {
    let roles = [Role::RegistrationBody, Role::EvidenceService, Role::Exchange, Role::Judicial];
    Parameters {
        protocol_version: 1,
        block_bytes_max: 4 << 20,
        block_entries_max: 10_000,
        request_window_ms: 10 * 60 * 1000,
        time_bound_ms: 10_000,
        heartbeat_ms: 60_000,
        admin_threshold: u32::try_from(plan.validators / 2 + 1).unwrap_or(u32::MAX),
        #[allow(clippy::expect_used)]
        evidence_roles: Roles::new(roles).expect("invariant: the list of roles is not empty"),
        entry_access: plan.entries,
        second_log: SecondLog::Sm3,
        timeouts: ConsensusTimeouts {
            propose_ms: 1_000,
            propose_delta_ms: 500,
            prevote_ms: 300,
            prevote_delta_ms: 200,
            precommit_ms: 300,
            precommit_delta_ms: 200,
            rebroadcast_ms: 1_500,
        },
        block_interval_ms: 40,
    }
}

fn write_config(dir: &Path, node: &Node, nodes: &[Node]) -> Result<(), Failure> {
    let others = || nodes.iter().filter(|other| other.name != node.name);
    let loopback = |port: u16| format!("/ip4/127.0.0.1/tcp/{port}");
    let config = NodeConfig {
        label: node.name.clone(),
        genesis: "../genesis.bin".into(),
        data: "data".into(),
        keys: KeyPaths {
            consensus: (node.role == NodeRole::Validator).then(|| "keys/consensus.pem".into()),
            note: "keys/note.pem".into(),
            peer: "keys/peer.pem".into(),
        },
        consensus: PeerNetwork {
            listen: loopback(node.ports.consensus),
            peers: others().map(Node::consensus).collect(),
        },
        network: PeerNetwork { listen: loopback(node.ports.network), peers: others().map(Node::p2p).collect() },
        api: ApiConfig {
            grpc: ([127, 0, 0, 1], node.ports.grpc).into(),
            http: ([127, 0, 0, 1], node.ports.http).into(),
            tls: None,
        },
        limits: NodeLimits::default(),
    };
    let text = toml::to_string_pretty(&config).map_err(|error| Failure::internal(&error))?;
    write(&node.config(dir), text.as_bytes())
}

fn make_folder(path: &Path) -> Result<(), Failure> {
    std::fs::create_dir_all(path).map_err(|error| Failure::file(path, &error))
}

fn write(path: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| Failure::file(path, &error))
}

fn now() -> BlockTime {
    let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    BlockTime(u64::try_from(since_epoch.as_millis()).unwrap_or(u64::MAX))
}
