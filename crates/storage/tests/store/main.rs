//! The store as its users meet it: real blocks, real folders, real damage.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

mod backups;
mod built;
mod commits;
mod crashes;
mod damage;
mod disk_full;
mod engine_log;
mod equivocations;
mod folders;
mod inconsistent;
mod ledger;
mod openings;
mod out_of_files;
mod proposals;
mod reads;
mod register;
mod segments;
mod snapshots;

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
};

/// Copies a data folder as it lies on the disk, as a crash would leave it. Nothing is committed meanwhile;
/// but RocksDB may be tidying up, and a copy of two moments is none of a crash.
fn copy_folder(from: &Path, to: &Path) {
    while try_copy(from, to).is_err() || sizes(from) != sizes(to) {
        fs::remove_dir_all(to).unwrap();
    }
}

fn try_copy(from: &Path, to: &Path) -> io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let (from, to) = (entry.as_ref().unwrap().path(), to.join(entry.unwrap().file_name()));
        if from.is_dir() {
            try_copy(&from, &to)?;
        } else {
            fs::copy(from, to)?;
        }
    }
    Ok(())
}

/// Names and sizes of all files.
fn sizes(folder: &Path) -> Option<BTreeMap<PathBuf, u64>> {
    let mut sizes = BTreeMap::new();
    for entry in fs::read_dir(folder).ok()? {
        let path = entry.ok()?.path();
        let name = PathBuf::from(path.file_name()?);
        if path.is_dir() {
            sizes.extend(self::sizes(&path)?.into_iter().map(|(inner, size)| (name.join(inner), size)));
        } else {
            sizes.insert(name, fs::metadata(&path).ok()?.len());
        }
    }
    Some(sizes)
}
