//! `client.toml`: which ledger, which nodes, and as whom.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::failure::Failure;

/// What `bulla` needs to talk to a ledger. Relative paths are relative to the file's folder.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct ClientConfig {
    /// gRPC endpoints, tried in order.
    pub(crate) endpoints: Vec<String>,
    /// The ledger's genesis.
    pub(crate) genesis: PathBuf,
    /// Number of the member who signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) member: Option<u64>,
    /// Its OPERATE key file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) key: Option<PathBuf>,
    /// Its ADMINISTER key file.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) administer_key: Option<PathBuf>,
}

impl ClientConfig {
    pub(crate) fn read(path: &Path) -> Result<Self, Failure> {
        let text = std::fs::read_to_string(path).map_err(|error| Failure::file(path, &error))?;
        let mut config: Self = toml::from_str(&text).map_err(|error| Failure::invalid_file(path, &error))?;
        let folder = path.parent().unwrap_or(Path::new("."));
        config.genesis = folder.join(&config.genesis);
        for path in [&mut config.key, &mut config.administer_key].into_iter().flatten() {
            *path = folder.join(&*path);
        }
        Ok(config)
    }

    pub(crate) fn write(&self, path: &Path) -> Result<(), Failure> {
        let text = toml::to_string_pretty(self).map_err(|error| Failure::internal(&error))?;
        std::fs::write(path, text).map_err(|error| Failure::file(path, &error))
    }
}
