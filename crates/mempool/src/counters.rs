//! What the mempool counts, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Counters of a mempool since it started. They only grow.
        #[derive(Debug, Default)]
        pub struct Counters {
            $(pub(crate) $name: AtomicU64,)+
        }

        /// The values of [`Counters`] at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct CounterValues {
            $($(#[doc = $doc])+ pub $name: u64,)+
        }

        impl Counters {
            /// Reads all counters.
            #[must_use]
            pub fn values(&self) -> CounterValues {
                CounterValues { $($name: self.$name.load(Ordering::Relaxed),)+ }
            }
        }

        impl CounterValues {
            /// Names and values, for an exposition format.
            pub fn iter(&self) -> impl Iterator<Item = (&'static str, u64)> {
                [$((stringify!($name), self.$name),)+].into_iter()
            }
        }
    };
}

counters! {
    /// Transactions admitted from clients.
    admitted_from_clients,
    /// Transactions admitted from peers.
    admitted_from_peers,
    /// Submissions of what was pooled already.
    already_known,
    /// Submissions refused for another reason than lack of room.
    refused,
    /// Submissions refused for lack of room, in the queue or in the pool.
    queue_full,
    /// Signatures verified one by one at admission.
    signatures_strict,
    /// Signatures verified in batches at admission.
    signatures_batched,
    /// Signatures verified for a block because admission had not.
    signatures_for_blocks,
    /// Transactions of blocks whose signatures admission had verified.
    verified_before_block,
    /// Transactions removed by a commit.
    committed,
    /// Transactions removed because they expired.
    expired,
    /// Transactions removed because a builder found that the rules refuse them now.
    refused_by_builder,
    /// Admitted submissions for whose announcement there was no room; they are announced later.
    announcements_deferred,
    /// Transactions announced again.
    announced_again,
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, amount: usize) {
    counter.fetch_add(u64::try_from(amount).unwrap_or(u64::MAX), Ordering::Relaxed);
}

/// Adds one to a counter.
pub(crate) fn count(counter: &AtomicU64) {
    counter.fetch_add(1, Ordering::Relaxed);
}
