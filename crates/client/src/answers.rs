//! What nodes answer, as far as it could be checked.

use std::sync::Arc;

use bulla_types::{
    Action, Canonical, DepositEvidence, Entry, EvidenceNumber, Fault, Opening, Outcome, Submission, proto,
};
use bulla_verify::CertifiedHeader;
use bytes::Bytes;
use prost::Message;

use crate::error::{Answer, ClientError};
use crate::receipt::transaction_of;

/// An entry as a node holds it. That it stands in the log is the node's word; that the openings are of this
/// entry is checked.
#[derive(Debug, Clone)]
pub struct StoredEntry {
    /// Its index in the log.
    pub index: u64,
    /// The leaf.
    pub bytes: Bytes,
    /// What it says.
    pub entry: Entry,
    /// Openings of its attached fields, those that the node keeps and shows.
    pub openings: Vec<Opening>,
}

impl StoredEntry {
    pub(crate) fn from_message(message: proto::GetEntryResponse) -> Result<Self, ClientError> {
        let entry = Entry::decode(message.entry.clone()).into_answer("an entry")?;
        let openings = openings_of(&entry, message.openings)?;
        Ok(Self { index: message.index, bytes: message.entry, entry, openings })
    }
}

/// A deposit that a node found. That it stands in the log is the node's word; that it is the deposit asked
/// for, and that the openings are its own, is checked. [`Client::receipt`](crate::Client::receipt) proves it.
#[derive(Debug, Clone)]
pub struct EvidenceHit {
    /// The number of the deposit.
    pub number: EvidenceNumber,
    /// Index of its entry in the log.
    pub index: u64,
    /// The entry.
    pub entry: Entry,
    /// Position of the deposit among the transaction's actions.
    pub action: u32,
    /// The deposit.
    pub deposit: DepositEvidence,
    /// Openings of its attached fields, those that the node keeps and shows.
    pub openings: Vec<Opening>,
}

impl EvidenceHit {
    pub(crate) fn from_message(message: proto::EvidenceHit) -> Result<Self, ClientError> {
        let proto::EvidenceHit { evidence_number, index, entry, action, openings } = message;
        let number = EvidenceNumber(evidence_number);
        let entry = Entry::decode(entry).into_answer("an entry")?;
        let deposit = deposit_at(&entry, action, number).ok_or_else(|| {
            ClientError::Unasked(format!("action {action} of entry {index} is not deposit {number}"))
        })?;
        let openings = openings_of(&entry, openings)?;
        Ok(Self { number, index, action, deposit, openings, entry })
    }
}

/// A record of the state map, proved to stand there after a certified block.
#[derive(Debug, Clone)]
pub struct ProvedRecord {
    /// The header of that block: how new it is says how far the record can be trusted to stand still.
    pub header: Arc<CertifiedHeader>,
    /// The canonical value; `None` proves that there is none.
    pub value: Option<Bytes>,
}

impl ProvedRecord {
    /// Reads the value as the type that belongs to its key.
    ///
    /// # Errors
    /// The value is not of this type.
    pub fn read<R: Canonical>(&self) -> Result<Option<R>, ClientError> {
        self.value.as_ref().map(|value| R::decode(value)).transpose().into_answer("a record")
    }
}

fn deposit_at(entry: &Entry, action: u32, number: EvidenceNumber) -> Option<DepositEvidence> {
    let position = usize::try_from(action).ok()?;
    let given = *entry.outcomes.get(position)? == Outcome::EvidenceNumber(number);
    match transaction_of(entry)?.body().actions.get(position)? {
        Action::DepositEvidence(deposit) if given => Some(deposit.clone()),
        _ => None,
    }
}

/// Reads openings, each of which must open a commitment of this entry.
fn openings_of(entry: &Entry, openings: Vec<proto::Opening>) -> Result<Vec<Opening>, ClientError> {
    let Some(transaction) = transaction_of(entry) else {
        return match openings.len() {
            0 => Ok(Vec::new()),
            count => Err(ClientError::Unasked(format!("{count} openings for an event of the ledger"))),
        };
    };
    // A transaction and its openings are a submission, whose checks are those wanted here.
    let transaction = proto::Transaction::decode(transaction.encode())
        .map_err(|error| Fault::Malformed(error.to_string()))
        .into_answer("a transaction")?;
    let submission = proto::SubmittedTransaction { transaction: Some(transaction), openings };
    let (_, openings) = Submission::from_message(submission).into_answer("openings")?.into_parts();
    Ok(openings)
}
