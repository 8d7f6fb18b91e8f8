//! The facts of a status proof (状态证明).

use bulla_crypto::Hash;
use bulla_types::{BlockHash, TransactionId};
use serde::Serialize;

use super::{AnchorReport, AsOf, Claims, LedgerReport, RecordReport, VotesReport, text, text_if_any};

/// What a status proof shows: a record as of a block, every step of its past, and the answer for a time.
#[derive(Debug, Clone, Serialize)]
pub struct StatusReport {
    /// The ledger.
    pub ledger: LedgerReport,
    /// What was trusted.
    pub anchor: AnchorReport,
    /// Digest of the file.
    #[serde(serialize_with = "text")]
    pub digest: Hash,
    /// The block against which everything is proved: nothing that came after it is known here.
    pub as_of: AsOf,
    /// Its hash.
    #[serde(serialize_with = "text")]
    pub block_hash: BlockHash,
    /// Who decided it.
    pub votes: VotesReport,
    /// The record as it stands after that block.
    pub record: RecordReport,
    /// Every step of its past, oldest first.
    pub steps: Vec<StepReport>,
    /// From when until when it stood how, up to that block.
    pub timeline: Vec<SpanReport>,
    /// What held at the time asked about, if one was.
    pub answer: Option<AnswerReport>,
    /// What is proved, and under which condition.
    pub claims: Claims,
}

/// A step in the past of a record.
#[derive(Debug, Clone, Serialize)]
pub struct StepReport {
    /// Its place, from 0.
    pub seq: u32,
    /// The status that the record took: `active`, `suspended`, `in_force`, `retired`, `compromised`,
    /// `superseded`, `cancelled`, `revoked`, `terminated`, `lapsed`, `registered`, `free`, `void`, `open` or
    /// `ended`.
    pub status: &'static str,
    /// Of a case the state after it, of a year of the calendar the revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Of a case: the step that was taken.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub step: Option<String>,
    /// Of a case: the deadline that came.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Index of the entry that made it.
    pub index: u64,
    /// Block time of that entry.
    pub time_ms: u64,
    /// The transaction in that entry; none for the founding and for events of the ledger.
    #[serde(serialize_with = "text_if_any")]
    pub transaction_id: Option<TransactionId>,
    /// Since when, as reported, a compromised key is not to be trusted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub effective_from_ms: Option<u64>,
    /// Of a certificate: until when it is valid as of this step; none: it does not expire.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until_ms: Option<u64>,
}

/// A time in which a record stood the same.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SpanReport {
    /// Its first instant.
    pub from_ms: u64,
    /// The first instant after it; none in a timeline: so it stands.
    pub until_ms: Option<u64>,
    /// A status as a step states it; `lapsed` from the term of a certificate on, recorded or not; `not_yet`
    /// before the first step, `not_known` after the header.
    pub standing: &'static str,
    /// Whether the record was in force: a certificate valid, a case open.
    pub in_force: bool,
    /// Of a case its state, of a year of the calendar its revision.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub state: Option<String>,
    /// Of a certificate: until when it was valid, as stated then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub valid_until_ms: Option<u64>,
}

/// What held at a time asked about.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AnswerReport {
    /// Its first instant.
    pub from_ms: u64,
    /// The first instant after it.
    pub until_ms: u64,
    /// The answer.
    pub verdict: Verdict,
    /// What held from when until when, without gap.
    pub spans: Vec<SpanReport>,
    /// Of a key that was reported compromised, at whatever time: since when it is not to be trusted, where that
    /// reaches into the time asked about. The reader must judge it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub distrusted_from_ms: Option<u64>,
}

/// Whether a record was in force at a time asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// At every instant of it.
    InForce,
    /// At some instants and not at others.
    PartlyInForce,
    /// At no instant of it.
    NotInForce,
    /// Some of it lies after the header.
    NotKnown,
}

impl SpanReport {
    /// Whether nothing but time tells the two apart.
    pub(crate) fn is_as(&self, other: &Self) -> bool {
        let told = |span: &Self| (span.standing, span.state.clone(), span.valid_until_ms);
        told(self) == told(other)
    }
}
