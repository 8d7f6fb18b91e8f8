//! Backups that the node makes of itself: by its schedule, and when its operator asks.

use std::fmt::Write;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bulla_chain::Chain;
use bulla_mempool::{Clock, SystemClock};
use bulla_storage::{BackupError, BackupSettings, Doing, MadeBackup, backups_in};
use bulla_types::ReasonCode;
use thiserror::Error;
use tokio::sync::watch;
use tracing::{info, warn};

use crate::config::BackupConfig;
use crate::failure::storage_reason;

/// Backups that stay in a folder that an operator names and the configuration does not.
const KEEP_ELSEWHERE: u32 = u32::MAX;
/// A backup that failed is tried again after this, or when the next is due if that is sooner.
const RETRY: Duration = Duration::from_secs(600);
/// The machine's clock may be set: it is looked at so often.
const LOOK_EVERY: Duration = Duration::from_secs(60);

/// Makes backups, one at a time.
pub(crate) struct Backups {
    chain: Arc<Chain>,
    config: Option<BackupConfig>,
    stopping: watch::Receiver<bool>,
    made: AtomicU64,
    failed: AtomicU64,
    last_made_at_ms: AtomicU64,
}

/// Why no backup was made.
#[derive(Debug, Error)]
pub(crate) enum Refused {
    /// Nobody says where.
    #[error("node.toml has no [backup] folder; add it, or name a folder with --to")]
    NoFolder,
    /// It would depend on where the node was started.
    #[error("{0} is not an absolute path")]
    Relative(PathBuf),
    /// It cannot be made.
    #[error(transparent)]
    Backup(#[from] BackupError),
    /// A bug.
    #[error("the backup ended unexpectedly: {0}")]
    Ended(String),
}

impl Backups {
    pub(crate) fn new(
        chain: Arc<Chain>,
        config: Option<BackupConfig>,
        stopping: watch::Receiver<bool>,
    ) -> Self {
        Self {
            chain,
            config,
            stopping,
            made: AtomicU64::new(0),
            failed: AtomicU64::new(0),
            last_made_at_ms: AtomicU64::new(0),
        }
    }

    /// Makes a backup into this folder, or the configured one; `tell` has how many bytes of how many are done.
    pub(crate) async fn make(
        &self,
        folder: Option<PathBuf>,
        tell: watch::Sender<(u64, u64)>,
    ) -> Result<MadeBackup, Refused> {
        let made = self.try_make(folder, tell).await;
        match &made {
            Ok(made) => {
                self.made.fetch_add(1, Ordering::Relaxed);
                self.last_made_at_ms.store(made.manifest.made_at_ms, Ordering::Relaxed);
                info!(
                    path = %made.path.display(),
                    height = %made.manifest.height,
                    bytes = made.manifest.bytes(),
                    shared_bytes = made.shared_bytes,
                    removed = made.removed.len(),
                    "a backup was made"
                );
            }
            Err(error) => {
                self.failed.fetch_add(1, Ordering::Relaxed);
                warn!(reason = error.reason().as_str(), %error, "no backup was made");
            }
        }
        made
    }

    async fn try_make(
        &self,
        folder: Option<PathBuf>,
        tell: watch::Sender<(u64, u64)>,
    ) -> Result<MadeBackup, Refused> {
        let settings = self.settings(folder)?;
        let (store, stopping) = (Arc::clone(self.chain.store()), self.stopping.clone());
        let made = tokio::task::spawn_blocking(move || {
            store.back_up(&settings, &mut |doing| {
                if let Doing::Moving { done_bytes, total_bytes } = doing {
                    tell.send_replace((done_bytes, total_bytes));
                }
                if *stopping.borrow() { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
            })
        });
        made.await.map_err(|error| Refused::Ended(error.to_string()))?.map_err(Refused::from)
    }

    fn settings(&self, folder: Option<PathBuf>) -> Result<BackupSettings, Refused> {
        let config = self.config.as_ref();
        let (folder, keep) = match (folder, config) {
            (Some(folder), Some(config)) if folder == config.folder => (folder, config.keep),
            (Some(folder), _) if folder.is_relative() => return Err(Refused::Relative(folder)),
            (Some(folder), _) => (folder, KEEP_ELSEWHERE),
            (None, Some(config)) => (config.folder.clone(), config.keep),
            (None, None) => return Err(Refused::NoFolder),
        };
        let unhurried = || BackupConfig::to(folder.clone()).bytes_per_second_max;
        Ok(BackupSettings {
            bytes_per_second_max: config.map_or_else(unhurried, |config| config.bytes_per_second_max),
            folder,
            keep,
            now_ms: SystemClock.now().0,
            made_by: concat!("bulla-node ", env!("CARGO_PKG_VERSION")).to_owned(),
        })
    }

    /// Makes a backup whenever one is due, by the newest that lies there: a restart changes nothing.
    pub(crate) async fn keep_schedule(self: Arc<Self>) {
        let Some(config) = self.config.as_ref().filter(|config| config.every_s > 0) else { return };
        let every = Duration::from_secs(config.every_s);
        loop {
            let now_ms = SystemClock.now().0;
            let left = left_ms(self.newest_ms(config, now_ms).await, now_ms, config.every_s);
            if left > 0 {
                tokio::time::sleep(Duration::from_millis(left).min(LOOK_EVERY)).await;
                continue;
            }
            if self.make(None, watch::Sender::new((0, 0))).await.is_err() {
                tokio::time::sleep(every.min(RETRY)).await;
            }
        }
    }

    async fn newest_ms(&self, config: &BackupConfig, now_ms: u64) -> Option<u64> {
        let folder = config.folder.clone();
        // A folder that cannot be read, or is not there, has none.
        let found = tokio::task::spawn_blocking(move || backups_in(&folder).unwrap_or_default());
        let found = found.await.unwrap_or_default();
        let made = found.into_iter().filter_map(|shelved| Some(shelved.manifest.ok()?.made_at_ms));
        let newest = newest_until(made, now_ms);
        if let Some(newest) = newest {
            self.last_made_at_ms.fetch_max(newest, Ordering::Relaxed);
        }
        newest
    }

    /// For the metrics page.
    pub(crate) fn metrics(&self) -> String {
        let mut text = String::new();
        let last = self.last_made_at_ms.load(Ordering::Relaxed);
        let (made, failed) = (self.made.load(Ordering::Relaxed), self.failed.load(Ordering::Relaxed));
        // Writing to a string cannot fail.
        let _ = writeln!(text, "# TYPE bulla_backup_last_made_ms gauge\nbulla_backup_last_made_ms {last}");
        let _ = writeln!(text, "# TYPE bulla_backups_made counter\nbulla_backups_made_total {made}");
        let _ = writeln!(text, "# TYPE bulla_backups_failed counter\nbulla_backups_failed_total {failed}");
        text
    }
}

impl Refused {
    /// The stable reason code.
    pub(crate) fn reason(&self) -> ReasonCode {
        match self {
            Self::NoFolder | Self::Relative(_) => ReasonCode::ConfigInvalid,
            Self::Backup(BackupError::Store(error)) => storage_reason(error),
            Self::Backup(error) => error.reason().unwrap_or(ReasonCode::StorageFailed),
            Self::Ended(_) => ReasonCode::Internal,
        }
    }
}

/// The time of the newest backup. One from the future, made by a clock that was set back since, counts as none: it
/// would be the newest for long, and make every moment one in which a backup is due.
fn newest_until(made_at_ms: impl IntoIterator<Item = u64>, now_ms: u64) -> Option<u64> {
    made_at_ms.into_iter().filter(|made| *made <= now_ms).max()
}

/// Milliseconds until the next one is due.
fn left_ms(newest_ms: Option<u64>, now_ms: u64, every_s: u64) -> u64 {
    let age_ms = newest_ms.and_then(|newest_ms| now_ms.checked_sub(newest_ms));
    age_ms.map_or(0, |age_ms| every_s.saturating_mul(1_000).saturating_sub(age_ms))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_backup_is_due_when_there_is_none_and_a_period_after_the_newest() {
        assert_eq!(left_ms(None, 5_000, 10), 0);
        assert_eq!(left_ms(Some(1_000), 5_000, 10), 6_000);
        assert_eq!(left_ms(Some(1_000), 11_000, 10), 0);
        assert_eq!(left_ms(Some(1_000), 99_000, 10), 0);
        assert_eq!(left_ms(Some(6_000), 5_000, 10), 0);
    }

    #[test]
    fn a_backup_of_a_clock_that_was_ahead_does_not_make_the_next_one_due_at_once() {
        let (now_ms, ahead_ms) = (50_000, 900_000);
        let left = |made: &[u64]| left_ms(newest_until(made.iter().copied(), now_ms), now_ms, 10);
        assert_eq!(left(&[ahead_ms]), 0);
        assert_eq!(left(&[ahead_ms, 48_000, 41_000]), 8_000);
        assert_eq!(left(&[ahead_ms, now_ms]), 10_000);
    }
}
