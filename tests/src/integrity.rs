//! The integrity check of data folders.

use std::path::Path;

use bulla_storage::{NoHook, StoreOptions};
use serde_json::json;

use crate::bulla::bulla;

/// Checks a data folder whose node is down as its operator would, by `bulla fsck`, which also executes the
/// whole log again.
pub(crate) fn assert_in_order(data: &Path) {
    let answer = bulla([Path::new("fsck"), Path::new("--data"), data]);
    assert_eq!(
        (answer.code, &answer.json["clean"]),
        (0, &json!(true)),
        "{}: {:#}",
        data.display(),
        answer.json
    );
}

/// What is wrong in a data folder, in words; empty when it is in good order. Looks at bytes, hashes and
/// signatures, and executes nothing.
#[must_use]
pub fn findings(data: &Path) -> Vec<String> {
    match bulla_storage::fsck(data, &StoreOptions::small(), &mut NoHook, &mut |_| ()) {
        Ok(report) => report.findings.iter().map(ToString::to_string).collect(),
        Err(error) => vec![error.to_string()],
    }
}
