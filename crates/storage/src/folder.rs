//! The data folder: which files it has, and the lock that gives it to one process.

use std::{
    fs::{self, File, TryLockError},
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use crate::{
    engine_log::ENGINE_LOG,
    error::{Result, StorageError},
};

/// Paths within one data folder.
///
/// | name | content |
/// |---|---|
/// | `db/` | RocksDB: everything that a commit writes |
/// | `tip` | the newest committed block, kept outside RocksDB as a witness |
/// | `signed` | the last votes that this validator signed |
/// | `consensus.wal` | the consensus engine's log of the running height: see [`engine_log`](crate::engine_log) |
/// | `joining/` | what a folder is made of that joins from a snapshot, until it is made |
/// | `LOCK` | locked by the process that has the folder open; holds its process id |
/// | `reserve` | room that is given up when the disk is full |
/// | `checkpoint/` | links to the database's files while a backup is made |
#[derive(Clone, Debug)]
pub(crate) struct Folder(PathBuf);

/// What may lie in a folder that has no tip record yet or any more: of a data folder that was begun or was taken apart,
/// and of a disk that it is mounted from.
const BEFORE_THE_TIP: &[&str] = &[
    "LOCK",
    "signed",
    "signed.new",
    "tip.new",
    "joining",
    "snapshots",
    "reserve",
    "checkpoint",
    "checkpoint.tmp",
    "operator",
    "fork-proof",
    "consensus.wal",
    "consensus.wal.damaged",
    "lost+found",
];

/// The folder is this process's until dropped.
#[derive(Debug)]
pub(crate) struct FolderLock(#[allow(dead_code, reason = "held for its lock")] File);

impl Folder {
    pub(crate) fn new(path: &Path) -> Self {
        Self(path.to_owned())
    }

    pub(crate) fn path(&self) -> &Path {
        &self.0
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.0.join("db")
    }

    pub(crate) fn tip(&self) -> PathBuf {
        self.0.join("tip")
    }

    pub(crate) fn signed(&self) -> PathBuf {
        self.0.join("signed")
    }

    pub(crate) fn engine_log(&self) -> PathBuf {
        self.0.join(ENGINE_LOG)
    }

    pub(crate) fn reserve(&self) -> PathBuf {
        self.0.join("reserve")
    }

    pub(crate) fn checkpoint(&self) -> PathBuf {
        self.0.join("checkpoint")
    }

    /// Removes the checkpoint, if there is one. RocksDB makes it under another name first.
    pub(crate) fn clear_checkpoint(&self) -> Result<()> {
        for path in [self.checkpoint(), self.checkpoint().with_extension("tmp")] {
            match fs::remove_dir_all(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(StorageError::io(path)(error));
                }
                _ => {}
            }
        }
        Ok(())
    }

    fn lock_file(&self) -> PathBuf {
        self.0.join("LOCK")
    }

    /// Refuses what is there and is no folder.
    pub(crate) fn check_is_folder(&self) -> Result<()> {
        if self.0.exists() && !self.0.is_dir() {
            let reason = "it is not a folder".to_owned();
            return Err(StorageError::NotABullaFolder { path: self.0.clone(), reason });
        }
        Ok(())
    }

    /// Refuses a folder of something else, with which a ledger that is made there would be mixed.
    pub(crate) fn check_is_ours(&self) -> Result<()> {
        if !self.0.is_dir() || self.tip().exists() || self.database().exists() {
            return Ok(());
        }
        for entry in fs::read_dir(&self.0).map_err(StorageError::io(&self.0))? {
            let name = entry.map_err(StorageError::io(&self.0))?.file_name();
            if BEFORE_THE_TIP.iter().all(|known| name != *known) {
                let reason = format!("it holds {}, which is no part of one", name.to_string_lossy());
                return Err(StorageError::NotABullaFolder { path: self.0.clone(), reason });
            }
        }
        Ok(())
    }

    /// Makes the folder, readable by its owner alone, if it is not there.
    pub(crate) fn make(&self) -> Result<()> {
        if self.0.is_dir() {
            return Ok(());
        }
        fs::create_dir_all(&self.0).map_err(StorageError::io(&self.0))?;
        restrict(&self.0)
    }

    /// Takes the folder for this process.
    ///
    /// # Errors
    /// [`StorageError::Locked`] when another process, or another `Store` of this one, has it.
    pub(crate) fn lock(&self) -> Result<FolderLock> {
        let path = self.lock_file();
        let mut file = File::options()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(&path)
            .map_err(StorageError::io(&path))?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let mut holder = String::new();
                // Only to tell a person who it is.
                let _ = file.read_to_string(&mut holder);
                return Err(StorageError::Locked {
                    path: self.0.clone(),
                    holder: holder.trim().parse().ok(),
                });
            }
            Err(TryLockError::Error(error)) => return Err(StorageError::io(&path)(error)),
        }
        // For a person; a full disk must not keep the folder from being opened.
        let _ = file.set_len(0).and_then(|()| writeln!(file, "{}", std::process::id()));
        Ok(FolderLock(file))
    }

    /// Makes new files of the folder survive a power cut.
    pub(crate) fn sync(&self) -> Result<()> {
        File::open(&self.0).and_then(|folder| folder.sync_all()).map_err(StorageError::io(&self.0))
    }
}

fn restrict(path: &Path) -> Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700)).map_err(StorageError::io(path))
}
