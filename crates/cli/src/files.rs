//! Files that a person names.

use std::fs::File;
use std::io::Read;
use std::path::Path;

use bulla_types::ReasonCode;

use crate::complaints::FILE_TOO_LARGE;
use crate::failure::Failure;
use crate::text::Said;

/// Reads a file of at most so many bytes: more would be another file, named by mistake.
pub(crate) fn read(path: &Path, bytes_max: usize) -> Result<Vec<u8>, Failure> {
    let limit = u64::try_from(bytes_max).unwrap_or(u64::MAX).saturating_add(1);
    let mut bytes = Vec::new();
    File::open(path)
        .and_then(|file| file.take(limit).read_to_end(&mut bytes))
        .map_err(|error| Failure::file(path, &error))?;
    if bytes.len() > bytes_max {
        let detail = FILE_TOO_LARGE.with(&[&bytes_max]).of_thing(path.display());
        return Err(Failure::new(ReasonCode::TooLarge, detail));
    }
    Ok(bytes)
}

/// Reads a text of at most so many bytes.
pub(crate) fn read_text(path: &Path, bytes_max: usize) -> Result<String, Failure> {
    String::from_utf8(read(path, bytes_max)?).map_err(|_| {
        let detail = Said::english("stream did not contain valid UTF-8").of_thing(path.display());
        Failure::new(ReasonCode::FileUnreadable, detail)
    })
}

/// Writes a file, in place of one that is there.
pub(crate) fn write(path: &Path, bytes: impl AsRef<[u8]>) -> Result<(), Failure> {
    std::fs::write(path, bytes).map_err(|error| Failure::unwritable(path, &error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_file_that_is_not_what_was_meant_is_told_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"abc\xff").unwrap();
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
