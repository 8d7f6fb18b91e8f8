//! The store: one data folder, open for one process.

mod checkpoint;
mod commit;
mod create;
mod equivocations;
mod erase;
mod lacking;
mod propose;
mod rebuild;

use std::{
    path::Path,
    sync::{Mutex, RwLock, atomic::AtomicUsize},
};

use bulla_types::{Address, Height, KnownProtocols, LedgerId};

use crate::{
    bodies::Bodies,
    column::{Column, meta},
    engine::{Engine, Mode},
    error::{Result, StorageError},
    folder::{Folder, FolderLock},
    options::StoreOptions,
    signed::SignedGuard,
    signing::{self, SigningStart, shows_act},
    slots,
    space::Space,
    sync::lock,
    tip_file::{TipFile, TipRecord},
    view::{Tip, View},
};

pub(crate) use checkpoint::Checkpoint;
pub use commit::{Commit, Durable, NewRequest};
pub use create::Foundation;
pub(crate) use create::small_files;
pub use rebuild::Rebuilt;

/// Blocks before the tip that are looked through for acts of this validator when the folder is opened.
const ACTS_LOOKED_AT: u64 = 64;

/// A ledger's data folder. Methods block on the disk; share it by `Arc`.
///
/// Readers take a [`View`] and see one moment, whatever is written meanwhile. Writers take turns.
#[derive(Debug)]
pub struct Store {
    engine: Engine,
    bodies: Bodies,
    space: Space,
    folder: Folder,
    options: StoreOptions,
    ledger_id: LedgerId,
    tip: RwLock<Tip>,
    /// Proofs of equivocation that wait to be recorded.
    unrecorded: AtomicUsize,
    /// How many of the newest commits may not be on the disk yet.
    unsettled: AtomicUsize,
    /// Held throughout every write; with it, the witness of what was written.
    writer: Mutex<TipFile>,
    /// Held by the one checkpoint that there may be.
    checkpointing: Mutex<()>,
    /// Given up last.
    _lock: FolderLock,
}

/// What opening a data folder gives.
#[derive(Debug)]
pub struct Opened {
    /// The store.
    pub store: Store,
    /// What stands before the validator's key; an observer has no use for it.
    pub signed: SignedGuard,
    /// From which height the validator may sign, and why not earlier.
    pub signing: SigningStart,
}

/// The ledger whose data folder this is.
///
/// # Errors
/// [`StorageError::NotABullaFolder`], [`StorageError::NoLedger`], or that it cannot be read.
pub fn ledger_of(path: &Path) -> Result<LedgerId> {
    let folder = Folder::new(path);
    folder.check_is_folder()?;
    let tip_file = TipFile::open(&folder)?.ok_or_else(|| StorageError::NoLedger { path: path.to_owned() })?;
    Ok(tip_file.ledger_id())
}

impl Store {
    /// Opens the data folder of a ledger.
    ///
    /// # Errors
    /// [`StorageError::Locked`], [`StorageError::NoLedger`], [`StorageError::NotABullaFolder`],
    /// [`StorageError::OtherLedger`], [`StorageError::NewerSchema`], [`StorageError::OlderSchema`],
    /// [`StorageError::UnknownProtocol`], or what else keeps it from opening.
    pub fn open(path: &Path, options: &StoreOptions, ledger_id: LedgerId) -> Result<Opened> {
        let folder = Folder::new(path);
        folder.check_is_folder()?;
        if !folder.path().is_dir() {
            return Err(StorageError::NoLedger { path: path.to_owned() });
        }
        refuse_other_schema(&folder)?;
        let lock = folder.lock()?;
        let tip_file = check_folder(&folder, ledger_id)?;
        Self::open_locked(&folder, options, tip_file, lock)
    }

    pub(crate) fn open_locked(
        folder: &Folder,
        options: &StoreOptions,
        tip_file: TipFile,
        folder_lock: FolderLock,
    ) -> Result<Opened> {
        let ledger_id = tip_file.ledger_id();
        // Left by a process that ended while it made a backup; it keeps files from going.
        folder.clear_checkpoint()?;
        let space = Space::open(folder, options)?;
        let engine = open_engine(folder, options, &space)?;
        check_schema(folder, &engine)?;
        let bodies = Bodies::new(options.body_cache_bytes);
        let view = View::new(&engine, &bodies)?;
        let (found, tip) = (view.ledger_id()?, view.tip());
        check_protocol(&view, options.protocols)?;
        let unrecorded = view.unrecorded_equivocations()?.len();
        let acted_at = newest_act(&view, &options.voters);
        drop(view);
        if found != ledger_id {
            return Err(StorageError::OtherLedger { path: folder.database(), expected: ledger_id, found });
        }
        let signed = match SignedGuard::open(folder)? {
            Some(signed) => signed,
            None => SignedGuard::create(folder, ledger_id)?,
        };
        let signing = signing::start(folder, tip.height, acted_at, tip_file.newest(), &signed, options)?;
        if signing.is_alarming() {
            tracing::warn!(folder = %folder.path().display(), ?signing, "votes may be forgotten: observing first");
        }
        folder.sync()?;
        let store = Self {
            engine,
            bodies,
            space,
            folder: folder.clone(),
            options: options.clone(),
            ledger_id,
            tip: RwLock::new(tip),
            unrecorded: AtomicUsize::new(unrecorded),
            unsettled: AtomicUsize::new(0),
            writer: Mutex::new(tip_file),
            checkpointing: Mutex::new(()),
            _lock: folder_lock,
        };
        // The process may have ended between a commit and its record.
        store.witness(&mut lock(&store.writer));
        Ok(Opened { store, signed, signing })
    }

    /// The ledger.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.ledger_id
    }

    /// The versions of the protocol that whoever opened it has the rules of.
    #[must_use]
    pub fn protocols(&self) -> KnownProtocols {
        self.options.protocols
    }

    /// The newest commit.
    #[must_use]
    pub fn tip(&self) -> Tip {
        *self.tip.read().unwrap_or_else(std::sync::PoisonError::into_inner)
    }

    /// Everything as it is now.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn view(&self) -> Result<View<'_>> {
        View::new(&self.engine, &self.bodies)
    }

    /// After [`StorageError::DiskFull`]: takes writes again if there is room, for the reserve too.
    ///
    /// # Errors
    /// [`StorageError::DiskFull`] while there is not.
    pub fn try_resume(&self) -> Result<()> {
        let _writing = lock(&self.writer);
        self.space.try_resume()?;
        // RocksDB resumes by itself once it sees room, some seconds later; only a write tells.
        let mut probe = self.engine.batch();
        probe.put(Column::Meta, meta::PROBE, []);
        self.space.note(probe.write_synced())
    }

    /// Brings the tip record up to the tip. Nothing depends on it at once, and the next commit or start does
    /// it again, so that a failure is only told.
    fn witness(&self, record: &mut TipFile) {
        let tip = self.tip();
        if let Err(error) = record.advance(TipRecord::from(&tip)) {
            tracing::warn!(%error, height = tip.height.0, "the tip record could not be written");
        }
    }

    fn set_tip(&self, tip: Tip) {
        *self.tip.write().unwrap_or_else(std::sync::PoisonError::into_inner) = tip;
    }
}

/// Recovery needs a little room; where there is none, that of the reserve.
fn open_engine(folder: &Folder, options: &StoreOptions, space: &Space) -> Result<Engine> {
    let open = || space.note(Engine::open(&folder.database(), options, Mode::Open));
    match open() {
        Err(StorageError::DiskFull { .. }) => open(),
        opened => opened,
    }
}

/// Refuses a folder of another schema before a byte in it is written, be it that of the lock.
pub(crate) fn refuse_other_schema(folder: &Folder) -> Result<()> {
    for opened in [TipFile::open(folder).map(drop), SignedGuard::open(folder).map(drop)] {
        // What else is wrong with a file is for those to find who have the folder to themselves.
        if let Err(error @ (StorageError::NewerSchema { .. } | StorageError::OlderSchema { .. })) = opened {
            return Err(error);
        }
    }
    Ok(())
}

/// What a folder must have before its database is touched: the tip record says whose it is.
pub(crate) fn check_folder(folder: &Folder, ledger_id: LedgerId) -> Result<TipFile> {
    let path = folder.path().to_owned();
    let database = folder.database().is_dir();
    let Some(tip_file) = TipFile::open(folder)? else {
        return Err(if database {
            StorageError::NotABullaFolder { path, reason: "it has a database but no tip record".to_owned() }
        } else {
            StorageError::NoLedger { path }
        });
    };
    tip_file.check_ledger(ledger_id)?;
    if let Some(signed) = SignedGuard::open(folder)?.filter(|signed| signed.ledger_id() != ledger_id) {
        let found = signed.ledger_id();
        return Err(StorageError::OtherLedger { path: folder.signed(), expected: ledger_id, found });
    }
    if database { Ok(tip_file) } else { Err(StorageError::NoLedger { path }) }
}

fn check_schema(folder: &Folder, engine: &Engine) -> Result<()> {
    let bytes = engine.db().get_pinned_cf(engine.handle(Column::Meta), meta::SCHEMA)?;
    let Some(bytes) = bytes else {
        // Making it was interrupted before anything was in it.
        return Err(StorageError::NoLedger { path: folder.path().to_owned() });
    };
    let found = bytes.as_ref().try_into().map(u32::from_be_bytes);
    let found = found.map_err(|_| StorageError::corrupted("meta schema", "not 4 bytes"))?;
    slots::check_schema(folder.path(), found)
}

/// Whether the newest block went by a version of the protocol that is known here. A block that cannot be read is for
/// others to find.
pub(crate) fn check_protocol(view: &View<'_>, protocols: KnownProtocols) -> Result<()> {
    let tip = view.tip();
    if let Ok(Some(decided)) = view.decided(tip.height) {
        protocols.check(decided.header.protocol_version, tip.height)?;
    }
    Ok(())
}

/// The newest of the last blocks that one of these validators built or has helped to decide. One that cannot be read is
/// for others to find.
fn newest_act(view: &View<'_>, voters: &[Address]) -> Option<Height> {
    if voters.is_empty() {
        return None;
    }
    let tip = view.tip().height.0;
    let newest = (tip.saturating_sub(ACTS_LOOKED_AT)..=tip).rev().map(Height);
    newest.into_iter().find(|height| match view.decided(*height) {
        Ok(Some(decided)) => shows_act(&decided.header, &decided.certificate, voters),
        Ok(None) | Err(_) => false,
    })
}

/// The height after a tip.
fn next_height(tip: &Tip) -> Height {
    Height(tip.height.0 + 1)
}
