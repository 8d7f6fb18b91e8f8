//! Submitting transactions, one at a time.

use std::time::Duration;

use bulla_types::{
    Canonical, KeyPurpose, KeyRecord, ReasonCode, StateKey, Submission, Ticket, Transaction, proto,
};

use crate::client::Client;
use crate::deposit::DepositRequest;
use crate::error::{Answer, ClientError};
use crate::node::Patience;
use crate::prepared::Expected;
use crate::reads::EntryRef;
use crate::receipt::{VerifiedReceipt, not_proved};
use crate::transaction::Signer;

/// One attempt to have a receipt: longer than a node waits for one before it says that none came.
const RECEIPT_ATTEMPT: Duration = Duration::from_secs(75);
/// Waiting goes on this long after a transaction expired, for what was recorded just before.
const EXPIRY_GRACE: Duration = Duration::from_secs(10);
/// The longest wait for a receipt, however long the transaction is valid.
const WAIT_MAX: Duration = Duration::from_secs(10 * 60);

/// What became of a submission.
#[derive(Debug, Clone)]
pub enum Submitted {
    /// A node took it in: no more than a promise to relay it.
    Admitted(Ticket),
    /// The very same transaction was recorded before.
    Recorded(Box<VerifiedReceipt>),
}

impl Client {
    /// Submits a transaction; comes back as soon as a node has taken it in. The ticket's signature is not
    /// verified, see [`verify_ticket`](Self::verify_ticket).
    ///
    /// # Errors
    /// What the node refuses, with its reason; otherwise those of a call.
    pub async fn submit(&self, submission: &Submission) -> Result<Submitted, ClientError> {
        let request = request(submission, proto::WaitFor::Ticket);
        let rpc = self
            .nodes
            .call(Patience::READ, &request, |mut stub, request| async move { stub.submit(request).await });
        let response = self.timely(rpc.await).await?;
        let transaction = submission.transaction();
        match response.receipt_file {
            None => ticket_for(response.ticket, &transaction.into()).map(Submitted::Admitted),
            recorded => self.receipt_of(recorded, transaction).map(Box::new).map(Submitted::Recorded),
        }
    }

    /// Submits a transaction and waits until it is recorded; gives the verified receipt. Tries again as long
    /// as the transaction may be recorded, at most ten minutes.
    ///
    /// # Errors
    /// What the node refuses, with its reason; [`ClientError::NotProved`] when the receipt does not hold;
    /// [`ClientError::Pending`] when the outcome is open at the end.
    pub async fn submit_and_wait(&self, submission: &Submission) -> Result<VerifiedReceipt, ClientError> {
        let transaction = submission.transaction();
        let patience = Patience { attempt: Some(RECEIPT_ATTEMPT), whole: self.wait_for(transaction) };
        let request = request(submission, proto::WaitFor::Receipt);
        let rpc = self
            .nodes
            .call(patience, &request, |mut stub, request| async move { stub.submit(request).await });
        match self.timely(rpc.await).await {
            Ok(response) => self.receipt_of(response.receipt_file, transaction),
            Err(last) if last.is_transient() => {
                Err(ClientError::Pending { transaction_id: transaction.id(), last: Box::new(last) })
            }
            Err(error) => Err(error),
        }
    }

    /// Deposits evidence (存证) and waits for the verified receipt, which holds the number given to it.
    ///
    /// # Errors
    /// As [`submit_and_wait`](Self::submit_and_wait), and [`ClientError::Build`] for a text that is too long.
    pub async fn deposit(
        &self,
        signer: &Signer,
        request: DepositRequest,
    ) -> Result<VerifiedReceipt, ClientError> {
        let submission = self.transaction().signer(signer).action(request).build()?;
        self.submit_and_wait(&submission).await
    }

    /// Verifies that a node of this ledger signed a ticket: by a note key of the genesis, or one that is
    /// proved to be enrolled.
    ///
    /// # Errors
    /// `TICKET_INVALID` when the key is not a node's or the signature is not valid; otherwise those of a call.
    pub async fn verify_ticket(&self, ticket: &Ticket) -> Result<(), ClientError> {
        let invalid = |detail: &str| not_proved(ReasonCode::TicketInvalid, "ticket", detail);
        if ticket.ledger_id != self.ledger_id() {
            return Err(invalid("it is of another ledger"));
        }
        let founders = self.genesis().genesis().founders().iter();
        let mut declared = founders.flat_map(|founder| &founder.member.keys);
        let of_genesis =
            declared.find(|key| key.purpose == KeyPurpose::Note && key.key_id() == ticket.note_key_id);
        let key = match of_genesis {
            Some(declaration) => declaration.key.clone(),
            None => {
                let record = self.record(&StateKey::Key(ticket.note_key_id)).await?.read::<KeyRecord>()?;
                let record = record.filter(|record| record.purpose == KeyPurpose::Note);
                let record = record.ok_or_else(|| invalid("its key is not the note key of a node"))?;
                record.key.parse().map_err(|_| invalid("its key cannot be used"))?
            }
        };
        ticket.verify(&key).map_err(|_| invalid("the signature is not valid"))
    }

    /// A refusal for the time of a transaction may mean that the clock of a ledger for tests was set: it is read
    /// again, and the caller's next transaction is of that time.
    async fn timely<T>(&self, answer: Result<T, ClientError>) -> Result<T, ClientError> {
        let reason = answer.as_ref().err().and_then(ClientError::reason);
        if matches!(reason, Some(ReasonCode::Expired | ReasonCode::RequestTimeOutOfWindow)) {
            // What the caller asked has its answer, whether the node tells the time or not.
            let _ = self.read_clock().await;
        }
        answer
    }

    /// How long a transaction can still be recorded.
    fn wait_for(&self, transaction: &Transaction) -> Duration {
        (self.clock.until(transaction.body().not_after) + EXPIRY_GRACE).min(WAIT_MAX)
    }

    fn receipt_of(
        &self,
        receipt_file: Option<proto::ReceiptFile>,
        transaction: &Transaction,
    ) -> Result<VerifiedReceipt, ClientError> {
        VerifiedReceipt::verify(receipt_file, self.chain.anchor(), EntryRef::Transaction(transaction.id()))
    }
}

fn request(submission: &Submission, wait_for: proto::WaitFor) -> proto::SubmitRequest {
    proto::SubmitRequest { submission: submission.encode().into(), wait_for: wait_for.into() }
}

/// Checks that a ticket is for this transaction. Says nothing of its signature.
pub(crate) fn ticket_for(
    message: Option<proto::AdmissionTicket>,
    expected: &Expected,
) -> Result<Ticket, ClientError> {
    let ticket = Ticket::from_message(message.into_answer("a ticket")?).into_answer("a ticket")?;
    let fits = ticket.ledger_id == expected.ledger_id
        && ticket.transaction_id == expected.transaction_id
        && ticket.expires_at == expected.not_after;
    if fits {
        Ok(ticket)
    } else {
        Err(ClientError::Unasked(format!("a ticket for transaction {}", ticket.transaction_id)))
    }
}
