//! Which transactions a builder is given.
//!
//! When everything fits into the block, everything is taken. Otherwise members take turns, the member
//! whose oldest transaction was admitted first beginning: each gives its oldest, then each its second, and
//! so on until the block is full. Either way the result is in order of admission, so that what one member
//! sent is never reordered. A member whose next transaction does not fit ends its turns.

use std::sync::Arc;

use super::{Pool, Sequence};
use crate::pooled::Pooled;

/// Room in a block.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Room {
    pub(crate) entries: usize,
    pub(crate) bytes: u64,
}

impl Room {
    /// Takes up room, unless there is too little.
    fn take_up(&mut self, pooled: &Pooled) -> bool {
        let bytes = bytes_of(pooled);
        let fits = self.entries > 0 && self.bytes >= bytes;
        if fits {
            self.entries -= 1;
            self.bytes -= bytes;
        }
        fits
    }
}

impl Pool {
    /// The transactions for a block with this much room, in order of admission. Removes nothing.
    pub(crate) fn take(&self, mut room: Room) -> Vec<Arc<Pooled>> {
        let mut queues: Vec<_> = self.members.values().map(|queue| queue.entries.iter()).collect();
        queues.sort_unstable_by_key(|queue| queue.clone().next().map(|(sequence, _)| *sequence));
        let mut taken: Vec<(Sequence, Arc<Pooled>)> = Vec::new();
        while !queues.is_empty() && room.entries > 0 {
            queues.retain_mut(|queue| match queue.next() {
                Some((sequence, pooled)) if room.take_up(pooled) => {
                    taken.push((*sequence, Arc::clone(pooled)));
                    true
                }
                _ => false,
            });
        }
        taken.sort_unstable_by_key(|(sequence, _)| *sequence);
        taken.into_iter().map(|(_, pooled)| pooled).collect()
    }
}

/// What a transaction takes of a block. Its entry is somewhat longer; the builder has the last word.
fn bytes_of(pooled: &Pooled) -> u64 {
    u64::try_from(pooled.transaction().encode().len()).unwrap_or(u64::MAX)
}
