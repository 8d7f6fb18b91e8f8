//! How RocksDB is set, with the reason for each setting. What is not named here is RocksDB's default; its
//! checks (paranoid checks, checksums on every read) are on by default and stay on.

use rocksdb::{
    BlockBasedOptions, Cache, ColumnFamilyDescriptor, DBCompressionType, DBRecoveryMode, LogLevel, Options,
};

use crate::{column::Column, options::StoreOptions};

const KIB: usize = 1024;
const MIB: usize = 1024 * KIB;

/// What the database is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    /// To run a node on.
    Serve,
    /// To be read whole, once.
    Check,
}

/// Settings of the whole database.
pub(crate) fn database(options: &StoreOptions) -> Options {
    let mut db = Options::default();
    // A torn or damaged end of the log costs what stands behind it, never more, and the tip record tells.
    db.set_wal_recovery_mode(DBRecoveryMode::PointInTime);
    // A log file that goes missing whole is noticed too.
    db.set_track_and_verify_wals_in_manifest(true);

    // Memory: one budget for the writes of all column families, whatever their number.
    let memtable_bytes = usize_of(options.memtable_bytes);
    db.set_db_write_buffer_size(memtable_bytes);
    // Column families that are written little would pin the log for ever; this flushes them instead, and
    // bounds what a restart has to read.
    db.set_max_total_wal_size(options.memtable_bytes.saturating_mul(2));
    // Open files hold indexes and filters; a ledger of years has thousands of files.
    db.set_max_open_files(i32::try_from(options.open_files_max).unwrap_or(i32::MAX));
    db.set_max_file_opening_threads(2);

    // Four nodes share two cores in a local network: one flush and one compaction at a time.
    db.set_max_background_jobs(2);
    // Let the kernel write files out as they grow, so that no commit's sync waits behind 64 MiB of them.
    db.set_bytes_per_sync(MIB as u64);

    // Nothing wakes up on an idle node.
    db.set_stats_dump_period_sec(0);
    db.set_stats_persist_period_sec(0);
    db.set_log_level(LogLevel::Warn);
    db.set_max_log_file_size(4 * MIB);
    db.set_keep_log_file_num(2);
    db.set_max_manifest_file_size(64 * MIB);
    db
}

/// All column families, sharing one block cache.
pub(crate) fn columns(options: &StoreOptions, purpose: Use) -> Vec<ColumnFamilyDescriptor> {
    let cache = Cache::new_lru_cache(usize_of(options.block_cache_bytes));
    // RocksDB insists on this one; nothing is kept in it. After a full disk it waits for room for the largest
    // write buffer there is, so that this one must not be its default of 64 MiB.
    let mut unused = Options::default();
    unused.set_write_buffer_size(MIB);
    let default = ColumnFamilyDescriptor::new(rocksdb::DEFAULT_COLUMN_FAMILY_NAME, unused);
    let ours = Column::ALL.into_iter().map(|column| {
        ColumnFamilyDescriptor::new(column.name(), column_options(column, &cache, options, purpose))
    });
    ours.chain([default]).collect()
}

fn column_options(column: Column, cache: &Cache, store: &StoreOptions, purpose: Use) -> Options {
    let traits = Traits::of(column);
    let mut options = Options::default();
    let share = match traits.volume {
        Volume::Large => 3,
        Volume::Small => 8,
    };
    options.set_write_buffer_size((usize_of(store.memtable_bytes) / share).max(MIB));
    options.set_target_file_size_base(32 * MIB as u64);
    options.set_compression_type(traits.compression);

    let mut table = BlockBasedOptions::default();
    table.set_block_cache(cache);
    // Indexes and filters count against the cache, so that memory does not grow with the ledger. For a check
    // they are read with their file, as otherwise a filter that no look-up needs is never read.
    table.set_cache_index_and_filter_blocks(purpose == Use::Serve);
    table.set_pin_l0_filter_and_index_blocks_in_cache(true);
    table.set_block_size(16 * KIB);
    if traits.looked_up_in_vain {
        table.set_bloom_filter(10.0, false);
    }
    options.set_block_based_table_factory(&table);

    if column == Column::Bodies {
        // A body is written once, read whole and never changed: kept in blob files, compaction moves its
        // 32-byte key about and not its megabytes. Garbage is not collected: that would rewrite the oldest
        // quarter of the ledger at every compaction, to win back the few blocks that lost a round. Files
        // fill in the order of heights, so that a segment that is dropped leaves whole files to delete.
        options.set_enable_blob_files(true);
        options.set_min_blob_size(4 * KIB as u64);
        options.set_blob_compression_type(DBCompressionType::Lz4);
        options.set_enable_blob_gc(false);
    }
    options
}

/// What tuning has to know of a column family.
struct Traits {
    volume: Volume,
    compression: DBCompressionType,
    /// Keys are asked for that are often not there, or stand in one of many files: a filter saves reads.
    looked_up_in_vain: bool,
}

enum Volume {
    Large,
    Small,
}

impl Traits {
    fn of(column: Column) -> Self {
        // Hashes do not compress; entries repeat ledger, member and key ids, and do by a third.
        let (volume, compression, looked_up_in_vain) = match column {
            Column::Bodies => (Volume::Large, DBCompressionType::Lz4, false),
            Column::Openings => (Volume::Small, DBCompressionType::Lz4, true),
            Column::State => (Volume::Small, DBCompressionType::Lz4, true),
            Column::Tree | Column::ByTransaction | Column::ByDigest | Column::Requests => {
                (Volume::Small, DBCompressionType::None, true)
            }
            Column::Tiles => (Volume::Small, DBCompressionType::None, false),
            Column::Erased
            | Column::Lacking
            | Column::Proposals
            | Column::Equivocations
            | Column::Blocks
            | Column::ByFirstIndex
            | Column::ByEvidence
            | Column::ByRegister
            | Column::WorkList
            | Column::Meta => (Volume::Small, DBCompressionType::Lz4, false),
        };
        Self { volume, compression, looked_up_in_vain }
    }
}

fn usize_of(bytes: u64) -> usize {
    usize::try_from(bytes).unwrap_or(usize::MAX)
}
