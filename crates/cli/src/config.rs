//! `client.toml`: which ledger, which nodes, and as whom.

use std::path::{Path, PathBuf};

use bulla_client::Tls;
use serde::{Deserialize, Serialize};

use crate::complaints::TOML_AT;
use crate::failure::Failure;
use crate::files;
use crate::text::Said;

/// The longest file that this can be, or that it can name.
const BYTES_MAX: usize = 1024 * 1024;

/// What `bulla` needs to talk to a ledger. Relative paths are relative to the file's folder.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(crate) struct ClientConfig {
    /// gRPC addresses of nodes, in order of preference.
    pub(crate) endpoints: Vec<String>,
    /// The ledger's genesis: what every answer is verified against.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) genesis: Option<PathBuf>,
    /// Number of the member who signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<u64>,
    /// Its OPERATE key file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<PathBuf>,
    /// Its ADMINISTER key file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) administer_key: Option<PathBuf>,
    /// Transport security towards the nodes; in the clear without it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) tls: Option<TlsConfig>,
    /// The folder of the file.
    #[serde(skip)]
    pub(crate) folder: PathBuf,
}

/// PEM files of transport security.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsConfig {
    /// Certificates of the authorities that certify nodes.
    pub(crate) authorities: PathBuf,
    /// Certificate chain to appear with, and its private key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) identity: Option<TlsIdentity>,
    /// Name to expect in the nodes' certificates in place of their address.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) server_name: Option<String>,
}

/// As whom to appear to nodes.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct TlsIdentity {
    pub(crate) certificate: PathBuf,
    pub(crate) key: PathBuf,
}

impl ClientConfig {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = files::read_text(path, BYTES_MAX)?;
        let mut config: Self = toml::from_str(&text)
            .map_err(|error| Failure::config(place_in(&text, &error).of_thing(path.display())))?;
        let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
        config.resolve(folder.unwrap_or(Path::new(".")));
        Ok(config)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        files::write(path, self.to_toml()?)
    }

    /// The text of the file.
    pub(crate) fn to_toml(&self) -> Result<String, Failure> {
        toml::to_string_pretty(self).map_err(|error| Failure::internal(&error))
    }

    fn resolve(&mut self, folder: &Path) {
        let own = [&mut self.genesis, &mut self.key, &mut self.administer_key].into_iter().flatten();
        let tls = self.tls.as_mut().into_iter().flat_map(|tls| {
            let identity = tls.identity.as_mut().into_iter();
            let identity = identity.flat_map(|identity| [&mut identity.certificate, &mut identity.key]);
            std::iter::once(&mut tls.authorities).chain(identity)
        });
        for path in own.chain(tls) {
            *path = folder.join(&*path);
        }
        self.folder = folder.to_owned();
    }
}

impl TlsConfig {
    /// Reads the files.
    pub(crate) fn load(&self) -> Result<Tls, Failure> {
        let read = |path: &Path| files::read(path, BYTES_MAX);
        let mut tls = Tls::of_authorities(read(&self.authorities)?);
        if let Some(identity) = &self.identity {
            tls = tls.identity(read(&identity.certificate)?, read(&identity.key)?);
        }
        if let Some(name) = &self.server_name {
            tls = tls.server_name(name);
        }
        Ok(tls)
    }
}

/// What is wrong with a TOML text, and where.
pub(crate) fn place_in(text: &str, error: &toml::de::Error) -> Said {
    let what = Said::english(error.message());
    match error.span() {
        Some(span) => place_at(text, span.start, &what),
        None => what,
    }
}

/// What is wrong at this byte of a text.
pub(crate) fn place_at(text: &str, start: usize, what: &Said) -> Said {
    let Some(before) = text.get(..start) else { return what.clone() };
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    TOML_AT.with(&[&line, &column, what])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;
    use crate::failure::exit;

    #[test]
    fn a_configuration_reads_back_with_paths_from_its_folder() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("client.toml");
        let written = ClientConfig {
            endpoints: vec!["http://127.0.0.1:7000".to_owned()],
            genesis: Some("genesis.bin".into()),
            member: Some(6),
            key: Some("members/operate.pem".into()),
            tls: Some(TlsConfig {
                authorities: "/etc/ca.pem".into(),
                identity: Some(TlsIdentity { certificate: "me.pem".into(), key: "me.key".into() }),
                server_name: None,
            }),
            ..ClientConfig::default()
        };
        written.write(&path).unwrap();
        let read = ClientConfig::read(&path).unwrap();
        assert_eq!(read.endpoints, written.endpoints);
        assert_eq!(read.genesis, Some(folder.path().join("genesis.bin")));
        assert_eq!(read.key, Some(folder.path().join("members/operate.pem")));
        let tls = read.tls.unwrap();
        assert_eq!(tls.authorities, Path::new("/etc/ca.pem"));
        assert_eq!(tls.identity.unwrap().key, folder.path().join("me.key"));
    }

    #[test]
    fn a_setting_that_does_not_exist_is_refused_by_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("client.toml");
        std::fs::write(&path, "endpoint = \"http://127.0.0.1:7000\"\n").unwrap();
        let failure = ClientConfig::read(&path).unwrap_err();
        assert_eq!(failure.exit, exit::USAGE);
        assert!(failure.detail.en.contains("line 1, column 1: unknown field `endpoint`"), "{failure:?}");
        assert!(failure.detail.zh.contains("第 1 行第 1 列：没有设置项 endpoint"), "{failure:?}");
    }
}
