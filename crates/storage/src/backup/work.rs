//! Moving the bytes of a backup: with a pace, with an eye on the room, and to be stopped at any time.

use std::{
    fs::File,
    io::{self, Read, Write},
    ops::ControlFlow,
    os::unix::fs::OpenOptionsExt,
    path::{Path, PathBuf},
    thread,
    time::{Duration, Instant},
};

use super::{BackupError, Doing, Watch};
use crate::options::FreeSpace;

/// Bytes that are moved at a time.
const CHUNK_BYTES: usize = 1 << 20;
/// The longest rest in one piece, so that a stop is heard.
const REST_MAX: Duration = Duration::from_millis(100);

/// Bytes being moved.
pub(super) struct Work<'w> {
    watch: Watch<'w>,
    room: Vec<Room>,
    free: FreeSpace,
    bytes_per_second_max: u64,
    began: Instant,
    /// Read and written, for the pace.
    moved_bytes: u64,
    /// Of the files, for whoever watches.
    done_bytes: u64,
    total_bytes: u64,
    buffers: [Vec<u8>; 2],
}

/// A disk that has to keep so much free.
#[derive(Debug, Clone)]
pub(super) struct Room {
    pub(super) path: PathBuf,
    pub(super) floor_bytes: u64,
}

/// Length and digest of a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) bytes: u64,
    pub(super) blake3: [u8; 32],
}

impl<'w> Work<'w> {
    /// `bytes_per_second_max` of 0 is no limit.
    pub(super) fn new(watch: Watch<'w>, room: Vec<Room>, free: FreeSpace, bytes_per_second_max: u64) -> Self {
        Self {
            watch,
            room,
            free,
            bytes_per_second_max,
            began: Instant::now(),
            moved_bytes: 0,
            done_bytes: 0,
            total_bytes: 0,
            buffers: [vec![0; CHUNK_BYTES], vec![0; CHUNK_BYTES]],
        }
    }

    /// So many bytes are to be read in all.
    pub(super) fn expect(&mut self, total_bytes: u64) {
        self.total_bytes = total_bytes;
        self.done_bytes = 0;
    }

    /// Refuses where what is to be written does not fit.
    pub(super) fn needs_room(&self, path: &Path, bytes: u64) -> Result<(), BackupError> {
        let floor = self.room.iter().find(|room| room.path == path).map_or(0, |room| room.floor_bytes);
        self.has_room(path, floor.saturating_add(bytes))
    }

    /// Reads a file to its end.
    pub(super) fn digest(&mut self, path: &Path, file: &mut File) -> Result<Content, BackupError> {
        self.pass(path, file, None)
    }

    /// Writes the content of a file into a new one, synced.
    pub(super) fn copy(&mut self, path: &Path, file: &mut File, to: &Path) -> Result<Content, BackupError> {
        let mut copy = new_file(to)?;
        let content = self.pass(path, file, Some((&mut copy, to)))?;
        copy.sync_all().map_err(BackupError::io(to))?;
        Ok(content)
    }

    /// Reads a file to its end beside another one; nothing when they differ.
    pub(super) fn same(
        &mut self,
        path: &Path,
        file: &mut File,
        other: &mut File,
    ) -> Result<Option<Content>, BackupError> {
        let [mut ours, mut theirs] = std::mem::take(&mut self.buffers);
        ours.resize(CHUNK_BYTES, 0);
        theirs.resize(CHUNK_BYTES, 0);
        let (mut hasher, mut bytes) = (blake3::Hasher::new(), 0);
        let same = loop {
            let read = read_full(file, &mut ours).map_err(BackupError::io(path))?;
            // An old backup that cannot be read is one that differs.
            let same = read_full(other, &mut theirs).is_ok_and(|len| ours[..read] == theirs[..len]);
            hasher.update(&ours[..read]);
            bytes += u64::try_from(read).unwrap_or(u64::MAX);
            self.step(if same { read } else { 0 }, read * 2)?;
            if !same || read == 0 {
                break same;
            }
        };
        self.buffers = [ours, theirs];
        if !same {
            self.done_bytes -= bytes.min(self.done_bytes);
        }
        Ok(same.then(|| Content { bytes, blake3: hasher.finalize().into() }))
    }

    fn pass(
        &mut self,
        path: &Path,
        file: &mut File,
        mut copy: Option<(&mut File, &Path)>,
    ) -> Result<Content, BackupError> {
        let [mut buffer, other] = std::mem::take(&mut self.buffers);
        buffer.resize(CHUNK_BYTES, 0);
        let (mut hasher, mut bytes) = (blake3::Hasher::new(), 0);
        loop {
            let read = read_full(file, &mut buffer).map_err(BackupError::io(path))?;
            if read == 0 {
                break;
            }
            hasher.update(&buffer[..read]);
            bytes += u64::try_from(read).unwrap_or(u64::MAX);
            if let Some((copy, to)) = &mut copy {
                copy.write_all(&buffer[..read]).map_err(BackupError::io(*to))?;
            }
            self.step(read, if copy.is_some() { read * 2 } else { read })?;
        }
        self.buffers = [buffer, other];
        Ok(Content { bytes, blake3: hasher.finalize().into() })
    }

    fn step(&mut self, done: usize, moved: usize) -> Result<(), BackupError> {
        self.done_bytes += u64::try_from(done).unwrap_or(0);
        self.moved_bytes += u64::try_from(moved).unwrap_or(0);
        self.go_on()?;
        for room in &self.room {
            self.has_room(&room.path, room.floor_bytes)?;
        }
        // 0 is no limit.
        if let Some(due_ms) = self.moved_bytes.saturating_mul(1_000).checked_div(self.bytes_per_second_max) {
            let due = self.began + Duration::from_millis(due_ms);
            while let Some(rest) = due.checked_duration_since(Instant::now()).filter(|rest| !rest.is_zero()) {
                thread::sleep(rest.min(REST_MAX));
                self.go_on()?;
            }
        }
        Ok(())
    }

    fn go_on(&mut self) -> Result<(), BackupError> {
        let doing = Doing::Moving { done_bytes: self.done_bytes, total_bytes: self.total_bytes };
        match (self.watch)(doing) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(BackupError::Stopped),
        }
    }

    fn has_room(&self, path: &Path, needed_bytes: u64) -> Result<(), BackupError> {
        let free_bytes = self.free.bytes(path).map_err(BackupError::io(path))?;
        if free_bytes < needed_bytes {
            return Err(BackupError::DiskFull { path: path.to_owned(), free_bytes, needed_bytes });
        }
        Ok(())
    }
}

/// Makes a file, for its owner alone, where none is.
pub(super) fn new_file(path: &Path) -> Result<File, BackupError> {
    let mut options = File::options();
    options.write(true).create_new(true).mode(0o600).open(path).map_err(BackupError::io(path))
}

/// Writes a new file, synced.
pub(super) fn write_file(path: &Path, bytes: &[u8]) -> Result<Content, BackupError> {
    let mut file = new_file(path)?;
    file.write_all(bytes).and_then(|()| file.sync_all()).map_err(BackupError::io(path))?;
    Ok(Content { bytes: u64::try_from(bytes.len()).unwrap_or(u64::MAX), blake3: blake3::hash(bytes).into() })
}

/// Fills the buffer as far as the file goes.
fn read_full(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read(&mut buffer[filled..]) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
