//! Where a command writes the file that it was asked for.

use std::fs;
use std::path::PathBuf;

use bulla_crypto::whole_file;
use clap::Args;

use crate::failure::Failure;
use crate::files;

/// Names it on the command line.
#[derive(Args)]
pub(crate) struct Destination {
    /// The file to write | 要写入的文件
    #[arg(short, long, value_name = "FILE")]
    output: PathBuf,
    /// Overwrite the file if it is there | 文件已存在时予以覆盖
    #[arg(long)]
    force: bool,
}

impl Destination {
    /// Refuses a file that would be overwritten, before there is anything to write.
    pub(crate) fn check(&self) -> Result<(), Failure> {
        if !self.force && self.output.is_file() { Err(Failure::exists(&self.output)) } else { Ok(()) }
    }

    /// Writes the file; gives its path.
    pub(crate) fn write(self, bytes: impl AsRef<[u8]>) -> Result<PathBuf, Failure> {
        // A pipe or a device holds nothing that could be lost; a folder is told as such.
        let is_other = fs::metadata(&self.output).is_ok_and(|there| !there.is_file());
        if self.force || is_other {
            files::write(&self.output, bytes)?;
        } else {
            files::create(&self.output, whole_file::MODE_BY_MASK, bytes)?;
        }
        Ok(self.output)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use std::path::Path;

    use bulla_types::ReasonCode;

    use super::*;

    fn to(output: &Path, force: bool) -> Destination {
        Destination { output: output.to_owned(), force }
    }

    #[test]
    fn a_file_that_is_there_is_overwritten_only_when_that_is_asked_for() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bulla");
        to(&path, false).check().unwrap();
        assert_eq!(to(&path, false).write("first").unwrap(), path);
        for refused in [to(&path, false).check(), to(&path, false).write("second").map(|_| ())] {
            let failure = refused.unwrap_err();
            assert_eq!(failure.reason, ReasonCode::FileExists);
            assert!(failure.detail.zh.contains("a.bulla"), "{failure:?}");
        }
        assert_eq!(fs::read(&path).unwrap(), b"first");
        to(&path, true).check().unwrap();
        to(&path, true).write("second").unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"second");
    }

    #[test]
    fn what_cannot_be_written_is_told_by_its_path() {
        let folder = tempfile::tempdir().unwrap();
        let missing = folder.path().join("none/a.bulla");
        for path in [folder.path(), &missing, "/dev/full".as_ref()] {
            to(path, false).check().unwrap();
            let failure = to(path, false).write("a").unwrap_err();
            assert_eq!(failure.reason, ReasonCode::FileUnwritable);
            assert!(failure.detail.en.starts_with(path.to_str().unwrap()), "{failure:?}");
        }
    }
}
