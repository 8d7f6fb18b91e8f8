//! Who waits for which transaction, and the news of each commit.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use bulla_types::TransactionId;
use tokio::sync::mpsc;

use crate::committed::CommittedBlock;

/// That a transaction stands in a committed block.
#[derive(Debug, Clone)]
pub struct Inclusion {
    /// What the waiter gave when it registered.
    pub tag: u64,
    /// The block, durable when this is sent.
    pub block: Arc<CommittedBlock>,
    /// Log index of the transaction's entry.
    pub index: u64,
}

#[derive(Debug)]
struct Waiter {
    tag: u64,
    sender: mpsc::UnboundedSender<Inclusion>,
}

/// The waiting callers, by transaction. Each waiter gets one message, so a channel holds no more than its
/// owner has registered; the owner bounds that.
#[derive(Debug, Default)]
pub struct Waiters {
    by_transaction: Mutex<HashMap<TransactionId, Vec<Waiter>>>,
}

impl Waiters {
    /// Sends one [`Inclusion`] with `tag` when the transaction is committed. Register before admission, so
    /// that no commit passes by.
    pub fn register(&self, id: TransactionId, tag: u64, sender: mpsc::UnboundedSender<Inclusion>) {
        let mut waiting = self.by_transaction.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.entry(id).or_default().push(Waiter { tag, sender });
    }

    /// Forgets the waiters of a transaction whose receiver is gone or that will not come.
    pub fn forget(&self, id: &TransactionId) {
        let mut waiting = self.by_transaction.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(waiters) = waiting.get_mut(id) {
            waiters.retain(|waiter| !waiter.sender.is_closed());
            if waiters.is_empty() {
                waiting.remove(id);
            }
        }
    }

    pub(crate) fn resolve(&self, block: &Arc<CommittedBlock>) {
        let mut waiting = self.by_transaction.lock().unwrap_or_else(PoisonError::into_inner);
        if waiting.is_empty() {
            return;
        }
        for (id, index) in block.transactions() {
            for waiter in waiting.remove(&id).unwrap_or_default() {
                // A caller that went away is no error.
                let _ = waiter.sender.send(Inclusion { tag: waiter.tag, block: Arc::clone(block), index });
            }
        }
    }
}
