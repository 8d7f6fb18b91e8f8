//! Committing a decided block: everything it changes, in one atomic batch.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, atomic::Ordering},
};

use bulla_crypto::Hash;
use bulla_merkle::{log::Appended, state::StateUpdate};
use bulla_types::{
    BlockHash, CalledUpon, Canonical, CaseNumber, CommitCertificate, Header, MemberNumber, RequestId,
    StateKey, TransactionId,
};

use super::{
    Store,
    equivocations::delete_recorded,
    next_height,
    propose::{delete_proposals, put_block, refuse_unless},
};
use crate::{
    block::StoredBlock,
    column::{self, Column, LogSuite},
    engine::Batch,
    error::{Result, StorageError},
    index_rows::IndexRows,
    local_encoding::{self, BlockRow, EvidenceRow, FirstIndexRow, RequestRow, TipRow, TransactionRow},
    register_rows,
    sync::lock,
    tip_file::TipFile,
    view::{Tip, View, damaged, tile_bytes},
    work_rows,
};

/// Rows of forgotten requests are deleted in ranges of at least this much block time. A deleted range costs
/// every later look-up a little until compaction; one a block would be many.
const SWEEP_MS: u64 = 60_000;

/// A decided block with all that executing it changed.
#[derive(Clone, Copy, Debug)]
pub struct Commit<'a> {
    /// The header.
    pub header: &'a Header,
    /// Its hash.
    pub block_hash: BlockHash,
    /// The certificate that decided it.
    pub certificate: &'a CommitCertificate,
    /// The block, when no proposal of it was stored; it then costs no write of its own.
    pub block: Option<&'a StoredBlock>,
    /// The log with the block's entries appended.
    pub log: &'a Appended,
    /// The second log, where the ledger keeps one.
    pub second_log: Option<&'a Appended>,
    /// The records that changed: plain keys and values, `None` for a deletion.
    pub state: &'a BTreeMap<Vec<u8>, Option<Vec<u8>>>,
    /// The state tree after the changes.
    pub tree: &'a StateUpdate,
    /// Version of that tree; that of the tip when nothing changed and the tree is as it was.
    pub state_version: u64,
    /// Requests that took effect.
    pub requests: &'a [NewRequest],
    /// Requests whose own time is before this are forgotten, milliseconds UTC; never less than before.
    pub forget_requests_before_ms: u64,
    /// Index rows of the entries.
    pub index: &'a IndexRows,
    /// Whom cases may call upon now: every case for which that may have changed, the ended ones with nobody.
    pub work: &'a [(CaseNumber, CalledUpon)],
    /// When it is on the disk.
    pub durable: Durable,
}

/// When a commit is on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durable {
    /// When it returns.
    Now,
    /// With the next write that is synced, or by [`Store::settle`]. The end of the process costs nothing; after a cut
    /// of power the store may open at an earlier commit, whole. For blocks that others have decided and keep, and at
    /// whose heights this node signs nothing.
    Later,
}

/// A request that took effect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NewRequest {
    /// The first signer, who scopes the id.
    pub first_signer: MemberNumber,
    /// The request.
    pub request_id: RequestId,
    /// The transaction that carried it.
    pub transaction_id: TransactionId,
    /// Log index of its entry.
    pub log_index: u64,
}

impl Store {
    /// Commits the block after the tip: whole, and on the disk when it returns unless it says [`Durable::Later`].
    /// After an error the tip is as it was, and the commit can be tried again.
    ///
    /// # Errors
    /// [`StorageError::Refused`] when the block does not follow from the tip or contradicts itself,
    /// [`StorageError::MissingBody`], [`StorageError::DiskFull`], or what the disk says.
    pub fn commit(&self, commit: &Commit<'_>) -> Result<Tip> {
        let mut record = lock(&self.writer);
        let view = self.view()?;
        commit.check(&self.tip())?;
        match commit.block {
            Some(block) => commit.check_block(block)?,
            None => {
                let stored =
                    view.body(&commit.block_hash)?.ok_or(StorageError::MissingBody(commit.block_hash))?;
                commit.check_block(&stored)?;
            }
        }
        let row = commit.tip_row(&view);

        let mut batch = self.engine.batch();
        let proposed = view.proposals_at(commit.header.height)?;
        let unstored =
            commit.block.filter(|_| proposed.iter().all(|proposal| proposal.block_hash != commit.block_hash));
        if let Some(block) = unstored {
            put_block(&mut batch, block);
        }
        commit.write(&mut batch, &view, &row)?;
        let losers = delete_proposals(&mut batch, &view, commit.header.height, &commit.block_hash)?;
        let recorded = delete_recorded(&mut batch, &view, commit.state)?;
        self.space.check(batch.bytes())?;
        self.space.note(match commit.durable {
            Durable::Now => batch.write_synced(),
            Durable::Later => batch.write(),
        })?;

        // From here on the block is committed, whatever happens.
        let tip = Tip::from(&row);
        self.set_tip(tip);
        self.unrecorded.fetch_sub(recorded, Ordering::Relaxed);
        losers.iter().for_each(|loser| self.bodies.forget(loser));
        if let Some(block) = unstored {
            self.bodies.put(Arc::new(block.without_openings()));
        }
        match commit.durable {
            Durable::Now => self.settled(&mut record),
            Durable::Later => _ = self.unsettled.fetch_add(1, Ordering::Relaxed),
        }
        Ok(tip)
    }

    /// How many of the newest commits may not be on the disk yet.
    #[must_use]
    pub fn unsettled(&self) -> usize {
        self.unsettled.load(Ordering::Relaxed)
    }

    /// Has every commit on the disk when it returns.
    ///
    /// # Errors
    /// What the disk says.
    pub fn settle(&self) -> Result<()> {
        let mut record = lock(&self.writer);
        if self.unsettled() == 0 {
            return Ok(());
        }
        self.space.note(self.engine.sync())?;
        self.settled(&mut record);
        Ok(())
    }

    /// Everything up to the tip is on the disk.
    fn settled(&self, record: &mut TipFile) {
        self.unsettled.store(0, Ordering::Relaxed);
        self.witness(record);
    }
}

impl Commit<'_> {
    /// Everything that is stated twice must agree: tip and header, header and trees, header and certificate.
    fn check(&self, tip: &Tip) -> Result<()> {
        let header = self.header;
        refuse_unless("the height", &next_height(tip), &header.height)?;
        refuse_unless("the parent", &tip.block_hash, &header.parent)?;
        refuse_unless("the block hash", &header.hash(), &self.block_hash)?;
        refuse_unless("the certificate's height", &header.height, &self.certificate.height)?;
        refuse_unless("the certificate's block", &self.block_hash, &self.certificate.block_hash)?;
        refuse_unless("the log size before", &tip.log_size, &header.log_size_before)?;
        refuse_unless("the log size after", &header.log_size_after, &self.log.size)?;
        refuse_unless("the log root", &header.log_root, &self.log.root)?;
        let second = self.second_log.map_or(Hash::ZERO, |log| log.root);
        refuse_unless("the second log root", &header.second_log_root.unwrap_or(Hash::ZERO), &second)?;
        refuse_unless("the state root", &header.state_root, &self.tree.root)?;
        if !(tip.state_version..=header.height.0).contains(&self.state_version) {
            return Err(StorageError::Refused {
                what: "the state version",
                expected: format!("{} to {}", tip.state_version, header.height),
                found: self.state_version.to_string(),
            });
        }
        Ok(())
    }

    /// The body that is committed is that of the header, and has as many entries as the header counts.
    fn check_block(&self, block: &StoredBlock) -> Result<()> {
        refuse_unless("the stored block's hash", &self.block_hash, &block.hash())?;
        let entries = u64::try_from(block.entries().len()).unwrap_or(u64::MAX);
        let added = self.header.log_size_after.saturating_sub(self.header.log_size_before);
        refuse_unless("the number of entries", &added, &entries)
    }

    fn tip_row(&self, view: &View<'_>) -> TipRow {
        let before = view.tip_row();
        let requests_from_ms = self.forget_requests_before_ms.max(before.requests_from_ms);
        let sweep = requests_from_ms.saturating_sub(before.requests_swept_ms) >= SWEEP_MS;
        TipRow {
            height: self.header.height.0,
            block_hash: *self.block_hash.as_bytes(),
            log_size: self.header.log_size_after,
            state_root: *self.tree.root.as_bytes(),
            state_version: self.state_version,
            requests_from_ms,
            requests_swept_ms: if sweep { requests_from_ms } else { before.requests_swept_ms },
        }
    }

    fn write(&self, batch: &mut Batch<'_>, view: &View<'_>, tip: &TipRow) -> Result<()> {
        self.write_block(batch);
        self.write_state(batch);
        self.write_tiles(batch);
        self.write_requests(batch, view.tip_row(), tip);
        self.write_index(batch);
        self.write_register(batch, view)?;
        self.write_work(batch, view)?;
        batch.put(Column::Meta, column::meta::TIP, local_encoding::encode(tip));
        Ok(())
    }

    fn write_block(&self, batch: &mut Batch<'_>) {
        let header = self.header;
        let row = BlockRow {
            block_hash: *self.block_hash.as_bytes(),
            header: header.encode().to_vec(),
            certificate: self.certificate.encode(),
        };
        batch.put(Column::Blocks, column::height(header.height), local_encoding::encode(&row));
        if header.log_size_after > header.log_size_before {
            let row = FirstIndexRow { height: header.height.0 };
            batch.put(
                Column::ByFirstIndex,
                column::index(header.log_size_before),
                local_encoding::encode(&row),
            );
        }
    }

    fn write_state(&self, batch: &mut Batch<'_>) {
        for (key, value) in self.state {
            match value {
                Some(value) => batch.put(Column::State, key, value),
                None => batch.delete(Column::State, key),
            }
        }
        // Deletions first: should a node be both, the new one is what stays.
        for key in &self.tree.stale {
            batch.delete(Column::Tree, key);
        }
        for (key, node) in &self.tree.nodes {
            batch.put(Column::Tree, key, node);
        }
    }

    fn write_tiles(&self, batch: &mut Batch<'_>) {
        let logs = [(LogSuite::Sha256, Some(self.log)), (LogSuite::Sm3, self.second_log)];
        for (suite, log) in logs {
            for (level, index, hashes) in log.iter().flat_map(|log| &log.tiles) {
                batch.put(Column::Tiles, column::tile(suite, *level, *index), tile_bytes(hashes));
            }
        }
    }

    fn write_requests(&self, batch: &mut Batch<'_>, before: &TipRow, after: &TipRow) {
        if after.requests_swept_ms > before.requests_swept_ms {
            let (from, to) = (before.requests_swept_ms, after.requests_swept_ms);
            batch.delete_range(Column::Requests, &column::requests_from(from), &column::requests_from(to));
        }
        for request in self.requests {
            let row = RequestRow {
                transaction_id: *request.transaction_id.as_bytes(),
                log_index: request.log_index,
            };
            let key = column::request(request.first_signer, &request.request_id);
            batch.put(Column::Requests, key, local_encoding::encode(&row));
        }
    }

    fn write_index(&self, batch: &mut Batch<'_>) {
        for (id, log_index) in &self.index.transactions {
            let row = TransactionRow { log_index: *log_index };
            batch.put(Column::ByTransaction, id.as_bytes(), local_encoding::encode(&row));
        }
        for (number, log_index, action) in &self.index.evidence {
            let row = EvidenceRow { log_index: *log_index, action: *action };
            batch.put(Column::ByEvidence, column::evidence(*number), local_encoding::encode(&row));
        }
        for (digest, number) in &self.index.digests {
            batch.put(Column::ByDigest, column::digest(digest.as_bytes(), *number), []);
        }
    }

    /// The rows of each record that changed, in the place of those that it had.
    fn write_register(&self, batch: &mut Batch<'_>, view: &View<'_>) -> Result<()> {
        for (key, value) in self.state {
            let Some(state_key) = StateKey::decode(key).ok().filter(register_rows::has_rows) else {
                continue;
            };
            let rows = |value: &[u8]| {
                register_rows::of_record(&state_key, value)
                    .map_err(|error| damaged(Column::State, key, error))
            };
            let new = value.as_deref().map(rows).transpose()?.unwrap_or_default();
            let old = view.state(key)?.as_deref().map(rows).transpose()?.unwrap_or_default();
            replace(batch, Column::ByRegister, &old, &new);
        }
        Ok(())
    }

    fn write_work(&self, batch: &mut Batch<'_>, view: &View<'_>) -> Result<()> {
        for (case, called) in self.work {
            let old = work_rows::of_case(*case, &view.called_upon(*case)?);
            replace(batch, Column::WorkList, &old, &work_rows::of_case(*case, called));
        }
        Ok(())
    }
}

/// Puts rows that are nothing but their key in the place of others.
fn replace(batch: &mut Batch<'_>, column: Column, old: &BTreeSet<Vec<u8>>, new: &BTreeSet<Vec<u8>>) {
    old.difference(new).for_each(|row| batch.delete(column, row));
    new.difference(old).for_each(|row| batch.put(column, row, []));
}
