//! The nodes of a local network that run, for others.

use std::path::{Path, PathBuf};

use super::layout::{Localnet, Node};
use super::process;
use crate::failure::Failure;

/// The full path of the folder of a network that is there.
pub(super) fn existing(dir: &Path) -> Result<PathBuf, Failure> {
    Localnet::require(dir)?;
    canonical(dir)
}

/// The full path of a network's folder: processes are recognised by it.
pub(super) fn canonical(dir: &Path) -> Result<PathBuf, Failure> {
    dir.canonicalize().map_err(|error| Failure::file(dir, &error))
}

/// The nodes of a network that run, each with its process id.
pub(crate) fn running(dir: &Path) -> Result<Vec<(Node, u32)>, Failure> {
    let dir = existing(dir)?;
    let nodes = Localnet::read(&dir)?.nodes.into_iter();
    Ok(nodes.filter_map(|node| process::running(&dir, &node).map(|pid| (node, pid))).collect())
}
