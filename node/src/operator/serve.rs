//! The node's side of the operator's channel.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bulla_chain::Chain;
use rustix::process::geteuid;
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tokio::sync::{Semaphore, watch};
use tracing::warn;

use super::{Answer, Ask, BackedUp, LINE_BYTES_MAX, MadeSnapshot, Request, SOCKET, VERSION, address};
use crate::backups::{Backups, Refused};
use crate::snapshots::Snapshots;

/// Calls at a time.
const CALLS_MAX: usize = 8;
/// Within this a caller has said what he wants, and takes a line of the answer.
const PATIENCE: Duration = Duration::from_secs(5);
/// How often a caller is told how far it is.
const TELL_EVERY: Duration = Duration::from_millis(200);
/// After a call that could not be taken, for want of files say.
const BREATH: Duration = Duration::from_millis(200);

/// Answers calls until it is dropped. A node without its channel is still a node.
pub(crate) async fn serve(
    data: PathBuf,
    backups: Arc<Backups>,
    snapshots: Arc<Snapshots>,
    chain: Arc<Chain>,
) {
    let (listener, _socket) = match listen(&data) {
        Ok(listening) => listening,
        Err(error) => {
            warn!(%error, folder = %data.display(), "no operator can call this node: its socket cannot be made");
            return;
        }
    };
    let room = Arc::new(Semaphore::new(CALLS_MAX));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        match listener.accept().await {
            Ok((stream, _)) => {
                let (backups, snapshots) = (Arc::clone(&backups), Arc::clone(&snapshots));
                let chain = Arc::clone(&chain);
                tokio::spawn(async move {
                    // A caller that goes away in the middle has no answer to get.
                    let _ = answer(stream, &backups, &snapshots, &chain).await;
                    drop(permit);
                });
            }
            Err(error) => {
                warn!(%error, "an operator's call could not be taken");
                tokio::time::sleep(BREATH).await;
            }
        }
    }
}

/// Takes its name away again.
struct Socket(PathBuf);

impl Drop for Socket {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// The data folder is this process's: a socket that lies there is one of a process that ended.
fn listen(data: &Path) -> io::Result<(UnixListener, Socket)> {
    let path = data.join(SOCKET);
    match fs::remove_file(&path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        _ => {}
    }
    let (_folder, address) = address(data)?;
    let listener = UnixListener::bind(&address)?;
    let socket = Socket(path);
    fs::set_permissions(&socket.0, Permissions::from_mode(0o600))?;
    Ok((listener, socket))
}

async fn answer(
    stream: UnixStream,
    backups: &Backups,
    snapshots: &Arc<Snapshots>,
    chain: &Arc<Chain>,
) -> io::Result<()> {
    let caller = stream.peer_cred()?.uid();
    if caller != geteuid().as_raw() && caller != 0 {
        warn!(caller, "a call by another user was refused");
        return Ok(());
    }
    let (reading, mut writing) = stream.into_split();
    let mut line = String::new();
    let mut reading = BufReader::new(reading).take(LINE_BYTES_MAX);
    tokio::time::timeout(PATIENCE, reading.read_line(&mut line)).await??;
    let last = match parse(&line) {
        Ok(Ask::Backup { folder }) => {
            let (tell, told) = watch::channel((0, 0));
            let made = backups.make(folder, tell);
            tokio::pin!(made);
            let made = tokio::select! {
                made = &mut made => made,
                // Whether or not somebody still listens, the backup is made.
                () = tell_progress(&mut writing, told) => made.await,
            };
            made.map_or_else(|refused| Answer::from(&refused), |made| Answer::BackedUp(made.into()))
        }
        Ok(Ask::Snapshot {}) => match Arc::clone(snapshots).make_now(Arc::clone(chain)).await {
            Ok(path) => Answer::Snapshot(MadeSnapshot { path }),
            Err((reason, detail)) => Answer::Refused { reason: reason.as_str().to_owned(), detail },
        },
        Err(refused) => refused,
    };
    write(&mut writing, &last).await
}

fn parse(line: &str) -> Result<Ask, Answer> {
    let refused = |reason: bulla_types::ReasonCode, detail: String| Answer::Refused {
        reason: reason.as_str().to_owned(),
        detail,
    };
    // The version tells whether the rest can be understood.
    let document: serde_json::Value = serde_json::from_str(line)
        .map_err(|error| refused(bulla_types::ReasonCode::Malformed, error.to_string()))?;
    if document.get("version").and_then(serde_json::Value::as_u64) != Some(u64::from(VERSION)) {
        let detail = format!("this node understands version {VERSION} of the operator's channel");
        return Err(refused(bulla_types::ReasonCode::UnknownVersion, detail));
    }
    let request: Request = serde_json::from_value(document)
        .map_err(|error| refused(bulla_types::ReasonCode::Malformed, error.to_string()))?;
    Ok(request.ask)
}

/// Ends when the caller does not take it any more.
async fn tell_progress(writing: &mut (impl AsyncWriteExt + Unpin), mut told: watch::Receiver<(u64, u64)>) {
    while told.changed().await.is_ok() {
        let (done_bytes, total_bytes) = *told.borrow_and_update();
        if write(writing, &Answer::Doing { done_bytes, total_bytes }).await.is_err() {
            return;
        }
        tokio::time::sleep(TELL_EVERY).await;
    }
}

async fn write(writing: &mut (impl AsyncWriteExt + Unpin), answer: &Answer) -> io::Result<()> {
    let mut line = serde_json::to_vec(answer)?;
    line.push(b'\n');
    tokio::time::timeout(PATIENCE, writing.write_all(&line)).await?
}

impl From<&Refused> for Answer {
    fn from(refused: &Refused) -> Self {
        Self::Refused { reason: refused.reason().as_str().to_owned(), detail: refused.to_string() }
    }
}

impl From<bulla_storage::MadeBackup> for BackedUp {
    fn from(made: bulla_storage::MadeBackup) -> Self {
        let bulla_storage::MadeBackup { path, manifest, shared_bytes, removed } = made;
        Self {
            path,
            ledger_id: manifest.ledger_id.to_string(),
            height: manifest.height.0,
            made_at_ms: manifest.made_at_ms,
            bytes: manifest.bytes(),
            shared_bytes,
            removed,
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn refusal(line: &str) -> String {
        match parse(line).unwrap_err() {
            Answer::Refused { reason, .. } => reason,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_request_is_read_as_the_page_says_and_nothing_else_is() {
        let asked = parse("{\"version\":1,\"ask\":{\"backup\":{\"folder\":\"/b\"}}}\n").unwrap();
        assert_eq!(asked, Ask::Backup { folder: Some("/b".into()) });
        let asked = parse("{\"version\":1,\"ask\":{\"backup\":{\"folder\":null}}}").unwrap();
        assert_eq!(asked, Ask::Backup { folder: None });
        for (line, reason) in [
            ("", "MALFORMED"),
            ("backup", "MALFORMED"),
            ("{\"version\":2,\"ask\":\"more\"}", "UNKNOWN_VERSION"),
            ("{\"ask\":{\"backup\":{\"folder\":null}}}", "UNKNOWN_VERSION"),
            ("{\"version\":1,\"ask\":\"more\"}", "MALFORMED"),
            ("{\"version\":1,\"ask\":{\"backup\":{}},\"more\":1}", "MALFORMED"),
            ("{\"version\":1,\"ask\":{\"backup\":{\"folder\":1}}}", "MALFORMED"),
        ] {
            assert_eq!(refusal(line), reason, "{line}");
        }
    }

    #[test]
    fn the_lines_of_an_answer_are_as_the_page_shows_them() {
        let shown = include_str!("../../../docs/formats/operator.md");
        let made = BackedUp {
            path: "/var/backups/bulla/backup-000000001234-1790000000123".into(),
            ledger_id: "aa".repeat(32),
            height: 1234,
            made_at_ms: 1_790_000_000_123,
            bytes: 7_340_032,
            shared_bytes: 4_194_304,
            removed: Vec::new(),
        };
        let refused = Answer::Refused {
            reason: "BACKUP_RUNNING".to_owned(),
            detail: "another backup is being made into /var/backups/bulla".to_owned(),
        };
        for answer in
            [Answer::Doing { done_bytes: 1_048_576, total_bytes: 7_340_032 }, Answer::BackedUp(made), refused]
        {
            let line = serde_json::to_string(&answer).unwrap();
            assert!(shown.contains(&line), "{line}");
        }
        let request = Request { version: VERSION, ask: Ask::Backup { folder: None } };
        assert!(shown.contains(&serde_json::to_string(&request).unwrap()));
    }

    #[test]
    fn a_folder_with_a_path_too_long_for_a_socket_still_has_one() {
        let folder = tempfile::tempdir().unwrap();
        let data = folder.path().join("a".repeat(120));
        fs::create_dir(&data).unwrap();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (_listener, socket) = listen(&data).unwrap();
            let mode = fs::metadata(data.join(SOCKET)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
            let (_folder, address) = address(&data).unwrap();
            UnixStream::connect(&address).await.unwrap();
            drop(socket);
            assert!(!data.join(SOCKET).exists());
        });
    }
}
