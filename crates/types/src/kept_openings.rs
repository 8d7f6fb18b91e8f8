//! Openings that their owner keeps: `docs/formats/openings.md`.

use bytes::Bytes;

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::{LedgerId, TransactionId};
use crate::limits::{OPENINGS_BYTES_MAX, RECORD_BYTES_MAX};
use crate::opening::Opening;
use crate::proto;
use crate::request_id::RequestId;
use crate::submission::check_openings;
use crate::transaction::Transaction;

/// Openings of committed fields (承诺) of one transaction, as their owner keeps them in a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptOpenings {
    ledger_id: LedgerId,
    transaction_id: TransactionId,
    request_id: RequestId,
    openings: Vec<Opening>,
}

impl KeptOpenings {
    /// Those of a transaction, in any order.
    ///
    /// # Errors
    /// None, one that is not of this transaction, or two of one field.
    pub fn new(transaction: &Transaction, mut openings: Vec<Opening>) -> Result<Self, DecodeError> {
        let body = transaction.body();
        openings.sort_by(|a, b| a.order().cmp(&b.order()));
        if openings.is_empty() {
            return Err(Fault::Missing).at("openings");
        }
        if !openings.is_sorted_by(|a, b| a.order() < b.order()) {
            return Err(Fault::Duplicate).at("openings");
        }
        check_openings(body, &openings)?;
        Ok(Self {
            ledger_id: body.ledger_id,
            transaction_id: transaction.id(),
            request_id: body.request_id,
            openings,
        })
    }

    /// The ledger.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.ledger_id
    }

    /// The transaction.
    #[must_use]
    pub fn transaction_id(&self) -> TransactionId {
        self.transaction_id
    }

    /// The openings, rising by action and path.
    #[must_use]
    pub fn openings(&self) -> &[Opening] {
        &self.openings
    }

    /// Checks that each opens a commitment of this transaction.
    ///
    /// # Errors
    /// Another transaction, or the first opening that does not match.
    pub fn verify(&self, transaction: &Transaction) -> Result<(), DecodeError> {
        if transaction.id() != self.transaction_id {
            return Err(Fault::Rule("the openings are of another transaction")).at("transaction_id");
        }
        check_openings(transaction.body(), &self.openings)
    }
}

impl Canonical for KeptOpenings {
    type Message = proto::KeptOpenings;
    const BYTES_MAX: usize = OPENINGS_BYTES_MAX + RECORD_BYTES_MAX;

    fn from_message(message: proto::KeptOpenings) -> Result<Self, DecodeError> {
        if message.openings.is_empty() {
            return Err(Fault::Missing).at("openings");
        }
        Ok(Self {
            ledger_id: LedgerId::from_wire(&message.ledger_id).at("ledger_id")?,
            transaction_id: TransactionId::from_wire(&message.transaction_id).at("transaction_id")?,
            request_id: RequestId::parse(&message.request_id).at("request_id")?,
            openings: Opening::list_from_messages(message.openings)?,
        })
    }

    fn to_message(&self) -> proto::KeptOpenings {
        proto::KeptOpenings {
            ledger_id: self.ledger_id.to_wire(),
            transaction_id: self.transaction_id.to_wire(),
            request_id: Bytes::copy_from_slice(self.request_id.as_bytes()),
            openings: self.openings.iter().map(Opening::to_message).collect(),
        }
    }
}
