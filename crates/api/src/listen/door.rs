//! Accepting connections, as many as there is room for.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tracing::warn;

use crate::limits::{ACCEPT_PAUSE, CONNECTIONS_MAX};

/// What happened at one door.
#[derive(Debug, Default)]
pub(crate) struct DoorCounters {
    accepted: AtomicU64,
    turned_away: AtomicU64,
    failures: AtomicU64,
}

impl DoorCounters {
    /// Each with its name: connections taken, those closed at once for want of room, and times that the
    /// system refused to accept.
    pub(crate) fn values(&self) -> [(&'static str, u64); 3] {
        [
            ("connections_accepted", self.accepted.load(Ordering::Relaxed)),
            ("connections_turned_away", self.turned_away.load(Ordering::Relaxed)),
            ("accept_failures", self.failures.load(Ordering::Relaxed)),
        ]
    }
}

/// A listener with room for [`CONNECTIONS_MAX`].
pub(super) struct Door {
    listener: TcpListener,
    room: Arc<Semaphore>,
    counters: Arc<DoorCounters>,
}

impl Door {
    pub(super) fn new(listener: TcpListener, counters: Arc<DoorCounters>) -> Self {
        Self { listener, room: Arc::new(Semaphore::new(CONNECTIONS_MAX)), counters }
    }

    /// The next connection for which there is room, and its place, free again when it is dropped. One without
    /// room is closed at once: waiting in the system's queue it would hold the others up.
    pub(super) async fn accept(&self) -> (TcpStream, OwnedSemaphorePermit) {
        loop {
            let stream = match self.listener.accept().await {
                Ok((stream, _)) => stream,
                Err(error) if is_of_one_connection(&error) => continue,
                Err(error) => {
                    self.counters.failures.fetch_add(1, Ordering::Relaxed);
                    warn!(%error, "cannot accept connections");
                    // The connection stays in the queue, so asking again at once would spin.
                    tokio::time::sleep(ACCEPT_PAUSE).await;
                    continue;
                }
            };
            let Ok(place) = Arc::clone(&self.room).try_acquire_owned() else {
                self.counters.turned_away.fetch_add(1, Ordering::Relaxed);
                continue;
            };
            self.counters.accepted.fetch_add(1, Ordering::Relaxed);
            // Without it an answer waits some 40 ms for the acknowledgement of what went before. A connection
            // that cannot have it is broken already, and shows so when it is read.
            let _ = stream.set_nodelay(true);
            return (stream, place);
        }
    }
}

/// Whether the caller went away before it was accepted: nothing is wrong with the listener.
fn is_of_one_connection(error: &io::Error) -> bool {
    use io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn want_of_descriptors_makes_the_door_pause_and_a_caller_gone_does_not() {
        const EMFILE: i32 = 24;
        assert!(!is_of_one_connection(&io::Error::from_raw_os_error(EMFILE)));
        assert!(is_of_one_connection(&io::ErrorKind::ConnectionAborted.into()));
    }
}
