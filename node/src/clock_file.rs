//! The clock of a ledger for tests: a file that the nodes of one machine share, `clock.toml`.
//!
//! The file says what time it was on the ledger at one time of the machine, and how fast it goes on from there. The
//! ledger's time follows from these and the machine's clock, so that nodes that read the same file agree on it to
//! the millisecond, after a restart too. Whoever sets the clock puts a new file in the place of the old one; the
//! nodes look for that.

use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, SystemTime};

use bulla_crypto::whole_file;
use bulla_mempool::{Clock, SystemClock};
use bulla_types::{BlockTime, Genesis, TestClock};
use serde::{Deserialize, Serialize};
use thiserror::Error;
use tracing::{info, warn};

/// How often it is looked whether there is a new file.
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A clock file is a few lines.
const BYTES_MAX: u64 = 4096;

/// `clock.toml`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ClockFile {
    /// A time of the ledger, milliseconds UTC.
    pub ledger_ms: u64,
    /// When the machine's clock showed that, milliseconds UTC.
    pub machine_ms: u64,
    /// Milliseconds that it goes on for one of the machine.
    pub speed: u32,
    /// It stands still at `ledger_ms`, and goes on at `speed` when it is set again.
    #[serde(default)]
    pub stopped: bool,
}

/// Why there is no clock for tests.
#[derive(Debug, Error)]
pub enum ClockError {
    /// The ledger goes by the time of the world.
    #[error(
        "the genesis of this ledger permits no other clock than the machine's: --clock is for ledgers for tests \
        whose genesis has a test_clock"
    )]
    NotPermitted,
    /// The file cannot be read.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file cannot be written.
    #[error("cannot write {path}: {source}")]
    Write {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The file is no clock file.
    #[error("{path} is no clock file: {reason}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// Where and why.
        reason: String,
    },
    /// The clock is faster than the ledger's windows allow for.
    #[error(
        "{path}: the clock runs {speed} times as fast as the machine's; the genesis permits {speed_max} times"
    )]
    TooFast {
        /// The file.
        path: PathBuf,
        /// As the file says.
        speed: u32,
        /// As the genesis says.
        speed_max: u32,
    },
}

impl ClockFile {
    /// A clock that shows this time now and runs at this speed.
    #[must_use]
    pub fn starting(ledger: BlockTime, speed: u32) -> Self {
        Self { ledger_ms: ledger.0, machine_ms: SystemClock.now().0, speed, stopped: false }
    }

    /// What it shows now.
    #[must_use]
    pub fn now(&self) -> BlockTime {
        self.at(SystemClock.now().0)
    }

    /// How fast it goes on.
    #[must_use]
    pub fn speed_now(&self) -> u32 {
        if self.stopped { 0 } else { self.speed }
    }

    /// What it shows when the machine's clock shows this.
    fn at(&self, machine_ms: u64) -> BlockTime {
        let passed_ms = i128::from(machine_ms) - i128::from(self.machine_ms);
        let shown_ms = i128::from(self.ledger_ms) + passed_ms * i128::from(self.speed_now());
        BlockTime(u64::try_from(shown_ms.max(0)).unwrap_or(u64::MAX))
    }

    /// Reads a clock file.
    ///
    /// # Errors
    /// [`ClockError`] names the file and what is wrong with it.
    pub fn read(path: &Path) -> Result<Self, ClockError> {
        let unreadable = |source| ClockError::Read { path: path.to_owned(), source };
        let no_clock = |reason| ClockError::Parse { path: path.to_owned(), reason };
        if std::fs::metadata(path).map_err(unreadable)?.len() > BYTES_MAX {
            return Err(no_clock(format!("it has more than {BYTES_MAX} bytes")));
        }
        let text = std::fs::read_to_string(path).map_err(unreadable)?;
        toml::from_str(&text).map_err(|error| no_clock(error.to_string()))
    }

    /// Puts this in the place of the file, at once for whoever reads it.
    ///
    /// # Errors
    /// [`ClockError::Write`].
    pub fn write(&self, path: &Path) -> Result<(), ClockError> {
        let unwritable = |source| ClockError::Write { path: path.to_owned(), source };
        let text = toml::to_string(self).map_err(|error| unwritable(io::Error::other(error)))?;
        whole_file::replace(path, whole_file::MODE_BY_MASK, text.as_bytes()).map_err(unwritable)
    }
}

/// The clock of a node that follows a clock file.
#[derive(Debug)]
pub(crate) struct FollowedClock {
    path: PathBuf,
    permitted: TestClock,
    current: RwLock<ClockFile>,
}

/// What tells one file from the next that is put in its place.
#[derive(Debug, PartialEq, Eq)]
struct Mark {
    inode: u64,
    bytes: u64,
    modified: Option<SystemTime>,
}

impl FollowedClock {
    /// The clock of this file, if the ledger permits one.
    pub(crate) fn open(path: &Path, genesis: &Genesis) -> Result<Arc<Self>, ClockError> {
        let permitted = genesis.test_clock().ok_or(ClockError::NotPermitted)?;
        let current = read_permitted(path, permitted)?;
        Ok(Arc::new(Self { path: path.to_owned(), permitted, current: RwLock::new(current) }))
    }

    /// Looks for new files for ever. One that is no clock changes nothing.
    pub(crate) async fn follow(self: Arc<Self>) {
        let mut interval = tokio::time::interval(LOOK_EVERY);
        // What was read when the clock was opened may be gone by now.
        let mut seen = None;
        loop {
            interval.tick().await;
            let mark = mark(&self.path);
            if mark.is_some() && mark != seen {
                self.take(read_permitted(&self.path, self.permitted));
                seen = mark;
            }
        }
    }

    fn take(&self, read: Result<ClockFile, ClockError>) {
        match read {
            Ok(file) => {
                let before = std::mem::replace(
                    &mut *self.current.write().unwrap_or_else(PoisonError::into_inner),
                    file,
                );
                if before != file {
                    info!(clock_ms = file.now().0, speed = file.speed_now(), "the clock was set");
                }
            }
            Err(error) => warn!(%error, "the clock stays as it was"),
        }
    }

    fn current(&self) -> ClockFile {
        *self.current.read().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for FollowedClock {
    fn now(&self) -> BlockTime {
        self.current().now()
    }

    fn speed(&self) -> u32 {
        self.current().speed_now()
    }
}

fn read_permitted(path: &Path, TestClock { speed_max }: TestClock) -> Result<ClockFile, ClockError> {
    let file = ClockFile::read(path)?;
    if file.speed > speed_max {
        return Err(ClockError::TooFast { path: path.to_owned(), speed: file.speed, speed_max });
    }
    Ok(file)
}

fn mark(path: &Path) -> Option<Mark> {
    let metadata = std::fs::metadata(path).ok()?;
    Some(Mark { inode: metadata.ino(), bytes: metadata.len(), modified: metadata.modified().ok() })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    const CLOCK: ClockFile =
        ClockFile { ledger_ms: 1_000_000, machine_ms: 5_000, speed: 86_400, stopped: false };

    fn followed(folder: &Path) -> Arc<FollowedClock> {
        let path = folder.join("clock.toml");
        CLOCK.write(&path).unwrap();
        Arc::new(FollowedClock {
            path,
            permitted: TestClock { speed_max: 86_400 },
            current: RwLock::new(CLOCK),
        })
    }

    #[test]
    fn a_day_passes_in_a_second() {
        assert_eq!(CLOCK.at(6_000), BlockTime(1_000_000 + 86_400_000));
        assert_eq!(CLOCK.at(4_999), BlockTime(1_000_000 - 86_400));
        assert_eq!(CLOCK.at(0), BlockTime(0));
    }

    #[test]
    fn a_stopped_clock_stands_still() {
        let stopped = ClockFile { stopped: true, ..CLOCK };
        assert_eq!((stopped.at(1 << 50), stopped.speed_now()), (BlockTime(1_000_000), 0));
    }

    #[test]
    fn what_is_written_reads_back_and_what_is_no_clock_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("clock.toml");
        CLOCK.write(&path).unwrap();
        assert_eq!(ClockFile::read(&path).unwrap(), CLOCK);
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1, "nothing is left beside it");
        for text in ["", "ledger_ms = -1", "ledger_ms = 1\nmachine_ms = 1\nspeed = 1\nzone = 8\n"] {
            std::fs::write(&path, text).unwrap();
            assert!(matches!(ClockFile::read(&path), Err(ClockError::Parse { .. })), "{text}");
        }
    }

    #[tokio::test]
    async fn a_node_follows_the_file_and_passes_over_what_is_no_clock_or_too_fast() {
        let folder = tempfile::tempdir().unwrap();
        let clock = followed(folder.path());
        let following = tokio::spawn(Arc::clone(&clock).follow());
        let shows = async |set: ClockFile| {
            let shown = async {
                while clock.current() != set {
                    tokio::time::sleep(Duration::from_millis(5)).await;
                }
            };
            tokio::time::timeout(Duration::from_secs(30), shown).await.unwrap();
        };
        let later = ClockFile { ledger_ms: 95_000_000_000, speed: 1, ..CLOCK };
        later.write(&clock.path).unwrap();
        shows(later).await;
        for broken in ["no clock", "ledger_ms = 1\nmachine_ms = 1\nspeed = 86401\n"] {
            std::fs::write(&clock.path, broken).unwrap();
            clock.take(read_permitted(&clock.path, clock.permitted));
            assert_eq!(clock.current(), later, "{broken}");
        }
        let earlier = ClockFile { stopped: true, ..CLOCK };
        earlier.write(&clock.path).unwrap();
        shows(earlier).await;
        assert_eq!((clock.now(), clock.speed()), (BlockTime(1_000_000), 0));
        following.abort();
    }
}
