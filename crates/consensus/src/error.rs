//! Why consensus does not start, and why it ended.

use std::path::PathBuf;

use crate::application::ApplicationError;
use crate::signer::SignerError;

/// Why consensus could not be started.
#[derive(Debug, thiserror::Error)]
pub enum ConsensusError {
    /// The write-ahead log cannot be opened, most often because another process has it.
    #[error("cannot open the consensus log {}: {reason}", path.display())]
    Log {
        /// The file.
        path: PathBuf,
        /// What the engine says.
        reason: String,
    },
    /// The signer could not sign the proof of who this node is.
    #[error(transparent)]
    Signer(#[from] SignerError),
    /// An actor of the engine did not start.
    #[error("the engine's {actor} did not start: {reason}")]
    Actor {
        /// Which one.
        actor: &'static str,
        /// What the engine says.
        reason: String,
    },
}

/// Why a running node's part in consensus ended. It does not start again in this process.
#[derive(Debug, thiserror::Error)]
pub enum ConsensusFailure {
    /// The application cannot go on.
    #[error("at height {height}: {source}")]
    Application {
        /// Height of the block in question.
        height: u64,
        /// What the application says.
        source: ApplicationError,
    },
    /// The engine asked what it never should: a defect in it, or in how this crate understands it.
    #[error("the consensus engine broke its own order: {0}")]
    Protocol(&'static str),
    /// A task of this crate panicked: a defect.
    #[error("a consensus task panicked: {0}")]
    Panic(String),
    /// An actor of the engine failed, or the engine stopped itself lest it sign twice (its log could not be
    /// written). The log says which.
    #[error("the consensus engine stopped; its log says why")]
    Engine,
}
