//! Admission tickets (受理回执). `docs/formats/ticket.md`.

use bulla_crypto::{Domain, PublicKey, Signature, VerificationError, frame};

use crate::canonical::Canonical;
use crate::error::{DecodeError, Fault};
use crate::field::At;
use crate::ids::{KeyId, LedgerId, TransactionId};
use crate::key::{signature_from_wire, signature_to_wire};
use crate::limits::TICKET_BYTES_MAX;
use crate::proto;
use crate::time::BlockTime;

/// Format version of tickets.
const VERSION: u32 = 1;

/// A node's promise to relay a transaction, and proof of when the request was made. It acknowledges nothing:
/// only a receipt does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// The ledger.
    pub ledger_id: LedgerId,
    /// The transaction.
    pub transaction_id: TransactionId,
    /// The node's clock at admission.
    pub admitted_at: BlockTime,
    /// The transaction's `not_after`: past it, no receipt will come.
    pub expires_at: BlockTime,
    /// Id of the node's note key.
    pub note_key_id: KeyId,
    /// Its signature over the [`signing_message`](Self::signing_message).
    pub signature: Signature,
}

impl Ticket {
    /// What the node signs: frame(ticket) ‖ ledger id ‖ transaction id ‖ u64 admitted at ‖ u64 expires at,
    /// both in milliseconds.
    #[must_use]
    pub fn signing_message(
        ledger_id: &LedgerId,
        transaction_id: &TransactionId,
        admitted_at: BlockTime,
        expires_at: BlockTime,
    ) -> Vec<u8> {
        let mut message = frame(Domain::Ticket);
        message.extend_from_slice(ledger_id.as_bytes());
        message.extend_from_slice(transaction_id.as_bytes());
        message.extend_from_slice(&admitted_at.0.to_be_bytes());
        message.extend_from_slice(&expires_at.0.to_be_bytes());
        message
    }

    /// Verifies the signature under the note key that the ticket names, by `verify_strict`.
    ///
    /// # Errors
    /// Another key, or a signature that does not verify.
    pub fn verify(&self, note_key: &PublicKey) -> Result<(), VerificationError> {
        if KeyId::of(note_key) != self.note_key_id {
            return Err(VerificationError);
        }
        let Self { ledger_id, transaction_id, admitted_at, expires_at, .. } = self;
        let message = Self::signing_message(ledger_id, transaction_id, *admitted_at, *expires_at);
        note_key.verify_strict(&message, &self.signature)
    }
}

impl Canonical for Ticket {
    type Message = proto::AdmissionTicket;
    const BYTES_MAX: usize = TICKET_BYTES_MAX;

    fn from_message(message: proto::AdmissionTicket) -> Result<Self, DecodeError> {
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        Ok(Self {
            ledger_id: LedgerId::from_wire(&message.ledger_id).at("ledger_id")?,
            transaction_id: TransactionId::from_wire(&message.transaction_id).at("transaction_id")?,
            admitted_at: BlockTime::from_wire(message.admitted_at_ms).at("admitted_at_ms")?,
            expires_at: BlockTime::from_wire(message.expires_at_ms).at("expires_at_ms")?,
            note_key_id: KeyId::from_wire(&message.note_key_id).at("note_key_id")?,
            signature: signature_from_wire(&message.signature).at("signature")?,
        })
    }

    fn to_message(&self) -> proto::AdmissionTicket {
        proto::AdmissionTicket {
            version: VERSION,
            ledger_id: self.ledger_id.to_wire(),
            transaction_id: self.transaction_id.to_wire(),
            admitted_at_ms: self.admitted_at.0,
            expires_at_ms: self.expires_at.0,
            note_key_id: self.note_key_id.to_wire(),
            signature: signature_to_wire(&self.signature),
        }
    }
}
