//! What a node offers, once, for gRPC and HTTP alike.

use std::sync::Arc;

use bulla_chain::{Chain, ChainError, EntryReader, EntryRef};
use bulla_crypto::{Hash, SecretKey};
use bulla_mempool::Clock;
use bulla_merkle::checkpoint::{self, Checkpoint};
use bulla_storage::StorageError;
use bulla_types::{
    Canonical, EvidenceNumber, Genesis, LedgerClass, LedgerId, MemberNumber, Opening, ReasonCode, StateKey,
    TransactionId, UnknownProtocol, proto,
};
use bytes::Bytes;
use prost::Message;

use crate::access::{EntryReads, MayReadEntries};
use crate::error::ApiError;
use crate::limits::{FIND_BYTES_MAX, LIST_MAX};
use crate::listen::DoorCounters;
use crate::ticket::TicketIssuer;
use crate::vitals::Vitals;

/// The ways into a node.
#[derive(Default)]
pub(crate) struct Doors {
    pub(crate) grpc: Arc<DoorCounters>,
    pub(crate) http: Arc<DoorCounters>,
}

/// A node as its clients see it.
pub struct NodeApi {
    pub(crate) chain: Arc<Chain>,
    pub(crate) vitals: Arc<dyn Vitals>,
    pub(crate) tickets: TicketIssuer,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) note_key: SecretKey,
    pub(crate) genesis: Genesis,
    pub(crate) genesis_bytes: Bytes,
    pub(crate) entry_reads: EntryReads,
    pub(crate) doors: Doors,
}

impl NodeApi {
    /// Joins the chain, the node's health and its NOTE key.
    #[must_use]
    pub fn new(
        chain: Arc<Chain>,
        vitals: Arc<dyn Vitals>,
        clock: Arc<dyn Clock>,
        note_key: SecretKey,
        genesis: Genesis,
    ) -> Self {
        let tickets = TicketIssuer::new(note_key.clone(), genesis.ledger_id(), Arc::clone(&clock));
        let genesis_bytes = Bytes::from(genesis.encode());
        Self {
            chain,
            vitals,
            tickets,
            clock,
            note_key,
            genesis,
            genesis_bytes,
            entry_reads: EntryReads::new(),
            doors: Doors::default(),
        }
    }

    /// The ledger.
    #[must_use]
    pub fn ledger_id(&self) -> LedgerId {
        self.genesis.ledger_id()
    }

    /// Runs a read on the blocking pool.
    pub(crate) async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Self) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<T, ApiError> {
        let api = Arc::clone(self);
        match tokio::task::spawn_blocking(move || work(&api)).await {
            Ok(result) => result,
            Err(panic) => Err(ApiError::internal(panic.to_string())),
        }
    }

    fn index(&self, by: EntryRef) -> Result<u64, ApiError> {
        self.chain.find(by)?.ok_or_else(|| ApiError::not_found(format!("entry {by}")))
    }

    pub(crate) fn entry(
        &self,
        by: EntryRef,
        may: MayReadEntries,
    ) -> Result<proto::GetEntryResponse, ApiError> {
        let index = self.index(by)?;
        let found = self.chain.entry_reader(may.reader())?.entry(index)?;
        let (entry, openings) = found.ok_or_else(|| ApiError::not_found(format!("entry {index}")))?;
        let openings = openings.iter().map(Opening::to_message).collect();
        Ok(proto::GetEntryResponse { index, entry, openings })
    }

    pub(crate) fn receipt(
        &self,
        by: EntryRef,
        later_log_size: u64,
        _: MayReadEntries,
    ) -> Result<proto::ReceiptFile, ApiError> {
        let index = self.index(by)?;
        let later = (later_log_size != 0).then_some(later_log_size);
        let file = self
            .chain
            .receipt(index, later)?
            .ok_or_else(|| ApiError::not_found(format!("entry {index}, or log size {later_log_size}")))?;
        Ok(file.to_message())
    }

    pub(crate) fn record(
        &self,
        key: &[u8],
        authorization: Option<&str>,
    ) -> Result<proto::GetRecordResponse, ApiError> {
        let key = StateKey::decode(key)
            .map_err(|error| ApiError::new(ReasonCode::Malformed, format!("state key: {error}")))?;
        if says_what_entries_say(&key) {
            self.may_read_entries(authorization)?;
        }
        let Some(proved) = self.chain.record(&key)? else {
            return Err(ApiError::not_found("no block is committed yet"));
        };
        Ok(proto::GetRecordResponse {
            at: Some(proto::CertifiedHeader {
                header: Bytes::copy_from_slice(&proved.header.encode()),
                certificate: Some(proved.certificate.to_message()),
            }),
            proof: Some(proved.proof.to_message()),
        })
    }

    pub(crate) fn inclusion(&self, index: u64, log_size: u64) -> Result<proto::GetProofResponse, ApiError> {
        self.path(log_size, index < log_size, || self.chain.inclusion_path(index, log_size))
    }

    pub(crate) fn consistency(&self, first: u64, second: u64) -> Result<proto::GetProofResponse, ApiError> {
        self.path(second, first <= second, || self.chain.consistency_path(first, second))
    }

    fn path(
        &self,
        size: u64,
        in_order: bool,
        path: impl FnOnce() -> Result<Vec<Hash>, ChainError>,
    ) -> Result<proto::GetProofResponse, ApiError> {
        let log_size = self.chain.tip().log_size;
        if !in_order || size > log_size {
            return Err(ApiError::not_found(format!("no such proof in a log of {log_size} entries")));
        }
        let path = path()?.iter().map(|hash| Bytes::copy_from_slice(hash.as_bytes())).collect();
        Ok(proto::GetProofResponse { path })
    }

    pub(crate) fn checkpoint(&self) -> Result<String, ApiError> {
        let origin = checkpoint::origin(&self.ledger_id().0);
        checkpoint::sign(&Checkpoint { origin, head: self.chain.log_head()? }, &self.note_key)
            .map_err(|error| ApiError::internal(error.to_string()))
    }

    pub(crate) fn find(
        &self,
        request: &proto::FindEvidenceRequest,
        may: MayReadEntries,
    ) -> Result<proto::FindEvidenceResponse, ApiError> {
        use proto::find_evidence_request::By;
        let limit = if request.limit == 0 { LIST_MAX } else { request.limit.min(LIST_MAX) };
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let numbers = match &request.by {
            Some(By::EvidenceNumber(number)) => vec![EvidenceNumber(*number)],
            Some(By::Digest(digest)) => {
                let digest: [u8; 32] = digest.as_ref().try_into().map_err(|_| {
                    ApiError::new(
                        ReasonCode::Malformed,
                        format!("a digest has 32 bytes, not {}", digest.len()),
                    )
                })?;
                let from = EvidenceNumber(request.from_number.max(1));
                self.chain.evidence_by_digest(&Hash::from_bytes(digest), from, limit.saturating_add(1))?
            }
            None => return Err(ApiError::new(ReasonCode::Malformed, "say a digest or an evidence number")),
        };
        let mut reader = self.chain.entry_reader(may.reader())?;
        let searched_from = self.chain.evidence_searched_from()?.map_or(0, |number| number.0);
        let mut found =
            proto::FindEvidenceResponse { searched_from_number: searched_from, ..Default::default() };
        let mut bytes = 0_usize;
        for number in numbers {
            let hit = self.hit(&mut reader, number)?;
            bytes = bytes.saturating_add(hit.encoded_len());
            if found.hits.len() == limit || (bytes > FIND_BYTES_MAX && !found.hits.is_empty()) {
                found.next_number = number.0;
                break;
            }
            found.hits.push(hit);
        }
        Ok(found)
    }

    fn hit(
        &self,
        reader: &mut EntryReader<'_>,
        number: EvidenceNumber,
    ) -> Result<proto::EvidenceHit, ApiError> {
        let place = self
            .chain
            .evidence(number)?
            .ok_or_else(|| ApiError::not_found(format!("evidence number {number}")))?;
        let (entry, openings) = reader
            .entry(place.log_index)?
            .ok_or_else(|| ApiError::internal(format!("entry {} is missing", place.log_index)))?;
        let openings = openings.iter().filter(|opening| opening.action == place.action);
        let openings = openings.map(Opening::to_message).collect();
        Ok(proto::EvidenceHit {
            evidence_number: number.0,
            index: place.log_index,
            entry,
            action: place.action,
            openings,
        })
    }

    pub(crate) fn members(&self, from: u64, limit: u32) -> Result<proto::ListMembersResponse, ApiError> {
        let limit = if limit == 0 { LIST_MAX } else { limit.min(LIST_MAX) };
        let total = self.chain.members_total()?;
        let first = from.max(1);
        let members = (first..=total)
            .take(usize::try_from(limit).unwrap_or(usize::MAX))
            .map(|number| {
                let record = self.chain.state(&StateKey::Member(MemberNumber(number)))?;
                record.ok_or_else(|| ApiError::internal(format!("the record of member {number} is missing")))
            })
            .collect::<Result<_, ApiError>>()?;
        Ok(proto::ListMembersResponse { members, total })
    }

    pub(crate) fn status(&self) -> proto::GetStatusResponse {
        let assessment = self.vitals.assess();
        let tip = self.chain.tip();
        let header = tip.certified.as_ref().map(|certified| &certified.0);
        let usage = self.chain.mempool().usage();
        let bytes = |hash: &[u8; 32]| Bytes::copy_from_slice(hash);
        proto::GetStatusResponse {
            ledger_id: bytes(tip.ledger_id.as_bytes()),
            ledger_class: class(self.genesis.class()).into(),
            ledger_name: self.genesis.name().to_string(),
            software_version: env!("CARGO_PKG_VERSION").to_owned(),
            health: assessment.health.into(),
            health_reason: assessment.reason.map_or_else(String::new, |reason| reason.as_str().to_owned()),
            validator: self.vitals.address().is_some(),
            address: self.vitals.address().map_or_else(Bytes::new, |address| bytes(address.as_bytes())),
            height: tip.height,
            log_size: tip.log_size,
            block_hash: bytes(tip.block_hash.as_bytes()),
            log_root: header.map_or_else(Bytes::new, |header| bytes(header.log_root.as_bytes())),
            state_root: header.map_or_else(Bytes::new, |header| bytes(header.state_root.as_bytes())),
            block_time_ms: tip.time.0,
            mempool_transactions: usage.entries as u64,
            mempool_bytes: usage.bytes as u64,
            peers: assessment.peers,
            validators: u64::try_from(tip.validators.validators().len()).unwrap_or(u64::MAX),
            clock_ms: self.clock.now().0,
            clock_speed: self.clock.speed(),
            // Whoever asks how the node is gets an answer, even from a store that fails.
            next_deadline_ms: self.chain.next_deadline().ok().flatten().map_or(0, |due| due.0),
            confirmed_height: assessment.confirmed_height,
            head_alarms: assessment.head_alarms,
            entries_lacking_openings: assessment.entries_lacking_openings,
            joining: None,
            first_entry: self.chain.base().ok().flatten().map_or(0, |base| base.first_entry),
            protocol_version: tip.parameters.protocol_version,
            newest_protocol_known: self.chain.protocols().newest(),
            scheduled_protocol: self.chain.scheduled_protocol().ok().flatten().map(|scheduled| {
                proto::ScheduledProtocol { version: scheduled.version, height: scheduled.height.0 }
            }),
        }
    }
}

/// Whether a record repeats what entries say of cases, so that it is read by whom may read those.
fn says_what_entries_say(key: &StateKey) -> bool {
    match key {
        StateKey::Account(_)
        | StateKey::Case(_)
        | StateKey::Object(_)
        | StateKey::ObjectKey(_)
        | StateKey::Registration(_)
        | StateKey::Certificate(_)
        | StateKey::Due(_)
        | StateKey::Reckoned { .. }
        | StateKey::Holding { .. }
        | StateKey::OpenCase(_)
        | StateKey::EndedCase(_) => true,
        StateKey::History { record, .. } => says_what_entries_say(&StateKey::from(*record)),
        _ => false,
    }
}

fn class(class: LedgerClass) -> proto::LedgerClass {
    match class {
        LedgerClass::Test => proto::LedgerClass::Test,
        LedgerClass::Production => proto::LedgerClass::Production,
    }
}

/// Reads the three ways to name an entry; they are the same in several requests.
pub(crate) fn entry_ref(
    index: Option<u64>,
    transaction_id: Option<&[u8]>,
    evidence_number: Option<u64>,
) -> Result<EntryRef, ApiError> {
    match (index, transaction_id, evidence_number) {
        (Some(index), None, None) => Ok(EntryRef::Index(index)),
        (None, Some(id), None) => {
            let id: [u8; 32] = id.try_into().map_err(|_| {
                ApiError::new(
                    ReasonCode::Malformed,
                    format!("a transaction id has 32 bytes, not {}", id.len()),
                )
            })?;
            Ok(EntryRef::Transaction(TransactionId::from_bytes(id)))
        }
        (None, None, Some(number)) => Ok(EntryRef::Evidence(EvidenceNumber(number))),
        _ => {
            Err(ApiError::new(ReasonCode::Malformed, "say an index, a transaction id or an evidence number"))
        }
    }
}

impl From<ChainError> for ApiError {
    fn from(error: ChainError) -> Self {
        match error {
            ChainError::Storage(StorageError::DiskFull { .. }) => {
                Self::new(ReasonCode::DiskFull, error.to_string())
            }
            ChainError::Storage(StorageError::BeforeSnapshot { .. }) => {
                Self::new(ReasonCode::HistoryNotHeld, error.to_string())
            }
            ChainError::UnknownProtocol(unknown) => unknown.into(),
            other => Self::internal(other.to_string()),
        }
    }
}

impl From<UnknownProtocol> for ApiError {
    fn from(unknown: UnknownProtocol) -> Self {
        Self::new(ReasonCode::ProtocolVersionUnknown, unknown.to_string())
    }
}
