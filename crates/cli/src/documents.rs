//! Documents: their digests in one pass, and what kind they are.

use std::path::Path;

use bulla_crypto::{DocumentDigests, DocumentHasher};
use bulla_types::{DigestAlgorithm, DocumentDigest, MediaType, ReasonCode};

use crate::complaints::EMPTY_PROVES_NOTHING;
use crate::failure::Failure;
use crate::text::Said;
use crate::{files, progress};

/// Documents shorter than this are hashed before a person could see a bar.
const SHOWN_FROM_BYTES: u64 = 16 << 20;

/// Media types of common documents, by the end of their names.
const MEDIA_TYPES: &[(&str, &str)] = &[
    ("csv", "text/csv"),
    ("doc", "application/msword"),
    ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
    ("eml", "message/rfc822"),
    ("gif", "image/gif"),
    ("gz", "application/gzip"),
    ("htm", "text/html"),
    ("html", "text/html"),
    ("jpeg", "image/jpeg"),
    ("jpg", "image/jpeg"),
    ("json", "application/json"),
    ("md", "text/markdown"),
    ("mp3", "audio/mpeg"),
    ("mp4", "video/mp4"),
    ("ofd", "application/ofd"),
    ("parquet", "application/vnd.apache.parquet"),
    ("pdf", "application/pdf"),
    ("png", "image/png"),
    ("ppt", "application/vnd.ms-powerpoint"),
    ("pptx", "application/vnd.openxmlformats-officedocument.presentationml.presentation"),
    ("svg", "image/svg+xml"),
    ("tar", "application/x-tar"),
    ("tif", "image/tiff"),
    ("tiff", "image/tiff"),
    ("txt", "text/plain"),
    ("wav", "audio/wav"),
    ("webp", "image/webp"),
    ("xls", "application/vnd.ms-excel"),
    ("xlsx", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
    ("xml", "application/xml"),
    ("zip", "application/zip"),
];

/// What nothing more is known of.
const BYTES: &str = "application/octet-stream";

/// The digests of a regular file.
pub(crate) fn digest(path: &Path) -> Result<DocumentDigests, Failure> {
    let failed = |error| Failure::file(path, &error);
    let file = files::open_regular(path)?;
    let length = file.metadata().map_err(failed)?.len();
    let read = if length < SHOWN_FROM_BYTES {
        DocumentHasher::digest_reader(file)
    } else {
        let bar = progress::bytes(length, &name(path));
        let read = DocumentHasher::digest_reader(bar.wrap_read(file));
        bar.finish_and_clear();
        read
    };
    read.map_err(failed)
}

/// The digests of a document that is to prove something.
pub(crate) fn to_prove(path: &Path) -> Result<DocumentDigests, Failure> {
    let digests = digest(path)?;
    if digests.length_bytes == 0 {
        return Err(Failure::new(
            ReasonCode::DocumentInvalid,
            Said::from(EMPTY_PROVES_NOTHING).of_thing(path.display()),
        ));
    }
    Ok(digests)
}

/// All digests under which a document can be found and checked.
pub(crate) fn all(digests: &DocumentDigests) -> Vec<DocumentDigest> {
    let DocumentDigests { sha256, sm3, blake3, .. } = *digests;
    let of = |(algorithm, value)| DocumentDigest { algorithm, value };
    let all =
        [(DigestAlgorithm::Sha256, sha256), (DigestAlgorithm::Sm3, sm3), (DigestAlgorithm::Blake3, blake3)];
    all.into_iter().map(of).collect()
}

/// The name of a file without its folder.
pub(crate) fn name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

/// The media type that a file's name suggests.
pub(crate) fn media_type(path: &Path) -> Result<MediaType, Failure> {
    let extension = path.extension().map(|extension| extension.to_string_lossy().to_ascii_lowercase());
    let known = MEDIA_TYPES.iter().find(|(end, _)| extension.as_deref() == Some(end));
    known.map_or(BYTES, |(_, media_type)| media_type).parse().map_err(|error| Failure::internal(&error))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn the_name_of_a_file_suggests_its_media_type() {
        for (file, expected) in
            [("合同.PDF", "application/pdf"), ("a/b.tar.gz", "application/gzip"), ("README", BYTES)]
        {
            assert_eq!(media_type(file.as_ref()).unwrap().as_str(), expected);
        }
    }

    #[test]
    fn an_empty_file_is_no_document() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("合同.pdf");
        std::fs::write(&path, b"").unwrap();
        let failure = to_prove(&path).unwrap_err();
        assert_eq!(failure.reason, ReasonCode::DocumentInvalid);
        assert!(failure.detail.zh.ends_with("合同.pdf：文件为空，不能证明任何事项"), "{failure:?}");
        std::fs::write(&path, b"a").unwrap();
        assert!(to_prove(&path).is_ok());
    }

    #[test]
    fn every_listed_media_type_is_one() {
        assert!(MEDIA_TYPES.is_sorted());
        assert!(MEDIA_TYPES.iter().all(|(_, text)| text.parse::<MediaType>().is_ok()));
    }
}
