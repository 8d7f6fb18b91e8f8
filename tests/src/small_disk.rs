//! A disk small enough to be filled.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

use rustix::fs::{FallocateFlags, fallocate, statvfs};

/// A file system of its own in memory, for as long as the value lives.
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts it at a folder, which is made; `None` where this process may not mount.
    #[must_use]
    pub fn mount(folder: &Path, bytes: u64) -> Option<Self> {
        fs::create_dir_all(folder).unwrap();
        let size = format!("size={bytes}");
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", &size, "tmpfs"]).arg(folder);
        mount.output().is_ok_and(|done| done.status.success()).then(|| Self(folder.to_owned()))
    }

    /// Fills it until only so much is free.
    pub fn fill(&self, left_bytes: u64) {
        let stat = statvfs(&self.0).unwrap();
        let bytes = (stat.f_bavail * stat.f_frsize).saturating_sub(left_bytes);
        fallocate(File::create(self.ballast()).unwrap(), FallocateFlags::empty(), 0, bytes).unwrap();
    }

    /// Makes room again.
    pub fn empty(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.0.join("ballast")
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // Lazily: a node that is being killed may still have files open.
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
