//! A snapshot as a person and a script see it.

use std::path::PathBuf;

use bulla_types::{Lang, SnapshotManifest};
use serde::Serialize;

use super::texts::{CHUNKS, FIRST_ENTRY, FOLDER, SNAPSHOT};
use crate::messages::{
    BLOCK_HASH, HEIGHT, LEDGER, LOG_ROOT, LOG_SIZE, SIZE_BYTES, STATE_RECORDS, STATE_ROOT, TIME,
};
use crate::output::{Show, facts};
use crate::text::Text;
use crate::when;

/// What was done with it, and what its manifest says.
#[derive(Serialize)]
pub(super) struct Described {
    #[serde(skip)]
    said: Text,
    folder: PathBuf,
    snapshot: String,
    ledger_id: String,
    height: u64,
    time: String,
    block_hash: String,
    log_size: u64,
    log_root: String,
    state_root: String,
    records: u64,
    /// Index of the first entry in the content.
    first_entry: u64,
    content_bytes: u64,
    chunks: u32,
}

impl Described {
    pub(super) fn new(said: Text, folder: PathBuf, manifest: &SnapshotManifest) -> Self {
        let header = &manifest.header;
        Self {
            said,
            folder,
            snapshot: manifest.id().to_string(),
            ledger_id: header.ledger_id.to_string(),
            height: header.height.0,
            time: when::show(header.time),
            block_hash: header.hash().to_string(),
            log_size: header.log_size_after,
            log_root: header.log_root.to_string(),
            state_root: header.state_root.to_string(),
            records: manifest.records,
            first_entry: manifest.first_entry,
            content_bytes: manifest.content_bytes(),
            chunks: manifest.chunks(),
        }
    }
}

impl Show for Described {
    fn text(&self, lang: Lang) -> String {
        let facts = facts([
            (FOLDER.of(lang), self.folder.display().to_string()),
            (SNAPSHOT.of(lang), self.snapshot.clone()),
            (LEDGER.of(lang), self.ledger_id.clone()),
            (HEIGHT.of(lang), self.height.to_string()),
            (TIME.of(lang), self.time.clone()),
            (BLOCK_HASH.of(lang), self.block_hash.clone()),
            (LOG_SIZE.of(lang), self.log_size.to_string()),
            (LOG_ROOT.of(lang), self.log_root.clone()),
            (STATE_ROOT.of(lang), self.state_root.clone()),
            (STATE_RECORDS.of(lang), self.records.to_string()),
            (FIRST_ENTRY.of(lang), self.first_entry.to_string()),
            (SIZE_BYTES.of(lang), self.content_bytes.to_string()),
            (CHUNKS.of(lang), self.chunks.to_string()),
        ]);
        [facts, self.said.of(lang).to_owned()].join("\n\n")
    }
}
