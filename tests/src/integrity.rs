//! The integrity check of data folders.

use std::path::Path;

use bulla_storage::{FsckReport, NoHook, StorageError, StoreOptions};

/// Checks a data folder whose node is down.
///
/// # Errors
/// When nothing could be checked.
pub fn fsck(data: &Path) -> Result<FsckReport, StorageError> {
    bulla_storage::fsck(data, &StoreOptions::small(), &mut NoHook, &mut |_| ())
}

/// What is wrong in a data folder, in words; empty when it is in good order.
#[must_use]
pub fn findings(data: &Path) -> Vec<String> {
    match fsck(data) {
        Ok(report) => report.findings.iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.to_string()],
    }
}
