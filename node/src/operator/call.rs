//! The operator's side of his channel.

use std::io::{self, BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::{Path, PathBuf};

use super::{Answer, Ask, BackedUp, LINE_BYTES_MAX, MadeSnapshot, Request, VERSION, address};

/// Why a node did not do what its operator asked.
#[derive(Debug, thiserror::Error)]
pub enum CallError {
    /// No node answers.
    #[error("no node runs on {0}: start it, or name the folder that its node.toml has as data")]
    NotRunning(PathBuf),
    /// The folder or its socket is another user's, or not there.
    #[error("{path}: {source}")]
    Io {
        /// The data folder.
        path: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The node ended, or is of another release.
    #[error("the node on {0} went away before it answered, or does not let this user call; see its log")]
    NoAnswer(PathBuf),
    /// The node says no.
    #[error("{detail}")]
    Refused {
        /// Its reason code.
        reason: String,
        /// What it adds.
        detail: String,
    },
}

/// Asks the node that has this data folder open for a backup, into `folder` (an absolute path) or where its
/// configuration says; waits until it is made. `progress` is told bytes done and bytes in all.
///
/// # Errors
/// [`CallError`].
pub fn back_up(
    data: &Path,
    folder: Option<PathBuf>,
    progress: &mut dyn FnMut(u64, u64),
) -> Result<BackedUp, CallError> {
    match ask(data, Ask::Backup { folder }, progress)? {
        Answer::BackedUp(made) => Ok(made),
        _ => Err(CallError::NoAnswer(data.to_owned())),
    }
}

/// Asks the node that has this data folder open for a snapshot of its newest block; waits until it is made.
///
/// # Errors
/// [`CallError`].
pub fn make_snapshot(data: &Path) -> Result<MadeSnapshot, CallError> {
    match ask(data, Ask::Snapshot {}, &mut |_, _| ())? {
        Answer::Snapshot(made) => Ok(made),
        _ => Err(CallError::NoAnswer(data.to_owned())),
    }
}

/// Asks, and waits for the last line of the answer.
fn ask(data: &Path, ask: Ask, progress: &mut dyn FnMut(u64, u64)) -> Result<Answer, CallError> {
    let io_error = |source| CallError::Io { path: data.to_owned(), source };
    let mut stream = connect(data)?;
    let request = Request { version: VERSION, ask };
    let mut line = serde_json::to_vec(&request).map_err(|error| io_error(error.into()))?;
    line.push(b'\n');
    stream.write_all(&line).map_err(|_| CallError::NoAnswer(data.to_owned()))?;
    let mut reading = BufReader::new(stream);
    loop {
        let mut line = Vec::new();
        let read = (&mut reading).take(LINE_BYTES_MAX).read_until(b'\n', &mut line);
        if read.is_err() || line.last() != Some(&b'\n') {
            return Err(CallError::NoAnswer(data.to_owned()));
        }
        match serde_json::from_slice(&line).map_err(|error| io_error(error.into()))? {
            Answer::Doing { done_bytes, total_bytes } => progress(done_bytes, total_bytes),
            Answer::Refused { reason, detail } => return Err(CallError::Refused { reason, detail }),
            made => return Ok(made),
        }
    }
}

fn connect(data: &Path) -> Result<UnixStream, CallError> {
    let failed = |source: io::Error| match source.kind() {
        io::ErrorKind::NotFound | io::ErrorKind::ConnectionRefused if data.is_dir() => {
            CallError::NotRunning(data.to_owned())
        }
        _ => CallError::Io { path: data.to_owned(), source },
    };
    let (_folder, address) = address(data).map_err(failed)?;
    UnixStream::connect(address).map_err(failed)
}
