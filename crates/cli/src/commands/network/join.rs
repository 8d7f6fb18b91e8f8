//! `bulla network join`.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use bulla_types::{Canonical, Lang, PlannedNode};
use serde::Serialize;

use super::configure::{GENESIS, client_config, node_toml, reached_from_here, refuse_other};
use super::declare::address;
use super::founding::{aloud, keys_in};
use super::made_keys::{self, MadeKey};
use super::texts::{
    COMPARE_JOINED, GENESIS_NEEDED, KEYS_IN, LEDGER_ID, LISTEN_NEEDED, PINNED_ADDRESS, SAME_ADDRESS,
    START_WITH, WRITTEN,
};
use crate::context::{Context, read_genesis};
use crate::failure::Failure;
use crate::files;
use crate::founding::{Address, FounderKeys, PeerNode, pinned};
use crate::key_files;
use crate::messages::PASSPHRASE_AGAIN;
use crate::mistake::Mistake;
use crate::output::{Show, facts};

/// Make the keys and the configuration of a node that joins a ledger, on its own machine | 在本机生成加入账本的节点的密钥与配置
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The folder on this machine; keys go to DIR/keys | 本机目录，密钥写入其下的 keys
    #[arg(long, value_name = "DIR")]
    dir: PathBuf,
    /// Name of the node in its log | 节点在日志中的名称
    #[arg(long, value_name = "LABEL")]
    label: String,
    /// With a CONSENSUS key, for a registration body whose node is to validate | 同时生成共识密钥，用于将担任验证节点的登记机构
    #[arg(long)]
    validator: bool,
    /// Where other nodes reach this one: HOST:PORT or a multiaddr | 其他节点到达本节点的地址：“主机:端口”或 multiaddr
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    address: Address,
    /// Address of this machine for the members' network, if not that one | 组网所用的本机地址，默认同上
    #[arg(long, value_name = "ADDRESS", value_parser = address)]
    listen: Option<Address>,
    /// Address of this machine at which the node serves gRPC | 节点提供 gRPC 服务的本机地址
    #[arg(long, value_name = "IP:PORT")]
    grpc: SocketAddr,
    /// Address of this machine at which the node serves HTTP | 节点提供 HTTP 服务的本机地址
    #[arg(long, value_name = "IP:PORT")]
    http: SocketAddr,
    /// A node that this one calls: its address with /p2p/ and its identity, or the declaration of a founder | 本节点所连接的节点：带 /p2p/ 节点身份的地址，或创立成员的创立声明文件
    #[arg(long, value_name = "PEER", required = true, num_args = 1.., value_parser = peer)]
    peer: Vec<PeerNode>,
    /// Follow from the genesis, every block executed again, and not from a snapshot | 不从快照而从创世起重放每个区块
    #[arg(long)]
    from_genesis: bool,
    /// Do not encrypt the keys of people under a passphrase: for trials | 人员所用密钥不用口令加密，仅用于试验
    #[arg(long)]
    plain: bool,
}

fn peer(text: &str) -> Result<PeerNode, Mistake> {
    text.parse().map_err(Mistake)
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let named = context.genesis().ok_or_else(|| Failure::usage(GENESIS_NEEDED))?;
        let trusted = read_genesis(named)?;
        let genesis = trusted.genesis();
        self.address.check_for(genesis.class()).map_err(Failure::usage)?;
        let listen = self.listen.as_ref().unwrap_or(&self.address);
        if !listen.is_of_a_socket() {
            return Err(Failure::usage(LISTEN_NEEDED.with(&[&listen])));
        }
        if self.grpc == self.http {
            return Err(Failure::usage(SAME_ADDRESS.with(&[&self.grpc])));
        }
        let peers = self.peer.iter().map(PeerNode::pinned).collect::<Result<Vec<_>, Failure>>()?;
        let node = if self.validator { PlannedNode::Validator { power: 1 } } else { PlannedNode::Observer };
        let folders = keys_in(&self.dir);
        let node_toml =
            node_toml(&self.label, node, listen, (self.grpc, self.http), peers, !self.from_genesis)?;
        let client =
            client_config(None, vec![format!("http://{}", reached_from_here(self.grpc))]).to_toml()?;
        let written = [
            (self.dir.join(GENESIS), genesis.encode()),
            (self.dir.join("client.toml"), client.into_bytes()),
            (self.dir.join("node.toml"), node_toml.into_bytes()),
        ];
        // Before there is anything: keys without their configuration would be in the way of the next attempt.
        if folders.people.exists() {
            return Err(Failure::exists(&folders.people));
        }
        for (path, content) in &written {
            refuse_other(path, content)?;
        }
        let keys = FounderKeys::generate(node);
        let again = context.say(PASSPHRASE_AGAIN);
        let passphrase =
            (!self.plain).then(|| key_files::new_passphrase(&folders.people, again)).transpose()?;
        keys.write_new(&folders.people, passphrase.as_deref())?;
        for (path, content) in &written {
            files::write(path, content)?;
        }
        let key = |(purpose, key_id)| MadeKey::new(&folders, purpose, key_id);
        context.show(&Joining {
            ledger_id: genesis.ledger_id().to_string(),
            address: pinned(&self.address.to_string(), keys.peer()?)?,
            config: self.dir.join("node.toml"),
            files: written.into_iter().map(|(path, _)| path).collect(),
            keys: keys.ids().map(key).collect(),
            folder: folders.people,
        })
    }
}

#[derive(Serialize)]
struct Joining {
    ledger_id: String,
    /// As others name the node in their configuration.
    address: String,
    config: PathBuf,
    files: Vec<PathBuf>,
    keys: Vec<MadeKey>,
    #[serde(skip)]
    folder: PathBuf,
}

impl Show for Joining {
    fn text(&self, lang: Lang) -> String {
        let shown = |path: &Path| path.display().to_string();
        let files: Vec<_> = self.files.iter().map(|path| shown(path)).collect();
        let head = facts([
            (LEDGER_ID.of(lang), aloud(&self.ledger_id)),
            (KEYS_IN.of(lang), shown(&self.folder)),
            (WRITTEN.of(lang), files.join("\n")),
            (PINNED_ADDRESS.of(lang), self.address.clone()),
            (START_WITH.of(lang), format!("bulla-node --config {}", self.config.display())),
        ]);
        let keys = made_keys::table(&self.keys, lang);
        format!("{head}\n\n{keys}\n\n{}", COMPARE_JOINED.of(lang))
    }
}
