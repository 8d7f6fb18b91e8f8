//! Writing a segment out.

use std::io::Write;

use bulla_crypto::Hash;
use bulla_merkle::log::{self, LogError, Sha256Log};
use bulla_types::Canonical;

use super::{ExportError, MAGIC, SEGMENT_ENTRIES, SUITE, VERSION};
use crate::{
    column::LogSuite,
    error::StorageError,
    view::{Decided, View},
};

/// Writes segment `number`, from 0, in the form of `docs/formats/segment.md`. What proves it is the block
/// that holds its last entry.
///
/// # Errors
/// [`ExportError::Incomplete`], or what keeps it from being read or written.
pub fn export_segment(view: &View<'_>, number: u64, out: &mut dyn Write) -> Result<(), ExportError> {
    let size = view.tip().log_size;
    let first = number.checked_mul(SEGMENT_ENTRIES.into());
    let end = first.and_then(|first| first.checked_add(SEGMENT_ENTRIES.into()));
    let (Some(first), Some(end)) = (first, end.filter(|end| *end <= size)) else {
        return Err(ExportError::Incomplete { number, needed: end.unwrap_or(u64::MAX), size });
    };
    let proof = covering_block(view, end - 1)?;
    let path = path_of(view, proof.header.log_size_after, first)?;

    out.write_all(MAGIC)?;
    out.write_all(&VERSION.to_be_bytes())?;
    out.write_all(&SUITE.to_be_bytes())?;
    out.write_all(view.ledger_id()?.as_bytes())?;
    out.write_all(&number.to_be_bytes())?;
    out.write_all(&proof.header.encode())?;
    let certificate = proof.certificate.encode();
    out.write_all(&u32::try_from(certificate.len()).unwrap_or(u32::MAX).to_be_bytes())?;
    out.write_all(&certificate)?;
    // A path has at most 64 hashes.
    out.write_all(&[u8::try_from(path.len()).unwrap_or(u8::MAX)])?;
    for hash in &path {
        out.write_all(hash.as_bytes())?;
    }
    for entry in view.entries(first..end) {
        let bytes = entry?.bytes;
        // An entry has at most 65,535 bytes.
        out.write_all(&u16::try_from(bytes.len()).unwrap_or(u16::MAX).to_be_bytes())?;
        out.write_all(&bytes)?;
    }
    Ok(out.flush()?)
}

fn covering_block(view: &View<'_>, index: u64) -> Result<Decided, StorageError> {
    let missing = || StorageError::corrupted(format!("entry {index}"), "its block is missing");
    let height = view.height_of_entry(index)?.ok_or_else(missing)?;
    view.decided(height)?.ok_or_else(missing)
}

fn path_of(view: &View<'_>, size: u64, index: u64) -> Result<Vec<Hash>, StorageError> {
    log::inclusion_path::<Sha256Log, _>(&view.tiles(LogSuite::Sha256), size, index).map_err(|error| {
        match error {
            LogError::Reader(error) => error,
            other => StorageError::corrupted("tiles", other),
        }
    })
}
