//! Submitting many transactions over one stream.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use bulla_crypto::Hash;
use bulla_types::{Entry, Fault, Height, Ticket, TransactionId, proto, proto::submit_stream_response::Kind};
use bulla_verify::{CertifiedHeader, verify_inclusion_of};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::Streaming;

use crate::client::Client;
use crate::error::{Answer, ClientError, NodeRefusal};
use crate::prepared::{Expected, Prepared};
use crate::reads::EntryRef;
use crate::refused_step::RefusedStep;
use crate::submit::ticket_for;

/// Transactions on their way to the connection; further ones wait.
const OUTGOING_MAX: usize = 1024;
/// Headers that later inclusions of a stream may rest on. A node sends each block's inclusions together, so
/// one would do if streams of blocks never crossed.
const HEADERS_MAX: usize = 64;

/// What became of a transaction of a stream, named by the tag that it was sent with.
#[derive(Debug, Clone)]
pub enum BulkEvent {
    /// The node took it in: no more than a promise to relay it.
    Admitted {
        /// The transaction's tag.
        tag: u64,
        /// The promise; its signature is not verified, see [`Client::verify_ticket`].
        ticket: Ticket,
    },
    /// The node refused it: its last answer to this tag. `REQUEST_REPEATED` means that the very same
    /// transaction is recorded already: [`Client::receipt`] gives its receipt.
    Refused {
        /// The transaction's tag.
        tag: u64,
        /// The transaction.
        transaction_id: TransactionId,
        /// Why.
        refusal: NodeRefusal,
    },
    /// It is recorded, proved: the last answer to this tag.
    Included(Inclusion),
}

/// That a transaction is recorded, proved up to the validators of the ledger. A receipt for others, which
/// carries all of that, is had from [`Client::receipt`].
#[derive(Debug, Clone)]
pub struct Inclusion {
    /// The transaction's tag.
    pub tag: u64,
    /// The transaction.
    pub transaction_id: TransactionId,
    /// Index of its entry in the log.
    pub index: u64,
    /// The entry, with the outcome of each action.
    pub entry: Entry,
    /// The certified header of its block.
    pub header: Arc<CertifiedHeader>,
}

/// Transactions that were sent and have no last answer yet.
#[derive(Default)]
struct Open(Mutex<HashMap<u64, Expected>>);

impl Open {
    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Expected>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The transaction of a tag that has its last answer herewith.
    fn close(&self, tag: u64) -> Result<TransactionId, ClientError> {
        let closed = self.lock().remove(&tag);
        closed
            .map(|expected| expected.transaction_id)
            .ok_or_else(|| ClientError::Unasked(format!("an answer to tag {tag}, which is not open")))
    }
}

/// The sending end of a stream. Dropping the last clone says that no more come; the answers go on until all
/// are given.
#[derive(Clone)]
pub struct BulkSender {
    open: Arc<Open>,
    outgoing: mpsc::Sender<proto::SubmitStreamRequest>,
}

/// The receiving end of a stream.
pub struct BulkReceiver {
    client: Client,
    address: String,
    open: Arc<Open>,
    headers: BTreeMap<Height, Arc<CertifiedHeader>>,
    answers: Streaming<proto::SubmitStreamResponse>,
}

impl Client {
    /// Opens a stream to the current node, over a connection of its own. A stream that breaks is not mended: what
    /// [`BulkReceiver::unanswered`] names can be sent again on a new one, and takes effect once.
    ///
    /// # Errors
    /// Those of a call; it is not repeated, but the next goes to another node if this one did not answer.
    pub async fn submit_stream(&self) -> Result<(BulkSender, BulkReceiver), ClientError> {
        let (outgoing, requests) = mpsc::channel(OUTGOING_MAX);
        let (address, mut stub) = self.nodes.current_for_stream();
        let answers = stub.submit_stream(ReceiverStream::new(requests)).await;
        let answers = answers.map_err(|status| self.nodes.failed(address, &status))?.into_inner();
        let open = Arc::new(Open::default());
        let sender = BulkSender { open: Arc::clone(&open), outgoing };
        let (client, address) = (self.clone(), address.to_owned());
        Ok((sender, BulkReceiver { client, address, open, headers: BTreeMap::new(), answers }))
    }
}

impl BulkSender {
    /// Sends a transaction under a tag, which answers will carry: a new one each time, since answers to one
    /// tag may cross. Waits while the node is slow to take more.
    ///
    /// # Errors
    /// [`ClientError::TagInUse`] while the tag has no last answer; [`ClientError::StreamEnded`].
    pub async fn send(&self, tag: u64, submission: impl Into<Prepared>) -> Result<(), ClientError> {
        let Prepared { expected, encoded } = submission.into();
        let permit = self.outgoing.reserve().await.map_err(|_| ClientError::StreamEnded)?;
        let mut open = self.open.lock();
        if open.contains_key(&tag) {
            return Err(ClientError::TagInUse(tag));
        }
        open.insert(tag, expected);
        permit.send(proto::SubmitStreamRequest { tag, submission: encoded });
        Ok(())
    }
}

impl BulkReceiver {
    /// Waits for the next answer; `None` when the sender is gone and all is answered.
    ///
    /// # Errors
    /// The stream broke, or the node sent something that does not verify; the stream is of no use then.
    pub async fn next(&mut self) -> Result<Option<BulkEvent>, ClientError> {
        loop {
            let answer = self.answers.message().await;
            let answer = answer.map_err(|status| self.client.nodes.failed(&self.address, &status))?;
            let Some(answer) = answer else { return self.ended() };
            match answer.kind.into_answer("an answer of a stream")? {
                Kind::Block(header) => self.take_header(header).await?,
                Kind::Admitted(admitted) => {
                    if let Some(event) = self.admitted(admitted)? {
                        return Ok(Some(event));
                    }
                }
                Kind::Refused(refused) => return self.refused(refused).map(Some),
                Kind::Included(included) => return self.included(&included).map(Some),
            }
        }
    }

    /// Tags of what was sent and has no last answer.
    #[must_use]
    pub fn unanswered(&self) -> Vec<u64> {
        let mut tags: Vec<_> = self.open.lock().keys().copied().collect();
        tags.sort_unstable();
        tags
    }

    fn ended(&self) -> Result<Option<BulkEvent>, ClientError> {
        if self.open.lock().is_empty() { Ok(None) } else { Err(ClientError::StreamEnded) }
    }

    async fn take_header(&mut self, message: proto::CertifiedHeader) -> Result<(), ClientError> {
        let header = self.client.chain.certified(&self.client, message).await?;
        self.headers.insert(header.header().height, header);
        if self.headers.len() > HEADERS_MAX {
            self.headers.pop_first();
        }
        Ok(())
    }

    /// A ticket may come after the inclusion that it promised; it is of no use then.
    fn admitted(&self, admitted: proto::Admitted) -> Result<Option<BulkEvent>, ClientError> {
        let proto::Admitted { tag, ticket } = admitted;
        let open = self.open.lock();
        let Some(expected) = open.get(&tag) else { return Ok(None) };
        let ticket = ticket_for(ticket, expected)?;
        Ok(Some(BulkEvent::Admitted { tag, ticket }))
    }

    fn refused(&self, refused: proto::Refused) -> Result<BulkEvent, ClientError> {
        let proto::Refused { tag, reason, message, retry_after_ms, step } = refused;
        let transaction_id = self.open.close(tag)?;
        let retry_after = (retry_after_ms != 0).then(|| Duration::from_millis(retry_after_ms));
        let step = step.map(RefusedStep::from_message).map(Box::new);
        let refusal = NodeRefusal { reason, message, transient: retry_after.is_some(), retry_after, step };
        Ok(BulkEvent::Refused { tag, transaction_id, refusal })
    }

    fn included(&self, included: &proto::Included) -> Result<BulkEvent, ClientError> {
        let proto::Included { tag, height, index, entry, inclusion_path } = included;
        let transaction_id = self.open.close(*tag)?;
        let header = self.headers.get(&Height(*height));
        let header =
            header.ok_or_else(|| ClientError::Unasked(format!("no header of height {height} was sent")))?;
        let path = inclusion_path.iter().map(|hash| hash_of(hash)).collect::<Result<Vec<_>, _>>();
        let path = path.into_answer("an inclusion path")?;
        let entry = verify_inclusion_of(header, entry, *index, &path)?;
        EntryRef::Transaction(transaction_id).check(*index, &entry)?;
        let header = Arc::clone(header);
        Ok(BulkEvent::Included(Inclusion { tag: *tag, transaction_id, index: *index, entry, header }))
    }
}

fn hash_of(bytes: &[u8]) -> Result<Hash, Fault> {
    Hash::try_from(bytes).map_err(|_| Fault::Length { found: bytes.len(), expected: Hash::LENGTH })
}
