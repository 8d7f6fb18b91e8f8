//! What the newest commits have said of their openings, so that blocks that lack none need not be read again.

use std::collections::BTreeMap;

use bulla_chain::CommittedBlock;
use bulla_types::Height;

/// Blocks that are kept in mind.
const RECENT_MAX: usize = 512;

/// See the [module](self).
#[derive(Debug, Default)]
pub(super) struct Recent(BTreeMap<Height, bool>);

impl Recent {
    pub(super) fn note(&mut self, block: &CommittedBlock) {
        self.0.insert(block.header().height, block.unopened_entries() == 0);
        while self.0.len() > RECENT_MAX {
            self.0.pop_first();
        }
    }

    /// Whether a block is known to have come with all its openings.
    pub(super) fn is_whole(&self, height: Height) -> bool {
        self.0.get(&height).is_some_and(|whole| *whole)
    }
}
