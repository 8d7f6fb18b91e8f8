//! Keys that a command has made, or signed with, as it tells of them.

use std::path::PathBuf;

use bulla_types::{KeyPurpose, Lang};
use serde::Serialize;

use crate::founding::KeyFolders;
use crate::messages::{KEY_ID, PURPOSE};
use crate::output;
use crate::words::{self, Word};

/// A key and the file that it lies in.
#[derive(Serialize)]
pub(super) struct MadeKey {
    purpose: &'static str,
    key_id: String,
    file: PathBuf,
}

impl MadeKey {
    pub(super) fn new(folders: &KeyFolders, purpose: KeyPurpose, key_id: String) -> Self {
        Self { purpose: purpose.code(), key_id, file: folders.file(purpose) }
    }
}

/// All of them for a person, who compares their ids.
pub(super) fn table(keys: &[MadeKey], lang: Lang) -> String {
    let row = |key: &MadeKey| [words::of_code::<KeyPurpose>(key.purpose, lang), key.key_id.clone()];
    output::table([PURPOSE, KEY_ID].map(|text| text.of(lang)), keys.iter().map(row))
}
