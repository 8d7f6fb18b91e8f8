//! What commands share: language and form of output, configuration, and the way to the ledger.

use std::future::Future;
use std::path::{Path, PathBuf};

use bulla_client::{Client, Signer, Tls, Trust};
use bulla_types::{Lang, MemberNumber};
use bulla_verify::TrustedGenesis;
use serde_json::to_value;

use crate::arguments::Common;
use crate::commands::localnet::Localnet;
use crate::config::{ClientConfig, TlsConfig};
use crate::failure::Failure;
use crate::messages::Text;
use crate::output::{self, Show};
use crate::{key_files, survey};

/// The environment variable that names the configuration.
const CONFIG: &str = "BULLA_CONFIG";

/// The options that every command takes, and what follows from them.
pub(crate) struct Context {
    pub(crate) lang: Lang,
    options: Common,
}

impl Context {
    pub(crate) fn new(options: Common, lang: Lang) -> Self {
        Self { lang, options }
    }

    /// Whether a program reads the output.
    pub(crate) fn json(&self) -> bool {
        self.options.json
    }

    /// A text in the language of this command.
    pub(crate) fn say(&self, text: Text) -> &'static str {
        text.of(self.lang)
    }

    /// Tells a person something on the way; a program reads the end.
    pub(crate) fn note(&self, text: &str) {
        if !self.json() {
            output::note(text);
        }
    }

    /// Prints what a command has to say; gives its exit code.
    pub(crate) fn show<S: Show + ?Sized>(&self, shown: &S) -> Result<u8, Failure> {
        if self.json() {
            output::print_json(&to_value(shown).map_err(|error| Failure::internal(&error))?)?;
        } else {
            output::print(&shown.text(self.lang));
        }
        Ok(shown.exit())
    }

    /// Prints why a command failed: to stdout for a program, to stderr for a person.
    pub(crate) fn show_failure(&self, failure: &Failure) {
        if self.json() {
            // A failure is plain text inside; its serialisation does not fail.
            let _ = output::print_json(&failure.json());
        } else {
            output::note(&failure.text(self.lang));
        }
    }

    /// The folder of the local network that was named.
    pub(crate) fn localnet(&self) -> Option<&Path> {
        self.options.localnet.as_deref()
    }

    /// The configuration, with what the command line says in its place. Both ways to name one on the command
    /// line come before the environment.
    pub(crate) fn config(&self) -> Result<ClientConfig, Failure> {
        let of_localnet = || self.localnet().map(Localnet::client_config);
        let of_environment = || std::env::var_os(CONFIG).map(PathBuf::from);
        let mut config = match self.options.config.clone().or_else(of_localnet).or_else(of_environment) {
            Some(path) => ClientConfig::read(&path)?,
            None => ClientConfig { folder: ".".into(), ..ClientConfig::default() },
        };
        if !self.options.endpoint.is_empty() {
            config.endpoints.clone_from(&self.options.endpoint);
        }
        if self.options.genesis.is_some() {
            config.genesis.clone_from(&self.options.genesis);
        }
        Ok(config)
    }

    /// Runs what waits for nodes.
    pub(crate) fn run<T>(&self, work: impl Future<Output = Result<T, Failure>>) -> Result<T, Failure> {
        tokio::runtime::Runtime::new().map_err(|error| Failure::internal(&error))?.block_on(work)
    }

    /// A client that goes to a node that answers, a ready one first.
    pub(crate) async fn client(&self) -> Result<Client, Failure> {
        let config = self.config()?;
        let link = Link::of(&config)?;
        let trust = link.require_genesis()?;
        let endpoints = survey::by_readiness(&config.endpoints, &link).await?;
        Ok(Client::connect(&endpoints, link.tls.as_ref(), trust).await?)
    }

    /// Who signs daily business.
    pub(crate) fn operator(&self) -> Result<Signer, Failure> {
        let config = self.config()?;
        let (Some(member), Some(key)) = (config.member, config.key) else {
            return Err(Failure::usage(
                "the configuration names no member and key to sign with (member, key); see --config",
            ));
        };
        Ok(Signer::new(MemberNumber(member), key_files::read(&key)?))
    }
}

/// How nodes are reached, and what is believed of them.
#[derive(Clone)]
pub(crate) struct Link {
    pub(crate) tls: Option<Tls>,
    pub(crate) genesis: Option<TrustedGenesis>,
}

impl Link {
    pub(crate) fn of(config: &ClientConfig) -> Result<Self, Failure> {
        if config.endpoints.is_empty() {
            return Err(Failure::usage(
                "no node is named; see --endpoint, --config (BULLA_CONFIG) and --localnet",
            ));
        }
        let tls = config.tls.as_ref().map(TlsConfig::load).transpose()?;
        let genesis = config.genesis.as_deref().map(read_genesis).transpose()?;
        Ok(Self { tls, genesis })
    }

    /// Trust in the genesis that is configured. Answers that are to be proved need one.
    pub(crate) fn require_genesis(&self) -> Result<Trust, Failure> {
        let missing =
            || Failure::usage("no genesis to verify answers against is named; see --genesis and --config");
        self.genesis.clone().map(Trust::Genesis).ok_or_else(missing)
    }

    /// Trust in the genesis that is configured, or in whatever a node gives: for what is its word anyway.
    pub(crate) fn any_genesis(&self) -> Trust {
        self.genesis.clone().map_or(Trust::FirstUse, Trust::Genesis)
    }
}

/// Reads a genesis that the person names as trusted.
pub(crate) fn read_genesis(path: &Path) -> Result<TrustedGenesis, Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    Ok(TrustedGenesis::from_file(&bytes)?)
}
