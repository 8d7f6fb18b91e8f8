//! Who waits for which transaction, and what it is told.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bulla_types::{BlockTime, ReasonCode, TransactionId};
use tokio::sync::mpsc;

use crate::committed::CommittedBlock;
use crate::fault::Rejection;

/// Waiters whose transaction has expired are looked for once in so much block time.
const SWEEP_MS: u64 = 1_000;

/// The one answer that a waiter gets.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What the waiter gave when it registered.
    pub tag: u64,
    /// What became of the transaction.
    pub fate: Fate,
}

/// What became of an admitted transaction.
#[derive(Debug, Clone)]
pub enum Fate {
    /// It stands in the log.
    Included {
        /// The block, durable when this is sent.
        block: Arc<CommittedBlock>,
        /// Log index of its entry.
        index: u64,
    },
    /// It will not: the rules refuse it by now, or it expired.
    Dropped(Rejection),
}

#[derive(Debug)]
struct Waiter {
    tag: u64,
    not_after: BlockTime,
    sender: mpsc::UnboundedSender<Answer>,
}

#[derive(Debug, Default)]
struct Waiting {
    by_transaction: HashMap<TransactionId, Vec<Waiter>>,
    swept_at_ms: u64,
}

/// The waiting callers, by transaction. Each gets one answer, so a channel holds no more than its owner has
/// registered; the owner bounds that.
#[derive(Debug, Default)]
pub struct Waiters(Mutex<Waiting>);

impl Waiters {
    /// Sends one [`Answer`] with `tag` when the fate of the transaction is known. Register before admission,
    /// so that no commit passes by.
    pub fn register(
        &self,
        id: TransactionId,
        not_after: BlockTime,
        tag: u64,
        sender: mpsc::UnboundedSender<Answer>,
    ) {
        self.lock().by_transaction.entry(id).or_default().push(Waiter { tag, not_after, sender });
    }

    /// Forgets a waiter whose transaction was not admitted.
    pub fn forget(&self, id: &TransactionId, tag: u64, sender: &mpsc::UnboundedSender<Answer>) {
        let mut waiting = self.lock();
        if let Some(waiters) = waiting.by_transaction.get_mut(id) {
            waiters.retain(|waiter| waiter.tag != tag || !waiter.sender.same_channel(sender));
            if waiters.is_empty() {
                waiting.by_transaction.remove(id);
            }
        }
    }

    pub(crate) fn included(&self, block: &Arc<CommittedBlock>) {
        let mut waiting = self.lock();
        for (id, index) in block.transactions() {
            if waiting.by_transaction.is_empty() {
                break;
            }
            tell(waiting.by_transaction.remove(&id), || Fate::Included { block: Arc::clone(block), index });
        }
        waiting.sweep(block.header().time);
    }

    pub(crate) fn dropped(&self, id: &TransactionId, rejection: &Rejection) {
        tell(self.lock().by_transaction.remove(id), || Fate::Dropped(rejection.clone()));
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Waiting> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// No block of this time or later holds a transaction that expired before it.
    fn sweep(&mut self, now: BlockTime) {
        if now.0.saturating_sub(self.swept_at_ms) < SWEEP_MS {
            return;
        }
        self.swept_at_ms = now.0;
        self.by_transaction.retain(|_, waiters| {
            let (expired, left) =
                std::mem::take(waiters).into_iter().partition(|waiter: &Waiter| waiter.not_after < now);
            *waiters = left;
            tell(Some(expired), || {
                Fate::Dropped(Rejection::new(ReasonCode::Expired, format!("not in a block by {now}")))
            });
            !waiters.is_empty()
        });
    }
}

fn tell(waiters: Option<Vec<Waiter>>, fate: impl Fn() -> Fate) {
    for waiter in waiters.unwrap_or_default() {
        // A caller that went away is no error.
        let _ = waiter.sender.send(Answer { tag: waiter.tag, fate: fate() });
    }
}
