//! Asking nodes what is recorded.

use bulla_crypto::Hash;
use bulla_types::{
    Canonical, Entry, EvidenceNumber, MemberNumber, MemberRecord, RecordProof, StateKey, TransactionId, proto,
};
use bulla_verify::verify_record;
use bytes::Bytes;

use crate::answers::{EvidenceHit, ProvedRecord, StoredEntry};
use crate::client::Client;
use crate::error::{Answer, ClientError};
use crate::node::Patience;
use crate::receipt::{VerifiedReceipt, evidence_numbers, transaction_of};

/// The node's limit of hits, for a caller that sets none.
const FIND_MAX: u32 = 1_000;

/// Names an entry in one of three ways.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryRef {
    /// By its index in the log.
    Index(u64),
    /// By the id of its transaction.
    Transaction(TransactionId),
    /// By the number of a deposit in it.
    Evidence(EvidenceNumber),
}

impl EntryRef {
    /// Checks that an answer is about the entry that was asked for.
    pub(crate) fn check(self, index: u64, entry: &Entry) -> Result<(), ClientError> {
        let asked = match self {
            Self::Index(asked) => asked == index,
            Self::Transaction(asked) => transaction_of(entry).is_some_and(|found| found.id() == asked),
            Self::Evidence(asked) => evidence_numbers(entry).any(|found| found == asked),
        };
        if asked { Ok(()) } else { Err(ClientError::Unasked(format!("entry {index}, asked was {self:?}"))) }
    }
}

impl Client {
    /// An entry, with the openings that the node keeps and shows. Consistent, not proved.
    ///
    /// # Errors
    /// `NOT_FOUND` when the node has no such entry; otherwise those of a call.
    pub async fn entry(&self, entry: EntryRef) -> Result<StoredEntry, ClientError> {
        use proto::get_entry_request::By;
        let by = match entry {
            EntryRef::Index(index) => By::Index(index),
            EntryRef::Transaction(id) => By::TransactionId(bytes_of(id.0)),
            EntryRef::Evidence(number) => By::EvidenceNumber(number.0),
        };
        let request = proto::GetEntryRequest { by: Some(by) };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
            let request = self.authorized(request);
            async move { stub.get_entry(request).await }
        });
        let stored = StoredEntry::from_message(rpc.await?)?;
        entry.check(stored.index, &stored.entry)?;
        Ok(stored)
    }

    /// The receipt of an entry, proved; with `later_log_size` also for that later size of the log.
    ///
    /// # Errors
    /// `NOT_FOUND` when the node has no such entry or its log is not that long; [`ClientError::NotProved`]
    /// when the receipt does not hold; otherwise those of a call.
    pub async fn receipt(
        &self,
        entry: EntryRef,
        later_log_size: Option<u64>,
    ) -> Result<VerifiedReceipt, ClientError> {
        use proto::get_receipt_request::By;
        let by = match entry {
            EntryRef::Index(index) => By::Index(index),
            EntryRef::Transaction(id) => By::TransactionId(bytes_of(id.0)),
            EntryRef::Evidence(number) => By::EvidenceNumber(number.0),
        };
        let later_log_size = later_log_size.unwrap_or_default();
        let request = proto::GetReceiptRequest { by: Some(by), later_log_size };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
            let request = self.authorized(request);
            async move { stub.get_receipt(request).await }
        });
        VerifiedReceipt::verify(rpc.await?.receipt_file, self.chain.anchor(), entry)
    }

    /// A record of the state map, or that there is none, proved as of the node's newest block.
    ///
    /// # Errors
    /// [`ClientError::NotProved`] when the proof does not hold; otherwise those of a call.
    pub async fn record(&self, key: &StateKey) -> Result<ProvedRecord, ClientError> {
        let request = proto::GetRecordRequest { key: key.encode().into() };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
            let request = self.authorized(request);
            async move { stub.get_record(request).await }
        });
        let response = rpc.await?;
        let proof = RecordProof::from_message(response.proof.into_answer("a record proof")?)
            .into_answer("a record proof")?;
        if proof.key != *key {
            return Err(ClientError::Unasked(format!("record {:?}, asked was {key:?}", proof.key)));
        }
        let header = self.chain.certified(self, response.at.into_answer("a certified header")?).await?;
        verify_record(&header, &proof)?;
        Ok(ProvedRecord { header, value: proof.value })
    }

    /// Deposits of a document with this digest, under any algorithm, oldest first; at most `limit`, or the
    /// node's limit for 0. Asks again where a node cuts its answer short. Consistent, not proved; that there are
    /// no others is the node's word.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn find(&self, digest: Hash, limit: u32) -> Result<Vec<EvidenceHit>, ClientError> {
        let mut hits = Vec::new();
        let mut left = if limit == 0 { FIND_MAX } else { limit };
        let mut from_number = 0;
        loop {
            let by = proto::find_evidence_request::By::Digest(bytes_of(digest));
            let (found, next_number) = self.find_by(by, left, from_number).await?;
            left = left.saturating_sub(u32::try_from(found.len()).unwrap_or(u32::MAX));
            hits.extend(found);
            // A node that goes back would lead round for ever.
            if left == 0 || next_number <= from_number {
                break;
            }
            from_number = next_number;
        }
        let of_digest =
            |hit: &EvidenceHit| hit.deposit.digests.as_slice().iter().any(|found| found.value == digest);
        match hits.iter().find(|hit| !of_digest(hit)) {
            Some(hit) => Err(ClientError::Unasked(format!("deposit {} is of another document", hit.number))),
            None => Ok(hits),
        }
    }

    /// The deposit with this number. Consistent, not proved.
    ///
    /// # Errors
    /// `NOT_FOUND` when the node has no such deposit; otherwise those of a call.
    pub async fn find_number(&self, number: EvidenceNumber) -> Result<EvidenceHit, ClientError> {
        let by = proto::find_evidence_request::By::EvidenceNumber(number.0);
        let (hits, _) = self.find_by(by, 1, 0).await?;
        let hit = hits.into_iter().find(|hit| hit.number == number);
        hit.ok_or_else(|| ClientError::Unasked(format!("not deposit {number}")))
    }

    async fn find_by(
        &self,
        by: proto::find_evidence_request::By,
        limit: u32,
        from_number: u64,
    ) -> Result<(Vec<EvidenceHit>, u64), ClientError> {
        let request = proto::FindEvidenceRequest { by: Some(by), limit, from_number };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
            let request = self.authorized(request);
            async move { stub.find_evidence(request).await }
        });
        let found = rpc.await?;
        let hits = found.hits.into_iter().map(EvidenceHit::from_message).collect::<Result<_, _>>()?;
        Ok((hits, found.next_number))
    }

    /// Records of members from a number on, at most `limit`, or the node's limit for 0; and how many numbers
    /// have been given out. The node's word: [`record`](Self::record) proves one.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn members(
        &self,
        from: MemberNumber,
        limit: u32,
    ) -> Result<(Vec<MemberRecord>, u64), ClientError> {
        let request = proto::ListMembersRequest { from_number: from.0, limit };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| async move {
            stub.list_members(request).await
        });
        let response = rpc.await?;
        let members = response.members.iter().map(|record| MemberRecord::decode(record));
        Ok((members.collect::<Result<_, _>>().into_answer("a member's record")?, response.total))
    }

    /// How the node is. Its word.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn status(&self) -> Result<proto::GetStatusResponse, ClientError> {
        let request = proto::GetStatusRequest {};
        self.nodes
            .call(Patience::READ, &request, |mut stub, request| async move { stub.get_status(request).await })
            .await
    }

    /// The node's signed checkpoint of its log, C2SP `tlog-checkpoint`. Its word until
    /// [`TrustedCheckpoint`](bulla_verify::TrustedCheckpoint) has verified the signature.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn checkpoint(&self) -> Result<String, ClientError> {
        let request = proto::GetCheckpointRequest {};
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| async move {
            stub.get_checkpoint(request).await
        });
        Ok(rpc.await?.note)
    }
}

fn bytes_of(hash: Hash) -> Bytes {
    Bytes::copy_from_slice(hash.as_bytes())
}
