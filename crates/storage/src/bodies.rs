//! Bodies in memory: those last stored and last read.

use std::sync::Arc;

use bulla_types::BlockHash;
use moka::{policy::EvictionPolicy, sync::Cache};

use crate::block::StoredBlock;

/// The newest bodies, taken apart. One look-up of an entry costs no decoding of a block of 20,000.
#[derive(Clone, Debug)]
pub(crate) struct Bodies(Cache<BlockHash, Arc<StoredBlock>>);

impl Bodies {
    pub(crate) fn new(bytes_max: u64) -> Self {
        // What is fresh is asked for, whatever was popular before: least recently used, not least frequently.
        let cache = Cache::builder()
            .max_capacity(bytes_max)
            .weigher(|_, block: &Arc<StoredBlock>| block.weight_bytes())
            .eviction_policy(EvictionPolicy::lru())
            .build();
        Self(cache)
    }

    pub(crate) fn get(&self, hash: &BlockHash) -> Option<Arc<StoredBlock>> {
        self.0.get(hash)
    }

    pub(crate) fn put(&self, block: Arc<StoredBlock>) {
        self.0.insert(block.hash(), block);
    }

    pub(crate) fn forget(&self, hash: &BlockHash) {
        self.0.invalidate(hash);
    }
}
