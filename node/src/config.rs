//! The configuration of one node: what is its own business and no one else's.
//!
//! Everything that nodes must agree on comes from the genesis and the ledger.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

pub use bulla_signer::TokenConfig;
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// `node.toml`. Relative paths are relative to the folder of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NodeConfig {
    /// Name of the node in logs and metrics.
    pub label: String,
    /// The ledger's genesis, a file of canonical bytes.
    pub genesis: PathBuf,
    /// Data folder.
    pub data: PathBuf,
    /// Key files.
    pub keys: KeyPaths,
    /// The members' network: everything that nodes say to each other.
    pub network: PeerNetwork,
    /// What clients reach.
    pub api: ApiConfig,
    /// This node's own limits.
    #[serde(default)]
    pub limits: NodeLimits,
    /// The operator's word that `data`, moved or put back from a copy, is the newest and the only one, so
    /// that its validator has forgotten no vote; a floor that kept it silent before is void by it. Without it
    /// such a validator observes until the others have decided what it may have voted on; if all of them were
    /// moved together, nobody would. To be taken back after one start.
    #[serde(default)]
    pub trust_copied_data: bool,
    /// Backups of `data`; without it only those that an operator asks for, and where he says.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub backup: Option<BackupConfig>,
    /// Snapshots: those that the node makes, and whether it begins with one.
    #[serde(default)]
    pub snapshots: SnapshotConfig,
    /// The clock file of a ledger for tests. Never from `node.toml`: who starts a node says by which clock.
    #[serde(skip)]
    pub clock: Option<PathBuf>,
}

/// Key files, PKCS#8 PEM, readable by the owner alone.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct KeyPaths {
    /// The validator's CONSENSUS key; absent for an observer. Enrolled and no validator's yet, or no more, it
    /// signs nothing, and the node observes.
    pub consensus: Option<PathBuf>,
    /// Further CONSENSUS keys of this node: at each height the one signs that the ledger names as a validator's.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consensus_besides: Vec<PathBuf>,
    /// The NOTE key: checkpoints and tickets.
    pub note: PathBuf,
    /// The PEER key: identity on the members' network.
    pub peer: PathBuf,
    /// CONSENSUS keys that signer processes hold: `docs/operations/consensus-key.md`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consensus_signers: Vec<SignerPlace>,
    /// CONSENSUS keys in PKCS#11 tokens.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub consensus_tokens: Vec<TokenConfig>,
}

/// Where a signer answers (`bulla-signer`): at a unix socket or over TCP.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerPlace {
    /// The CONSENSUS key that it holds, 64 hexadecimal digits.
    pub public_key: String,
    /// Its unix socket.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
    /// Its address on TCP. The node shows its PEER key there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<SignerOnTcp>,
}

/// A signer on TCP, under Noise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerOnTcp {
    /// Host and port.
    pub address: String,
    /// Public half of the signer's `tcp.identity`, 64 hexadecimal digits.
    pub identity: String,
}

/// Where a node listens for its peers and where it finds them.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PeerNetwork {
    /// For example `/ip4/10.0.0.7/tcp/7001`, or `/ip4/10.0.0.7/udp/7001/quic-v1` for QUIC.
    pub listen: String,
    /// Whom this node calls, pinned: `/ip4/10.0.0.8/tcp/7001/p2p/12D3KooW…`. Who is let in the ledger says; of these
    /// also whom it does not know yet.
    #[serde(default)]
    pub peers: Vec<String>,
}

/// What clients reach. Loopback unless the operator says otherwise.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiConfig {
    /// gRPC.
    pub grpc: SocketAddr,
    /// HTTP: JSON reads, tiles, metrics.
    pub http: SocketAddr,
    /// TLS for gRPC; without it the node answers in the clear.
    pub tls: Option<TlsPaths>,
}

/// PEM files of a TLS identity.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TlsPaths {
    /// Certificate chain.
    pub certificate: PathBuf,
    /// Private key.
    pub key: PathBuf,
}

/// Limits that concern this node alone.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct NodeLimits {
    /// Transactions in the mempool.
    pub mempool_transactions_max: usize,
    /// Bytes in the mempool.
    pub mempool_bytes_max: usize,
    /// Bytes kept aside so that a full disk leaves room to stop cleanly.
    pub disk_reserve_bytes: u64,
    /// Below this much free space nothing is written.
    pub disk_free_bytes_min: u64,
    /// Seconds for which blocks may be committed here while validators with more than a third of the power do not name
    /// them as theirs; after that the node warns of it.
    pub head_unconfirmed_s_max: u64,
}

impl Default for NodeLimits {
    fn default() -> Self {
        Self {
            mempool_transactions_max: 100_000,
            mempool_bytes_max: 128 << 20,
            disk_reserve_bytes: 64 << 20,
            disk_free_bytes_min: 256 << 20,
            head_unconfirmed_s_max: 60,
        }
    }
}

/// Snapshots, from which new nodes join.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct SnapshotConfig {
    /// A snapshot is made after every height that is a multiple of this, for others to fetch; 0 for none. Nodes with
    /// the same number make the same ones, so that a new node fetches from all of them.
    pub every_blocks: u64,
    /// How many stay; when there is a new one, the oldest beyond that go. At least 1.
    pub keep: u32,
    /// Whether this node, as long as it has no ledger, joins from a snapshot of its peers. Otherwise it replays from
    /// genesis.
    pub join: bool,
}

impl Default for SnapshotConfig {
    fn default() -> Self {
        Self { every_blocks: 10_000, keep: 2, join: false }
    }
}

/// Backups of the data folder that the node makes of itself.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackupConfig {
    /// Where they lie, on another disk than `data` if they are to outlive it. The node makes the folder.
    pub folder: PathBuf,
    /// Seconds from one to the next; 0 for none but those that an operator asks for.
    #[serde(default = "BackupConfig::a_day")]
    pub every_s: u64,
    /// How many stay; when there is a new one, the oldest beyond that go. At least 1.
    #[serde(default = "BackupConfig::a_week")]
    pub keep: u32,
    /// Bytes that a backup reads and writes in a second at most, so that the ledger keeps its pace; 0 for no limit.
    #[serde(default = "BackupConfig::unhurried")]
    pub bytes_per_second_max: u64,
}

impl BackupConfig {
    /// That of an operator who names the folder and nothing else.
    #[must_use]
    pub fn to(folder: PathBuf) -> Self {
        Self { folder, every_s: Self::a_day(), keep: Self::a_week(), bytes_per_second_max: Self::unhurried() }
    }

    fn a_day() -> u64 {
        86_400
    }

    fn a_week() -> u32 {
        7
    }

    fn unhurried() -> u64 {
        64 << 20
    }
}

/// Why a configuration can't be used.
#[derive(Debug, Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is not a node configuration.
    #[error("{path} is not a valid node configuration: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
}

impl NodeConfig {
    /// Reads `node.toml` and resolves its paths.
    ///
    /// # Errors
    /// [`ConfigError`] names the file and what is wrong in it.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|source| ConfigError::Parse { path: path.to_owned(), source: Box::new(source) })?;
        let folder = path.parent().unwrap_or(Path::new("."));
        config.resolve(folder);
        Ok(config)
    }

    fn resolve(&mut self, folder: &Path) {
        let paths = [&mut self.genesis, &mut self.data, &mut self.keys.note, &mut self.keys.peer];
        let optional = self.keys.consensus.as_mut().into_iter().chain(&mut self.keys.consensus_besides);
        let sockets = self.keys.consensus_signers.iter_mut().filter_map(|signer| signer.socket.as_mut());
        let pins = self.keys.consensus_tokens.iter_mut().filter_map(|token| token.pin_file.as_mut());
        let optional = optional.chain(sockets).chain(pins);
        let tls = self.api.tls.as_mut().into_iter().flat_map(|tls| [&mut tls.certificate, &mut tls.key]);
        let backups = self.backup.as_mut().map(|backup| &mut backup.folder);
        for path in paths.into_iter().chain(optional).chain(tls).chain(backups) {
            *path = folder.join(&*path);
        }
    }
}
