//! The proof that the ledger has forked, as it lies in the data folder: `docs/formats/fork-proof.md`.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use bulla_crypto::whole_file;
use bulla_types::{ForkProof, LedgerId};
use bulla_verify::{Anchor, verify_fork};

/// Name of the file. As long as it lies there the node takes no part in consensus; an operator takes it away when the
/// members have settled which history stands.
pub(crate) const FORK_PROOF: &str = "fork-proof";

/// A fork proof in the data folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct KeptProof {
    pub(crate) path: PathBuf,
    /// What it shows, or why it shows nothing.
    pub(crate) says: String,
}

impl KeptProof {
    /// The one that lies in a data folder, whatever it is worth: a file that cannot be read is none that can be passed
    /// over.
    pub(crate) fn in_folder(data: &Path, ledger_id: LedgerId) -> Option<Self> {
        let path = data.join(FORK_PROOF);
        let says = match fs::read(&path) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return None,
            Err(error) => error.to_string(),
            Ok(bytes) => match verify_fork(&bytes, &Anchor::Ledger(ledger_id)) {
                Ok(report) => format!("two certified blocks at height {}", report.height),
                Err(refused) => refused.to_string(),
            },
        };
        Some(Self { path, says })
    }

    /// Writes a proof into a data folder, whole or not at all. One that lies there stays.
    pub(super) fn write(data: &Path, proof: &ForkProof) -> io::Result<Self> {
        let path = data.join(FORK_PROOF);
        let says = format!("two certified blocks at height {}", proof.height());
        match whole_file::create(&path, whole_file::MODE_BY_MASK, &proof.encode()) {
            Err(error) if error.kind() != io::ErrorKind::AlreadyExists => Err(error),
            _ => Ok(Self { path, says }),
        }
    }
}
