//! Transactions: what members sign. `docs/formats/transaction.md`.

use bulla_crypto::{Domain, Signature, frame, framed};
use bytes::Bytes;
use prost::Message;

use crate::action::{ACTION_SHAPE, Action};
use crate::canonical;
use crate::error::{DecodeError, Fault};
use crate::field::{At, Required, distinct, list};
use crate::ids::{KeyId, LedgerId, TransactionId};
use crate::key::{signature_from_message, signature_to_message};
use crate::limits::{ACTIONS_MAX, PROPOSAL_ACTIONS_MAX, SIGNERS_MAX, TRANSACTION_BYTES_MAX};
use crate::number::MemberNumber;
use crate::proto;
use crate::request_id::RequestId;
use crate::time::BlockTime;
use crate::wire::{self, Field, Shape};

/// Format version of transactions.
const VERSION: u32 = 1;
pub(crate) const BODY: u32 = 1;

pub(crate) const TRANSACTION_SHAPE: Shape = Shape(&[
    Field::one(BODY, "body", TRANSACTION_BYTES_MAX).of(&BODY_SHAPE),
    Field::list(2, "signatures", SIGNERS_MAX, 128),
]);
const BODY_SHAPE: Shape = Shape(&[
    Field::list(5, "signers", SIGNERS_MAX, 64),
    Field::list(6, "actions", ACTIONS_MAX, TRANSACTION_BYTES_MAX).of(&ACTION_SHAPE),
]);

/// A member that signs, and with which of its keys.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignerRef {
    /// The member.
    pub member: MemberNumber,
    /// Its key.
    pub key_id: KeyId,
}

/// What a request asks of the ledger. Becomes a [`Transaction`] with its signatures, which checks it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransactionBody {
    /// The ledger that it is for.
    pub ledger_id: LedgerId,
    /// Makes it take effect once; scoped to the first signer.
    pub request_id: RequestId,
    /// No block whose time is later holds it.
    pub not_after: BlockTime,
    /// One to 16 signers, no key twice. The first scopes the request id.
    pub signers: Vec<SignerRef>,
    /// One to 16 actions, carried out in order, all or none. At most 4 are about proposals.
    pub actions: Vec<Action>,
}

impl TransactionBody {
    /// The canonical encoding.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        canonical::encode(&self.to_message())
    }

    /// The id of the transaction: framed(transaction, canonical body). Signatures do not enter it.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        id_of(&self.encode())
    }

    pub(crate) fn from_message(message: proto::TransactionBody) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        Ok(Self {
            ledger_id: LedgerId::from_wire(&message.ledger_id).at("ledger_id")?,
            request_id: RequestId::parse(&message.request_id).at("request_id")?,
            not_after: BlockTime::from_wire(message.not_after_ms).at("not_after_ms")?,
            signers: signers_from_messages(&message.signers)?,
            actions: actions_from_messages(message.actions)?,
        })
    }

    pub(crate) fn to_message(&self) -> proto::TransactionBody {
        let signer = |signer: &SignerRef| proto::SignerRef {
            member: signer.member.0,
            key_id: signer.key_id.to_wire(),
        };
        proto::TransactionBody {
            version: VERSION,
            ledger_id: self.ledger_id.to_wire(),
            request_id: Bytes::copy_from_slice(self.request_id.as_bytes()),
            not_after_ms: self.not_after.0,
            signers: self.signers.iter().map(signer).collect(),
            actions: self.actions.iter().map(Action::to_message).collect(),
        }
    }
}

fn signers_from_messages(messages: &[proto::SignerRef]) -> Result<Vec<SignerRef>, DecodeError> {
    let signers = list(messages, "signers", 1..=SIGNERS_MAX, |message| {
        let member = MemberNumber::from_wire(message.member).at("member")?;
        Ok::<_, DecodeError>(SignerRef { member, key_id: KeyId::from_wire(&message.key_id).at("key_id")? })
    })?;
    distinct(&signers, "signers", |signer| signer.key_id)?;
    Ok(signers)
}

fn actions_from_messages(messages: Vec<proto::Action>) -> Result<Vec<Action>, DecodeError> {
    let actions = list(messages, "actions", 1..=ACTIONS_MAX, Action::from_message)?;
    if actions.iter().filter(|action| action.is_about_proposal()).count() > PROPOSAL_ACTIONS_MAX {
        return Err(Fault::Rule("at most 4 actions of a transaction are about proposals")).at("actions");
    }
    Ok(actions)
}

fn id_of(body: &[u8]) -> TransactionId {
    TransactionId(framed(Domain::Transaction, &[body]))
}

/// What each signer signs: frame(transaction-signature) ‖ transaction id.
#[must_use]
pub fn signing_message(id: &TransactionId) -> Vec<u8> {
    let mut message = frame(Domain::TransactionSignature);
    message.extend_from_slice(id.as_bytes());
    message
}

/// A well-formed transaction with the encoding it came in. Its signatures are not verified.
///
/// Keeps the buffer that it was decoded from; clones share it.
#[derive(Debug, Clone)]
pub struct Transaction {
    body: TransactionBody,
    id: TransactionId,
    signatures: Vec<Signature>,
    encoded: Bytes,
    body_bytes: Bytes,
}

impl Transaction {
    /// Joins a body with its signatures, which run parallel to its signers.
    ///
    /// # Errors
    /// What decoding the result would refuse: a body that breaks the format, or another number of
    /// signatures than of signers.
    pub fn new(body: &TransactionBody, signatures: &[Signature]) -> Result<Self, DecodeError> {
        let signatures = signatures.iter().map(signature_to_message).collect();
        Self::from_message(proto::Transaction { body: Some(body.to_message()), signatures })
    }

    /// Reads a canonical encoding; bytes from anywhere.
    ///
    /// # Errors
    /// Too long, malformed, not canonical, or the first field that breaks the format.
    pub fn decode(bytes: Bytes) -> Result<Self, DecodeError> {
        canonical::check_length(&bytes, TRANSACTION_BYTES_MAX)?;
        TRANSACTION_SHAPE.check(&bytes)?;
        Self::from_parts(canonical::decode(&bytes, TRANSACTION_BYTES_MAX)?, bytes)
    }

    /// Checks a message that has already left its encoding, as gRPC hands it over. Unknown fields have been
    /// lost by then; a signature over a body that had some does not verify.
    ///
    /// # Errors
    /// As [`decode`](Self::decode).
    pub fn from_message(message: proto::Transaction) -> Result<Self, DecodeError> {
        let length = message.encoded_len();
        if length > TRANSACTION_BYTES_MAX {
            return Err(Fault::TooLong { bytes: length, max: TRANSACTION_BYTES_MAX }.into());
        }
        let encoded = Bytes::from(canonical::encode(&message));
        Self::from_parts(message, encoded)
    }

    /// `encoded` must be the canonical encoding of `message`.
    pub(crate) fn from_parts(message: proto::Transaction, encoded: Bytes) -> Result<Self, DecodeError> {
        let body = message.body.required("body", TransactionBody::from_message)?;
        if message.signatures.len() != body.signers.len() {
            return Err(Fault::Rule("there is one signature for each signer")).at("signatures");
        }
        let signatures = list(&message.signatures, "signatures", 1..=SIGNERS_MAX, signature_from_message)?;
        let body_bytes = encoded.slice(wire::find(&encoded, BODY).ok_or(Fault::Missing).at("body")?);
        Ok(Self { id: id_of(&body_bytes), body, signatures, encoded, body_bytes })
    }

    /// What the transaction asks.
    #[must_use]
    pub fn body(&self) -> &TransactionBody {
        &self.body
    }

    /// The canonical encoding of the body, a part of that of the transaction.
    #[must_use]
    pub fn body_bytes(&self) -> &Bytes {
        &self.body_bytes
    }

    /// The transaction's id.
    #[must_use]
    pub fn id(&self) -> TransactionId {
        self.id
    }

    /// One signature for each signer of the body, in their order.
    #[must_use]
    pub fn signatures(&self) -> &[Signature] {
        &self.signatures
    }

    /// The canonical encoding. Costs nothing: it is kept.
    #[must_use]
    pub fn encode(&self) -> Bytes {
        self.encoded.clone()
    }

    /// What each signer has signed.
    #[must_use]
    pub fn signing_message(&self) -> Vec<u8> {
        signing_message(&self.id)
    }

    pub(crate) fn to_message(&self) -> proto::Transaction {
        proto::Transaction {
            body: Some(self.body.to_message()),
            signatures: self.signatures.iter().map(signature_to_message).collect(),
        }
    }
}

impl PartialEq for Transaction {
    fn eq(&self, other: &Self) -> bool {
        self.encoded == other.encoded
    }
}

impl Eq for Transaction {}
