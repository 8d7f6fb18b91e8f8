//! The state as a block sees it while it executes: what was committed, what the block's earlier entries
//! changed, and what the transaction under way changes and may yet give up.
//!
//! Records are decoded once and kept, since the transactions of a block share few members, keys and
//! counters. Absences are not kept: they are rare, and a hostile sender could ask for any number of them.

use std::collections::BTreeMap;

use bulla_types::StateKey;

use crate::record::Record;
use crate::view::{StateView, ViewError};

#[derive(Debug)]
struct Slot {
    record: Record,
    /// Whether an entry of this block wrote it; otherwise it stands here only to be read again.
    written: bool,
}

#[derive(Debug)]
pub(crate) struct Overlay<'v, V> {
    view: &'v V,
    block: BTreeMap<StateKey, Slot>,
    /// Writes of the transaction under way: all are kept or none.
    pending: BTreeMap<StateKey, Record>,
}

impl<'v, V: StateView> Overlay<'v, V> {
    pub(crate) fn new(view: &'v V) -> Self {
        Self { view, block: BTreeMap::new(), pending: BTreeMap::new() }
    }

    pub(crate) fn view(&self) -> &'v V {
        self.view
    }

    pub(crate) fn read(&mut self, key: &StateKey) -> Result<Option<Record>, ViewError> {
        if let Some(record) = self.pending.get(key) {
            return Ok(Some(record.clone()));
        }
        if let Some(slot) = self.block.get(key) {
            return Ok(Some(slot.record.clone()));
        }
        let Some(value) = self.view.get(key)? else { return Ok(None) };
        let record = Record::decode(key, &value)?;
        self.block.insert(*key, Slot { record: record.clone(), written: false });
        Ok(Some(record))
    }

    pub(crate) fn write(&mut self, key: StateKey, record: Record) {
        self.pending.insert(key, record);
    }

    /// The transaction stands: its writes become the block's.
    pub(crate) fn keep(&mut self) {
        for (key, record) in std::mem::take(&mut self.pending) {
            self.block.insert(key, Slot { record, written: true });
        }
    }

    /// The transaction is refused: nothing of it remains.
    pub(crate) fn discard(&mut self) {
        self.pending.clear();
    }

    /// Every record that the block wrote.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&StateKey, &Record)> {
        self.block.iter().filter(|(_, slot)| slot.written).map(|(key, slot)| (key, &slot.record))
    }

    /// A record, if the block wrote it.
    pub(crate) fn written_under(&self, key: &StateKey) -> Option<&Record> {
        self.block.get(key).filter(|slot| slot.written).map(|slot| &slot.record)
    }

    /// What the block wrote, as the state map takes it.
    pub(crate) fn changes(&self) -> BTreeMap<Vec<u8>, Option<Vec<u8>>> {
        self.written().map(|(key, record)| (key.encode(), Some(record.encode()))).collect()
    }
}
