//! Files that are there whole or not at all, wherever the machine stops: written beside their place under a name of
//! their own, synced, put there in one step, and that step synced.

use std::{
    fs::{self, File, Metadata, Permissions},
    io::{self, Write},
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::{Path, PathBuf},
};

use tempfile::NamedTempFile;

/// How the name of a file begins that is not in its place yet. One that a machine that stopped has left may go.
const PREFIX: &str = ".bulla-";

/// Permissions that are asked for when a file is for whoever the process's mask lets in.
pub const MODE_BY_MASK: u32 = 0o666;

/// Makes a file, with these permissions as far as the mask of the process lets them be, where none is.
///
/// # Errors
/// [`io::ErrorKind::AlreadyExists`] when anything stands there, which stays as it is; what the system says otherwise.
pub fn create(path: &Path, mode: u32, content: &[u8]) -> io::Result<()> {
    let made = written_beside(path, mode, content)?;
    made.persist_noclobber(path)?;
    sync_folder_of(path)
}

/// Puts a file in the place of the one that is there, whose permissions it takes as far as these go; where none is, as
/// [`create`] does. A link is followed. What is no file, as a pipe or a device, is written to as it is.
///
/// # Errors
/// What the system says, also when the file that is there must not be written to. It is as before then.
pub fn replace(path: &Path, mode: u32, content: &[u8]) -> io::Result<()> {
    let place = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    match writable(&place)? {
        Some((mut there, metadata)) if !metadata.is_file() => there.write_all(content),
        Some((_, metadata)) => {
            let made = written_beside(&place, mode, content)?;
            let permissions = Permissions::from_mode(metadata.permissions().mode() & mode);
            made.as_file().set_permissions(permissions)?;
            made.as_file().sync_all()?;
            made.persist(&place)?;
            sync_folder_of(&place)
        }
        None => {
            written_beside(&place, mode, content)?.persist(&place)?;
            sync_folder_of(&place)
        }
    }
}

/// What is there, if anything is and may be written to.
fn writable(path: &Path) -> io::Result<Option<(File, Metadata)>> {
    match File::options().write(true).open(path) {
        Ok(there) => {
            let metadata = there.metadata()?;
            Ok(Some((there, metadata)))
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// A synced file in the same folder, that goes unless it is put in its place.
fn written_beside(path: &Path, mode: u32, content: &[u8]) -> io::Result<NamedTempFile<File>> {
    let make = |beside: &Path| File::options().write(true).create_new(true).mode(mode).open(beside);
    let mut file = tempfile::Builder::new().prefix(PREFIX).make_in(folder_of(path), make)?;
    file.as_file_mut().write_all(content)?;
    file.as_file().sync_all()?;
    Ok(file)
}

fn sync_folder_of(path: &Path) -> io::Result<()> {
    File::open(folder_of(path))?.sync_all()
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent.to_owned(),
        _ => ".".into(),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::os::unix::fs::symlink;

    use super::*;

    fn mode(path: &Path) -> u32 {
        fs::metadata(path).unwrap().permissions().mode() & 0o777
    }

    fn names(folder: &Path) -> Vec<String> {
        let items = fs::read_dir(folder).unwrap();
        let mut names: Vec<_> = items.map(|item| item.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }

    #[test]
    fn a_new_file_never_takes_the_place_of_another_thing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        create(&path, 0o600, b"first").unwrap();
        assert_eq!(create(&path, 0o600, b"second").unwrap_err().kind(), io::ErrorKind::AlreadyExists);
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"first".to_vec(), 0o600));
        assert_eq!(names(folder.path()), ["a"]);
    }

    #[test]
    fn what_is_replaced_keeps_its_permissions_and_readers_of_the_former_file_keep_that() {
        let folder = tempfile::tempdir().unwrap();
        let (path, link) = (folder.path().join("a"), folder.path().join("link"));
        replace(&path, MODE_BY_MASK, b"first").unwrap();
        fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
        symlink("a", &link).unwrap();
        let former = File::open(&path).unwrap();
        replace(&link, MODE_BY_MASK, b"second").unwrap();
        assert_eq!(io::read_to_string(former).unwrap(), "first", "it was not written in place");
        assert_eq!((fs::read(&path).unwrap(), mode(&path)), (b"second".to_vec(), 0o640));
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        replace(&path, 0o600, b"for its owner alone").unwrap();
        assert_eq!(mode(&path), 0o600);
        assert_eq!(names(folder.path()), ["a", "link"]);
    }

    #[test]
    fn what_is_no_file_is_written_to_and_stays_what_it_is() {
        replace(Path::new("/dev/null"), MODE_BY_MASK, b"a").unwrap();
        assert!(!fs::metadata("/dev/null").unwrap().is_file());
        let full = replace(Path::new("/dev/full"), MODE_BY_MASK, b"a").unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        let folder = tempfile::tempdir().unwrap();
        assert!(replace(folder.path(), MODE_BY_MASK, b"a").is_err());
        let nowhere = folder.path().join("none/a");
        for refused in [create(&nowhere, 0o600, b"a"), replace(&nowhere, 0o600, b"a")] {
            assert_eq!(refused.unwrap_err().raw_os_error(), Some(2), "the system's own words");
        }
    }
}
