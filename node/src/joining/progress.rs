//! How far joining has come.

use bulla_storage::RestoreProgress;
use bulla_types::{Height, ReasonCode, proto};

/// How far joining has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct JoinProgress {
    /// What is done now.
    pub(crate) stage: JoinStage,
    /// Height of the snapshot; 0 while none is chosen.
    pub(crate) height: Height,
    /// Bytes of its content that are done in this stage.
    pub(crate) done_bytes: u64,
    /// Bytes of its content.
    pub(crate) total_bytes: u64,
    /// Why it does not go on, when it has not for a while.
    pub(crate) trouble: Option<ReasonCode>,
}

/// What is done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum JoinStage {
    /// Peers are asked which snapshots they have.
    Asking,
    /// Chunks are fetched.
    Fetching,
    /// The data folder is built, and every root compared.
    Building,
}

impl JoinStage {
    fn as_str(self) -> &'static str {
        match self {
            Self::Asking => "asking",
            Self::Fetching => "fetching",
            Self::Building => "building",
        }
    }
}

impl JoinProgress {
    /// As clients are told.
    pub(super) fn to_message(self) -> proto::JoinProgress {
        proto::JoinProgress {
            stage: self.stage.as_str().to_owned(),
            height: self.height.0,
            done_bytes: self.done_bytes,
            total_bytes: self.total_bytes,
        }
    }

    /// How the node is, and why it is not ready.
    pub(super) fn health(self) -> (proto::NodeHealth, ReasonCode) {
        use proto::NodeHealth::{DiskFull, Failed, NoQuorum, Syncing};
        let reason = self.trouble.unwrap_or(ReasonCode::Syncing);
        let health = match reason {
            ReasonCode::ProtocolVersionUnknown => Failed,
            ReasonCode::DiskFull => DiskFull,
            ReasonCode::NoPeerConnected | ReasonCode::NodeNotLetIn | ReasonCode::LedgerDiffers => NoQuorum,
            _ => Syncing,
        };
        (health, reason)
    }

    /// Before anything is known.
    pub(crate) const ASKING: Self =
        Self { stage: JoinStage::Asking, height: Height(0), done_bytes: 0, total_bytes: 0, trouble: None };

    pub(super) fn fetching(height: Height, done_bytes: u64, total_bytes: u64) -> Self {
        Self { stage: JoinStage::Fetching, height, done_bytes, total_bytes, trouble: None }
    }

    pub(super) fn building(height: Height, done: RestoreProgress) -> Self {
        let RestoreProgress { done_bytes, total_bytes } = done;
        Self { stage: JoinStage::Building, height, done_bytes, total_bytes, trouble: None }
    }
}
