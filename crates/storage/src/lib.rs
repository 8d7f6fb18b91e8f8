//! The data folder of a node: everything that it keeps of one ledger, and the means to check it.
//!
//! A [`Store`] has the folder open, alone. It promises:
//!
//! * **A block is committed whole or not at all**: [`Store::commit`] is one batch over all column families,
//!   synced before it returns, and only a block that follows from the tip is taken.
//! * **A proposal is durable before it is answered for**: [`Store::put_proposal`] writes its block once,
//!   synced; the commit only names it. Besides these two, a height costs a sync for each vote and one for the
//!   tip record.
//! * **A proof of equivocation is kept until it is recorded**: [`Store::keep_equivocations`] writes it, synced;
//!   the commit that records it takes it away.
//! * **No vote is signed twice**: a [`SignedGuard`] stands before the validator's key. On opening,
//!   [`SigningStart`] says whether votes may have been forgotten, by a database that lost its end or was put
//!   back from a copy, and up to which height the node must only observe. Where the consensus engine has lost its log, the record of
//!   votes keeps the lock.
//! * **A reader sees one moment**: a [`View`] shows blocks, entries, state and trees of one height.
//! * **A full disk stops it before anything is half done** ([`StorageError::DiskFull`]), and room lets it go
//!   on ([`Store::try_resume`]).
//! * **A backup is made while commits go on, and put back only after it was checked whole**: [`Store::back_up`],
//!   [`check_backup`], [`restore_backup`].
//! * **What the law orders erased is erased** ([`Store::erase_openings`]); nothing else depends on it.
//!
//! [`fsck`] recomputes all of it from the entries and says exactly what is wrong. [`export_segment`] writes
//! parts of the log out that prove themselves.
//!
//! The crate knows nothing of rules, consensus or networks: it stores what the chain computed, and asserts
//! that what is stated twice agrees. Layouts of the files are in `docs/formats/data-folder.md` and
//! `docs/formats/segment.md`.

mod backup;
mod block;
mod bodies;
mod column;
mod engine;
mod engine_log;
mod error;
mod folder;
mod frames;
mod fsck;
mod index_rows;
mod lacking;
mod local_encoding;
mod openings;
mod options;
mod proposal;
mod register_rows;
mod request_window;
mod segment;
mod side_folder;
mod signed;
mod signing;
mod slots;
mod snapshot;
mod space;
mod store;
mod sync;
mod tip_file;
mod tuning;
mod view;
mod work_rows;

pub use backup::{
    BackupError, BackupFile, BackupSettings, Doing, FileName, MadeBackup, Manifest, ManifestError, Shelved,
    SoundBackup, Watch, backups_in, check_backup, restore_backup,
};
pub use block::StoredBlock;
pub use column::LogSuite;
pub use engine_log::{ENGINE_LOG, LogLoss};
pub use error::{OUT_OF_FILES, Result, StorageError};
pub use fsck::{BlockHook, Checked, Finding, FsckReport, NoHook, Progress, Stage, fsck};
pub use index_rows::IndexRows;
pub use lacking::{LACKING_MAX, Lacking, Looked};
pub use openings::{OpenedField, opened_fields, openings_of_entries, openings_of_entry};
pub use options::{CopiedFolder, FreeSpace, StoreOptions};
pub use proposal::ProposalRecord;
pub use register_rows::DueRow;
pub use segment::{ExportError, SEGMENT_ENTRIES, Segment, SegmentError, export_segment, verify_segment};
pub use signed::{RecordDoubt, SignError, SignedGuard, SignedRecord, SignedStep, SignedVote};
pub use signing::{SigningDoubt, SigningFloor, SigningStart, shows_act};
pub use snapshot::{
    Base, Joining, RestoreProgress, SnapshotError, SnapshotFolder, SnapshotSource, check_extent,
    clear_joining, make_snapshot, read_piece,
};
pub use store::{Commit, Durable, Foundation, NewRequest, Opened, Rebuilt, Store, ledger_of};
pub use view::{Decided, EvidencePlace, LocatedEntry, RememberedRequest, Tiles, Tip, View};
