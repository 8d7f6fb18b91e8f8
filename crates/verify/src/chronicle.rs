//! The certified headers of one file, which cannot contradict each other.
//!
//! Each of them has its own certificate; were two to disagree, more than a third of the voting power would
//! have signed both of two histories. That is refused, and named as what it is.

use std::collections::BTreeMap;
use std::sync::Arc;

use bulla_crypto::Hash;
use bulla_types::{BlockTime, Genesis, Header, Height, ReasonCode};

use crate::{CertifiedHeader, Refused};

/// Certified headers by height, on top of the genesis.
#[derive(Debug)]
pub(crate) struct Chronicle {
    genesis_time: BlockTime,
    headers: BTreeMap<Height, Arc<CertifiedHeader>>,
}

impl Chronicle {
    pub(crate) fn new(genesis: &Genesis) -> Self {
        Self { genesis_time: genesis.time(), headers: BTreeMap::new() }
    }

    /// Takes a header that agrees with all before it.
    pub(crate) fn add(&mut self, header: Arc<CertifiedHeader>) -> Result<(), Refused> {
        let height = header.header().height;
        if let Some(known) = self.headers.get(&height) {
            return if known.hash() == header.hash() {
                Ok(())
            } else {
                let detail = format!(
                    "two blocks are certified at height {height}: {} and {}",
                    known.hash(),
                    header.hash()
                );
                Err(Refused::new(ReasonCode::HeaderMismatch, "header.height", detail))
            };
        }
        // Every block is at least a millisecond later than its parent.
        if header.header().time.0.checked_sub(height.0).is_none_or(|first| first < self.genesis_time.0) {
            let detail = "is too early for its height after the genesis";
            return Err(Refused::new(ReasonCode::HeaderMismatch, "header.time_ms", detail));
        }
        if let Some((_, earlier)) = self.headers.range(..height).next_back() {
            agree(earlier, &header)?;
        }
        if let Some((_, later)) = self.headers.range(height..).next() {
            agree(&header, later)?;
        }
        self.headers.insert(height, header);
        Ok(())
    }

    /// The time of the block before this one, if its header is here.
    pub(crate) fn parent_time(&self, header: &Header) -> Option<BlockTime> {
        let height = header.height.0.checked_sub(1)?;
        if height == 0 {
            return Some(self.genesis_time);
        }
        self.headers.get(&Height(height)).map(|parent| parent.header().time)
    }

    /// The roots of the log that the headers state, by size.
    pub(crate) fn log_roots(&self) -> impl Iterator<Item = (u64, Hash)> {
        self.headers.values().map(|header| (header.header().log_size_after, header.header().log_root))
    }
}

/// Checks that two headers, the earlier first, can stand in one chain.
fn agree(earlier: &CertifiedHeader, later: &CertifiedHeader) -> Result<(), Refused> {
    let (a, b) = (earlier.header(), later.header());
    let blocks = b.height.0 - a.height.0;
    let broken = if b.time.0.checked_sub(a.time.0).is_none_or(|passed| passed < blocks) {
        Some("time_ms")
    } else if b.log_size_before < a.log_size_after {
        Some("log_size_before")
    } else if b.log_size_after == a.log_size_after && b.log_root != a.log_root {
        Some("log_root")
    } else if blocks == 1 && b.parent != earlier.hash() {
        Some("parent")
    } else if blocks == 1 && b.log_size_before != a.log_size_after {
        Some("log_size_before")
    } else if blocks == 1 && b.validators_hash != a.next_validators_hash {
        Some("validators_hash")
    } else {
        None
    };
    broken.map_or(Ok(()), |field| {
        let detail =
            format!("the certified headers of heights {} and {} contradict each other", a.height, b.height);
        Err(Refused::new(ReasonCode::HeaderMismatch, &format!("header.{field}"), detail))
    })
}
