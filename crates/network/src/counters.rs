//! What the host counts, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Counters of a host since it started. They only grow.
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
    /// Connections established with allowed peers.
    connections_opened,
    /// Connections with allowed peers that ended.
    connections_closed,
    /// Connections refused because their peer is not on the list.
    strangers_refused,
    /// Dials that failed.
    dials_failed,
    /// Times that a peer broke a lane's rules or its budget and was set aside.
    peers_set_aside,
    /// Relay batches sent, once per peer and try.
    relay_batches_sent,
    /// Relay batches given up for a peer: its queue full, it stayed busy, or the connection failed.
    relay_batches_dropped,
    /// Answers "busy" from peers.
    relay_busy_heard,
    /// Submissions that peers newly took from our batches.
    relay_entries_taken,
    /// Relay batches received.
    relay_batches_received,
    /// Answers "busy" to peers.
    relay_busy_said,
    /// Statuses sent.
    statuses_sent,
    /// Statuses received.
    statuses_received,
    /// Bytes of frames received on all lanes.
    bytes_in,
    /// Bytes of frames sent on all lanes.
    bytes_out,
    /// Events lost because the node did not take them in time; relay batches among them were answered "busy".
    events_lost,
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

/// Adds one to a counter.
pub(crate) fn count(counter: &AtomicU64) {
    add(counter, 1);
}
