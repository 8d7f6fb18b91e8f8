//! Decided blocks.

use std::{ops::RangeInclusive, sync::Arc};

use bulla_types::{BlockHash, Canonical, CommitCertificate, Header, Height, Opening};
use bytes::{Bytes, BytesMut};

use super::{View, damaged};
use crate::{
    block::StoredBlock,
    column::{self, Column},
    error::{Result, StorageError},
    local_encoding::BlockRow,
    openings::openings_of_entry,
};

/// What stays of a decided block for ever: that it was decided, and what its header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decided {
    /// Hash of the header.
    pub block_hash: BlockHash,
    /// The header.
    pub header: Header,
    /// The certificate that this node stored; others may hold another one for the same block.
    pub certificate: CommitCertificate,
}

impl View<'_> {
    /// The heights whose blocks are here, without gaps; `None` before the first, and where there is nothing yet but a
    /// snapshot.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn decided_range(&self) -> Result<Option<RangeInclusive<u64>>> {
        let first = self.base()?.map_or(1, |base| base.height.0 + 1);
        let height = self.tip().height.0;
        Ok((height >= first).then_some(first..=height))
    }

    /// The decided block of a height, without its entries; `None` when it is not decided here. Of those up to a
    /// snapshot there are only the snapshot's own and those that brought new validators, and none with its body.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn decided(&self, height: Height) -> Result<Option<Decided>> {
        let Some(row) = self.block_row(height)? else { return Ok(None) };
        let broken = |error| damaged(Column::Blocks, &column::height(height), error);
        Ok(Some(Decided {
            block_hash: BlockHash::from_bytes(row.block_hash),
            header: Header::decode(&row.header).map_err(|error| broken(error.to_string()))?,
            certificate: CommitCertificate::decode(&row.certificate)
                .map_err(|error| broken(error.to_string()))?,
        }))
    }

    /// The body of a block, decided or proposed: its entries are a table, its openings are left out.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn body(&self, hash: &BlockHash) -> Result<Option<Arc<StoredBlock>>> {
        if let Some(found) = self.bodies.get(hash) {
            return Ok(Some(found));
        }
        let Some(block) = self.stored_body(hash)? else { return Ok(None) };
        let block = Arc::new(block);
        self.bodies.put(Arc::clone(&block));
        Ok(Some(block))
    }

    /// Every decided block of a range with its body, in rising order; the caller checks what it wants of it.
    ///
    /// # Errors
    /// The iterator ends with the first error.
    pub fn blocks(
        &self,
        heights: RangeInclusive<u64>,
    ) -> impl Iterator<Item = Result<(Decided, Arc<StoredBlock>)>> + use<'_> {
        heights.map(Height).map_while(|height| {
            let decided = self.decided(height).transpose()?;
            Some(decided.and_then(|decided| {
                let body = self.body(&decided.block_hash)?;
                let body = body.ok_or(StorageError::MissingBody(decided.block_hash))?;
                Ok((decided, body))
            }))
        })
    }

    /// The openings that travel beside a block, as the tail of its encoding: see [`StoredBlock::openings`].
    /// Empty when it has none or they are erased.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn openings(&self, hash: &BlockHash) -> Result<Bytes> {
        let openings = self.get(Column::Openings, hash.as_bytes())?;
        Ok(openings.map_or_else(Bytes::new, |bytes| Bytes::copy_from_slice(&bytes)))
    }

    /// The openings of the entry at this position of a block.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn openings_of(&self, hash: &BlockHash, position: u32) -> Result<Vec<Opening>> {
        openings_of_entry(&self.openings(hash)?, position)
    }

    /// The whole encoded block, as it travels: body and openings.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn encoded_block(&self, hash: &BlockHash) -> Result<Option<Bytes>> {
        let Some(block) = self.body(hash)? else { return Ok(None) };
        let openings = self.openings(hash)?;
        if openings.is_empty() {
            return Ok(Some(block.body().clone()));
        }
        let mut encoded = BytesMut::with_capacity(block.body().len() + openings.len());
        encoded.extend_from_slice(block.body());
        encoded.extend_from_slice(&openings);
        Ok(Some(encoded.freeze()))
    }

    pub(crate) fn block_row(&self, height: Height) -> Result<Option<BlockRow>> {
        self.row(Column::Blocks, column::height(height))
    }

    /// The body from the database, whatever is in memory.
    pub(crate) fn stored_body(&self, hash: &BlockHash) -> Result<Option<StoredBlock>> {
        let Some(bytes) = self.get(Column::Bodies, hash.as_bytes())? else { return Ok(None) };
        let block = StoredBlock::parse(&Bytes::copy_from_slice(&bytes))
            .map_err(|error| damaged(Column::Bodies, hash.as_bytes(), error))?;
        if block.hash() != *hash {
            return Err(damaged(
                Column::Bodies,
                hash.as_bytes(),
                format!("its header has hash {}", block.hash()),
            ));
        }
        Ok(Some(block))
    }
}
