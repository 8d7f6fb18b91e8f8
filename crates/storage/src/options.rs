//! What a node may set about its store, and the limits it keeps by default.

use std::{fmt, io, path::Path, sync::Arc};

use bulla_types::{Address, KnownProtocols};

const MIB: u64 = 1024 * 1024;

/// Settings of a store. None of them changes what is stored; all are local to the node.
///
/// The defaults suit four nodes on one machine of 24 GiB: each stays below about 250 MiB of memory here.
#[derive(Clone, Debug)]
pub struct StoreOptions {
    /// Blocks of RocksDB's files kept uncompressed in memory, with their indexes and filters. Bytes.
    pub block_cache_bytes: u64,
    /// Writes that are in the log of RocksDB and not yet in its files, over all column families. Bytes.
    pub memtable_bytes: u64,
    /// Bodies of blocks kept in memory with a table of their entries. Bytes.
    pub body_cache_bytes: u64,
    /// Size of the file that is given up when the disk is full, so that the node can stop cleanly and start
    /// again. Bytes; more than `memtable_bytes`, which a start writes to files before anything else.
    pub reserve_bytes: u64,
    /// Free space below which nothing more is written. Bytes.
    pub free_floor_bytes: u64,
    /// Files of the database kept open; the rest of what the process may open is for others.
    pub open_files_max: u32,
    /// The validators whose votes this folder remembers, one for each key of the node; none for an observer.
    pub voters: Vec<Address>,
    /// What to do with a folder that is a copy of the one its validator last signed from.
    pub copied_folder: CopiedFolder,
    /// The versions of the protocol that whoever reads the store has the rules of. A store whose newest block went by
    /// another one is not opened.
    pub protocols: KnownProtocols,
    /// How free space is found out.
    pub free_space: FreeSpace,
}

/// A folder restored from a copy may have forgotten votes, and no file in it can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CopiedFolder {
    /// Sign nothing until the network's newest height has passed.
    Observe,
    /// The operator states that this copy is the newest and the only one.
    Trust,
    /// Whoever opens the folder has no key to sign with. What the record of votes lacks stays open, for whoever opens
    /// it with one.
    NoVoter,
}

/// How the free bytes of the file system that holds a path are found out.
#[derive(Clone)]
pub struct FreeSpace(Arc<Probe>);

type Probe = dyn Fn(&Path) -> io::Result<u64> + Send + Sync;

impl StoreOptions {
    /// Small caches, no reserve and no floor: for tests and tools.
    #[must_use]
    pub fn small() -> Self {
        Self {
            block_cache_bytes: 8 * MIB,
            memtable_bytes: 16 * MIB,
            body_cache_bytes: 16 * MIB,
            reserve_bytes: 0,
            free_floor_bytes: 0,
            ..Self::default()
        }
    }
}

impl Default for StoreOptions {
    fn default() -> Self {
        Self {
            block_cache_bytes: 64 * MIB,
            memtable_bytes: 48 * MIB,
            body_cache_bytes: 64 * MIB,
            reserve_bytes: 64 * MIB,
            free_floor_bytes: 256 * MIB,
            open_files_max: 512,
            voters: Vec::new(),
            copied_folder: CopiedFolder::Observe,
            protocols: KnownProtocols::OF_THIS_PROGRAM,
            free_space: FreeSpace::of_file_system(),
        }
    }
}

impl FreeSpace {
    /// Asks the file system (statvfs): what is free to processes without privileges.
    #[must_use]
    pub fn of_file_system() -> Self {
        Self::from_fn(|path| {
            let found = rustix::fs::statvfs(path)?;
            Ok(found.f_bavail.saturating_mul(found.f_frsize))
        })
    }

    /// Asks `free_bytes`.
    pub fn from_fn(free_bytes: impl Fn(&Path) -> io::Result<u64> + Send + Sync + 'static) -> Self {
        Self(Arc::new(free_bytes))
    }

    pub(crate) fn bytes(&self, path: &Path) -> io::Result<u64> {
        (self.0)(path)
    }
}

impl fmt::Debug for FreeSpace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("FreeSpace")
    }
}
