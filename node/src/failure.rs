//! Why a node does not start or ends, for the person who runs it.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;

use bulla_api::ServeError;
use bulla_chain::ChainError;
use bulla_consensus::ConsensusError;
use bulla_crypto::key_file::KeyFileError;
use bulla_crypto::key_pem::KeyPemError;
use bulla_network::{AddressError, HostError};
use bulla_signer::TokenError;
use bulla_storage::{SnapshotError, StorageError};
use bulla_types::{DecodeError, Lang, ReasonCode};
use thiserror::Error;

use crate::clock_file::ClockError;
use crate::config::ConfigError;

/// Why a node does not start or ends.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The node cannot go by the clock that it is given.
    #[error(transparent)]
    Clock(#[from] ClockError),
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// A file that the configuration names cannot be read.
    #[error("cannot read {path}: {source}")]
    ReadFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The genesis file is not a genesis.
    #[error("{path} is no genesis: {source}")]
    Genesis {
        /// The file.
        path: PathBuf,
        /// What is wrong in it.
        source: DecodeError,
    },
    /// A key file cannot be used.
    #[error(transparent)]
    Key(#[from] KeyFileError),
    /// A PKCS#11 token cannot be used.
    #[error(transparent)]
    Token(#[from] TokenError),
    /// A setting means nothing.
    #[error("{setting} in node.toml: {reason}")]
    Setting {
        /// The setting.
        setting: &'static str,
        /// What is wrong with it.
        reason: String,
    },
    /// A key is not this node's, or not for this purpose.
    #[error("{setting} ({}) is not the {purpose} key of this node: {whose}", path.display())]
    ForeignKey {
        /// Where the configuration names it.
        setting: &'static str,
        /// The file.
        path: PathBuf,
        /// What it should be.
        purpose: &'static str,
        /// Whose it is, and what for.
        whose: String,
    },
    /// None of the node's keys is of this ledger, and it could not hear that one has become so.
    #[error("the genesis {} knows none of the keys that this node is configured with: it is another ledger's, or \
        the keys are another node's; the node of a new member names in network.peers whom it follows", path.display())]
    ForeignGenesis {
        /// The genesis.
        path: PathBuf,
    },
    /// A peer address is not pinned or not an address.
    #[error(transparent)]
    Address(#[from] AddressError),
    /// A listen address is not an address.
    #[error("{text:?} is not a multiaddr to listen on: {reason}")]
    Listen {
        /// As configured.
        text: String,
        /// Why not.
        reason: String,
    },
    /// A port cannot be taken.
    #[error("cannot listen on {address} ({setting} in node.toml): {source}")]
    Port {
        /// Where the configuration names it.
        setting: &'static str,
        /// The address.
        address: SocketAddr,
        /// What the system says.
        source: io::Error,
    },
    /// The members' network did not start.
    #[error(transparent)]
    Network(#[from] HostError),
    /// Consensus did not start.
    #[error(transparent)]
    Consensus(#[from] ConsensusError),
    /// Consensus ended by itself.
    #[error("consensus ended: {0}")]
    ConsensusEnded(String),
    /// Two certified blocks stand at one height.
    #[error("the ledger has forked ({says}): bulla verify {} --anchor GENESIS says who signed both; the node takes part \
        again when the members have settled which history stands and the file is taken away", path.display())]
    LedgerForked {
        /// The proof.
        path: PathBuf,
        /// What it shows.
        says: String,
    },
    /// The store ran out of files to open, and works again when it is opened anew.
    #[error("the store could not open a file, and has to be opened anew: start the node again")]
    StoreStuck,
    /// The data folder cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// A snapshot cannot be used, for a reason that is here.
    #[error(transparent)]
    Snapshot(#[from] SnapshotError),
    /// The chain cannot be opened.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Clients cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The system refuses signals.
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
}

impl NodeError {
    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::Config(ConfigError::Read { .. })
            | Self::Clock(ClockError::Read { .. })
            | Self::ReadFile { .. } => ReasonCode::FileUnreadable,
            Self::Config(_)
            | Self::Clock(_)
            | Self::Address(_)
            | Self::Listen { .. }
            | Self::Setting { .. }
            | Self::ForeignKey { .. }
            | Self::ForeignGenesis { .. } => ReasonCode::ConfigInvalid,
            Self::Genesis { .. } => ReasonCode::GenesisInvalid,
            Self::Key(error) => key_file_reason(error),
            Self::Token(error) => error.reason(),
            Self::Port { source, .. } if source.kind() == io::ErrorKind::AddrInUse => ReasonCode::PortInUse,
            Self::Network(HostError::PortInUse { .. }) | Self::Serve(ServeError::Listen { .. }) => {
                ReasonCode::PortInUse
            }
            // An address that is not this machine's, or a port that needs rights.
            Self::Port { .. } | Self::Network(_) | Self::Consensus(_) => ReasonCode::ConfigInvalid,
            Self::Snapshot(SnapshotError::Storage(error)) => storage_reason(error),
            Self::Snapshot(error) => error.reason().unwrap_or(ReasonCode::StorageFailed),
            Self::Storage(error) | Self::Chain(ChainError::Storage(error)) => storage_reason(error),
            Self::StoreStuck => ReasonCode::StorageFailed,
            Self::LedgerForked { .. } => ReasonCode::LedgerForked,
            Self::Chain(ChainError::UnknownProtocol(_)) => ReasonCode::ProtocolVersionUnknown,
            Self::ConsensusEnded(_) | Self::Chain(_) => ReasonCode::NodeFailed,
            Self::Serve(_) | Self::Signals(_) => ReasonCode::Internal,
        }
    }

    /// What a person reads, both languages.
    #[must_use]
    pub fn text(&self) -> String {
        let reason = self.reason();
        format!(
            "bulla-node: {} [{}]\n  {}\n  {self}",
            reason.message(Lang::En),
            reason.as_str(),
            reason.message(Lang::Zh)
        )
    }
}

fn key_file_reason(error: &KeyFileError) -> ReasonCode {
    match error {
        KeyFileError::NotFound { .. } | KeyFileError::NotAFile { .. } | KeyFileError::Io { .. } => {
            ReasonCode::FileUnreadable
        }
        KeyFileError::Permissions { .. } => ReasonCode::KeyFilePermissions,
        KeyFileError::Content { source: KeyPemError::PassphraseRequired, .. } => {
            ReasonCode::PassphraseRequired
        }
        KeyFileError::TooLarge { .. } | KeyFileError::Content { .. } | KeyFileError::Exists { .. } => {
            ReasonCode::KeyFileInvalid
        }
    }
}

/// The stable reason code of what the store says.
pub(crate) fn storage_reason(error: &StorageError) -> ReasonCode {
    match error {
        StorageError::Locked { .. } => ReasonCode::DataLocked,
        StorageError::NoLedger { .. } | StorageError::NotABullaFolder { .. } => ReasonCode::DataMissing,
        StorageError::AlreadyExists { .. } | StorageError::OtherLedger { .. } => {
            ReasonCode::DataOfOtherLedger
        }
        StorageError::NewerSchema { .. } => ReasonCode::DataSchemaNewer,
        StorageError::OlderSchema { .. } => ReasonCode::DataSchemaOlder,
        StorageError::UnknownProtocol(_) => ReasonCode::ProtocolVersionUnknown,
        StorageError::Corrupted { .. } | StorageError::MissingBody(_) => ReasonCode::DataCorrupt,
        StorageError::DiskFull { .. } => ReasonCode::DiskFull,
        StorageError::Io { source, .. } if source.kind() == io::ErrorKind::PermissionDenied => {
            ReasonCode::FileUnwritable
        }
        _ => ReasonCode::StorageFailed,
    }
}
