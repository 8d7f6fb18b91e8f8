//! What the host counts, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

macro_rules! counters {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Counters of a host since it started. They only grow.
        #[derive(Debug, Default)]
        pub struct Counters {
            $(pub(crate) $name: AtomicU64,)+
            pub(crate) votes: LaneCounters,
            pub(crate) parts: LaneCounters,
        }

        /// The values of [`Counters`] at one moment.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct CounterValues {
            $($(#[doc = $doc])+ pub $name: u64,)+
            /// Of the votes lane.
            pub votes: LaneValues,
            /// Of the parts lane.
            pub parts: LaneValues,
        }

        impl Counters {
            /// Reads all counters.
            #[must_use]
            pub fn values(&self) -> CounterValues {
                CounterValues {
                    $($name: self.$name.load(Ordering::Relaxed),)+
                    votes: self.votes.values(),
                    parts: self.parts.values(),
                }
            }
        }

        impl CounterValues {
            /// Names and values, for an exposition format.
            pub fn iter(&self) -> impl Iterator<Item = (String, u64)> + use<> {
                let own = [$((stringify!($name).to_owned(), self.$name),)+];
                own.into_iter().chain(self.votes.iter("votes")).chain(self.parts.iter("parts"))
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
    /// Connections refused because too many are in the middle of their handshake.
    handshakes_refused,
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
    /// Submissions of peers' relay batches that were known already, or refused.
    relay_entries_useless,
    /// Relay batches answered "busy" without a look, since their peer had been told to wait.
    relay_batches_unread,
    /// Statuses sent.
    statuses_sent,
    /// Statuses received.
    statuses_received,
    /// Requests for blocks sent.
    sync_requests_sent,
    /// Requests for blocks that failed: the peer gave no answer, or went away.
    sync_requests_failed,
    /// Requests for blocks received.
    sync_requests_received,
    /// Requests for blocks not answered: nobody attended to them, or too much was under way to the peer.
    sync_requests_refused,
    /// Questions about snapshots received.
    snapshot_questions_received,
    /// Questions for openings sent.
    openings_questions_sent,
    /// Questions for openings received.
    openings_questions_received,
    /// Bytes of frames received on the lanes of requests: relay, status, sync, snapshot and openings.
    bytes_in,
    /// Bytes of frames sent on the lanes of requests.
    bytes_out,
    /// Events lost because the node did not take them in time; relay batches among them were answered "busy".
    events_lost,
}

macro_rules! lane_counters {
    ($($(#[doc = $doc:literal])+ $name:ident,)+) => {
        /// Counters of a lane that stays open.
        #[derive(Debug, Default)]
        pub(crate) struct LaneCounters {
            $(pub(crate) $name: AtomicU64,)+
            pub(crate) waited_us_max: AtomicU64,
        }

        /// What a lane that stays open has counted.
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
        pub struct LaneValues {
            $($(#[doc = $doc])+ pub $name: u64,)+
            /// The longest wait of a frame for its turn, in microseconds. Not a counter.
            pub waited_us_max: u64,
        }

        impl LaneCounters {
            fn values(&self) -> LaneValues {
                LaneValues {
                    $($name: self.$name.load(Ordering::Relaxed),)+
                    waited_us_max: self.waited_us_max.load(Ordering::Relaxed),
                }
            }
        }

        impl LaneValues {
            fn iter(&self, lane: &'static str) -> impl Iterator<Item = (String, u64)> + use<> {
                [$((format!("{lane}_{}", stringify!($name)), self.$name),)+].into_iter()
            }
        }
    };
}

lane_counters! {
    /// Frames received.
    frames_in,
    /// Frames sent, once per peer.
    frames_out,
    /// Bytes of frames received.
    bytes_in,
    /// Bytes of frames sent.
    bytes_out,
    /// Frames dropped for a peer: its queue was full, or it went away.
    frames_dropped,
    /// Microseconds that frames sent had waited for their turn, together.
    waited_us,
}

/// Adds to a counter.
pub(crate) fn add(counter: &AtomicU64, amount: u64) {
    counter.fetch_add(amount, Ordering::Relaxed);
}

/// Adds one to a counter.
pub(crate) fn count(counter: &AtomicU64) {
    add(counter, 1);
}

/// Raises a counter that holds the greatest value seen.
pub(crate) fn note_max(counter: &AtomicU64, value: u64) {
    counter.fetch_max(value, Ordering::Relaxed);
}
