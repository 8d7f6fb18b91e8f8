//! Transactions ready to be sent.

use bulla_types::{BlockTime, LedgerId, Submission, Transaction, TransactionId};
use bytes::Bytes;

/// A submission as it is sent, and what its answers are checked against: a tenth of the [`Submission`] in
/// memory, for those who sign many transactions before they send them. Clones share the bytes.
#[derive(Debug, Clone)]
pub struct Prepared {
    pub(crate) expected: Expected,
    pub(crate) encoded: Bytes,
}

/// What an answer must be about.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expected {
    pub(crate) ledger_id: LedgerId,
    pub(crate) transaction_id: TransactionId,
    pub(crate) not_after: BlockTime,
}

impl Prepared {
    /// The transaction.
    #[must_use]
    pub fn transaction_id(&self) -> TransactionId {
        self.expected.transaction_id
    }

    /// What is sent: the canonical encoding of the submission.
    #[must_use]
    pub fn encoded(&self) -> &Bytes {
        &self.encoded
    }
}

impl From<&Submission> for Prepared {
    fn from(submission: &Submission) -> Self {
        Self { expected: submission.transaction().into(), encoded: submission.encode().into() }
    }
}

impl From<&Transaction> for Expected {
    fn from(transaction: &Transaction) -> Self {
        let body = transaction.body();
        Self { ledger_id: body.ledger_id, transaction_id: transaction.id(), not_after: body.not_after }
    }
}
