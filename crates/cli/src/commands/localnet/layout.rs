//! What a local network looks like on disk, and the record of it.
//!
//! ```text
//! DIR/genesis.bin              the anchor for `bulla verify`
//! DIR/client.toml              configuration for `bulla` as the evidence service
//! DIR/clock.toml               the clock, of a ledger that has one of its own
//! DIR/localnet.json            the nodes with their ports
//! DIR/members/NAME/            operate.pem and administer.pem of people
//! DIR/validator-1/node.toml, keys/, data/, node.log, node.pid
//! ```

use std::path::{Path, PathBuf};

use bulla_types::ReasonCode;
use serde::{Deserialize, Serialize};

use crate::complaints::NO_LOCALNET;
use crate::failure::Failure;
use crate::files;
use crate::text::Said;

const RECORD: &str = "localnet.json";
const RECORD_BYTES_MAX: usize = 1024 * 1024;
const GENESIS: &str = "genesis.bin";
/// Folder of the keys of people.
pub(super) const MEMBERS: &str = "members";
pub(super) const OPERATE_KEY: &str = "operate.pem";
pub(super) const ADMINISTER_KEY: &str = "administer.pem";

/// The record of a local network.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Localnet {
    /// Hexadecimal.
    pub(crate) ledger_id: String,
    /// Validators first.
    pub(crate) nodes: Vec<Node>,
}

/// One node of it.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Node {
    /// Also the name of its folder, and of its member's.
    pub(crate) name: String,
    pub(crate) role: NodeRole,
    /// Number of the member that runs it.
    pub(crate) member: u64,
    pub(crate) peer_id: String,
    pub(crate) ports: Ports,
}

/// What a node does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum NodeRole {
    Validator,
    Observer,
}

/// Loopback ports of a node.
#[derive(Debug, Clone, Copy, Serialize, Deserialize)]
pub(crate) struct Ports {
    pub(crate) grpc: u16,
    pub(crate) http: u16,
    pub(crate) network: u16,
}

impl Node {
    pub(crate) fn grpc(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.grpc)
    }

    pub(super) fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.ports.http)
    }

    /// Its address on the members' network.
    pub(super) fn p2p(&self) -> String {
        format!("/ip4/127.0.0.1/tcp/{}/p2p/{}", self.ports.network, self.peer_id)
    }

    pub(super) fn folder(&self, dir: &Path) -> PathBuf {
        dir.join(&self.name)
    }

    pub(super) fn config(&self, dir: &Path) -> PathBuf {
        self.folder(dir).join("node.toml")
    }

    pub(crate) fn data(&self, dir: &Path) -> PathBuf {
        self.folder(dir).join("data")
    }

    pub(super) fn log(&self, dir: &Path) -> PathBuf {
        self.folder(dir).join("node.log")
    }

    pub(super) fn pid_file(&self, dir: &Path) -> PathBuf {
        self.folder(dir).join("node.pid")
    }

    /// The key with which its member administers.
    pub(crate) fn administer_key(&self, dir: &Path) -> PathBuf {
        dir.join(MEMBERS).join(&self.name).join(ADMINISTER_KEY)
    }
}

impl Localnet {
    /// Whether the folder holds a local network.
    pub(crate) fn exists(dir: &Path) -> bool {
        dir.join(RECORD).is_file()
    }

    /// The ledger's genesis.
    pub(crate) fn genesis(dir: &Path) -> PathBuf {
        dir.join(GENESIS)
    }

    /// The clock that its nodes follow, of a ledger that has one of its own.
    pub(super) fn clock(dir: &Path) -> PathBuf {
        dir.join("clock.toml")
    }

    /// The key with which the member of this name does its daily business.
    pub(crate) fn operate_key(dir: &Path, member: &str) -> PathBuf {
        dir.join(MEMBERS).join(member).join(OPERATE_KEY)
    }

    /// The configuration for `bulla`.
    pub(crate) fn client_config(dir: &Path) -> PathBuf {
        dir.join("client.toml")
    }

    /// Its validators: registration bodies all.
    pub(crate) fn validators(&self) -> impl Iterator<Item = &Node> {
        self.nodes.iter().filter(|node| node.role == NodeRole::Validator)
    }

    /// Refuses a folder that holds none.
    pub(crate) fn require(dir: &Path) -> Result<(), Failure> {
        if Self::exists(dir) {
            return Ok(());
        }
        Err(Failure::new(ReasonCode::FileUnreadable, NO_LOCALNET.with(&[&dir.display()])))
    }

    pub(crate) fn read(dir: &Path) -> Result<Self, Failure> {
        Self::require(dir)?;
        let path = dir.join(RECORD);
        let text = files::read_text(&path, RECORD_BYTES_MAX)?;
        serde_json::from_str(&text)
            .map_err(|error| Failure::config(Said::english(error).of_thing(path.display())))
    }

    pub(super) fn write(&self, dir: &Path) -> Result<(), Failure> {
        let path = dir.join(RECORD);
        let text = serde_json::to_string_pretty(self).map_err(|error| Failure::internal(&error))?;
        files::write(&path, text + "\n")
    }
}
