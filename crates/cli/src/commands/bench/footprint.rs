//! What nodes use of a machine: processor time and room on the disk.

use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Instant;

use rustix::param::clock_ticks_per_second;

use crate::failure::Failure;

/// Unit of `st_blocks`.
const BLOCK_BYTES: u64 = 512;
/// Synced writes whose median is told.
const SYNCS: usize = 64;
/// Bytes of each: a page.
const SYNC_BYTES: usize = 4096;

/// What nodes have used so far, or between two points in time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Footprint {
    /// In user and kernel mode, microseconds.
    pub(super) cpu_us: u64,
    /// Of all files in the data folders.
    pub(super) disk_bytes: u64,
    /// Of the program that measures, microseconds.
    pub(super) own_cpu_us: u64,
}

impl Footprint {
    /// Of these processes and folders.
    pub(super) fn of(pids: &[u32], folders: &[PathBuf]) -> Result<Self, Failure> {
        let cpu = pids.iter().map(|pid| cpu_us(&format!("/proc/{pid}/stat")));
        let disk = folders.iter().map(|folder| disk_bytes(folder));
        Ok(Self {
            cpu_us: cpu.sum::<Result<_, Failure>>()?,
            disk_bytes: disk.sum::<Result<_, Failure>>()?,
            own_cpu_us: cpu_us("/proc/self/stat")?,
        })
    }

    pub(super) fn since(self, before: &Self) -> Self {
        Self {
            cpu_us: self.cpu_us.saturating_sub(before.cpu_us),
            disk_bytes: self.disk_bytes.saturating_sub(before.disk_bytes),
            own_cpu_us: self.own_cpu_us.saturating_sub(before.own_cpu_us),
        }
    }
}

fn cpu_us(stat: &str) -> Result<u64, Failure> {
    let text = fs::read_to_string(stat).map_err(|error| Failure::file(stat.as_ref(), &error))?;
    let ticks = ticks(&text).ok_or_else(|| Failure::internal(&format!("{stat} has another form")))?;
    Ok(ticks * 1_000_000 / clock_ticks_per_second())
}

/// User and kernel time of a `/proc/PID/stat`: fields 14 and 15, of which the second ends with the last `)`.
fn ticks(stat: &str) -> Option<u64> {
    let (_, after_name) = stat.rsplit_once(')')?;
    let mut fields = after_name.split_ascii_whitespace().skip(11);
    let (user, kernel): (u64, u64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some(user + kernel)
}

/// Room that a folder's files take, as `du` counts it. Files that go away meanwhile take none.
fn disk_bytes(folder: &Path) -> Result<u64, Failure> {
    let mut bytes = 0;
    for item in fs::read_dir(folder).map_err(|error| Failure::file(folder, &error))? {
        let Ok(item) = item else { continue };
        match item.metadata() {
            Ok(metadata) if metadata.is_dir() => bytes += disk_bytes(&item.path())?,
            Ok(metadata) => bytes += metadata.blocks() * BLOCK_BYTES,
            Err(_) => {}
        }
    }
    Ok(bytes)
}

/// Median time of a synced write on the disk of this folder, microseconds.
pub(super) fn fsync_p50_us(folder: &Path) -> Result<u64, Failure> {
    let path = folder.join(format!(".bench-sync-{}", std::process::id()));
    let measured = synced_writes(&path);
    // It is of no use to anyone, whatever came of it.
    let _ = fs::remove_file(&path);
    let mut times = measured.map_err(|error| Failure::unwritable(&path, &error))?;
    times.sort_unstable();
    Ok(times[times.len() / 2])
}

fn synced_writes(path: &Path) -> std::io::Result<Vec<u64>> {
    let mut file = File::create(path)?;
    let page = [0x42; SYNC_BYTES];
    let mut times = Vec::with_capacity(SYNCS);
    for _ in 0..SYNCS {
        let start = Instant::now();
        file.write_all(&page)?;
        file.sync_data()?;
        times.push(u64::try_from(start.elapsed().as_micros()).unwrap_or(u64::MAX));
    }
    Ok(times)
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn processor_time_is_read_past_a_name_with_brackets_and_blanks() {
        let stat = "4242 (a) b (c)) S 1 4242 4242 0 -1 4194560 900 0 0 0 151 49 0 0 20 0 12 0 100 1 2";
        assert_eq!(ticks(stat), Some(200));
        assert_eq!(ticks("4242 (a"), None);
    }

    #[test]
    fn the_footprint_of_this_process_and_a_folder_is_measured() {
        let folder = tempfile::tempdir().unwrap();
        fs::create_dir(folder.path().join("db")).unwrap();
        fs::write(folder.path().join("db/000001.log"), vec![7; 100_000]).unwrap();
        let footprint = Footprint::of(&[std::process::id()], &[folder.path().to_owned()]).unwrap();
        assert!(footprint.disk_bytes >= 100_000, "{footprint:?}");
        assert_eq!(footprint.since(&footprint).disk_bytes, 0);
    }

    #[test]
    fn measuring_the_disk_leaves_nothing_behind() {
        let folder = tempfile::tempdir().unwrap();
        fsync_p50_us(folder.path()).unwrap();
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
    }
}
