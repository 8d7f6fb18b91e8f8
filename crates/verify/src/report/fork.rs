//! The facts of a fork proof (分叉证明).

use bulla_crypto::Hash;
use bulla_types::{Address, BlockHash};
use serde::Serialize;

use super::{AnchorReport, LedgerReport, VotesReport, text};

/// What a fork proof shows: two decided blocks of one height, and who signed both.
#[derive(Debug, Clone, Serialize)]
pub struct ForkReport {
    /// The ledger.
    pub ledger: LedgerReport,
    /// What was trusted: of it, which ledger it is of.
    pub anchor: AnchorReport,
    /// Digest of the file.
    #[serde(serialize_with = "text")]
    pub digest: Hash,
    /// The height that has two blocks.
    pub height: u64,
    /// The two blocks, rising by hash.
    pub blocks: [ForkedBlockReport; 2],
    /// The validators whose signatures stand in both certificates, rising by address. More may have signed both: a
    /// certificate holds no signature that could be left out.
    pub signed_both: Vec<DoubleSignerReport>,
    /// Their voting power: more than a third.
    pub signed_both_power: u64,
    /// The voting power of all.
    pub total_power: u64,
}

/// One of the two blocks.
#[derive(Debug, Clone, Serialize)]
pub struct ForkedBlockReport {
    /// Its hash.
    #[serde(serialize_with = "text")]
    pub block_hash: BlockHash,
    /// Its time.
    pub time_ms: u64,
    /// The validator that built it.
    #[serde(serialize_with = "text")]
    pub builder: Address,
    /// Root of the log with it.
    #[serde(serialize_with = "text")]
    pub log_root: Hash,
    /// Root of the state map after it.
    #[serde(serialize_with = "text")]
    pub state_root: Hash,
    /// Who decided it.
    pub votes: VotesReport,
}

/// A validator that signed both blocks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DoubleSignerReport {
    /// Its address.
    #[serde(serialize_with = "text")]
    pub address: Address,
    /// Its voting power.
    pub power: u64,
    /// Name of the founder whose key it is; none for a key that came later.
    pub founder: Option<String>,
}
