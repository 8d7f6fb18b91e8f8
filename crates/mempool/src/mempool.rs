//! The mempool's face.

use std::sync::{Arc, Mutex};

use bulla_types::{BlockTime, LedgerId, TransactionId};
use bytes::Bytes;
use tokio::sync::{mpsc, oneshot, watch};

use crate::admission::{Admission, Admitted, Source};
use crate::announcements::Announcements;
use crate::clock::Clock;
use crate::counters::{Counters, add};
use crate::error::AdmissionError;
use crate::keys::KeyCache;
use crate::limits::Limits;
use crate::pool::{Pool, Room};
use crate::pooled::Pooled;
use crate::queue::{Job, JobQueue, NotQueued};
use crate::sync::lock;
use crate::view::AdmissionView;
use crate::worker::Workers;

/// The transactions of one node that wait for a block.
pub struct Mempool {
    pub(crate) limits: Limits,
    pub(crate) view: Arc<dyn AdmissionView>,
    pub(crate) keys: Arc<KeyCache>,
    pub(crate) pool: Arc<Mutex<Pool>>,
    queue: Arc<JobQueue>,
    waiting: watch::Sender<usize>,
    pub(crate) counters: Arc<Counters>,
    _workers: Workers,
}

/// How full the mempool is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usage {
    /// Transactions that wait.
    pub entries: usize,
    /// Bytes that they hold, as [`Pooled::footprint_bytes`] counts them.
    pub bytes: usize,
}

impl Mempool {
    /// Starts the workers. Dropping the mempool ends them, and waits until they have.
    #[must_use]
    pub fn new(
        limits: Limits,
        ledger_id: LedgerId,
        view: Arc<dyn AdmissionView>,
        clock: Arc<dyn Clock>,
    ) -> (Self, Announcements) {
        let pool = Arc::new(Mutex::new(Pool::new(limits)));
        let keys = Arc::new(KeyCache::new(limits.keys_max));
        let queue = Arc::new(JobQueue::new(limits));
        let counters = Arc::new(Counters::default());
        let waiting = watch::Sender::new(0);
        let (to_announce, fresh) = mpsc::channel(limits.relay_backlog_max);
        let admission = Arc::new(Admission {
            ledger_id,
            limits,
            view: Arc::clone(&view),
            clock,
            keys: Arc::clone(&keys),
            pool: Arc::clone(&pool),
            waiting: waiting.clone(),
            to_announce,
            counters: Arc::clone(&counters),
        });
        let workers = Workers::start(limits.workers, &queue, &admission);
        let announcements = Announcements::new(fresh, Arc::clone(&pool), Arc::clone(&counters), &limits);
        (Self { limits, view, keys, pool, queue, waiting, counters, _workers: workers }, announcements)
    }

    /// Admits one submission: the encoding that [`bulla_types::Submission`] defines. A submission that is
    /// pooled already is answered as if it were new, but for [`Admitted::already_known`].
    ///
    /// # Errors
    /// [`AdmissionError`] says why it is not in the pool.
    pub async fn admit(&self, submission: Bytes, source: Source) -> Result<Admitted, AdmissionError> {
        let verdicts = self.admit_batch(vec![submission], source).await;
        verdicts.into_iter().next().unwrap_or(Err(AdmissionError::Stopped))
    }

    /// Admits many submissions; there is one answer for each, in their order. Of a batch that finds no
    /// room in the queue none is admitted.
    pub async fn admit_batch(
        &self,
        submissions: Vec<Bytes>,
        source: Source,
    ) -> Vec<Result<Admitted, AdmissionError>> {
        let count = submissions.len();
        let (reply, verdicts) = oneshot::channel();
        let refuse_all =
            |error: fn(&Limits) -> AdmissionError| (0..count).map(|_| Err(error(&self.limits))).collect();
        match self.queue.push(Job { submissions, source, reply }) {
            Ok(()) => verdicts.await.unwrap_or_else(|_| refuse_all(|_| AdmissionError::Stopped)),
            Err(NotQueued::Closed) => refuse_all(|_| AdmissionError::Stopped),
            Err(NotQueued::Full) => {
                add(&self.counters.queue_full, count);
                refuse_all(|limits| AdmissionError::QueueFull { retry_after: limits.retry_after })
            }
        }
    }

    /// Transactions for a block: at most so many bytes and entries, none that has expired at its time, in
    /// order of admission. When not all fit, members take turns. Removes nothing but what has expired.
    #[must_use]
    pub fn take(&self, bytes_max: u64, entries_max: u32, time: BlockTime) -> Vec<Arc<Pooled>> {
        self.expire(time);
        let entries = usize::try_from(entries_max).unwrap_or(usize::MAX);
        lock(&self.pool).take(Room { entries, bytes: bytes_max })
    }

    /// Removes what a commit has put on the ledger.
    pub fn committed(&self, ids: &[TransactionId]) {
        add(&self.counters.committed, self.remove(ids));
    }

    /// Removes what a builder found that the rules refuse by now.
    pub fn refused(&self, ids: &[TransactionId]) {
        add(&self.counters.refused_by_builder, self.remove(ids));
    }

    /// Removes what no block with this time or a later one can hold. [`take`](Self::take) does so itself;
    /// a node that never builds calls this now and then.
    pub fn expire(&self, now: BlockTime) {
        let mut pool = lock(&self.pool);
        let expired = pool.expire(now);
        pool.tell(&self.waiting);
        drop(pool);
        add(&self.counters.expired, expired);
    }

    /// Removes them and returns how many were there.
    fn remove(&self, ids: &[TransactionId]) -> usize {
        let mut pool = lock(&self.pool);
        let removed = ids.iter().filter(|id| pool.remove(id).is_some()).count();
        pool.tell(&self.waiting);
        removed
    }

    /// The number of transactions that wait, and news of its changes.
    #[must_use]
    pub fn waiting(&self) -> watch::Receiver<usize> {
        self.waiting.subscribe()
    }

    /// How full the pool is.
    #[must_use]
    pub fn usage(&self) -> Usage {
        let pool = lock(&self.pool);
        Usage { entries: pool.len(), bytes: pool.bytes() }
    }

    /// What the mempool has counted since it started.
    #[must_use]
    pub fn counters(&self) -> &Counters {
        &self.counters
    }
}

impl std::fmt::Debug for Mempool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Mempool").field("usage", &self.usage()).finish_non_exhaustive()
    }
}
