//! A transaction with the openings of its attached fields, as clients submit it and nodes relay it.

use std::borrow::Cow;

use bulla_crypto::{Domain, framed};
use bytes::Bytes;

use crate::action::Action;
use crate::canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required};
use crate::ids::TransactionId;
use crate::limits::{OPENINGS_BYTES_MAX, OPENINGS_MAX, SUBMISSION_BYTES_MAX, TRANSACTION_BYTES_MAX};
use crate::opening::{Commitment, Opening};
use crate::proto;
use crate::request_id::RequestId;
use crate::transaction::{BODY, TRANSACTION_SHAPE, Transaction, TransactionBody};
use crate::wire::{self, Field, Shape};

const TRANSACTION: u32 = 1;
const OPENINGS: u32 = 2;

const SUBMISSION_SHAPE: Shape = Shape(&[
    Field::one(TRANSACTION, "transaction", TRANSACTION_BYTES_MAX).of(&TRANSACTION_SHAPE),
    Field::list(OPENINGS, "openings", OPENINGS_MAX, OPENINGS_BYTES_MAX),
]);

/// A transaction and openings that match its commitments. Fields may stay unopened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Submission {
    transaction: Transaction,
    openings: Vec<Opening>,
}

impl Submission {
    /// Joins a transaction with openings in any order.
    ///
    /// # Errors
    /// An opening that is not of this transaction, or openings beyond the limits.
    pub fn new(transaction: Transaction, mut openings: Vec<Opening>) -> Result<Self, DecodeError> {
        openings.sort_by(|a, b| a.order().cmp(&b.order()));
        if !openings.is_sorted_by(|a, b| a.order() < b.order()) {
            return Err(Fault::Duplicate).at("openings");
        }
        check_size(&openings)?;
        check_openings(transaction.body(), &openings)?;
        Ok(Self { transaction, openings })
    }

    /// Reads a canonical encoding; bytes from anywhere.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, the first field that breaks the format, or an opening that does
    /// not match.
    #[allow(clippy::needless_pass_by_value, reason = "parts of the buffer are kept")]
    pub fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(&bytes, SUBMISSION_BYTES_MAX)?;
        SUBMISSION_SHAPE.check(&bytes)?;
        let message: proto::SubmittedTransaction = canonical::decode(&bytes, SUBMISSION_BYTES_MAX)?;
        let encoded = bytes.slice(wire::find(&bytes, TRANSACTION).ok_or(Fault::Missing).at("transaction")?);
        Self::from_parts(message, |transaction| Transaction::from_parts(transaction, encoded))
    }

    /// The id of the transaction in an encoded submission that has not been checked yet; `None` when there is
    /// none to be found. It names the transaction if [`decode`](Self::decode) accepts the bytes.
    #[must_use]
    pub fn id_of(bytes: &[u8]) -> Option<TransactionId> {
        let transaction = bytes.get(wire::find(bytes, TRANSACTION)?)?;
        let body = transaction.get(wire::find(transaction, BODY)?)?;
        Some(TransactionId(framed(Domain::Transaction, &[body])))
    }

    /// Checks a message that has already left its encoding, see [`Transaction::from_message`].
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn from_message(message: proto::SubmittedTransaction) -> Result<Self, DecodeError> {
        Self::from_parts(message, Transaction::from_message)
    }

    fn from_parts(
        message: proto::SubmittedTransaction,
        read: impl FnOnce(proto::Transaction) -> Result<Transaction, DecodeError>,
    ) -> Result<Self, DecodeError> {
        let transaction = message.transaction.required("transaction", read)?;
        let openings = Opening::list_from_messages(message.openings)?;
        check_size(&openings)?;
        check_openings(transaction.body(), &openings)?;
        Ok(Self { transaction, openings })
    }

    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let mut encoded = Vec::new();
        wire::put_bytes(&mut encoded, TRANSACTION, &self.transaction.encode());
        for opening in &self.openings {
            wire::put_bytes(&mut encoded, OPENINGS, &canonical::encode(&opening.to_message()));
        }
        encoded
    }

    /// The message that says this submission.
    #[must_use]
    pub fn to_message(&self) -> proto::SubmittedTransaction {
        proto::SubmittedTransaction {
            transaction: Some(self.transaction.to_message()),
            openings: self.openings.iter().map(Opening::to_message).collect(),
        }
    }

    /// The transaction.
    #[must_use]
    pub fn transaction(&self) -> &Transaction {
        &self.transaction
    }

    /// The openings, in rising order of action and path.
    #[must_use]
    pub fn openings(&self) -> &[Opening] {
        &self.openings
    }

    /// Takes both apart.
    #[must_use]
    pub fn into_parts(self) -> (Transaction, Vec<Opening>) {
        (self.transaction, self.openings)
    }

    /// The first commitment that no opening here opens: its action and path.
    #[must_use]
    pub fn first_unopened(&self) -> Option<(u32, Cow<'static, str>)> {
        let opened = |action: u32, path: &str| {
            self.openings.iter().any(|opening| opening.action == action && opening.path.as_str() == path)
        };
        let actions = (0_u32..).zip(&self.transaction.body().actions);
        let fields = |(index, action): (u32, &Action)| {
            action.commitments().into_iter().map(move |(path, _)| (index, path))
        };
        actions.flat_map(fields).find(|(action, path)| !opened(*action, path))
    }
}

/// Checks that each opening opens a commitment of this transaction, and that what people are to read can be read.
///
/// # Errors
/// [`Fault::OpeningUnknown`] or [`Fault::OpeningMismatch`] for the first that does not, or how its text breaks the
/// rules of [`canonical::prose`].
pub fn check_openings(body: &TransactionBody, openings: &[Opening]) -> Result<(), DecodeError> {
    for (index, opening) in openings.iter().enumerate() {
        let action = usize::try_from(opening.action).ok().and_then(|place| body.actions.get(place));
        let commitments = action.into_iter().flat_map(Action::commitments);
        check_opening(opening, &body.request_id, commitments).at_item("openings", index)?;
    }
    Ok(())
}

/// Checks an opening of one of these commitments in the transaction with this request id.
pub(crate) fn check_opening(
    opening: &Opening,
    request_id: &RequestId,
    mut commitments: impl Iterator<Item = (Cow<'static, str>, Commitment)>,
) -> Result<(), DecodeError> {
    let found = commitments.find_map(|(path, found)| (path == opening.path.as_str()).then_some(found));
    if opening.commitment(request_id) != found.ok_or(Fault::OpeningUnknown)? {
        return Err(Fault::OpeningMismatch.into());
    }
    // The fields of a case are typed; what they say is checked against its profile.
    if !opening.path.as_str().starts_with("fields.") {
        canonical::prose(&opening.value).at("value")?;
    }
    Ok(())
}

fn check_size(openings: &[Opening]) -> Result<(), DecodeError> {
    let bytes = openings.iter().map(Opening::encoded_len).sum();
    if openings.len() > OPENINGS_MAX {
        return Err(Fault::TooMany { max: OPENINGS_MAX }).at("openings");
    }
    if bytes > OPENINGS_BYTES_MAX {
        return Err(Fault::TooLong { bytes, max: OPENINGS_BYTES_MAX }).at("openings");
    }
    Ok(())
}
