//! What commands share: language and form of output, configuration, and the way to the ledger.

use std::future::Future;
use std::path::{Path, PathBuf};

use bulla_client::{Client, Signer, Tls, Trust};
use bulla_types::{AccessToEntries, Lang, MemberNumber, ReasonCode, limits::GENESIS_BYTES_MAX};
use bulla_verify::TrustedGenesis;
use serde_json::to_value;

use crate::arguments::Common;
use crate::commands::localnet::Localnet;
use crate::complaints::{FILE_EMPTY, NO_GENESIS, NO_OPERATOR, NOTHING_NAMED_TO_ASK};
use crate::config::{ClientConfig, TlsConfig};
use crate::failure::{Failure, exit};
use crate::messages::NOBODY_READY;
use crate::output::{self, Show};
use crate::survey::{self, Answer};
use crate::text::{Said, Text};
use crate::words::Word;
use crate::{files, key_files};

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
            output::print_text(&shown.text(self.lang))?;
        }
        Ok(shown.exit())
    }

    /// The folder of the local network that was named.
    pub(crate) fn localnet(&self) -> Option<&Path> {
        self.options.localnet.as_deref()
    }

    /// Whether the command line names a ledger, for what can be answered without one.
    pub(crate) fn names_a_ledger(&self) -> bool {
        let Common { config, endpoint, localnet, .. } = &self.options;
        config.is_some() || localnet.is_some() || !endpoint.is_empty()
    }

    /// The configuration, with what the command line says in its place. Both ways to name one on the command
    /// line come before the environment.
    pub(crate) fn config(&self) -> Result<ClientConfig, Failure> {
        if let (Some(dir), None) = (self.localnet(), &self.options.config) {
            Localnet::require(dir)?;
        }
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
        let answers = survey::survey(&config.endpoints, &link, Answer::is_ready).await?;
        if let [first, ..] = answers.as_slice()
            && !answers.iter().any(Answer::is_ready)
        {
            self.note(&NOBODY_READY.fill(self.lang, &[&first.endpoint, &first.status.health().name()]));
        }
        let endpoints = survey::by_readiness(&config.endpoints, &answers);
        let client = Client::connect(&endpoints, link.tls.as_ref(), trust).await?;
        // Whoever has no key of a member is told by the node what it may not read.
        if link.entries_are_members() && config.member.is_some() && config.key.is_some() {
            return Ok(client.reading_as(self.operator()?)?);
        }
        Ok(client)
    }

    /// Who signs daily business.
    pub(crate) fn operator(&self) -> Result<Signer, Failure> {
        let config = self.config()?;
        let (Some(member), Some(key)) = (config.member, config.key) else {
            return Err(Failure::config(NO_OPERATOR));
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
            return Err(Failure::config(NOTHING_NAMED_TO_ASK));
        }
        let tls = config.tls.as_ref().map(TlsConfig::load).transpose()?;
        let genesis = config.genesis.as_deref().map(read_genesis).transpose()?;
        Ok(Self { tls, genesis })
    }

    /// Whether the ledger shows entries to its members alone.
    fn entries_are_members(&self) -> bool {
        let genesis = self.genesis.as_ref().map(TrustedGenesis::genesis);
        genesis.is_some_and(|genesis| genesis.parameters().entry_access == AccessToEntries::Members)
    }

    /// Trust in the genesis that is configured. Answers that are to be proved need one.
    pub(crate) fn require_genesis(&self) -> Result<Trust, Failure> {
        self.genesis.clone().map(Trust::Genesis).ok_or_else(|| Failure::config(NO_GENESIS))
    }
}

/// Reads a genesis that the person names as trusted.
pub(crate) fn read_genesis(path: &Path) -> Result<TrustedGenesis, Failure> {
    genesis_of(path, &files::read(path, GENESIS_BYTES_MAX)?)
}

/// The genesis that a file named as trusted holds.
pub(crate) fn genesis_of(path: &Path, bytes: &[u8]) -> Result<TrustedGenesis, Failure> {
    if bytes.is_empty() {
        return Err(no_anchor(path, FILE_EMPTY.into()));
    }
    TrustedGenesis::from_file(bytes).map_err(|refused| no_anchor(path, Said::english(refused.detail)))
}

/// A file that was named as trusted and cannot be: nothing is verified against it.
pub(crate) fn no_anchor(path: &Path, why: Said) -> Failure {
    Failure { exit: exit::USAGE, ..Failure::new(ReasonCode::AnchorInvalid, why.of_thing(path.display())) }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::time::{Duration, Instant};

    use bulla_types::Canonical;

    use super::*;
    use crate::commands::localnet::test_genesis;

    fn context(endpoint: &[&str], genesis: &Path) -> Context {
        let options = Common {
            json: true,
            lang: None,
            config: None,
            endpoint: endpoint.iter().map(ToString::to_string).collect(),
            genesis: Some(genesis.to_owned()),
            localnet: None,
        };
        Context::new(options, Lang::Zh)
    }

    #[test]
    fn where_no_node_answers_every_one_is_named_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let genesis = folder.path().join("genesis.bin");
        std::fs::write(&genesis, test_genesis().encode()).unwrap();
        let context = context(&["http://127.0.0.1:1", "http://127.0.0.1:2"], &genesis);
        let started = Instant::now();
        let failure = context.run(context.client()).err().unwrap();
        assert_eq!((failure.reason, failure.exit), (ReasonCode::Unreachable, exit::FAILED));
        assert!(failure.detail.zh.contains("127.0.0.1:1：") && failure.detail.zh.contains("127.0.0.1:2："));
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
    }

    #[test]
    fn a_file_that_is_no_genesis_is_named_and_nothing_is_asked() {
        let folder = tempfile::tempdir().unwrap();
        let genesis = folder.path().join("genesis.bin");
        for (bytes, told) in [(&b""[..], "文件为空"), (&[0xff; 9], "不是创世文件")] {
            std::fs::write(&genesis, bytes).unwrap();
            let context = context(&["http://127.0.0.1:1"], &genesis);
            let failure = context.run(context.client()).err().unwrap();
            assert_eq!((failure.reason, failure.exit), (ReasonCode::AnchorInvalid, exit::USAGE));
            assert!(failure.detail.zh.contains("genesis.bin：") && failure.detail.zh.contains(told));
        }
    }
}
