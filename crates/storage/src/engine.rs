//! The seam to RocksDB: opening it, writing batches, and saying its errors in our words.

use std::path::Path;

use rocksdb::{
    ColumnFamily, DB, ErrorKind, FlushOptions, Options, WriteBatch, WriteOptions, checkpoint::Checkpoint,
};

use crate::{
    column::Column,
    error::{Result, StorageError},
    frames,
    options::StoreOptions,
    tuning::{self, Use},
};

/// The open database.
pub(crate) struct Engine {
    db: DB,
    settings: Options,
}

/// Whether a database is to be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Mode {
    Create,
    Open,
}

impl Engine {
    /// Opens the database for reading and writing, recovered to a point in time.
    pub(crate) fn open(path: &Path, options: &StoreOptions, mode: Mode) -> Result<Self> {
        if path.is_dir() {
            frames::refuse_unreadable(path)?;
        }
        let mut settings = tuning::database(options);
        settings.create_if_missing(mode == Mode::Create);
        settings.create_missing_column_families(mode == Mode::Create);
        let db = DB::open_cf_descriptors(&settings, path, tuning::columns(options, Use::Serve))?;
        Ok(Self { db, settings })
    }

    /// Opens the database without changing a byte of it, and counts what fails a checksum. Its log files
    /// have been checked with [`frames::check`].
    pub(crate) fn open_read_only(path: &Path, options: &StoreOptions) -> Result<Self> {
        let mut settings = tuning::database(options);
        settings.enable_statistics();
        let refuse_log = false;
        let columns = tuning::columns(options, Use::Check);
        let db = DB::open_cf_descriptors_read_only(&settings, path, columns, refuse_log)?;
        Ok(Self { db, settings })
    }

    pub(crate) fn db(&self) -> &DB {
        &self.db
    }

    pub(crate) fn handle(&self, column: Column) -> &ColumnFamily {
        #[allow(clippy::expect_used, reason = "opening names every column family and fails without it")]
        self.db.cf_handle(column.name()).expect("invariant: all column families are open")
    }

    pub(crate) fn batch(&self) -> Batch<'_> {
        Batch { engine: self, writes: WriteBatch::default() }
    }

    /// Blocks of files found so far whose checksum does not match their bytes; counted when opened for
    /// reading only.
    pub(crate) fn checksum_mismatches(&self) -> u64 {
        self.settings.get_ticker_count(rocksdb::statistics::Ticker::BlockChecksumMismatchCount)
    }

    /// Has everything that was written on the disk when it returns.
    pub(crate) fn sync(&self) -> Result<()> {
        let synced = true;
        Ok(self.db.flush_wal(synced)?)
    }

    /// Writes out everything in memory.
    pub(crate) fn flush(&self) -> Result<()> {
        let all: Vec<_> = Column::ALL.into_iter().map(|column| self.handle(column)).collect();
        Ok(self.db.flush_cfs_opt(&all, &FlushOptions::default())?)
    }

    /// Links the files of the newest commit into a new folder of the same file system. What is in memory is
    /// written out first.
    pub(crate) fn checkpoint(&self, path: &Path) -> Result<()> {
        Ok(Checkpoint::new(&self.db)?.create_checkpoint(path)?)
    }

    /// Writes out everything in memory, and then every file of the column family that holds `key` anew, so
    /// that deleted values are gone from the disk and not merely hidden.
    pub(crate) fn scrub(&self, column: Column, key: &[u8]) -> Result<()> {
        self.flush()?;
        let mut compaction = rocksdb::CompactOptions::default();
        compaction.set_bottommost_level_compaction(rocksdb::BottommostLevelCompaction::Force);
        self.db.compact_range_cf_opt(self.handle(column), Some(key), Some(key), &compaction);
        Ok(())
    }
}

/// Writes that happen together or not at all.
pub(crate) struct Batch<'a> {
    engine: &'a Engine,
    writes: WriteBatch,
}

impl Batch<'_> {
    pub(crate) fn put(&mut self, column: Column, key: impl AsRef<[u8]>, value: impl AsRef<[u8]>) {
        self.writes.put_cf(self.engine.handle(column), key, value);
    }

    pub(crate) fn delete(&mut self, column: Column, key: impl AsRef<[u8]>) {
        self.writes.delete_cf(self.engine.handle(column), key);
    }

    pub(crate) fn delete_range(&mut self, column: Column, from: &[u8], to: &[u8]) {
        self.writes.delete_range_cf(self.engine.handle(column), from, to);
    }

    /// What the batch takes in the log, in bytes.
    pub(crate) fn bytes(&self) -> u64 {
        u64::try_from(self.writes.size_in_bytes()).unwrap_or(u64::MAX)
    }

    /// Writes the batch; on the disk after the next synced write.
    pub(crate) fn write(self) -> Result<()> {
        Ok(self.engine.db.write(self.writes)?)
    }

    /// Writes the batch; on the disk when it returns.
    pub(crate) fn write_synced(self) -> Result<()> {
        let mut options = WriteOptions::default();
        options.set_sync(true);
        Ok(self.engine.db.write_opt(self.writes, &options)?)
    }
}

impl From<rocksdb::Error> for StorageError {
    fn from(error: rocksdb::Error) -> Self {
        let kind = error.kind();
        let message = error.into_string();
        match kind {
            ErrorKind::Corruption => Self::corrupted("the database", message),
            _ => Self::Engine(message),
        }
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Engine").field("path", &self.db.path()).finish_non_exhaustive()
    }
}
