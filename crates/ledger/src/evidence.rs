//! The deposits of evidence in an entry: what an index over the log is made of.

use bulla_types::{Action, Content, DepositEvidence, Entry, EvidenceNumber, Outcome};

/// A deposit as it stands in the log.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecordedDeposit<'e> {
    /// The number that the ledger gave it (存证号).
    pub number: EvidenceNumber,
    /// Its place among the actions of the transaction, from 0.
    pub action: usize,
    /// What was deposited, digests first.
    pub deposit: &'e DepositEvidence,
}

/// The deposits in an entry, in order; none for a system event.
pub fn deposits(entry: &Entry) -> impl Iterator<Item = RecordedDeposit<'_>> {
    let actions = match &entry.content {
        Content::Transaction(transaction) => transaction.body().actions.as_slice(),
        Content::Event(_) => &[],
    };
    let outcomes = actions.iter().zip(&entry.outcomes).enumerate();
    outcomes.filter_map(|(index, pair)| match pair {
        (Action::DepositEvidence(deposit), Outcome::EvidenceNumber(number)) => {
            Some(RecordedDeposit { number: *number, action: index, deposit })
        }
        _ => None,
    })
}
