//! Who signed.

use bulla_crypto::PublicKey;
use bulla_types::{
    BlockTime, CreditCode, Identifier, KeyId, KeyPurpose, KeyRecord, KeyStatus, MemberRecord, MemberStatus,
    Name, RecordStatus, Roles, StatusRecord, TransactionId,
};
use serde::{Serialize, Serializer};

use super::{text, text_if_any, words};
use crate::standing::Standing;

/// One signer of a transaction, whose signature verifies.
#[derive(Debug, Clone, Serialize)]
pub struct SignerReport {
    /// The member that the signer says it is.
    #[serde(serialize_with = "text")]
    pub member: Identifier,
    /// Id of the key.
    #[serde(serialize_with = "text")]
    pub key_id: KeyId,
    /// The key.
    #[serde(serialize_with = "text")]
    pub public_key: PublicKey,
    /// Whether the signature verifies by the strict rule too. A signature that does not is valid here
    /// (ZIP-215), while some tools will refuse it; no honest node admits one.
    pub strict: bool,
    /// What the ledger says of member and key.
    pub enrolment: Enrolment,
}

/// Member and key of a signer, proved from the ledger's records.
#[derive(Debug, Clone, Serialize)]
pub struct Enrolment {
    /// Name of an organisation; a natural person's is attached and not in a receipt.
    #[serde(serialize_with = "text_if_any")]
    pub name: Option<Name>,
    /// 统一社会信用代码 of an organisation.
    #[serde(serialize_with = "text_if_any")]
    pub credit_code: Option<CreditCode>,
    /// What the member may do.
    #[serde(serialize_with = "roles")]
    pub roles: Roles,
    /// What the key may sign.
    #[serde(serialize_with = "purpose")]
    pub purpose: KeyPurpose,
    /// The member's standing.
    pub member: StandingReport,
    /// The key's standing.
    pub key: StandingReport,
}

/// The status that a member or key had for the entry, and what was recorded of it later.
#[derive(Debug, Clone, Serialize)]
pub struct StandingReport {
    /// `active` for a member, `in_force` for a key: all others are refused.
    pub status: &'static str,
    /// Index of the entry that set it.
    pub since_index: u64,
    /// Block time of that entry.
    pub since_ms: u64,
    /// The newest status, as of the header of the records.
    pub newest: &'static str,
    /// Later steps, oldest first. They never change what was valid then.
    pub later: Vec<LaterStep>,
    /// Whether the file holds all steps up to the header of the records. If not, ask for a receipt that does
    /// when `newest` is another status than `status`.
    pub later_complete: bool,
}

/// A change of status after the entry.
#[derive(Debug, Clone, Serialize)]
pub struct LaterStep {
    /// `active`, `suspended`, `in_force`, `retired` or `compromised`.
    pub status: &'static str,
    /// Index of the entry that set it.
    pub index: u64,
    /// Block time of that entry.
    pub time_ms: u64,
    /// The transaction that set it.
    #[serde(serialize_with = "text_if_any")]
    pub transaction_id: Option<TransactionId>,
    /// Since when, as reported, a compromised key is not to be trusted.
    pub effective_from_ms: Option<u64>,
    /// Whether that reaches back to this entry, so that the reader must judge it.
    pub reaches_back: bool,
}

impl StandingReport {
    pub(crate) fn of_member(
        member: &MemberRecord,
        standing: &Standing<MemberStatus>,
        time: BlockTime,
    ) -> Self {
        Self::new(member.status, standing, time, words::member_status)
    }

    pub(crate) fn of_key(key: &KeyRecord, standing: &Standing<KeyStatus>, time: BlockTime) -> Self {
        Self::new(key.status, standing, time, words::key_status)
    }

    fn new<S: RecordStatus>(
        newest: S,
        standing: &Standing<S>,
        time: BlockTime,
        word: fn(S) -> &'static str,
    ) -> Self {
        let step = |step: &StatusRecord<S>| LaterStep {
            status: word(step.status),
            index: step.log_index,
            time_ms: step.time.0,
            transaction_id: step.transaction_id,
            effective_from_ms: step.effective_from.map(|from| from.0),
            reaches_back: step.effective_from.is_some_and(|from| from <= time),
        };
        Self {
            status: word(standing.then.status),
            since_index: standing.then.log_index,
            since_ms: standing.then.time.0,
            newest: word(newest),
            later: standing.later.iter().map(step).collect(),
            later_complete: standing.complete,
        }
    }
}

pub(super) fn roles<S: Serializer>(roles: &Roles, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_seq(roles.iter().map(words::role))
}

pub(super) fn purpose<S: Serializer>(purpose: &KeyPurpose, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(words::purpose(*purpose))
}
