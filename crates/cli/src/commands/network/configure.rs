//! `bulla network configure`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use bulla_types::{
    Canonical, KeyPurpose, Lang, PlannedFounder, PlannedNode, ReasonCode, limits::GENESIS_BYTES_MAX,
};
use serde::Serialize;

use super::check::check_genesis;
use super::declare::address;
use super::founding::{Files, Founding, aloud, founder, keys_in};
use super::texts::{
    ADDRESSES_NEEDED, ADDRESSES_NOT_WANTED, IS_DIFFERENT, LEDGER_ID, LISTEN_NEEDED, NO_NODE, SAME_ADDRESS,
    START_WITH, WRITTEN,
};
use crate::config::ClientConfig;
use crate::context::Context;
use crate::failure::Failure;
use crate::files;
use crate::founding::{Address, KeyFolders, NodePlace, node_config};
use crate::messages::MEMBER;
use crate::output::{Show, facts};

/// Write a founder's own configuration, after the same checks as check | 经与 check 相同的检查后，写入本方的配置
#[derive(clap::Args)]
pub(super) struct Arguments {
    #[command(flatten)]
    files: Files,
    /// Which founder: its label in the plan or its credit code | 创立成员：方案中的短名或统一社会信用代码
    #[arg(long, value_name = "FOUNDER")]
    founder: String,
    /// The founder's folder on this machine | 该创立成员在本机的目录
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Address of this machine at which the node serves gRPC | 节点提供 gRPC 服务的本机地址
    #[arg(long, value_name = "IP:PORT")]
    grpc: Option<SocketAddr>,
    /// Address of this machine at which the node serves HTTP | 节点提供 HTTP 服务的本机地址
    #[arg(long, value_name = "IP:PORT")]
    http: Option<SocketAddr>,
    /// Address of this machine for the members' network, if not the declared one | 组网所用的本机地址，默认为所声明的地址
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    listen: Option<Address>,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let Self { files, founder: named, dir, grpc, http, listen } = self;
        let founding = files.read()?;
        let (member, founder) = founder(&founding.plan, &named)?;
        let node = match (founder.node, grpc, http) {
            (PlannedNode::None, None, None) if listen.is_none() => None,
            (PlannedNode::None, ..) => {
                return Err(Failure::usage(ADDRESSES_NOT_WANTED.with(&[&founder.label])));
            }
            (_, Some(grpc), Some(http)) if grpc == http => {
                return Err(Failure::usage(SAME_ADDRESS.with(&[&grpc])));
            }
            (_, Some(grpc), Some(http)) => Some(founders_node(&founding, founder, listen, (grpc, http))?),
            _ => return Err(Failure::usage(ADDRESSES_NEEDED)),
        };
        check_genesis(context, &founding)?;
        founding.check_keys(founder, &dir)?;
        let own = grpc.map(|grpc| format!("http://{}", reached_from_here(grpc)));
        let endpoints = match context.endpoints() {
            [] => own.into_iter().collect(),
            named => named.to_vec(),
        };
        let client = client_config(Some(member), endpoints).to_toml()?;
        let mut written = vec![
            (dir.join(GENESIS), founding.genesis.encode()),
            (dir.join("client.toml"), client.into_bytes()),
        ];
        written.extend(node.map(|node| (dir.join("node.toml"), node.into_bytes())));
        for (path, content) in &written {
            refuse_other(path, content)?;
        }
        for (path, content) in &written {
            files::write(path, content)?;
        }
        let config = dir.join("node.toml");
        context.show(&Configured {
            ledger_id: founding.genesis.ledger_id().to_string(),
            founder: founder.label.to_string(),
            member,
            config: (founder.node != PlannedNode::None).then_some(config),
            files: written.into_iter().map(|(path, _)| path).collect(),
        })
    }
}

/// The genesis in the folder of a node.
pub(super) const GENESIS: &str = "genesis.bin";

fn founders_node(
    founding: &Founding,
    founder: &PlannedFounder,
    listen: Option<Address>,
    api: (SocketAddr, SocketAddr),
) -> Result<String, Failure> {
    let declared = founding.declared(founder)?.address().unwrap_or_default();
    let listen = match listen {
        Some(listen) => listen,
        None => address(declared).map_err(|mistake| Failure::usage(mistake.0))?,
    };
    if !listen.is_of_a_socket() {
        return Err(Failure::usage(LISTEN_NEEDED.with(&[&declared])));
    }
    let peers = founding.declarations.peers_of(&founding.plan, founder)?;
    node_toml(founder.label.as_str(), founder.node, &listen, api, peers, false)
}

/// The configuration of a node with its files in its own folder; it serves gRPC and HTTP at these addresses.
pub(super) fn node_toml(
    label: &str,
    node: PlannedNode,
    listen: &Address,
    (grpc, http): (SocketAddr, SocketAddr),
    peers: Vec<String>,
    from_snapshot: bool,
) -> Result<String, Failure> {
    let place = NodePlace {
        genesis: GENESIS.into(),
        data: "data".into(),
        keys: keys_of_config(),
        listen: listen.to_string(),
        grpc,
        http,
    };
    let mut config = node_config(label, node, place, peers);
    config.snapshots.join = from_snapshot;
    toml::to_string_pretty(&config).map_err(|error| Failure::internal(&error))
}

/// The keys as the configuration names them, from its own folder.
fn keys_of_config() -> KeyFolders {
    keys_in(Path::new(""))
}

/// That of a member with its keys beside it; of one that has no number yet without.
pub(super) fn client_config(member: Option<u64>, endpoints: Vec<String>) -> ClientConfig {
    let keys = keys_of_config();
    ClientConfig {
        endpoints,
        genesis: Some(GENESIS.into()),
        member,
        key: Some(keys.file(KeyPurpose::Operate)),
        administer_key: Some(keys.file(KeyPurpose::Administer)),
        ..ClientConfig::default()
    }
}

/// An address to listen on as it is reached from the same machine.
pub(super) fn reached_from_here(mut address: SocketAddr) -> SocketAddr {
    if address.ip().is_unspecified() {
        let loopback =
            if address.is_ipv4() { [127, 0, 0, 1].into() } else { std::net::Ipv6Addr::LOCALHOST.into() };
        address.set_ip(loopback);
    }
    address
}

/// The same command can be given again; what somebody has changed since stays.
pub(super) fn refuse_other(path: &Path, content: &[u8]) -> Result<(), Failure> {
    if !path.exists() || files::read(path, GENESIS_BYTES_MAX)? == content {
        return Ok(());
    }
    Err(Failure::new(ReasonCode::FileExists, IS_DIFFERENT.with(&[]).of_thing(path.display())))
}

#[derive(Serialize)]
struct Configured {
    ledger_id: String,
    founder: String,
    member: u64,
    /// The node's configuration; none without a node.
    config: Option<PathBuf>,
    files: Vec<PathBuf>,
}

impl Show for Configured {
    fn text(&self, lang: Lang) -> String {
        let start = self.config.as_ref().map(|config| format!("bulla-node --config {}", config.display()));
        let files: Vec<_> = self.files.iter().map(|path| path.display().to_string()).collect();
        facts([
            (MEMBER.of(lang), format!("{} ({})", self.member, self.founder)),
            (LEDGER_ID.of(lang), aloud(&self.ledger_id)),
            (WRITTEN.of(lang), files.join("\n")),
            (START_WITH.of(lang), start.unwrap_or_else(|| NO_NODE.of(lang).to_owned())),
        ])
    }
}
