//! Founding a test ledger: keys, members, parameters, genesis, and the configuration of each node.

use std::path::Path;

use bulla_crypto::{PublicKey, SecretKey};
use bulla_network::peer_id_of;
use bulla_node::clock_file::ClockFile;
use bulla_node::config::{ApiConfig, KeyPaths, NodeConfig, NodeLimits, PeerNetwork};
use bulla_types::{
    AccessToEntries, BlockTime, Canonical, ConsensusTimeouts, CreditCode, EnrolMember, Founder, Genesis,
    KeyDeclaration, KeyPurpose, LedgerClass, MemberIdentity, Name, OrganisationForm, Parameters, ReasonCode,
    Role, Roles, SecondLog, TestClock,
    limits::{SIGNERS_MAX, TEST_CLOCK_SPEED_MAX},
};
use rand_core::OsRng;

use super::layout::{ADMINISTER_KEY, Localnet, MEMBERS, Node, NodeRole, OPERATE_KEY, Ports};
use super::{clock, ports};
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
    /// A clock of its own.
    pub(super) clock: Option<ClockPlan>,
}

/// What a clock is to show when the network is started, and how fast it runs.
#[derive(Debug, Clone, Copy)]
pub(super) struct ClockPlan {
    pub(super) time: BlockTime,
    pub(super) speed: u32,
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
    for institution in &INSTITUTIONS {
        founders.push(institution.found(dir)?);
    }
    let service = nodes.last().map_or(1, |node| node.member + 1);
    let genesis = genesis(plan, founders)?;
    files::write(&Localnet::genesis(dir), genesis.encode())?;
    if let Some(ClockPlan { time, speed }) = plan.clock {
        clock::write(dir, ClockFile { stopped: true, ..ClockFile::starting(time, speed) })?;
    }
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

fn genesis(plan: Plan, founders: Vec<Founder>) -> Result<Genesis, Failure> {
    let (name, parameters) = (name("Bulla 本地测试账本")?, parameters(plan));
    let founded = match plan.clock {
        None => Genesis::new(LedgerClass::Test, name, when::now(), parameters, founders),
        Some(ClockPlan { time, .. }) => {
            let test_clock = TestClock { speed_max: TEST_CLOCK_SPEED_MAX };
            Genesis::with_test_clock(test_clock, name, time, parameters, founders)
        }
    };
    founded.map_err(|error| Failure::new(ReasonCode::GenesisInvalid, error.to_string()))
}

/// Who else takes part in the business of the profiles: the overlays for tests in `profiles/overlays` name them.
struct Institution {
    name: &'static str,
    title: &'static str,
    code: usize,
    role: Role,
}

const INSTITUTIONS: [Institution; 4] = [
    Institution {
        name: "service-institution-1",
        title: "测试第三方服务机构1",
        code: 601,
        role: Role::ServiceInstitution,
    },
    Institution {
        name: "service-institution-2",
        title: "测试第三方服务机构2",
        code: 602,
        role: Role::ServiceInstitution,
    },
    Institution {
        name: "trading-centre", title: "测试交易服务中心", code: 701, role: Role::Exchange
    },
    Institution {
        name: "trading-operator", title: "测试交易运营公司", code: 702, role: Role::Exchange
    },
];

impl Institution {
    fn found(&self, dir: &Path) -> Result<Founder, Failure> {
        let keys = keys_of_people(dir, self.name)?;
        Ok(Founder { member: organisation(self.title, self.code, self.role, keys)?, power: 0 })
    }
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
    // Windows in the ledger's time leave as long by the machine, however fast the clock is set to run.
    let speed_max = plan.clock.map_or(1, |_| u64::from(TEST_CLOCK_SPEED_MAX));
    let roles = [Role::RegistrationBody, Role::EvidenceService, Role::Exchange, Role::Judicial];
    Parameters {
        protocol_version: 1,
        block_bytes_max: 4 << 20,
        block_entries_max: 10_000,
        request_window_ms: speed_max * 10 * 60 * 1000,
        time_bound_ms: speed_max * 10_000,
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
        outage: None,
    }
}

fn write_node_config(dir: &Path, node: &Node, nodes: &[Node]) -> Result<(), Failure> {
    let others = nodes.iter().filter(|other| other.name != node.name);
    let config = NodeConfig {
        label: node.name.clone(),
        genesis: "../genesis.bin".into(),
        data: "data".into(),
        keys: KeyPaths {
            consensus: (node.role == NodeRole::Validator).then(|| "keys/consensus.pem".into()),
            consensus_besides: Vec::new(),
            note: "keys/note.pem".into(),
            peer: "keys/peer.pem".into(),
        },
        network: PeerNetwork {
            listen: format!("/ip4/127.0.0.1/tcp/{}", node.ports.network),
            peers: others.map(Node::p2p).collect(),
        },
        api: ApiConfig {
            grpc: ([127, 0, 0, 1], node.ports.grpc).into(),
            http: ([127, 0, 0, 1], node.ports.http).into(),
            tls: None,
        },
        limits: NodeLimits::default(),
        trust_copied_data: false,
        clock: None,
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
        Plan { validators, observers, base_port: None, entries: AccessToEntries::Open, clock: None }
    }

    #[test]
    fn what_is_founded_reads_back_as_a_ledger_with_its_nodes() {
        let dir = tempfile::tempdir().unwrap();
        let localnet = found(dir.path(), plan(4, 1)).unwrap();
        let genesis = Genesis::decode(&std::fs::read(Localnet::genesis(dir.path())).unwrap()).unwrap();
        assert_eq!(genesis.ledger_id().to_string(), localnet.ledger_id);
        assert_eq!((genesis.founders().len(), genesis.validators().validators().len()), (10, 4));
        assert_eq!(genesis.parameters().admin_threshold, 3);
        for node in &localnet.nodes {
            let config = NodeConfig::read(&node.config(dir.path())).unwrap();
            assert_eq!(config.network.peers.len(), 4);
            assert!(config.keys.note.is_file() && config.keys.peer.is_file());
            assert_eq!(config.keys.consensus.is_some(), node.role == NodeRole::Validator);
        }
        let client = ClientConfig::read(&Localnet::client_config(dir.path())).unwrap();
        assert_eq!((client.member, client.endpoints.len()), (Some(6), 4));
        assert!(client.key.unwrap().is_file());
        assert!(localnet.validators().all(|node| node.administer_key(dir.path()).is_file()));
    }

    #[test]
    fn a_ledger_with_a_clock_begins_at_its_time_and_its_clock_stands_until_the_nodes_start() {
        let dir = tempfile::tempdir().unwrap();
        let time = when::parse("2025-09-29T09:00+08:00").unwrap();
        let clock = Some(ClockPlan { time, speed: 86_400 });
        found(dir.path(), Plan { clock, ..plan(1, 0) }).unwrap();
        let genesis = Genesis::decode(&std::fs::read(Localnet::genesis(dir.path())).unwrap()).unwrap();
        assert_eq!((genesis.time(), genesis.test_clock()), (time, Some(TestClock { speed_max: 86_400 })));
        assert_eq!(genesis.parameters().time_bound_ms, 864_000_000);
        let clock = ClockFile::read(&Localnet::clock(dir.path())).unwrap();
        assert_eq!((clock.now(), clock.speed, clock.stopped), (time, 86_400, true));
    }

    /// The overlays of the profiles name members by credit code, so that they can be adopted as they are.
    #[test]
    fn whom_the_overlays_for_tests_name_is_a_member_with_keys() {
        let dir = tempfile::tempdir().unwrap();
        found(dir.path(), plan(4, 1)).unwrap();
        let genesis = Genesis::decode(&std::fs::read(Localnet::genesis(dir.path())).unwrap()).unwrap();
        let codes: Vec<_> = genesis
            .founders()
            .iter()
            .filter_map(|founder| founder.member.identity.credit_code().map(ToString::to_string))
            .collect();
        let overlays = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../profiles/overlays");
        let mut named = 0;
        for overlay in std::fs::read_dir(overlays).unwrap() {
            let text = std::fs::read_to_string(overlay.unwrap().path()).unwrap();
            for word in text.split('"').filter(|word| word.starts_with("91000000MA")) {
                assert!(codes.iter().any(|code| code == word), "{word} is no member");
                named += 1;
            }
        }
        assert!(named >= 6, "{named}");
        for Institution { name, .. } in &INSTITUTIONS {
            assert!(dir.path().join(MEMBERS).join(name).join(OPERATE_KEY).is_file(), "{name}");
        }
    }

    #[test]
    fn a_ledger_of_one_validator_is_a_ledger() {
        let dir = tempfile::tempdir().unwrap();
        assert_eq!(found(dir.path(), plan(1, 0)).unwrap().nodes.len(), 1);
    }
}
