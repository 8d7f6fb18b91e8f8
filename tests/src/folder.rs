//! Data folders, handled as an operator or a failing disk would.

use std::fs;
use std::path::Path;

/// Copies a folder with all that is in it, as a restored backup would be: the same bytes in new files.
pub fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        let kind = entry.file_type().unwrap();
        if kind.is_dir() {
            copy_folder(&entry.path(), &target);
        } else if kind.is_file() {
            // A node that was killed leaves its socket too.
            fs::copy(entry.path(), &target).unwrap();
        }
    }
}

/// Changes one bit of one byte of a file.
pub fn flip_byte(file: &Path, offset: usize) {
    let mut bytes = fs::read(file).unwrap();
    bytes[offset] ^= 0x20;
    fs::write(file, bytes).unwrap();
}
