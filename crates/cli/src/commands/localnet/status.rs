//! `bulla localnet status`, and how the nodes are.

use std::path::{Path, PathBuf};

use bulla_types::{Lang, ReasonCode, proto};
use serde::Serialize;
use tokio::task::JoinSet;

use super::clock::{self, Shown};
use super::layout::{Localnet, Node, NodeRole};
use super::{nodes, process};
use crate::context::{Context, Link, read_genesis};
use crate::failure::Failure;
use crate::messages::{
    HEALTH, HEIGHT, LEDGER, NAME, OBSERVER, PROCESS, ROLE, SILENT_NODE, STOPPED_NODE, VALIDATOR,
};
use crate::output::{Show, facts, table};
use crate::survey;
use crate::words::{self, Word};

/// Health of a node that does not run.
const STOPPED: &str = "stopped";
/// Health of a node that runs and does not answer.
const UNREACHABLE: &str = "unreachable";

pub(super) fn run(context: &Context, dir: &Path) -> Result<u8, Failure> {
    let dir = nodes::existing(dir)?;
    context.show(&context.run(Status::ask(&dir))?)
}

/// A local network as it is now.
#[derive(Serialize)]
pub(super) struct Status {
    dir: PathBuf,
    ledger_id: String,
    genesis: PathBuf,
    config: PathBuf,
    /// `null` when the ledger goes by the time of the world.
    clock: Option<Shown>,
    nodes: Vec<NodeStatus>,
}

/// One of its nodes.
#[derive(Serialize)]
pub(super) struct NodeStatus {
    pub(super) name: String,
    role: NodeRole,
    member: u64,
    /// `null` when it does not run.
    pid: Option<u32>,
    data: PathBuf,
    pub(super) log: PathBuf,
    grpc: String,
    http: String,
    /// Multiaddr on the members' network.
    p2p: String,
    /// As `bulla status`, or `stopped`, or `unreachable`.
    health: &'static str,
    /// `null` when it does not answer.
    height: Option<u64>,
    /// What its clock shows and its newest block is of, and when the next deadline falls due; `null` likewise, and
    /// without a deadline.
    pub(super) clock_ms: Option<u64>,
    pub(super) block_time_ms: Option<u64>,
    pub(super) next_deadline_ms: Option<u64>,
}

impl Status {
    /// Asks all nodes at once.
    pub(super) async fn ask(dir: &Path) -> Result<Self, Failure> {
        let Localnet { ledger_id, nodes } = Localnet::read(dir)?;
        let genesis = Localnet::genesis(dir);
        let link = Link { tls: None, genesis: Some(read_genesis(&genesis)?) };
        let mut asking = JoinSet::new();
        for (position, node) in nodes.into_iter().enumerate() {
            let (dir, link) = (dir.to_owned(), link.clone());
            asking.spawn(async move { (position, NodeStatus::ask(&dir, &node, &link).await) });
        }
        let mut nodes = asking.join_all().await;
        nodes.sort_by_key(|(position, _)| *position);
        let nodes: Vec<NodeStatus> = nodes.into_iter().map(|(_, node)| node).collect();
        let clock = clock::of(dir)?.map(|file| Shown::of(file, &nodes));
        Ok(Self {
            dir: dir.to_owned(),
            ledger_id,
            genesis,
            config: Localnet::client_config(dir),
            clock,
            nodes,
        })
    }

    pub(super) fn nodes(&self) -> &[NodeStatus] {
        &self.nodes
    }

    pub(super) fn into_clock(self) -> Option<Shown> {
        self.clock
    }
}

impl NodeStatus {
    async fn ask(dir: &Path, node: &Node, link: &Link) -> Self {
        let pid = process::running(dir, node);
        let answer = match pid {
            Some(_) => survey::ask(&node.grpc(), link).await.ok(),
            None => None,
        };
        let (health, height) = match (&answer, pid) {
            (Some(status), _) => (status.health().code(), Some(status.height)),
            (None, Some(_)) => (UNREACHABLE, None),
            (None, None) => (STOPPED, None),
        };
        Self {
            name: node.name.clone(),
            role: node.role,
            member: node.member,
            pid,
            data: node.data(dir),
            log: node.log(dir),
            grpc: node.grpc(),
            http: node.http(),
            p2p: node.p2p(),
            health,
            height,
            clock_ms: answer.as_ref().map(|status| status.clock_ms),
            block_time_ms: answer.as_ref().map(|status| status.block_time_ms),
            next_deadline_ms: answer.map(|status| status.next_deadline_ms).filter(|ms| *ms > 0),
        }
    }

    pub(super) fn is_running(&self) -> bool {
        self.pid.is_some()
    }

    pub(super) fn is_ready(&self) -> bool {
        self.health == proto::NodeHealth::Ready.code()
    }

    /// Why it is not ready.
    pub(super) fn reason(&self) -> ReasonCode {
        use proto::NodeHealth::{Abstaining, DiskFull, NoQuorum, Syncing};
        let reasons = [
            (DiskFull, ReasonCode::DiskFull),
            (NoQuorum, ReasonCode::NoQuorum),
            (Syncing, ReasonCode::Syncing),
            (Abstaining, ReasonCode::SignerAway),
        ];
        let known = reasons.into_iter().find(|(health, _)| health.code() == self.health);
        known.map_or_else(
            || if self.height.is_some() { ReasonCode::NodeFailed } else { ReasonCode::Unreachable },
            |(_, reason)| reason,
        )
    }

    pub(super) fn health(&self, lang: Lang) -> String {
        match self.health {
            STOPPED => STOPPED_NODE.of(lang).to_owned(),
            UNREACHABLE => SILENT_NODE.of(lang).to_owned(),
            code => words::of_code::<proto::NodeHealth>(code, lang),
        }
    }
}

impl Show for Status {
    fn text(&self, lang: Lang) -> String {
        let mut head = vec![
            (LEDGER.of(lang), self.ledger_id.clone()),
            ("genesis", self.genesis.display().to_string()),
            ("BULLA_CONFIG", self.config.display().to_string()),
        ];
        head.extend(self.clock.iter().flat_map(|clock| clock.facts(lang)));
        let head = facts(head);
        let [name, role, process, health, height] =
            [NAME, ROLE, PROCESS, HEALTH, HEIGHT].map(|text| text.of(lang));
        let heading = [name, role, process, health, height, "gRPC", "HTTP"];
        let row = |node: &NodeStatus| {
            let role = match node.role {
                NodeRole::Validator => VALIDATOR,
                NodeRole::Observer => OBSERVER,
            };
            [
                node.name.clone(),
                role.of(lang).to_owned(),
                node.pid.map_or_else(String::new, |pid| pid.to_string()),
                node.health(lang),
                node.height.map_or_else(String::new, |height| height.to_string()),
                node.grpc.clone(),
                node.http.clone(),
            ]
        };
        format!("{head}\n\n{}", table(heading, self.nodes.iter().map(row)))
    }
}
