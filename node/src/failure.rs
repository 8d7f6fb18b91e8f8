//! Why a node does not start or ends, for the person who runs it.

use std::path::PathBuf;

use bulla_api::ServeError;
use bulla_chain::ChainError;
use bulla_consensus::ConsensusError;
use bulla_crypto::key_file::KeyFileError;
use bulla_network::{AddressError, HostError};
use bulla_storage::StorageError;
use bulla_types::{DecodeError, Lang, ReasonCode};
use thiserror::Error;

use crate::config::ConfigError;

/// Why a node does not start or ends.
#[derive(Debug, Error)]
pub enum NodeError {
    /// The configuration cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The genesis file cannot be read.
    #[error("cannot read {path}: {source}")]
    ReadFile {
        /// The file.
        path: PathBuf,
        /// What the system says.
        source: std::io::Error,
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
    /// A key is not the one that the genesis declares for this node.
    #[error("{path} is not a {purpose} key of any member in the genesis")]
    ForeignKey {
        /// The file.
        path: PathBuf,
        /// What it should be.
        purpose: &'static str,
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
    /// The members' network did not start.
    #[error(transparent)]
    Network(#[from] HostError),
    /// Consensus did not start.
    #[error(transparent)]
    Consensus(#[from] ConsensusError),
    /// Consensus ended by itself.
    #[error("consensus ended: {0}")]
    ConsensusEnded(String),
    /// The data folder cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The chain cannot be opened.
    #[error(transparent)]
    Chain(#[from] ChainError),
    /// Clients cannot be served.
    #[error(transparent)]
    Serve(#[from] ServeError),
    /// The system refuses signals.
    #[error("cannot listen for signals: {0}")]
    Signals(std::io::Error),
}

impl NodeError {
    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::Config(_) | Self::Address(_) | Self::Listen { .. } => ReasonCode::ConfigInvalid,
            Self::ReadFile { .. } => ReasonCode::NotFound,
            Self::Genesis { .. } => ReasonCode::GenesisInvalid,
            Self::Key(KeyFileError::Io { .. } | KeyFileError::Content { .. }) | Self::ForeignKey { .. } => {
                ReasonCode::KeyFileInvalid
            }
            Self::Key(_) => ReasonCode::KeyFilePermissions,
            Self::Network(HostError::PortInUse { .. })
            | Self::Serve(ServeError::Listen { .. })
            | Self::Consensus(ConsensusError::Listen { .. }) => ReasonCode::PortInUse,
            Self::Network(_) | Self::Consensus(_) => ReasonCode::ConfigInvalid,
            Self::Storage(error) | Self::Chain(ChainError::Storage(error)) => storage_reason(error),
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

fn storage_reason(error: &StorageError) -> ReasonCode {
    match error {
        StorageError::Locked { .. } => ReasonCode::DataLocked,
        StorageError::NoLedger { .. } | StorageError::NotABullaFolder { .. } => ReasonCode::DataMissing,
        StorageError::AlreadyExists { .. } | StorageError::OtherLedger { .. } => {
            ReasonCode::DataOfOtherLedger
        }
        StorageError::NewerSchema { .. } => ReasonCode::DataSchemaNewer,
        StorageError::Corrupted { .. } | StorageError::MissingBody(_) => ReasonCode::DataCorrupt,
        StorageError::DiskFull { .. } => ReasonCode::DiskFull,
        _ => ReasonCode::StorageFailed,
    }
}
