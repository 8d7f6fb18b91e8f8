//! The state as a block sees it while it executes: what was committed, what the block's earlier entries
//! changed, and what the transaction under way changes and may yet give up.
//!
//! Records are decoded once and kept, since the transactions of a block share few members, keys and
//! counters. Absences are not kept: they are rare, and a hostile sender could ask for any number of them.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_rules::profile::Profile;
use bulla_rules::{Calendar, DaySpan};
use bulla_types::{KeyRange, ProfileDigest, StateKey, Suspended};

use crate::record::Record;
use crate::view::{StateView, ViewError};

#[derive(Debug)]
struct Slot {
    /// `None` once an entry of this block has removed it.
    record: Option<Record>,
    /// Whether an entry of this block wrote it; otherwise it stands here only to be read again.
    written: bool,
}

#[derive(Debug)]
pub(crate) struct Overlay<'v, V> {
    view: &'v V,
    block: BTreeMap<StateKey, Slot>,
    /// Rows of indexes that the block has added or removed, by their bytes: the order in which they are read.
    block_rows: BTreeMap<Vec<u8>, (StateKey, Row)>,
    /// Of the transaction under way: all is kept or nothing.
    pending: Pending,
    /// Profiles that were read. A digest never names another one.
    pub(crate) profiles: BTreeMap<ProfileDigest, Arc<Profile>>,
    /// The calendar, until a year of it is written.
    pub(crate) calendar: Option<Arc<Calendar>>,
    /// Days that were suspended, by whose clocks, until a suspension is written.
    pub(crate) suspended: BTreeMap<Suspended, Arc<Vec<DaySpan>>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Row {
    Added,
    Removed,
}

/// What a transaction has changed so far. A copy of it shares the large records.
#[derive(Debug, Clone, Default)]
pub(crate) struct Pending {
    /// Writes and removals.
    records: BTreeMap<StateKey, Option<Record>>,
    /// Rows of indexes that were added or removed, by their bytes.
    rows: BTreeMap<Vec<u8>, (StateKey, Row)>,
}

impl<'v, V: StateView> Overlay<'v, V> {
    pub(crate) fn new(view: &'v V) -> Self {
        Self {
            view,
            block: BTreeMap::new(),
            block_rows: BTreeMap::new(),
            pending: Pending::default(),
            profiles: BTreeMap::new(),
            calendar: None,
            suspended: BTreeMap::new(),
        }
    }

    pub(crate) fn view(&self) -> &'v V {
        self.view
    }

    pub(crate) fn read(&mut self, key: &StateKey) -> Result<Option<Record>, ViewError> {
        if let Some(record) = self.pending.records.get(key) {
            return Ok(record.clone());
        }
        if let Some(slot) = self.block.get(key) {
            return Ok(slot.record.clone());
        }
        let Some(value) = self.view.get(key)? else { return Ok(None) };
        let record = Record::decode(key, &value)?;
        self.block.insert(*key, Slot { record: Some(record.clone()), written: false });
        Ok(Some(record))
    }

    pub(crate) fn write(&mut self, key: StateKey, record: Record) {
        match record {
            Record::Index(_) => {
                self.pending.rows.insert(key.encode(), (key, Row::Added));
            }
            Record::Calendar(_) => self.calendar = None,
            Record::Suspension(_) => self.suspended.clear(),
            _ => {}
        }
        self.pending.records.insert(key, Some(record));
    }

    /// Removes a row of an index.
    pub(crate) fn remove_row(&mut self, key: StateKey) {
        self.pending.rows.insert(key.encode(), (key, Row::Removed));
        self.pending.records.insert(key, None);
    }

    /// Removes a record that is no row of an index: what a proposal has proposed. Nothing else is ever removed.
    pub(crate) fn remove(&mut self, key: StateKey) {
        self.pending.records.insert(key, None);
    }

    /// The first `limit` rows of an index in a range, in order.
    pub(crate) fn rows(&self, range: &KeyRange, limit: usize) -> Result<Vec<StateKey>, ViewError> {
        let mut rows = Vec::new();
        let mut changes = self.changed_rows(range).into_iter().peekable();
        let mut page = range.clone();
        loop {
            let committed = self.view.keys(&page, limit)?;
            let is_last = committed.len() < limit;
            for key in committed {
                let bytes = key.encode();
                while let Some((_, (added, row))) = changes.next_if(|(changed, _)| *changed < bytes) {
                    rows.extend((row == Row::Added).then_some(added));
                }
                let changed = changes.next_if(|(changed, _)| *changed == bytes);
                rows.extend(changed.is_none_or(|(_, (_, row))| row == Row::Added).then_some(key));
                page.start = bytes;
            }
            if is_last || rows.len() >= limit {
                break;
            }
            // The least key after the last one read.
            page.start.push(0);
        }
        if rows.len() < limit {
            rows.extend(changes.filter_map(|(_, (key, row))| (row == Row::Added).then_some(key)));
        }
        rows.truncate(limit);
        Ok(rows)
    }

    /// The first row in a range that the block or the transaction under way has added.
    pub(crate) fn first_added(&self, range: &KeyRange) -> Option<StateKey> {
        let mut added = self.changed_rows(range).into_values().filter(|(_, row)| *row == Row::Added);
        added.next().map(|(key, _)| key)
    }

    fn changed_rows(&self, range: &KeyRange) -> BTreeMap<Vec<u8>, (StateKey, Row)> {
        let within = || range.start.clone()..range.end.clone();
        let changes = self.block_rows.range(within()).chain(self.pending.rows.range(within()));
        changes.map(|(bytes, row)| (bytes.clone(), *row)).collect()
    }

    /// The transaction stands: its writes become the block's.
    pub(crate) fn keep(&mut self) {
        let Pending { records, mut rows } = std::mem::take(&mut self.pending);
        for (key, record) in records {
            self.block.insert(key, Slot { record, written: true });
        }
        self.block_rows.append(&mut rows);
    }

    /// The transaction is refused: nothing of it remains.
    pub(crate) fn discard(&mut self) {
        self.back_to(Pending::default());
    }

    /// What the transaction has changed so far, to come back to.
    pub(crate) fn pending(&self) -> Pending {
        self.pending.clone()
    }

    /// Forgets what the transaction has changed since.
    pub(crate) fn back_to(&mut self, earlier: Pending) {
        let given_up = std::mem::replace(&mut self.pending, earlier).records;
        if given_up.keys().any(|key| matches!(key, StateKey::Calendar(_))) {
            self.calendar = None;
        }
        if given_up.keys().any(|key| matches!(key, StateKey::Suspension(_))) {
            self.suspended.clear();
        }
    }

    /// Every record that the block wrote and did not remove.
    pub(crate) fn written(&self) -> impl Iterator<Item = (&StateKey, &Record)> {
        let written = self.block.iter().filter(|(_, slot)| slot.written);
        written.filter_map(|(key, slot)| Some((key, slot.record.as_ref()?)))
    }

    /// A record, if the block wrote it.
    pub(crate) fn written_under(&self, key: &StateKey) -> Option<&Record> {
        self.block.get(key).filter(|slot| slot.written)?.record.as_ref()
    }

    /// What the block wrote and removed, as the state map takes it. What it both added and removed is not a
    /// change, since the map need not know of it.
    pub(crate) fn changes(&self) -> Result<BTreeMap<Vec<u8>, Option<Vec<u8>>>, ViewError> {
        let mut changes = BTreeMap::new();
        for (key, slot) in self.block.iter().filter(|(_, slot)| slot.written) {
            if slot.record.is_some() || self.view.get(key)?.is_some() {
                changes.insert(key.encode(), slot.record.as_ref().map(Record::encode));
            }
        }
        Ok(changes)
    }
}
