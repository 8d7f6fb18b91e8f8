//! Why a submission is not admitted, or a block's signatures do not hold.

use std::time::Duration;

use bulla_ledger::{Refusal, ViewError};
use bulla_types::{BlockTime, DecodeError, LedgerId, ReasonCode, RequestId, SignerRef, TransactionId};
use thiserror::Error;

/// Why a submission was not admitted. Nothing of it is kept.
#[derive(Debug, Error)]
pub enum AdmissionError {
    /// The bytes are no canonical submission.
    #[error(transparent)]
    Malformed(#[from] DecodeError),
    /// It is for another ledger.
    #[error("the transaction is for ledger {found}, this is {expected}")]
    WrongLedger {
        /// The ledger of this node.
        expected: LedgerId,
        /// The ledger in the transaction.
        found: LedgerId,
    },
    /// No block can hold it any more.
    #[error("the transaction expired at {not_after}, it is {now}")]
    Expired {
        /// The transaction's own limit.
        not_after: BlockTime,
        /// This node's clock.
        now: BlockTime,
    },
    /// The same request has taken effect. A repeated submission is answered with the receipt of this entry.
    #[error("transaction {transaction_id} is on the ledger at index {index}")]
    AlreadyCommitted {
        /// The transaction.
        transaction_id: TransactionId,
        /// Log index of its entry.
        index: u64,
    },
    /// The first signer has used the request id for something else.
    #[error("request id {request_id} was used by its first signer for another transaction, {other}")]
    RequestIdReused {
        /// The request id.
        request_id: RequestId,
        /// The transaction that has it, pooled or committed.
        other: TransactionId,
    },
    /// The ledger knows no such key.
    #[error("member {} has no key {}", signer.member, signer.key_id)]
    UnknownKey {
        /// The signer as the transaction names it.
        signer: SignerRef,
    },
    /// A signature is not valid.
    #[error("the signature of member {} with key {} is not valid", signer.member, signer.key_id)]
    BadSignature {
        /// The signer as the transaction names it.
        signer: SignerRef,
    },
    /// The ledger's rules refuse it on the committed state.
    #[error(transparent)]
    Refused(Refusal),
    /// There is no room, in all or for this member.
    #[error("the mempool has no room; retry after {} ms", retry_after.as_millis())]
    QueueFull {
        /// When to try again.
        retry_after: Duration,
    },
    /// The committed state could not be read: the node's trouble, not the sender's.
    #[error("the state could not be read: {0}")]
    View(#[source] ViewError),
    /// The mempool has shut down.
    #[error("the node is shutting down")]
    Stopped,
}

impl AdmissionError {
    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::Malformed(error) => error.reason(),
            Self::WrongLedger { .. } => ReasonCode::WrongLedger,
            Self::Expired { .. } => ReasonCode::Expired,
            Self::AlreadyCommitted { .. } => ReasonCode::RequestRepeated,
            Self::RequestIdReused { .. } => ReasonCode::RequestIdReused,
            Self::UnknownKey { .. } => ReasonCode::KeyUnknown,
            Self::BadSignature { .. } => ReasonCode::SignatureInvalid,
            Self::Refused(refusal) => refusal.reason(),
            Self::QueueFull { .. } => ReasonCode::QueueFull,
            Self::View(_) => ReasonCode::Internal,
            Self::Stopped => ReasonCode::ShuttingDown,
        }
    }

    /// How long to wait before a retry can help; `None` when it cannot.
    #[must_use]
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::QueueFull { retry_after } => Some(*retry_after),
            _ => None,
        }
    }

    /// Whether this says nothing about the submission, but of the node that it came to.
    #[must_use]
    pub fn is_of_the_node(&self) -> bool {
        matches!(self, Self::QueueFull { .. } | Self::View(_) | Self::Stopped)
    }

    /// Whether a peer that relays this breaks the rules. An honest node admits only what is well-formed,
    /// for this ledger and strictly signed, whatever its view of the ledger; the other reasons can befall
    /// anyone whose view is older or newer.
    #[must_use]
    pub fn is_misconduct(&self) -> bool {
        matches!(self, Self::Malformed(_) | Self::WrongLedger { .. } | Self::BadSignature { .. })
    }
}

/// A block that holds a transaction whose signatures are not valid.
#[derive(Debug, Error)]
pub enum BlockSignatureError {
    /// A key that neither the ledger nor this block declares.
    #[error("transaction {position} of the block, {transaction_id}: member {} has no key {}",
        signer.member, signer.key_id)]
    UnknownKey {
        /// Position among the block's transactions, from 0.
        position: usize,
        /// The transaction.
        transaction_id: TransactionId,
        /// The signer as the transaction names it.
        signer: SignerRef,
    },
    /// A signature is not valid under ZIP-215.
    #[error("transaction {position} of the block, {transaction_id}: the signature of member {} with key {} \
        is not valid", signer.member, signer.key_id)]
    BadSignature {
        /// Position among the block's transactions, from 0.
        position: usize,
        /// The transaction.
        transaction_id: TransactionId,
        /// The signer as the transaction names it.
        signer: SignerRef,
    },
    /// The committed state could not be read: this says nothing about the block.
    #[error("the state could not be read: {0}")]
    View(#[source] ViewError),
}

impl BlockSignatureError {
    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::UnknownKey { .. } => ReasonCode::KeyUnknown,
            Self::BadSignature { .. } => ReasonCode::SignatureInvalid,
            Self::View(_) => ReasonCode::Internal,
        }
    }
}
