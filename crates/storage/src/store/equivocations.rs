//! Keeping proofs of equivocation until a block records them, so that a crash in between loses none.

use std::{collections::BTreeMap, sync::atomic::Ordering};

use bulla_types::Equivocation;

use super::Store;
use crate::{
    column::{self, Column},
    engine::Batch,
    error::Result,
    local_encoding::{self, EquivocationRow},
    sync::lock,
    view::View,
};

/// Proofs kept at most. A validator can equivocate often; what is left out here is caught again, or proved
/// by what is kept.
const UNRECORDED_MAX: usize = 64;

impl Store {
    /// Keeps proofs of equivocation that no block has recorded, one for each validator, height, round and
    /// step, as long as there is room for them. On the disk when it returns. Gives those that are new.
    ///
    /// A proof goes with the [commit](Store::commit) that puts its record into the state map.
    ///
    /// # Errors
    /// [`StorageError::DiskFull`](crate::StorageError::DiskFull), or what the disk says.
    pub fn keep_equivocations(&self, proofs: &[Equivocation]) -> Result<Vec<Equivocation>> {
        let _writing = lock(&self.writer);
        let view = self.view()?;
        let mut room = UNRECORDED_MAX.saturating_sub(self.unrecorded_equivocations());
        let mut batch = self.engine.batch();
        let mut kept: Vec<Equivocation> = Vec::new();
        for proof in proofs {
            let key = column::equivocation(proof);
            let known = kept.iter().any(|other| column::equivocation(other) == key)
                || view.get(Column::Equivocations, &key)?.is_some();
            if room > 0 && !known {
                batch.put(Column::Equivocations, &key, local_encoding::encode(&row(proof)));
                kept.push(*proof);
                room -= 1;
            }
        }
        if !kept.is_empty() {
            self.space.check(batch.bytes())?;
            self.space.note(batch.write_synced())?;
            self.unrecorded.fetch_add(kept.len(), Ordering::Relaxed);
        }
        Ok(kept)
    }

    /// How many proofs of equivocation wait to be recorded.
    #[must_use]
    pub fn unrecorded_equivocations(&self) -> usize {
        self.unrecorded.load(Ordering::Relaxed)
    }
}

/// Deletes the proofs whose records are among these, and tells how many.
pub(super) fn delete_recorded<V>(
    batch: &mut Batch<'_>,
    view: &View<'_>,
    records: &BTreeMap<Vec<u8>, V>,
) -> Result<usize> {
    let kept = view.unrecorded_equivocations()?;
    let recorded = kept.iter().map(column::equivocation).filter(|key| records.contains_key(key));
    Ok(recorded.map(|key| batch.delete(Column::Equivocations, key)).count())
}

fn row(proof: &Equivocation) -> EquivocationRow {
    let votes = proof.votes().map(|vote| (vote.value.map(|hash| *hash.as_bytes()), vote.signature.0));
    EquivocationRow { votes }
}
