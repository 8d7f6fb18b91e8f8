//! What one caller, and all of them together, may ask of a node at a time.
//!
//! A node votes and answers in one process: what strangers hold open must not take the descriptors, the
//! memory or the threads that deciding needs. Over a limit, a caller gets a reason or is cut off.

use std::time::Duration;

// --- Connections --------------------------------------------------------------------------------------

/// Connections of one listener. Two listeners, the peers and the 512 files of the store stay together below
/// the 1,024 descriptors that systems allow a process by default.
pub(crate) const CONNECTIONS_MAX: usize = 160;
/// A TLS handshake that is not finished by then is dropped.
pub(crate) const HANDSHAKE_MAX: Duration = Duration::from_secs(10);
/// From the beginning of an HTTP/1 request, or the answer before it, until its head has arrived.
pub(crate) const REQUEST_HEAD_MAX: Duration = Duration::from_secs(20);
/// A connection in which nothing waits for this node for so long is closed; also one whose caller does not
/// take what it asked for.
pub(crate) const IDLE_MAX: Duration = Duration::from_secs(120);
/// How long a connection that is to close may take over it once nothing in it waits for this node.
pub(crate) const CLOSING_MAX: Duration = Duration::from_secs(5);
/// From a request's head until its answer begins: the longest wait for a receipt, and its request's way.
pub(crate) const ANSWER_BEGINS_MAX: Duration = Duration::from_secs(90);
/// An HTTP/2 connection is asked for a sign of life so often, and given so long for it.
pub(crate) const PING_INTERVAL: Duration = Duration::from_secs(30);
/// See [`PING_INTERVAL`].
pub(crate) const PING_MAX: Duration = Duration::from_secs(20);
/// Pause after the system refused to accept a connection, most often for want of descriptors.
pub(crate) const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

// --- Requests -----------------------------------------------------------------------------------------

/// Calls under way in one HTTP/2 connection.
pub(crate) const CALLS_MAX: u32 = 200;
/// Longest message that a caller may send, bytes: a submission with all its openings.
pub(crate) const MESSAGE_BYTES_MAX: usize = 1 << 20;
/// Longest path with its query, bytes.
pub(crate) const URI_BYTES_MAX: usize = 8 * 1024;
/// All header fields of a request, names and values, bytes.
pub(crate) const HEADERS_BYTES_MAX: usize = 16 * 1024;
/// Header fields of a request.
pub(crate) const HEADERS_MAX: usize = 64;

// --- Reads --------------------------------------------------------------------------------------------

/// Hits or members in one answer.
pub(crate) const LIST_MAX: u32 = 1_000;
/// Profiles in one answer; each is read whole to tell its title.
pub(crate) const PROFILES_MAX: usize = 100;
/// Cases in one answer.
pub(crate) const CASES_MAX: usize = 200;
/// Records of cases that are looked at for one answer, those that are left out included.
pub(crate) const CASES_READ_MAX: usize = 1_000;
/// Deadlines in one answer.
pub(crate) const DEADLINES_MAX: usize = 500;
/// Deadlines that are looked at for one answer, windows that are over and left out included.
pub(crate) const DEADLINES_READ_MAX: usize = 1_000;
/// Records of the register, or proposals, in one answer, bytes. One always fits.
pub(crate) const REGISTER_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Proposals in one answer.
pub(crate) const PROPOSALS_MAX: usize = 100;
/// Proposals that are looked at for one answer, those that have expired included.
pub(crate) const PROPOSALS_READ_MAX: usize = 1_000;
/// Steps of a case's past in one answer.
pub(crate) const PAST_MAX: u32 = 1_000;
/// Entries that are read for the openings of a case's fields, the newest first.
pub(crate) const OPENING_ENTRIES_MAX: usize = 64;
/// Hits in one answer, bytes. One hit always fits; with it the answer fits the 4 MiB that gRPC libraries take
/// by default.
pub(crate) const FIND_BYTES_MAX: usize = 2 * 1024 * 1024;
/// Reads of entries that run at a time; each may hold the openings of one block.
pub(crate) const ENTRY_READS_MAX: usize = 8;
/// Reads of entries that wait, run, or whose answer is not taken yet. Further ones are refused.
pub(crate) const ENTRY_ANSWERS_MAX: usize = 128;
/// When a read that found no room can be tried again.
pub(crate) const BUSY_RETRY: Duration = Duration::from_secs(1);

/// How many a caller gets that asks for so many, or for as many as there can be with 0.
pub(crate) fn limit(asked: u32, most: usize) -> usize {
    match usize::try_from(asked) {
        Ok(0) | Err(_) => most,
        Ok(asked) => asked.min(most),
    }
}
