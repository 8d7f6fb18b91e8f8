//! Founding a test ledger: keys, members, parameters, genesis, and the configuration of each node.

use std::path::Path;

use bulla_crypto::{PublicKey, SecretKey};
use bulla_network::peer_id_of;
use bulla_node::config::{ApiConfig, KeyPaths, NodeConfig, NodeLimits, PeerNetwork};
use bulla_types::{
    AccessToEntries, Canonical, ConsensusTimeouts, CreditCode, EnrolMember, Founder, Genesis, KeyDeclaration,
    KeyPurpose, LedgerClass, MemberIdentity, Name, OrganisationForm, Parameters, ReasonCode, Role, Roles,
    SecondLog, limits::SIGNERS_MAX,
};
use rand_core::OsRng;

use super::layout::{ADMINISTER_KEY, Localnet, MEMBERS, Node, NodeRole, OPERATE_KEY, Ports};
use super::ports;
use crate::config::ClientConfig;
use crate::failure::Failure;
use crate::{files, key_files, when};

/// The member that `client.toml` speaks for.
const EVIDENCE_SERVICE: &str = "evidence-service";

/// What a new local network is asked to be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Plan {
    pub(super) validators: usize,
    pub(super) observers: usize,
    pub(super) base_port: Option<u16>,
    pub(super) entries: AccessToEntries,
}

/// Keys of one founder, written to a folder as they are made.
struct Keys<'a> {
    folder: &'a Path,
    declared: Vec<KeyDeclaration>,
}

impl<'a> Keys<'a> {
    fn new(folder: &'a Path) -> Result<Self, Failure> {
        std::fs::create_dir_all(folder).map_err(|error| Failure::unwritable(folder, &error))?;
        Ok(Self { folder, declared: Vec::new() })
    }

    fn make(&mut self, purpose: KeyPurpose, file: &str) -> Result<PublicKey, Failure> {
        let key = SecretKey::generate(&mut OsRng);
        key_files::write(&self.folder.join(file), &key, None)?;
        let key = key.public_key().clone();
        self.declared.push(KeyDeclaration { key: key.clone(), purpose, possession: None });
        Ok(key)
    }
}

/// Makes the folder of a new ledger and everything in it. Its record comes last: without it the folder is
/// no network.
pub(super) fn found(dir: &Path, plan: Plan) -> Result<Localnet, Failure> {
    let ports = ports::choose(plan.validators + plan.observers, plan.base_port)?;
    let mut founders = Vec::new();
    let mut nodes = Vec::new();
    for ((position, member), ports) in (0..).zip(1..).zip(ports) {
        let (role, number) = match position {
            validator if validator < plan.validators => (NodeRole::Validator, validator + 1),
            observer => (NodeRole::Observer, observer - plan.validators + 1),
        };
        let (founder, node) = found_node(dir, role, number, member, ports)?;
        founders.push(founder);
        nodes.push(node);
    }
    founders.push(found_evidence_service(dir)?);
    let service = nodes.last().map_or(1, |node| node.member + 1);
    let genesis =
        Genesis::new(LedgerClass::Test, name("Bulla 本地测试账本")?, when::now(), parameters(plan), founders)
            .map_err(|error| Failure::new(ReasonCode::GenesisInvalid, error.to_string()))?;
    files::write(&Localnet::genesis(dir), genesis.encode())?;
    for node in &nodes {
        write_node_config(dir, node, &nodes)?;
    }
    let localnet = Localnet { ledger_id: genesis.ledger_id().to_string(), nodes };
    client_config(&localnet, service).write(&Localnet::client_config(dir))?;
    localnet.write(dir)?;
    Ok(localnet)
}

/// A registration body with its validator, or a supervisor with its observer.
fn found_node(
    dir: &Path,
    role: NodeRole,
    number: usize,
    member: u64,
    ports: Ports,
) -> Result<(Founder, Node), Failure> {
    let (name, title, member_role, code_base) = match role {
        NodeRole::Validator => ("validator", "测试登记机构", Role::RegistrationBody, 100),
        NodeRole::Observer => ("observer", "测试监管部门", Role::Supervisor, 500),
    };
    let (name, title) = (format!("{name}-{number}"), format!("{title}{number}"));
    let folder = dir.join(&name).join("keys");
    let mut of_node = Keys::new(&folder)?;
    of_node.make(KeyPurpose::Note, "note.pem")?;
    let peer = of_node.make(KeyPurpose::Peer, "peer.pem")?;
    if role == NodeRole::Validator {
        of_node.make(KeyPurpose::Consensus, "consensus.pem")?;
    }
    let mut declared = of_node.declared;
    declared.append(&mut keys_of_people(dir, &name)?);
    let peer_id = peer_id_of(&peer.to_bytes()).map_err(|error| Failure::internal(&error))?.to_string();
    let founder = Founder {
        member: organisation(&title, code_base + number, member_role, declared)?,
        power: u64::from(role == NodeRole::Validator),
    };
    Ok((founder, Node { name, role, member, peer_id, ports }))
}

fn found_evidence_service(dir: &Path) -> Result<Founder, Failure> {
    let keys = keys_of_people(dir, EVIDENCE_SERVICE)?;
    Ok(Founder {
        member: organisation("测试存证服务机构", 900, Role::EvidenceService, keys)?, power: 0
    })
}

fn keys_of_people(dir: &Path, name: &str) -> Result<Vec<KeyDeclaration>, Failure> {
    let folder = dir.join(MEMBERS).join(name);
    let mut keys = Keys::new(&folder)?;
    keys.make(KeyPurpose::Operate, OPERATE_KEY)?;
    keys.make(KeyPurpose::Administer, ADMINISTER_KEY)?;
    Ok(keys.declared)
}

fn organisation(
    title: &str,
    code: usize,
    role: Role,
    keys: Vec<KeyDeclaration>,
) -> Result<EnrolMember, Failure> {
    let identity = MemberIdentity::Organisation {
        form: OrganisationForm::LegalPerson,
        name: name(title)?,
        credit_code: credit_code(code)?,
    };
    let roles = Roles::new([role]).ok_or_else(|| Failure::internal(&"a founder without a role"))?;
    Ok(EnrolMember { identity, roles, keys })
}

fn name(text: &str) -> Result<Name, Failure> {
    text.parse().map_err(|error| Failure::internal(&error))
}

/// A code that no organisation has: its division, 000000, does not exist. Of all last characters one is right.
fn credit_code(number: usize) -> Result<CreditCode, Failure> {
    let mut last = "0123456789ABCDEFGHJKLMNPQRTUWXY".chars();
    let found = last.find_map(|last| format!("91000000MA{number:07}{last}").parse().ok());
    found.ok_or_else(|| Failure::internal(&"no check character fits"))
}

/// Parameters for nodes that share one machine. Half of the registration bodies and one more administer, as
/// far as one transaction can hold their signatures.
fn parameters(plan: Plan) -> Parameters {
    let administer = (plan.validators / 2 + 1).min(SIGNERS_MAX);
    let roles = [Role::RegistrationBody, Role::EvidenceService, Role::Exchange, Role::Judicial];
    Parameters {
        protocol_version: 1,
        block_bytes_max: 4 << 20,
        block_entries_max: 10_000,
        request_window_ms: 10 * 60 * 1000,
        time_bound_ms: 10_000,
        heartbeat_ms: 60_000,
        admin_threshold: u32::try_from(administer).unwrap_or(u32::MAX),
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
        block_interval_ms: 10,
    }
}

fn write_node_config(dir: &Path, node: &Node, nodes: &[Node]) -> Result<(), Failure> {
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
        network: PeerNetwork {
            listen: loopback(node.ports.network),
            peers: others().map(Node::p2p).collect(),
        },
        api: ApiConfig {
            grpc: ([127, 0, 0, 1], node.ports.grpc).into(),
            http: ([127, 0, 0, 1], node.ports.http).into(),
            tls: None,
        },
        limits: NodeLimits::default(),
        trust_copied_data: false,
    };
    let text = toml::to_string_pretty(&config).map_err(|error| Failure::internal(&error))?;
    files::write(&node.config(dir), text)
}

/// As the evidence service, by way of the validators.
fn client_config(localnet: &Localnet, member: u64) -> ClientConfig {
    let key = |file: &str| Some(Path::new(MEMBERS).join(EVIDENCE_SERVICE).join(file));
    ClientConfig {
        endpoints: localnet.validators().map(Node::grpc).collect(),
        genesis: Some("genesis.bin".into()),
        member: Some(member),
        key: key(OPERATE_KEY),
        administer_key: key(ADMINISTER_KEY),
        ..ClientConfig::default()
    }
}

#[cfg(test)]
pub(super) mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// The genesis of a ledger of two validators.
    pub(crate) fn test_genesis() -> Genesis {
        let dir = tempfile::tempdir().unwrap();
        found(dir.path(), plan(2, 0)).unwrap();
        Genesis::decode(&std::fs::read(Localnet::genesis(dir.path())).unwrap()).unwrap()
    }

    fn plan(validators: usize, observers: usize) -> Plan {
        Plan { validators, observers, base_port: None, entries: AccessToEntries::Open }
    }

    #[test]
    fn what_is_founded_reads_back_as_a_ledger_with_its_nodes() {
        let dir = tempfile::tempdir().unwrap();
        let localnet = found(dir.path(), plan(4, 1)).unwrap();
        let genesis = Genesis::decode(&std::fs::read(Localnet::genesis(dir.path())).unwrap()).unwrap();
        assert_eq!(genesis.ledger_id().to_string(), localnet.ledger_id);
        assert_eq!((genesis.founders().len(), genesis.validators().validators().len()), (6, 4));
        assert_eq!(genesis.parameters().admin_threshold, 3);
        for node in &localnet.nodes {
            let config = NodeConfig::read(&node.config(dir.path())).unwrap();
            assert_eq!(config.consensus.peers.len(), 4);
            assert!(config.keys.note.is_file() && config.keys.peer.is_file());
            assert_eq!(config.keys.consensus.is_some(), node.role == NodeRole::Validator);
        }
        let client = ClientConfig::read(&Localnet::client_config(dir.path())).unwrap();
        assert_eq!((client.member, client.endpoints.len()), (Some(6), 4));
        assert!(client.key.unwrap().is_file());
        assert!(localnet.validators().all(|node| node.administer_key(dir.path()).is_file()));
    }

    #[test]
    fn a_ledger_of_one_validator_is_a_ledger() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(found(dir.path(), plan(1, 0)).unwrap().nodes.len(), 1);
    }
}
