//! A disk small enough to be filled.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{FallocateFlags, fallocate, statvfs};
use tempfile::TempDir;

/// A file system of its own in memory, for as long as the value lives.
pub struct SmallDisk(TempDir);

impl SmallDisk {
    /// Mounts it; `None` where this process may not mount.
    #[must_use]
    pub fn mount(bytes: u64) -> Option<Self> {
        let folder = tempfile::Builder::new().prefix("bulla-disk-").tempdir().unwrap();
        let size = format!("size={bytes}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder.path());
        mount.output().is_ok_and(|done| done.status.success()).then(|| Self(folder))
    }

    /// Where it is mounted.
    #[must_use]
    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// Fills it until only so much is free.
    pub fn fill(&self, left_bytes: u64) {
        let stat = statvfs(self.path()).unwrap();
        let bytes = (stat.f_bavail * stat.f_frsize).saturating_sub(left_bytes);
        fallocate(File::create(self.ballast()).unwrap(), FallocateFlags::empty(), 0, bytes).unwrap();
    }

    /// Makes room again.
    pub fn empty(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.path().join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: when a test fails, a node still has files open.
        let _ = Command::new("umount").arg("--lazy").arg(self.path()).status();
    }
}
