//! Founding a test ledger: all founders on one machine, by the plan that they would agree on.

use std::net::{Ipv4Addr, SocketAddr};
use std::path::Path;

use bulla_network::peer_id_of;
use bulla_node::clock_file::ClockFile;
use bulla_types::{
    AccessToEntries, BlockTime, Canonical, ConsensusTimeouts, CreditCode, FounderDeclaration, FounderLabel,
    FoundingPlan, KeyPurpose, LedgerClass, Name, OrganisationForm, Parameters, PlannedFounder, PlannedNode,
    ReasonCode, Role, Roles, SecondLog, TestClock,
    limits::{SIGNERS_MAX, TEST_CLOCK_SPEED_MAX},
};

use super::layout::{ADMINISTER_KEY, Localnet, MEMBERS, Node, NodeRole, OPERATE_KEY, Ports};
use super::{clock, ports};
use crate::config::ClientConfig;
use crate::failure::Failure;
use crate::founding::{Address, FounderKeys, KeyFolders, NodePlace, node_config};
use crate::{files, when};

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

/// Makes the folder of a new ledger and everything in it. Its record comes last: without it the folder is
/// no network.
pub(super) fn found(dir: &Path, plan: Plan) -> Result<Localnet, Failure> {
    let ports = ports::choose(plan.validators + plan.observers, plan.base_port)?;
    let founding = founding_plan(plan)?;
    let (mut declarations, mut nodes) = (Vec::new(), Vec::new());
    let mut ports = ports.into_iter();
    for (member, founder) in (1..).zip(founding.founders()) {
        let ports = match founder.node {
            PlannedNode::None => None,
            PlannedNode::Observer | PlannedNode::Validator { .. } => ports.next(),
        };
        let declaration = declare(dir, &founding, founder, ports)?;
        if let Some(ports) = ports {
            nodes.push(node(founder, member, &declaration, ports)?);
        }
        declarations.push(declaration);
    }
    let genesis = founding.genesis(&declarations);
    let genesis = genesis.map_err(|error| Failure::new(ReasonCode::GenesisInvalid, error.to_string()))?;
    files::write(&Localnet::genesis(dir), genesis.encode())?;
    if let Some(ClockPlan { time, speed }) = plan.clock {
        clock::write(dir, ClockFile { stopped: true, ..ClockFile::starting(time, speed) })?;
    }
    for node in &nodes {
        write_node_config(dir, node, &nodes)?;
    }
    let service = nodes.last().map_or(1, |node| node.member + 1);
    let localnet = Localnet { ledger_id: genesis.ledger_id().to_string(), nodes };
    client_config(&localnet, service).write(&Localnet::client_config(dir))?;
    localnet.write(dir)?;
    Ok(localnet)
}

/// Registration bodies with their validators, supervisors with their observers, the evidence service, and who else
/// takes part.
fn founding_plan(plan: Plan) -> Result<FoundingPlan, Failure> {
    let validator = PlannedNode::Validator { power: 1 };
    let bodies = (1..=plan.validators).map(|number| {
        let (label, title) = (format!("validator-{number}"), format!("测试登记机构{number}"));
        planned(&label, &title, 100 + number, Role::RegistrationBody, validator)
    });
    let supervisors = (1..=plan.observers).map(|number| {
        let (label, title) = (format!("observer-{number}"), format!("测试监管部门{number}"));
        planned(&label, &title, 500 + number, Role::Supervisor, PlannedNode::Observer)
    });
    let service =
        planned(EVIDENCE_SERVICE, "测试存证服务机构", 900, Role::EvidenceService, PlannedNode::None);
    let institutions = INSTITUTIONS.iter().map(Institution::planned);
    let founders = bodies.chain(supervisors).chain([service]).chain(institutions);
    let founders = founders.collect::<Result<_, _>>()?;
    let (name, parameters) = (name("Bulla 本地测试账本")?, parameters(plan));
    let time = plan.clock.map_or_else(when::now, |clock| clock.time);
    let test_clock = plan.clock.map(|_| TestClock { speed_max: TEST_CLOCK_SPEED_MAX });
    FoundingPlan::new(LedgerClass::Test, name, time, parameters, test_clock, founders)
        .map_err(|error| Failure::new(ReasonCode::FoundingPlanInvalid, error.to_string()))
}

fn planned(
    label: &str,
    title: &str,
    code: usize,
    role: Role,
    node: PlannedNode,
) -> Result<PlannedFounder, Failure> {
    let label: FounderLabel = label.parse().map_err(|error| Failure::internal(&error))?;
    let roles = Roles::new([role]).ok_or_else(|| Failure::internal(&"a founder without a role"))?;
    let form = OrganisationForm::LegalPerson;
    Ok(PlannedFounder {
        label,
        form,
        name: name(title)?,
        name_en: None,
        credit_code: credit_code(code)?,
        roles,
        node,
    })
}

/// Makes the keys of a founder, and what it would hand out.
fn declare(
    dir: &Path,
    plan: &FoundingPlan,
    founder: &PlannedFounder,
    ports: Option<Ports>,
) -> Result<FounderDeclaration, Failure> {
    let keys = FounderKeys::generate(founder.node);
    let label = founder.label.as_str();
    let node = dir.join(label).join(KEYS_OF_NODE);
    let people = dir.join(MEMBERS).join(label);
    // Who runs no node has no folder for one.
    let node = if ports.is_some() { node } else { people.clone() };
    keys.write(&KeyFolders { node, people }, None)?;
    let address = ports.map(|ports| loopback(ports.network).to_string().parse::<Address>());
    let address = address.transpose().map_err(|why| Failure::internal(&why.en))?;
    keys.declare(plan.digest(), founder.credit_code, address.as_ref())
}

fn node(
    founder: &PlannedFounder,
    member: u64,
    declaration: &FounderDeclaration,
    ports: Ports,
) -> Result<Node, Failure> {
    let peer =
        declaration.key(KeyPurpose::Peer).ok_or_else(|| Failure::internal(&"a node without its key"))?;
    let peer_id = peer_id_of(&peer.key.to_bytes()).map_err(|error| Failure::internal(&error))?.to_string();
    let role = if founder.node.power() > 0 { NodeRole::Validator } else { NodeRole::Observer };
    Ok(Node { name: founder.label.to_string(), role, member, peer_id, ports })
}

/// Folder of the keys of a node, in the node's folder.
const KEYS_OF_NODE: &str = "keys";

fn loopback(port: u16) -> SocketAddr {
    (Ipv4Addr::LOCALHOST, port).into()
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
    fn planned(&self) -> Result<PlannedFounder, Failure> {
        planned(self.name, self.title, self.code, self.role, PlannedNode::None)
    }
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
        // Nodes of one machine: a dead proposer costs a fraction of a second.
        timeouts: ConsensusTimeouts {
            propose_ms: 400,
            propose_delta_ms: 300,
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
    let place = NodePlace {
        genesis: "../genesis.bin".into(),
        data: "data".into(),
        keys: KeyFolders::one(KEYS_OF_NODE.into()),
        listen: format!("/ip4/127.0.0.1/tcp/{}", node.ports.network),
        grpc: loopback(node.ports.grpc),
        http: loopback(node.ports.http),
    };
    let runs = match node.role {
        NodeRole::Validator => PlannedNode::Validator { power: 1 },
        NodeRole::Observer => PlannedNode::Observer,
    };
    let config = node_config(&node.name, runs, place, others.map(Node::p2p).collect());
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

    use bulla_node::config::NodeConfig;
    use bulla_types::Genesis;

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
