//! Admission tickets (受理回执): the node's promise to relay, and proof of when a request was made.

use std::sync::Arc;

use bulla_crypto::SecretKey;
use bulla_mempool::Clock;
use bulla_types::{BlockTime, KeyId, LedgerId, Ticket, TransactionId};

/// Signs tickets with the node's NOTE key.
pub struct TicketIssuer {
    key: SecretKey,
    key_id: KeyId,
    ledger_id: LedgerId,
    clock: Arc<dyn Clock>,
}

impl TicketIssuer {
    /// Tickets of this ledger under this key.
    #[must_use]
    pub fn new(key: SecretKey, ledger_id: LedgerId, clock: Arc<dyn Clock>) -> Self {
        let key_id = KeyId::of(key.public_key());
        Self { key, key_id, ledger_id, clock }
    }

    /// A ticket for a transaction that was just admitted.
    #[must_use]
    pub fn issue(&self, transaction_id: TransactionId, expires_at: BlockTime) -> Ticket {
        let admitted_at = self.clock.now();
        let message = Ticket::signing_message(&self.ledger_id, &transaction_id, admitted_at, expires_at);
        Ticket {
            ledger_id: self.ledger_id,
            transaction_id,
            admitted_at,
            expires_at,
            note_key_id: self.key_id,
            signature: self.key.sign(&message),
        }
    }
}
