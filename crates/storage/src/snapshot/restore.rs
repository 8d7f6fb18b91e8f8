//! Making a database of a snapshot: everything is put where it belongs, and then compared with the header.

use std::{collections::BTreeMap, path::Path};

use bulla_crypto::Hash;
use bulla_merkle::{
    log::{Edge, LogHash, Sha256Log, Sm3Log},
    state::{self, EMPTY_ROOT, NodeReader},
};
use bulla_types::{
    BlockTime, Canonical, CommitCertificate, Content, Entry, Header, SnapshotManifest, StateKey, limits,
};
use bytes::Bytes;

use super::{Base, SnapshotError, SnapshotFolder, content::ContentReader};
use crate::{
    column::{self, Column, LogSuite, meta},
    engine::{Batch, Engine, Mode},
    error::{Result, StorageError},
    folder::Folder,
    local_encoding::{self, BaseRow, BlockRow, RequestRow, TipRow},
    options::StoreOptions,
    register_rows,
    request_window::RequestWindow,
    slots::SCHEMA_VERSION,
    store::{Store, small_files},
    view::tile_bytes,
};

/// Bytes of records that are put into the tree at a time, at least. Each time costs a node near the root and saves
/// memory.
const RECORDS_BYTES_AT_A_TIME: u64 = 4 * 1024 * 1024;
/// Bytes of content for each height at most, far more than a block can bring: so much is held in memory at a time, and
/// the header does not bind it.
const CONTENT_BYTES_PER_HEIGHT_MAX: u64 = 256 * 1024 * 1024;
/// Requests that are written at a time.
const REQUESTS_AT_A_TIME: usize = 10_000;

/// A snapshot whose proof the caller has verified.
#[derive(Clone, Copy, Debug)]
pub struct SnapshotSource<'a> {
    /// Where it lies.
    pub folder: &'a SnapshotFolder,
    /// Its manifest. The caller has verified that the validators decided its header.
    pub manifest: &'a SnapshotManifest,
    /// The canonical genesis of the header's ledger.
    pub genesis: &'a [u8],
    /// Verified headers with their certificates that stay readable: that of the manifest, and those that brought new
    /// validators.
    pub decided: &'a [(Header, CommitCertificate)],
}

/// How far the building has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RestoreProgress {
    /// Bytes of the content that are used.
    pub done_bytes: u64,
    /// Bytes of the content.
    pub total_bytes: u64,
}

/// Refuses a manifest that promises more than so many blocks can have brought, before any of it is fetched or read.
///
/// # Errors
/// [`SnapshotError::Content`].
pub fn check_extent(manifest: &SnapshotManifest) -> Result<(), SnapshotError> {
    let (bytes, height) = (manifest.content_bytes(), manifest.header.height.0.max(1));
    if bytes.div_ceil(height) <= CONTENT_BYTES_PER_HEIGHT_MAX {
        return Ok(());
    }
    Err(SnapshotError::Content(format!("{bytes} bytes are more than {height} blocks bring")))
}

/// Builds the data folder of a ledger as it is after the snapshot's block, where there is nothing yet, and opens it.
/// Its `signed` and `tip` are of no use.
pub(super) fn build(
    path: &Path,
    options: &StoreOptions,
    source: &SnapshotSource<'_>,
    progress: &mut dyn FnMut(RestoreProgress),
) -> Result<Store, SnapshotError> {
    check_extent(source.manifest)?;
    let folder = Folder::new(path);
    folder.make()?;
    let lock = folder.lock()?;
    let header = &source.manifest.header;
    let tip_file = small_files(&folder, header.ledger_id)?;
    let engine = Engine::open(&folder.database(), options, Mode::Create)?;
    let content = ContentReader::new(source.folder, source.manifest);
    Builder { engine: &engine, source, content, progress }.build()?;
    engine.flush()?;
    drop(engine);
    Ok(Store::open_locked(&folder, options, tip_file, lock)?.store)
}

struct Builder<'a> {
    engine: &'a Engine,
    source: &'a SnapshotSource<'a>,
    content: ContentReader<'a>,
    progress: &'a mut dyn FnMut(RestoreProgress),
}

impl Builder<'_> {
    fn build(mut self) -> Result<(), SnapshotError> {
        let header = &self.source.manifest.header;
        let state_version = self.records()?;
        // Out of the records that are compared by now.
        let window = RequestWindow::after(header, |key| self.record_at(key))?;
        self.log(&window)?;
        self.content.end()?;
        self.finish(&window, state_version)
    }

    /// Puts the records in, builds their tree, and compares its root. Gives the version of the tree.
    fn records(&mut self) -> Result<u64, SnapshotError> {
        let mut tree = Tree::default();
        let at_a_time = self.record_bytes_at_a_time();
        let mut records = BTreeMap::new();
        let mut bytes = 0;
        let mut last: Option<Vec<u8>> = None;
        for _ in 0..self.source.manifest.records {
            let (key, value) = self.record(last.as_deref())?;
            bytes += (key.len() + value.len()) as u64;
            last = Some(key.clone());
            records.insert(key, Some(value));
            if bytes >= at_a_time {
                tree.put(self.engine, &std::mem::take(&mut records))?;
                bytes = 0;
                self.report();
            }
        }
        if !records.is_empty() {
            tree.put(self.engine, &records)?;
        }
        self.report();
        let expected = self.source.manifest.header.state_root;
        same_root("the state root", expected, tree.root)?;
        Ok(tree.version.unwrap_or(0))
    }

    /// A tree of each height at most: versions are heights. There is not more state than blocks could bring.
    fn record_bytes_at_a_time(&self) -> u64 {
        let manifest = self.source.manifest;
        RECORDS_BYTES_AT_A_TIME.max(manifest.content_bytes() / manifest.header.height.0.max(1) + 1)
    }

    fn record(&mut self, last: Option<&[u8]>) -> Result<(Vec<u8>, Vec<u8>), SnapshotError> {
        let key = self.content.take_sized::<1>(limits::STATE_KEY_BYTES_MAX)?;
        let value = self.content.take_sized::<4>(limits::STATE_VALUE_BYTES_MAX)?;
        if last.is_some_and(|last| last >= key.as_slice()) {
            return Err(SnapshotError::Content("the records are not in rising order of key".to_owned()));
        }
        Ok((key, value))
    }

    fn record_at(&self, key: &[u8]) -> Result<Option<Bytes>, StorageError> {
        let row = self.engine.db().get_pinned_cf(self.engine.handle(Column::State), key)?;
        Ok(row.map(|row| Bytes::copy_from_slice(&row)))
    }

    /// Appends the entries to the logs as they were before, compares the roots, and remembers the requests.
    fn log(&mut self, window: &RequestWindow) -> Result<(), SnapshotError> {
        let manifest = self.source.manifest;
        let header = &manifest.header;
        let mut log = self.edge()?;
        let mut second_log = header.second_log_root.map(|_| self.edge()).transpose()?;
        let mut requests = Vec::new();
        for index in manifest.first_entry..header.log_size_after {
            let bytes = Bytes::from(self.content.take_sized::<2>(limits::ENTRY_BYTES_MAX)?);
            log.push::<Sha256Log>(Sha256Log::leaf(&bytes));
            if let Some(log) = &mut second_log {
                log.push::<Sm3Log>(Sm3Log::leaf(&bytes));
            }
            let entry = Entry::decode(bytes)
                .map_err(|error| SnapshotError::Content(format!("entry {index}: {error}")))?;
            check_place(index, entry.time, manifest, window)?;
            requests.extend(request_row(index, &entry, window));
            if requests.len() >= REQUESTS_AT_A_TIME {
                self.put_requests(&mut requests)?;
                self.report();
            }
        }
        self.put_requests(&mut requests)?;
        self.report();
        same_root("the log root", header.log_root, log.root::<Sha256Log>())?;
        if let (Some(log), Some(root)) = (&second_log, header.second_log_root) {
            same_root("the second log root", root, log.root::<Sm3Log>())?;
        }
        let mut batch = self.engine.batch();
        put_tiles(&mut batch, LogSuite::Sha256, &log);
        second_log.iter().for_each(|log| put_tiles(&mut batch, LogSuite::Sm3, log));
        Ok(batch.write()?)
    }

    fn edge(&mut self) -> Result<Edge, SnapshotError> {
        let size = self.source.manifest.first_entry;
        let bytes = self.content.take(Edge::encoded_len(size))?;
        Edge::decode(size, &bytes).map_err(|error| SnapshotError::Content(error.to_string()))
    }

    fn put_requests(&self, rows: &mut Vec<([u8; 32], RequestRow)>) -> Result<()> {
        let mut batch = self.engine.batch();
        for (key, row) in rows.drain(..) {
            batch.put(Column::Requests, key, local_encoding::encode(&row));
        }
        batch.write()
    }

    /// Writes what makes the rest a ledger: its name, its newest block, and from where on it is here.
    fn finish(&self, window: &RequestWindow, state_version: u64) -> Result<(), SnapshotError> {
        let SnapshotSource { manifest, genesis, decided, .. } = self.source;
        let header = &manifest.header;
        let mut batch = self.engine.batch();
        for (header, certificate) in *decided {
            let row = BlockRow {
                block_hash: *header.hash().as_bytes(),
                header: header.encode().to_vec(),
                certificate: certificate.encode(),
            };
            batch.put(Column::Blocks, column::height(header.height), local_encoding::encode(&row));
        }
        let base = Base { height: header.height, first_entry: header.log_size_after };
        let base = BaseRow { height: base.height.0, first_entry: base.first_entry };
        let tip = TipRow {
            height: header.height.0,
            block_hash: *header.hash().as_bytes(),
            log_size: header.log_size_after,
            state_root: *header.state_root.as_bytes(),
            state_version,
            requests_from_ms: window.requests_from_ms,
            requests_swept_ms: window.requests_from_ms,
        };
        batch.put(Column::Meta, meta::SCHEMA, SCHEMA_VERSION.to_be_bytes());
        batch.put(Column::Meta, meta::LEDGER_ID, header.ledger_id.as_bytes());
        batch.put(Column::Meta, meta::GENESIS, genesis);
        batch.put(Column::Meta, meta::BASE, local_encoding::encode(&base));
        batch.put(Column::Meta, meta::TIP, local_encoding::encode(&tip));
        Ok(batch.write_synced()?)
    }

    fn report(&mut self) {
        (self.progress)(RestoreProgress {
            done_bytes: self.content.bytes(),
            total_bytes: self.source.manifest.content_bytes(),
        });
    }
}

/// The first entry alone may be from before the window: it shows that none of the window is left out.
fn check_place(
    index: u64,
    time: BlockTime,
    manifest: &SnapshotManifest,
    window: &RequestWindow,
) -> Result<(), SnapshotError> {
    let from = window.entries_from;
    let before = time < from;
    let fits = match index {
        0 => true,
        index if index == manifest.first_entry => before,
        _ => !before,
    };
    if fits { Ok(()) } else { Err(SnapshotError::OtherWindow { index, time, from }) }
}

/// What is remembered of the request that led to an entry, if it is still to be remembered.
fn request_row(log_index: u64, entry: &Entry, window: &RequestWindow) -> Option<([u8; 32], RequestRow)> {
    let Content::Transaction(transaction) = &entry.content else { return None };
    let body = transaction.body();
    if body.request_id.time_ms() < window.requests_from_ms {
        return None;
    }
    let key = column::request(body.signers.first()?.member, &body.request_id);
    Some((key, RequestRow { transaction_id: *transaction.id().as_bytes(), log_index }))
}

fn put_tiles(batch: &mut Batch<'_>, suite: LogSuite, edge: &Edge) {
    for (level, index, hashes) in edge.tiles() {
        batch.put(Column::Tiles, column::tile(suite, level, index), tile_bytes(hashes));
    }
}

fn same_root(what: &'static str, expected: Hash, found: Hash) -> Result<(), SnapshotError> {
    if expected == found { Ok(()) } else { Err(SnapshotError::OtherRoot { what, expected, found }) }
}

/// The tree over the records so far.
struct Tree {
    version: Option<u64>,
    root: Hash,
}

impl Default for Tree {
    fn default() -> Self {
        Self { version: None, root: EMPTY_ROOT }
    }
}

impl Tree {
    /// Writes records, the rows by which they are found, and the tree with them.
    fn put(
        &mut self,
        engine: &Engine,
        records: &BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    ) -> Result<(), SnapshotError> {
        let version = self.version.map_or(0, |version| version + 1);
        let update = state::update(&TreeRows(engine), self.version, version, records)
            .map_err(|error| StorageError::corrupted("tree", error))?;
        let mut batch = engine.batch();
        for (key, value) in records {
            let value = value.as_deref().unwrap_or_default();
            let state_key = StateKey::decode(key)
                .map_err(|error| SnapshotError::Content(format!("key of a record: {error}")))?;
            let rows = register_rows::of_record(&state_key, value)
                .map_err(|error| SnapshotError::Content(format!("{state_key}: {error}")))?;
            batch.put(Column::State, key, value);
            rows.iter().for_each(|row| batch.put(Column::ByRegister, row, []));
        }
        update.stale.iter().for_each(|key| batch.delete(Column::Tree, key));
        update.nodes.iter().for_each(|(key, node)| batch.put(Column::Tree, key, node));
        batch.write()?;
        *self = Self { version: Some(version), root: update.root };
        Ok(())
    }
}

/// The nodes that are written.
struct TreeRows<'a>(&'a Engine);

impl NodeReader for TreeRows<'_> {
    type Error = StorageError;

    fn node(&self, key: &[u8]) -> Result<Option<Vec<u8>>> {
        Ok(self.0.db().get_cf(self.0.handle(Column::Tree), key)?)
    }
}
