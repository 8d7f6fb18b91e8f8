//! A transaction that has been admitted.

use bulla_types::{BlockTime, MemberNumber, Opening, RequestId, Submission, Transaction, TransactionId};
use bytes::Bytes;

/// What a pooled transaction costs beside its encoding: its decoded form and its places in the tables.
const OVERHEAD_BYTES: usize = 1_024;

/// An admitted transaction with the openings that came with it. All its signatures are valid.
#[derive(Debug)]
pub struct Pooled {
    submission: Submission,
    encoded: Bytes,
}

impl Pooled {
    /// `encoded` is the encoding of `submission`, in a buffer of its own.
    pub(crate) fn new(submission: Submission, encoded: Bytes) -> Self {
        Self { submission, encoded }
    }

    /// The transaction.
    #[must_use]
    pub fn transaction(&self) -> &Transaction {
        self.submission.transaction()
    }

    /// The openings that came with it; not every commitment need have one.
    #[must_use]
    pub fn openings(&self) -> &[Opening] {
        self.submission.openings()
    }

    /// Transaction and openings as they are relayed.
    #[must_use]
    pub fn submission_bytes(&self) -> &Bytes {
        &self.encoded
    }

    /// The transaction's id.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        self.transaction().id()
    }

    /// What it counts for against [`crate::Limits::bytes_max`].
    #[must_use]
    pub fn footprint_bytes(&self) -> usize {
        self.encoded.len() + OVERHEAD_BYTES
    }

    pub(crate) fn not_after(&self) -> BlockTime {
        self.transaction().body().not_after
    }

    pub(crate) fn request(&self) -> Request {
        Request::of(self.transaction())
    }
}

/// What makes a request one and the same: who asks first, and under which id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct Request {
    pub(crate) member: MemberNumber,
    pub(crate) id: RequestId,
}

impl Request {
    pub(crate) fn of(transaction: &Transaction) -> Self {
        let body = transaction.body();
        // A transaction has at least one signer; 0 numbers nobody.
        let member = body.signers.first().map_or(MemberNumber(0), |signer| signer.member);
        Self { member, id: body.request_id }
    }
}
