//! What openings show that their owner kept (承诺内容的出示).

use bulla_types::TransactionId;
use serde::Serialize;

use super::text;

/// A file of kept openings, all of which open commitments of one entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpeningsReport {
    /// Its name, as given.
    pub name: String,
    /// Index of the entry.
    pub entry_index: u64,
    /// The transaction in it.
    #[serde(serialize_with = "text")]
    pub transaction_id: TransactionId,
    /// What was committed to, rising by action and path.
    pub fields: Vec<OpenedReport>,
}

/// What a field said when its commitment was recorded: proved to have been said, not to be true.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenedReport {
    /// Position of the action in the transaction, from 0.
    pub action: u32,
    /// The field within it: `fields.` and its name, `reasons`, and so on.
    pub path: String,
    /// Its values, as in the report of a record: money in minor units, ratios in parts per million.
    pub values: Vec<String>,
}
