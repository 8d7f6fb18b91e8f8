//! Reading: everything as of one moment, whatever is committed meanwhile.

mod blocks;
mod entries;
mod equivocations;
mod evidence;
mod lacking;
mod proposals;
mod register;
mod requests;
mod state;
mod trees;

use bulla_crypto::Hash;
use bulla_types::{BlockHash, Height, LedgerId};
use bytes::Bytes;
use rocksdb::{DBPinnableSlice, Direction, IteratorMode, ReadOptions, Snapshot};

use crate::{
    bodies::Bodies,
    column::{self, Column, meta},
    engine::Engine,
    error::{Result, StorageError},
    local_encoding::{self, BaseRow, Row, TipRow},
    snapshot::Base,
};

pub use blocks::Decided;
pub use entries::LocatedEntry;
pub(crate) use equivocations::read as read_equivocation;
pub use evidence::EvidencePlace;
pub(crate) use proposals::read as read_proposal;
pub use requests::RememberedRequest;
pub use trees::Tiles;
pub(crate) use trees::tile_bytes;

/// The store as it was when the view was made. Cheap to make; while it lives the database keeps what it
/// shows, so it is not for keeping.
pub struct View<'a> {
    engine: &'a Engine,
    snapshot: Snapshot<'a>,
    bodies: &'a Bodies,
    tip: TipRow,
}

/// The newest commit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tip {
    /// Height of the newest block; 0 before any.
    pub height: Height,
    /// Its hash; the ledger id before any block.
    pub block_hash: BlockHash,
    /// Entries in the log.
    pub log_size: u64,
    /// Root of the state map.
    pub state_root: Hash,
    /// Version of the state tree that has this root.
    pub state_version: u64,
}

/// Key and value of a row.
pub(crate) type KeyValue = (Box<[u8]>, Box<[u8]>);

impl<'a> View<'a> {
    pub(crate) fn new(engine: &'a Engine, bodies: &'a Bodies) -> Result<Self> {
        let snapshot = engine.db().snapshot();
        let tip = snapshot.get_cf(engine.handle(Column::Meta), meta::TIP)?;
        let tip = tip.ok_or_else(|| damaged(Column::Meta, meta::TIP, "missing"))?;
        let tip = local_encoding::decode(&tip).map_err(|error| damaged(Column::Meta, meta::TIP, error))?;
        Ok(Self { engine, snapshot, bodies, tip })
    }

    /// The ledger.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn ledger_id(&self) -> Result<LedgerId> {
        let bytes = self.required(Column::Meta, meta::LEDGER_ID)?;
        let id =
            bytes.as_ref().try_into().map_err(|_| damaged(Column::Meta, meta::LEDGER_ID, "not 32 bytes"))?;
        Ok(LedgerId::from_bytes(id))
    }

    /// The canonical genesis.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn genesis(&self) -> Result<Bytes> {
        Ok(Bytes::copy_from_slice(&self.required(Column::Meta, meta::GENESIS)?))
    }

    /// The newest commit.
    #[must_use]
    pub fn tip(&self) -> Tip {
        Tip::from(&self.tip)
    }

    /// The snapshot that the folder was made from; `None` where it holds the ledger from its founding on.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn base(&self) -> Result<Option<Base>> {
        let row: Option<BaseRow> = self.row(Column::Meta, meta::BASE)?;
        Ok(row.map(|row| Base { height: Height(row.height), first_entry: row.first_entry }))
    }

    /// Refuses an index of the log whose entry is from before the snapshot that the folder was made from.
    ///
    /// # Errors
    /// [`StorageError::BeforeSnapshot`], or that the store cannot be read.
    pub fn must_hold(&self, index: u64) -> Result<()> {
        match self.base()?.filter(|base| index < base.first_entry) {
            Some(base) => Err(base.lacks()),
            None => Ok(()),
        }
    }

    pub(crate) fn tip_row(&self) -> &TipRow {
        &self.tip
    }

    pub(crate) fn get(&self, column: Column, key: impl AsRef<[u8]>) -> Result<Option<DBPinnableSlice<'_>>> {
        Ok(self.snapshot.get_pinned_cf(self.engine.handle(column), key)?)
    }

    fn required(&self, column: Column, key: &[u8]) -> Result<DBPinnableSlice<'_>> {
        self.get(column, key)?.ok_or_else(|| damaged(column, key, "missing"))
    }

    pub(crate) fn row<R: Row>(&self, column: Column, key: impl AsRef<[u8]>) -> Result<Option<R>> {
        let Some(bytes) = self.get(column, &key)? else { return Ok(None) };
        local_encoding::decode(&bytes).map(Some).map_err(|error| damaged(column, key.as_ref(), error))
    }

    /// The rows from key `from` on that are below `to`, in rising order; to the end where `to` is empty.
    pub(crate) fn scan(
        &self,
        column: Column,
        from: &[u8],
        to: &[u8],
    ) -> impl Iterator<Item = Result<KeyValue>> + use<'_> {
        let mut options = ReadOptions::default();
        options.set_iterate_lower_bound(from);
        if !to.is_empty() {
            options.set_iterate_upper_bound(to);
        }
        // A scan reads much once; the cache is for what is read often.
        options.fill_cache(false);
        let rows = self.snapshot.iterator_cf_opt(self.engine.handle(column), options, IteratorMode::Start);
        rows.map(|row| Ok(row?))
    }

    /// The rows whose key begins with `prefix`.
    pub(crate) fn scan_prefix(
        &self,
        column: Column,
        prefix: &[u8],
    ) -> impl Iterator<Item = Result<KeyValue>> + use<'_> {
        self.scan(column, prefix, &column::after_prefix(prefix))
    }

    /// The row with the greatest key not above `key`.
    pub(crate) fn at_or_before(&self, column: Column, key: &[u8]) -> Result<Option<KeyValue>> {
        let mode = IteratorMode::From(key, Direction::Reverse);
        let row = self.snapshot.iterator_cf(self.engine.handle(column), mode).next();
        Ok(row.transpose()?)
    }
}

impl From<&TipRow> for Tip {
    fn from(row: &TipRow) -> Self {
        Self {
            height: Height(row.height),
            block_hash: BlockHash::from_bytes(row.block_hash),
            log_size: row.log_size,
            state_root: Hash::from_bytes(row.state_root),
            state_version: row.state_version,
        }
    }
}

impl std::fmt::Debug for View<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("View").field("engine", self.engine).finish_non_exhaustive()
    }
}

/// The error for a row that is missing or does not decode.
pub(crate) fn damaged(column: Column, key: &[u8], detail: impl ToString) -> StorageError {
    StorageError::corrupted(place(column, key), detail)
}

/// How a row is named to a person.
pub(crate) fn place(column: Column, key: &[u8]) -> String {
    match column {
        Column::Meta => format!("meta {}", String::from_utf8_lossy(key)),
        Column::Blocks | Column::Lacking | Column::ByFirstIndex | Column::ByEvidence => {
            column::number(key).map_or_else(|| hex_place(column, key), |n| format!("{} {n}", column.name()))
        }
        _ => hex_place(column, key),
    }
}

fn hex_place(column: Column, key: &[u8]) -> String {
    format!("{} {}", column.name(), hex::encode(key))
}
