//! Files that a person names. Whatever is read of them is read here: from regular files alone, since a pipe may never
//! end, and a folder or a device holds nothing that anybody means.

use std::fs::{self, File, FileType};
use std::io::{self, Read};
use std::os::unix::fs::FileTypeExt;
use std::path::Path;

use bulla_crypto::whole_file;
use bulla_types::ReasonCode;

use crate::complaints::{A_DEVICE, A_FOLDER, A_PIPE, A_SOCKET, FILE_TOO_LARGE, NOT_A_REGULAR_FILE};
use crate::failure::Failure;
use crate::text::{Said, Text};

/// Reads a file of at most so many bytes: more would be another file, named by mistake.
pub(crate) fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    open_regular(path)?.take(limit).read_to_end(&mut bytes).map_err(|error| Failure::file(path, &error))?;
    if bytes.len() > bytes_max {
        let detail = FILE_TOO_LARGE.with(&[&bytes_max]).of_thing(path.display());
        return Err(Failure::new(ReasonCode::TooLarge, detail));
    }
    Ok(bytes)
}

/// Opens a regular file of any length.
pub(crate) fn open_regular(path: &Path) -> Result<File, Failure> {
    let failed = |error| Failure::file(path, &error);
    // Before it is opened: to open a pipe is to wait for a writer.
    let kind = fs::metadata(path).map_err(failed)?.file_type();
    if !kind.is_file() {
        let detail = NOT_A_REGULAR_FILE.with(&[&name_of(kind)]).of_thing(path.display());
        return Err(Failure::new(ReasonCode::FileUnreadable, detail));
    }
    File::open(path).map_err(failed)
}

fn name_of(kind: FileType) -> Text {
    if kind.is_dir() {
        A_FOLDER
    } else if kind.is_fifo() {
        A_PIPE
    } else if kind.is_socket() {
        A_SOCKET
    } else {
        A_DEVICE
    }
}

/// Reads a text of at most so many bytes.
pub(crate) fn read_text(path: &Path, bytes_max: usize) -> Result<String, Failure> {
    String::from_utf8(read(path, bytes_max)?).map_err(|_| {
        let detail = Said::english("stream did not contain valid UTF-8").of_thing(path.display());
        Failure::new(ReasonCode::FileUnreadable, detail)
    })
}

/// Writes a file, whole or not at all, in the place of one that is there.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let written = whole_file::replace(path, whole_file::MODE_BY_MASK, bytes.as_ref());
    written.map_err(|error| Failure::unwritable(path, &error))
}

/// Permissions of a file that is its owner's alone.
pub(crate) const MODE_OF_OWNER: u32 = 0o600;

/// The same for a file that is its owner's alone, whoever could read the one that is there.
pub(crate) fn write_for_owner(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    let written = whole_file::replace(path, MODE_OF_OWNER, bytes.as_ref());
    written.map_err(|error| Failure::unwritable(path, &error))
}

/// Writes a new file, whole or not at all, with these permissions.
pub(crate) fn create(path: &Path, mode: u32, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    whole_file::create(path, mode, bytes.as_ref()).map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => Failure::exists(path),
        _ => Failure::unwritable(path, &error),
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    /// A pipe that nobody writes to would be waited for without end.
    #[test]
    fn what_is_no_regular_file_is_told_by_what_it_is() {
        let folder = tempfile::tempdir().unwrap();
        let (socket, pipe) = (folder.path().join("s"), folder.path().join("p"));
        let _listening = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
        let cases: [(&Path, &str); 4] = [
            (folder.path(), "目录"),
            (&socket, "套接字"),
            ("/dev/zero".as_ref(), "设备文件"),
            (&pipe, "命名管道"),
        ];
        for (path, kind) in cases {
            let told = format!("{}：是{kind}，不是普通文件", path.display());
            for failure in [open_regular(path).unwrap_err(), read(path, 9).unwrap_err()] {
                assert_eq!(failure.reason, ReasonCode::FileUnreadable);
                assert_eq!(failure.detail.zh, told);
            }
        }
        assert!(open_regular(&folder.path().join("none")).unwrap_err().detail.zh.contains("不存在"));
    }

    #[test]
    fn a_file_that_is_not_what_was_meant_is_told_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        fs::write(&path, b"abc\xff").unwrap();
        assert_eq!(read(&path, 4).unwrap(), b"abc\xff");
        for (refused, reason) in [
            (read(&path, 3).map(|_| ()), ReasonCode::TooLarge),
            (read(folder.path(), 3).map(|_| ()), ReasonCode::FileUnreadable),
            (read(&folder.path().join("b"), 3).map(|_| ()), ReasonCode::FileUnreadable),
            (read_text(&path, 4).map(|_| ()), ReasonCode::FileUnreadable),
            (write(folder.path(), b""), ReasonCode::FileUnwritable),
        ] {
            let failure = refused.unwrap_err();
            assert_eq!(failure.reason, reason);
            assert!(failure.detail.zh.contains(folder.path().to_str().unwrap()), "{:?}", failure.detail);
        }
    }
}
