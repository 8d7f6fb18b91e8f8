//! Storing proposals: before a node answers for one, it is on the disk.

use std::{collections::BTreeSet, sync::Arc};

use bulla_types::{BlockHash, Height};

use super::Store;
use crate::{
    block::StoredBlock,
    column::{self, Column},
    engine::Batch,
    error::{Result, StorageError},
    local_encoding::{self, ProposalRow},
    openings,
    proposal::ProposalRecord,
    sync::lock,
    view::View,
};

impl Store {
    /// Stores a proposal and, once, the block it proposes. On the disk when it returns. Storing the same
    /// proposal again changes nothing, except the verdict when that differs, and that openings which the block brings
    /// now and did not bring before join those that are stored.
    ///
    /// `block` may be left out when a proposal of the same block is stored already.
    ///
    /// # Errors
    /// [`StorageError::AlreadyDecided`], [`StorageError::MissingBody`], [`StorageError::Refused`] when record
    /// and block disagree, [`StorageError::DiskFull`], or what the disk says.
    pub fn put_proposal(&self, record: &ProposalRecord, block: Option<&StoredBlock>) -> Result<()> {
        let _writing = lock(&self.writer);
        if record.height <= self.tip().height {
            return Err(StorageError::AlreadyDecided(record.height));
        }
        let mut batch = self.engine.batch();
        batch.put(
            Column::Proposals,
            column::proposal(record),
            local_encoding::encode(&ProposalRow { valid: record.valid }),
        );
        let view = self.view()?;
        let stored = view.proposals_at(record.height)?;
        let is_new = stored.iter().all(|proposal| proposal.block_hash != record.block_hash);
        let fresh = match block {
            Some(block) => {
                check(record, block)?;
                is_new.then_some(block)
            }
            None if is_new => return Err(StorageError::MissingBody(record.block_hash)),
            None => None,
        };
        let more = match block {
            Some(block) if !is_new => {
                openings::joined(&view.openings(&record.block_hash)?, block.openings())?
            }
            _ => None,
        };
        if let Some(block) = fresh {
            put_block(&mut batch, block);
        } else if let Some(more) = &more {
            batch.put(Column::Openings, record.block_hash.as_bytes(), more);
        } else if stored.contains(record) {
            return Ok(());
        }
        self.space.check(batch.bytes())?;
        self.space.note(batch.write_synced())?;
        if let Some(block) = fresh {
            self.bodies.put(Arc::new(block.without_openings()));
        }
        Ok(())
    }
}

/// Deletes the proposals of a height that is being decided, and the blocks that lost. There are none of heights
/// below: those went with their own commit, and none is stored for a height that is decided. They are not looked for
/// either: every height that was decided has left its deletions there, to be passed over one by one.
pub(super) fn delete_proposals(
    batch: &mut Batch<'_>,
    view: &View<'_>,
    height: Height,
    winner: &BlockHash,
) -> Result<BTreeSet<BlockHash>> {
    let mut losers = BTreeSet::new();
    for proposal in view.proposals_at(height)? {
        batch.delete(Column::Proposals, column::proposal(&proposal));
        if proposal.block_hash != *winner {
            losers.insert(proposal.block_hash);
        }
    }
    for loser in &losers {
        batch.delete(Column::Bodies, loser.as_bytes());
        batch.delete(Column::Openings, loser.as_bytes());
    }
    Ok(losers)
}

/// Writes a block: body and openings apart, so that the openings can be erased alone.
pub(super) fn put_block(batch: &mut Batch<'_>, block: &StoredBlock) {
    let hash = block.hash();
    batch.put(Column::Bodies, hash.as_bytes(), block.body());
    if !block.openings().is_empty() {
        batch.put(Column::Openings, hash.as_bytes(), block.openings());
    }
}

/// A header names its height, so a block belongs to one height only: deleting the losers of a height can
/// never delete a block that another height decided.
fn check(record: &ProposalRecord, block: &StoredBlock) -> Result<()> {
    refuse_unless("the block's hash", &record.block_hash, &block.hash())?;
    refuse_unless("the block's height", &record.height, &block.header().height)
}

/// Compares two things that must agree.
pub(super) fn refuse_unless<T: PartialEq + std::fmt::Display>(
    what: &'static str,
    expected: &T,
    found: &T,
) -> Result<()> {
    if expected == found {
        return Ok(());
    }
    Err(StorageError::Refused { what, expected: expected.to_string(), found: found.to_string() })
}
