//! The store as its users meet it: real blocks, real folders, real damage.
#![allow(clippy::unwrap_used, clippy::cast_possible_truncation)]

mod commits;
mod crashes;
mod damage;
mod disk_full;
mod folders;
mod inconsistent;
mod ledger;
mod openings;
mod proposals;
mod reads;
mod segments;

use std::{fs, io, path::Path};

/// Copies a data folder as it lies on the disk, as a crash would leave it. Nothing is written meanwhile, but
/// RocksDB may still delete files that it no longer needs.
fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            copy_folder(&entry.path(), &target);
        } else {
            match fs::copy(entry.path(), target) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                copied => drop(copied.unwrap()),
            }
        }
    }
}
