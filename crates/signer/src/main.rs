//! `bulla-signer`: holds a validator's consensus key and its record of votes, and signs what the record allows.

use std::io;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;

use bulla_crypto::key_file::{self, KeyFileError};
use bulla_crypto::{PublicKey, SecretKey};
use bulla_signer::channel::Identity;
use bulla_signer::config::{ConfigError, KeyPlace, SignerConfig};
use bulla_signer::server::Listeners;
use bulla_signer::{Signer, SigningKey, TokenError, TokenKey};
use bulla_storage::{SignedRecord, StorageError};
use bulla_types::{Lang, LedgerId, ReasonCode};
use clap::Parser;
use rustix::fs::Mode;
use tokio::signal::unix::{SignalKind, signal};
use tracing::{info, warn};
use tracing_subscriber::EnvFilter;

/// Holds a validator's consensus key and never signs twice / 保管验证节点的共识密钥，绝不重复签名
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// The signer's configuration, signer.toml / 签名进程的配置文件
    #[arg(long, env = "BULLA_SIGNER_CONFIG")]
    config: PathBuf,
}

/// Why the signer does not start.
#[derive(Debug, thiserror::Error)]
enum Failure {
    #[error(transparent)]
    Config(#[from] ConfigError),
    #[error("{setting} in signer.toml: {reason}")]
    Setting { setting: &'static str, reason: String },
    #[error(transparent)]
    Key(#[from] KeyFileError),
    #[error(transparent)]
    Token(#[from] TokenError),
    #[error("the record of votes: {0}")]
    Record(#[from] StorageError),
    #[error("cannot listen on {place} ({setting} in signer.toml): {source}")]
    Listen { setting: &'static str, place: String, source: io::Error },
    #[error("cannot listen for signals: {0}")]
    Signals(io::Error),
}

impl Failure {
    fn reason(&self) -> ReasonCode {
        match self {
            Self::Config(ConfigError::Read { .. }) => ReasonCode::FileUnreadable,
            Self::Config(_) | Self::Setting { .. } => ReasonCode::ConfigInvalid,
            Self::Key(KeyFileError::Permissions { .. }) => ReasonCode::KeyFilePermissions,
            Self::Key(KeyFileError::NotFound { .. } | KeyFileError::Io { .. }) => ReasonCode::FileUnreadable,
            Self::Key(_) => ReasonCode::KeyFileInvalid,
            Self::Token(error) => error.reason(),
            Self::Record(StorageError::Locked { .. }) => ReasonCode::DataLocked,
            Self::Record(StorageError::OtherLedger { .. }) => ReasonCode::DataOfOtherLedger,
            Self::Record(StorageError::NewerSchema { .. }) => ReasonCode::DataSchemaNewer,
            Self::Record(StorageError::OlderSchema { .. }) => ReasonCode::DataSchemaOlder,
            Self::Record(StorageError::Corrupted { .. }) => ReasonCode::DataCorrupt,
            Self::Record(_) => ReasonCode::StorageFailed,
            Self::Listen { source, .. } if source.kind() == io::ErrorKind::AddrInUse => ReasonCode::PortInUse,
            Self::Listen { .. } => ReasonCode::ConfigInvalid,
            Self::Signals(_) => ReasonCode::Internal,
        }
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_ansi(false).with_writer(io::stderr).init();
    // Nothing that this process makes is for others, from its first moment.
    rustix::process::umask(Mode::from_raw_mode(0o077));
    match start(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let reason = error.reason();
            let (en, zh) = (reason.message(Lang::En), reason.message(Lang::Zh));
            eprintln!("bulla-signer: {en} [{}]\n  {zh}\n  {error}", reason.as_str());
            ExitCode::FAILURE
        }
    }
}

#[tokio::main]
async fn start(arguments: &Arguments) -> Result<(), Failure> {
    let config = SignerConfig::read(&arguments.config)?;
    let setting = |setting, reason: String| Failure::Setting { setting, reason };
    let ledger_id: LedgerId =
        config.ledger_id.parse().map_err(|error| setting("ledger_id", format!("{error}")))?;
    if config.socket.is_none() && config.tcp.is_none() {
        return Err(setting("socket", "there is neither socket nor tcp: nobody could ask".to_owned()));
    }
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::Signals)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(Failure::Signals)?;
    let key: Arc<dyn SigningKey> = match config.key.clone() {
        KeyPlace::File(path) => Arc::new(key_file::read(&path, None)?),
        KeyPlace::Token(token) => Arc::new(TokenKey::open(token)?),
    };
    let record = SignedRecord::open(&config.record, ledger_id)?;
    if let Some(doubt) = record.doubt() {
        warn!(%doubt, "nothing is signed before a node says how far the network is");
    }
    let signer = Arc::new(Signer::new(ledger_id, key, record));
    let listeners = listen(&config).await?;
    info!(ledger = %ledger_id, address = %signer.address(), public_key = %signer.public_key(), "the signer is up");
    tokio::select! {
        () = listeners.serve(signer) => {}
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    info!("the signer has stopped");
    Ok(())
}

async fn listen(config: &SignerConfig) -> Result<Listeners, Failure> {
    let mut listeners = Listeners::none();
    if let Some(path) = &config.socket {
        listeners.on_socket(path, config.socket_for_group).map_err(|source| Failure::Listen {
            setting: "socket",
            place: path.display().to_string(),
            source,
        })?;
    }
    if let Some(tcp) = &config.tcp {
        let failed = |source| Failure::Listen { setting: "tcp", place: tcp.listen.to_string(), source };
        let identity: SecretKey = key_file::read(&tcp.identity, None)?;
        let own = Identity::of(&identity).map_err(failed)?;
        let nodes = tcp.nodes.iter().map(|text| text.parse()).collect::<Result<Vec<PublicKey>, _>>();
        let nodes =
            nodes.map_err(|error| Failure::Setting { setting: "tcp.nodes", reason: error.to_string() })?;
        let bound = listeners.on_tcp(tcp.listen, own, nodes).await.map_err(failed)?;
        info!(address = %bound, "nodes on the list may connect");
    }
    Ok(listeners)
}
