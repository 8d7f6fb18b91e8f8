//! The operator's channel: a socket in the data folder, by which whoever runs a node asks it for something while it
//! runs. Only the owner of the folder gets in: the socket is his alone, and the system says who calls.
//!
//! A call is one line and gets lines back, each a JSON document; the last one ends it. Form:
//! `docs/formats/operator.md`. It is for one machine and one release: program and node come together.

mod call;
mod serve;

use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

pub use call::{CallError, back_up, make_snapshot};
pub(crate) use serve::serve;

/// Name of the socket within the data folder.
const SOCKET: &str = "operator";

/// The only version of the form.
const VERSION: u32 = 1;

/// Bytes of a line, of a request or an answer.
const LINE_BYTES_MAX: u64 = 64 << 10;

/// The longest path that a socket's address holds, and some to spare. Bytes.
const ADDRESS_BYTES_MAX: usize = 100;

/// What is asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    version: u32,
    ask: Ask,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Ask {
    /// A backup, into this folder or the configured one.
    Backup { folder: Option<PathBuf> },
    /// A snapshot of the newest block, beside those that the node makes by itself.
    Snapshot {},
}

/// A line of an answer; those after `doing` end it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
enum Answer {
    /// It is under way.
    Doing { done_bytes: u64, total_bytes: u64 },
    /// It is done.
    BackedUp(BackedUp),
    /// It is done.
    Snapshot(MadeSnapshot),
    /// It is not done, for this reason.
    Refused { reason: String, detail: String },
}

/// A backup that a node made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BackedUp {
    /// Where it lies.
    pub path: PathBuf,
    /// The ledger, 64 hexadecimal digits.
    pub ledger_id: String,
    /// The newest block in it.
    pub height: u64,
    /// When it was made, by the clock of the node's machine, milliseconds UTC.
    pub made_at_ms: u64,
    /// Bytes of its files.
    pub bytes: u64,
    /// Bytes that it shares with the one before.
    pub shared_bytes: u64,
    /// Older ones that went.
    pub removed: Vec<PathBuf>,
}

/// A snapshot that a node made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MadeSnapshot {
    /// Where it lies.
    pub path: PathBuf,
}

/// Where the socket of a data folder is found: its path or, where that is too long for an address, a path by way of
/// the open folder, which has to stay open.
fn address(data: &Path) -> io::Result<(Option<File>, PathBuf)> {
    let path = data.join(SOCKET);
    if path.as_os_str().len() <= ADDRESS_BYTES_MAX {
        return Ok((None, path));
    }
    let folder = File::open(data)?;
    let path = PathBuf::from(format!("/proc/self/fd/{}/{SOCKET}", folder.as_raw_fd()));
    Ok((Some(folder), path))
}
