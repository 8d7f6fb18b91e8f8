//! Making a data folder for a ledger.

use std::{collections::BTreeMap, path::Path};

use bulla_crypto::{Domain, framed};
use bulla_merkle::state::StateUpdate;
use bulla_types::{BlockHash, LedgerId};

use super::{Opened, Store, check_folder, check_schema, refuse_other_schema};
use crate::{
    column::{Column, meta},
    engine::{Engine, Mode},
    error::{Result, StorageError},
    folder::Folder,
    local_encoding::{self, TipRow},
    options::StoreOptions,
    signed::SignedGuard,
    slots::SCHEMA_VERSION,
    tip_file::TipFile,
};

/// What a ledger starts from: the genesis and the state that it puts in force before any block.
#[derive(Clone, Copy, Debug)]
pub struct Foundation<'a> {
    /// The canonical genesis; its digest is the ledger's id.
    pub genesis: &'a [u8],
    /// The records of the genesis.
    pub state: &'a BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The state tree over them, of version 0.
    pub tree: &'a StateUpdate,
}

impl Foundation<'_> {
    /// framed(genesis, canonical genesis).
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        LedgerId(framed(Domain::Genesis, &[self.genesis]))
    }
}

impl Store {
    /// Makes a data folder for a ledger and opens it. A folder whose making was interrupted is completed.
    ///
    /// Where only the database was taken away, to follow the ledger anew, the records of what was committed
    /// and signed stay in force: [`Opened::signing`] then says up to where to observe.
    ///
    /// # Errors
    /// [`StorageError::AlreadyExists`] when the folder holds the ledger already,
    /// [`StorageError::OtherLedger`] when it holds another, [`StorageError::OlderSchema`] and
    /// [`StorageError::NewerSchema`] when other software made it, and what keeps it from being made.
    pub fn create(path: &Path, options: &StoreOptions, foundation: &Foundation<'_>) -> Result<Opened> {
        let folder = Folder::new(path);
        refuse_other_schema(&folder)?;
        folder.make()?;
        let lock = folder.lock()?;
        let ledger_id = foundation.ledger_id();
        let tip_file = match check_folder(&folder, ledger_id) {
            Ok(tip_file) => tip_file,
            Err(StorageError::NoLedger { .. }) => small_files(&folder, ledger_id)?,
            Err(error) => return Err(error),
        };
        let engine = Engine::open(&folder.database(), options, Mode::Create)?;
        match check_schema(&folder, &engine) {
            Ok(()) => return Err(StorageError::AlreadyExists { path: path.to_owned(), ledger_id }),
            Err(StorageError::NoLedger { .. }) => write(&engine, foundation)?,
            Err(error) => return Err(error),
        }
        drop(engine);
        Self::open_locked(&folder, options, tip_file, lock)
    }
}

/// Makes `signed`, then `tip`: where there is a tip record, votes may have been signed.
pub(crate) fn small_files(folder: &Folder, ledger_id: LedgerId) -> Result<TipFile> {
    if let Some(tip_file) = TipFile::open(folder)? {
        return Ok(tip_file);
    }
    if SignedGuard::open(folder)?.is_none() {
        SignedGuard::create(folder, ledger_id)?;
    }
    folder.sync()?;
    let tip_file = TipFile::create(folder, ledger_id)?;
    folder.sync()?;
    Ok(tip_file)
}

fn write(engine: &Engine, foundation: &Foundation<'_>) -> Result<()> {
    let ledger_id = foundation.ledger_id();
    let mut batch = engine.batch();
    batch.put(Column::Meta, meta::SCHEMA, SCHEMA_VERSION.to_be_bytes());
    batch.put(Column::Meta, meta::LEDGER_ID, ledger_id.as_bytes());
    batch.put(Column::Meta, meta::GENESIS, foundation.genesis);
    let tip = TipRow {
        height: 0,
        block_hash: *BlockHash(ledger_id.0).as_bytes(),
        log_size: 0,
        state_root: *foundation.tree.root.as_bytes(),
        state_version: 0,
        requests_from_ms: 0,
        requests_swept_ms: 0,
    };
    batch.put(Column::Meta, meta::TIP, local_encoding::encode(&tip));
    for (key, value) in foundation.state {
        if let Some(value) = value {
            batch.put(Column::State, key, value);
        }
    }
    for (key, node) in &foundation.tree.nodes {
        batch.put(Column::Tree, key, node);
    }
    batch.write_synced()
}
