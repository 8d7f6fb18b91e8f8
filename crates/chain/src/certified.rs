//! Whether bytes are the block that a certificate names.

use bulla_types::{Block, BlockHash};
use bytes::Bytes;

use crate::ahead::{openings_fit, read_entries};
use crate::assemble::append_to_log;
use crate::fault::ChainError;
use crate::tip::Tip;
use crate::view::Snapshot;

/// Whether these are the bytes of the block with this hash, to which the tip is the parent. The header has the hash;
/// it binds the entries by the root of the log over them, and these their openings by commitments. Anybody can put
/// other entries behind a header that was certified, or other openings beside them.
pub(crate) fn is_block(
    snapshot: &Snapshot<'_>,
    tip: &Tip,
    bytes: &Bytes,
    hash: BlockHash,
) -> Result<bool, ChainError> {
    let Ok(block) = Block::decode(bytes) else { return Ok(false) };
    let header = &block.header;
    if header.hash() != hash {
        return Ok(false);
    }
    if header.log_size_before != tip.log_size {
        // No entries can lead from this tip to that header.
        return Ok(true);
    }
    let log = append_to_log(&snapshot.0, tip, &block.entries)?;
    if log.root != header.log_root {
        return Ok(false);
    }
    // Entries that were certified and cannot be read have no openings that could be at fault.
    Ok(read_entries(&block).is_none_or(|entries| openings_fit(&block, &entries)))
}
