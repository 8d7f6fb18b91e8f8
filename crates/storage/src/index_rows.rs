//! What a block adds to the indexes: a pure function of its entries, used to write them and to check them.

use bulla_crypto::Hash;
use bulla_types::{Action, Content, Entry, EvidenceNumber, Outcome, TransactionId};

/// The index rows of the entries of one block.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IndexRows {
    pub(crate) transactions: Vec<(TransactionId, u64)>,
    pub(crate) evidence: Vec<(EvidenceNumber, u64, u32)>,
    pub(crate) digests: Vec<(Hash, EvidenceNumber)>,
}

impl IndexRows {
    /// Adds the rows of the entry at this index of the log.
    pub fn add(&mut self, log_index: u64, entry: &Entry) {
        let Content::Transaction(transaction) = &entry.content else { return };
        self.transactions.push((transaction.id(), log_index));
        let actions = (0_u32..).zip(&transaction.body().actions).zip(&entry.outcomes);
        for ((position, action), outcome) in actions {
            if let (Action::DepositEvidence(deposit), Outcome::EvidenceNumber(number)) = (action, outcome) {
                self.evidence.push((*number, log_index, position));
                self.digests.extend(deposit.digests.as_slice().iter().map(|digest| (digest.value, *number)));
            }
        }
    }
}
