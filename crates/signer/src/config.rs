//! `signer.toml`: what a signer process is started with.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::token::TokenConfig;

/// The configuration of a signer. Relative paths are relative to the folder of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SignerConfig {
    /// The ledger that it signs for, 64 hexadecimal digits. For another one it signs nothing.
    pub ledger_id: String,
    /// The folder of its record of votes. It is made when it is not there.
    pub record: PathBuf,
    /// The unix socket on which it answers. It is made when the signer starts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub socket: Option<PathBuf>,
    /// Lets the socket's group connect too, for a node that runs as another user; else its owner alone.
    #[serde(default)]
    pub socket_for_group: bool,
    /// The consensus key.
    pub key: KeyPlace,
    /// Answers over TCP too.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tcp: Option<TcpConfig>,
}

/// Where the consensus key is.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum KeyPlace {
    /// In a key file, PKCS#8 PEM, readable by the owner alone.
    File(PathBuf),
    /// In a PKCS#11 token.
    Token(TokenConfig),
}

/// Answers over TCP, under Noise: both sides know each other's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TcpConfig {
    /// Address to listen on.
    pub listen: SocketAddr,
    /// Key file of the signer's identity on TCP; not its consensus key.
    pub identity: PathBuf,
    /// Public keys of the nodes that may ask, 64 hexadecimal digits each: their PEER keys.
    pub nodes: Vec<String>,
}

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file cannot be read.
    #[error("cannot read {}: {source}", path.display())]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: std::io::Error,
    },
    /// The file is no configuration of a signer.
    #[error("{} is not a valid signer configuration: {source}", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        source: Box<toml::de::Error>,
    },
}

impl SignerConfig {
    /// Reads `signer.toml` and resolves its paths.
    ///
    /// # Errors
    /// [`ConfigError`] names the file and what is wrong in it.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text = std::fs::read_to_string(path)
            .map_err(|source| ConfigError::Read { path: path.to_owned(), source })?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|source| ConfigError::Parse { path: path.to_owned(), source: Box::new(source) })?;
        config.resolve(path.parent().unwrap_or(Path::new(".")));
        Ok(config)
    }

    fn resolve(&mut self, folder: &Path) {
        let key = match &mut self.key {
            KeyPlace::File(path) => Some(path),
            KeyPlace::Token(token) => token.pin_file.as_mut(),
        };
        let tcp = self.tcp.as_mut().map(|tcp| &mut tcp.identity);
        let paths = [&mut self.record].into_iter().chain(&mut self.socket).chain(key).chain(tcp);
        paths.for_each(|path| *path = folder.join(&*path));
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_key_in_two_places_and_an_unknown_setting_are_refused() {
        let start = "ledger_id = \"00\"\nrecord = \"record\"\nsocket = \"s\"\n";
        for rest in ["[key]\nfile = \"a\"\ntoken = \"b\"\n", "[key]\nfile = \"a\"\n[other]\n", ""] {
            assert!(toml::from_str::<SignerConfig>(&format!("{start}{rest}")).is_err(), "{rest}");
        }
    }
}
