//! Following the log.

use bulla_types::{Entry, proto};
use bytes::Bytes;
use tonic::Streaming;

use crate::client::Client;
use crate::error::{Answer, ClientError};

/// An entry as it was recorded. The node's word: [`Client::receipt`] proves it.
#[derive(Debug, Clone)]
pub struct RecordedEntry {
    /// Its index in the log.
    pub index: u64,
    /// The leaf.
    pub bytes: Bytes,
    /// What it says.
    pub entry: Entry,
}

/// Entries in their order, none left out: first those that stand, then each as it is recorded.
pub struct Subscription {
    client: Client,
    address: String,
    next_index: u64,
    answers: Streaming<proto::SubscribeResponse>,
}

impl Client {
    /// Follows the log from an index on, over a connection of its own. A ledger that opens its entries to members only wants to know
    /// [who reads](Self::reading_as).
    ///
    /// # Errors
    /// `UNAUTHENTICATED` where the reader must be a member; otherwise those of a call.
    pub async fn subscribe(&self, from_index: u64) -> Result<Subscription, ClientError> {
        let request = proto::SubscribeRequest { from_index };
        let rpc = self.nodes.stream(&request, |mut stub, request| {
            let request = self.authorized(request);
            async move { stub.subscribe(request).await }
        });
        let answers = rpc.await?;
        let (address, _) = self.nodes.current();
        let address = address.to_owned();
        Ok(Subscription { client: self.clone(), address, next_index: from_index, answers })
    }
}

impl Subscription {
    /// The index of the entry that comes next: where to subscribe again after an error.
    #[must_use]
    pub fn next_index(&self) -> u64 {
        self.next_index
    }

    /// Waits for the next entry; `None` when the node ends the stream.
    ///
    /// # Errors
    /// The stream broke, or the node sent another entry than the next.
    pub async fn next(&mut self) -> Result<Option<RecordedEntry>, ClientError> {
        let answer = self.answers.message().await;
        let answer = answer.map_err(|status| self.client.nodes.failed(&self.address, &status))?;
        let Some(proto::SubscribeResponse { index, entry: bytes }) = answer else { return Ok(None) };
        if index != self.next_index {
            return Err(ClientError::Unasked(format!("entry {index}, next is {}", self.next_index)));
        }
        let entry = Entry::decode(bytes.clone()).into_answer("an entry")?;
        self.next_index += 1;
        Ok(Some(RecordedEntry { index, bytes, entry }))
    }
}
